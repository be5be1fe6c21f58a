"""Rows on the pixels: their description (PS3.3 C.7.6.3), palettes (C.7.9) and padding (C.7.5.1.1)."""

from labelhub.imaging.dicom.attribute_table.row import REFUSED, WARNED, Row

DESCRIPTION, PALETTE = "C.7.6.3", "C.7.9"
BESIDE_GREY = ("supplemental_palette_not_applied",)
NOT_PADDED = ("bad_padding", "grey_steps_not_applied")
BAD_TABLE = ("missing_attribute", "bad_lookup_table")
IMPOSSIBLE = ("missing_attribute", "bad_pixel_description")

PIXEL_ROWS: tuple[Row, ...] = (
    Row("SamplesPerPixel", DESCRIPTION, "Tells gray from colour.", refusals=("unsupported_pixel_format",)),
    Row(
        "PhotometricInterpretation",
        DESCRIPTION,
        "Polarity of gray, palette, conversion of YBR to RGB; other kinds are refused.",
        warnings=("polarity_contradiction",),
        refusals=("missing_attribute", "unsupported_pixel_format"),
    ),
    Row("Rows", DESCRIPTION, "Height in pixels.", refusals=(*IMPOSSIBLE, "codestream_mismatch")),
    Row("Columns", DESCRIPTION, "Width in pixels.", refusals=(*IMPOSSIBLE, "codestream_mismatch")),
    Row(
        "NumberOfFrames",
        "C.7.6.6",
        "Frames of one image.",
        refusals=("bad_pixel_description", "pixel_data_truncated"),
    ),
    Row(
        "BitsAllocated",
        DESCRIPTION,
        "Width of a sample: 1, 8, 16, 32 or 64.",
        refusals=(*IMPOSSIBLE, "unsupported_pixel_format"),
    ),
    Row(
        "BitsStored",
        DESCRIPTION,
        "Bits of a sample that are its value; others are masked. Colour of another depth is scaled to 8 bits.",
        warnings=("reduced_to_8_bit", "stretched_to_8_bit"),
        refusals=("bad_pixel_description",),
    ),
    Row("HighBit", DESCRIPTION, "Place of the value in its sample.", warnings=("bad_high_bit",)),
    Row(
        "PixelRepresentation",
        DESCRIPTION,
        "Sign of pixels and of every element of VR US or SS.",
        warnings=("bad_pixel_representation",),
    ),
    Row("PlanarConfiguration", DESCRIPTION, "Order of colour samples.", refusals=("bad_pixel_description",)),
    Row(
        "PixelAspectRatio",
        DESCRIPTION,
        "Shape of a pixel where no spacing is given.",
        warnings=("bad_pixel_aspect_ratio", "pixel_aspect_contradicted"),
    ),
    Row(
        "SmallestImagePixelValue",
        DESCRIPTION,
        "Compared with the pixels, which decide.",
        warnings=("pixel_range_contradicted",),
    ),
    Row(
        "LargestImagePixelValue",
        DESCRIPTION,
        "Compared with the pixels, which decide.",
        warnings=("pixel_range_contradicted",),
    ),
    Row(
        "PixelDataProviderURL",
        DESCRIPTION,
        "The pixels are not in the file.",
        REFUSED,
        refusals=("pixels_elsewhere",),
    ),
    Row("ExtendedOffsetTable", DESCRIPTION, "Where encoded frames begin."),
    Row(
        "ICCProfile",
        DESCRIPTION,
        "Colours are shown as they are stored.",
        WARNED,
        warnings=("colour_profile_not_applied",),
    ),
    Row(
        "ColorSpace",
        DESCRIPTION,
        "Colours are shown as they are stored.",
        WARNED,
        warnings=("colour_profile_not_applied",),
    ),
    Row(
        "RedPaletteColorLookupTableDescriptor",
        PALETTE,
        "Size, start and depth of a palette.",
        warnings=BESIDE_GREY,
        refusals=BAD_TABLE,
    ),
    Row(
        "GreenPaletteColorLookupTableDescriptor",
        PALETTE,
        "Must say the same as that of red.",
        warnings=BESIDE_GREY,
        refusals=BAD_TABLE,
    ),
    Row(
        "BluePaletteColorLookupTableDescriptor",
        PALETTE,
        "Must say the same as that of red.",
        warnings=BESIDE_GREY,
        refusals=BAD_TABLE,
    ),
    Row(
        "RedPaletteColorLookupTableData",
        PALETTE,
        "Palette colours are written out as RGB.",
        warnings=BESIDE_GREY,
        refusals=BAD_TABLE,
    ),
    Row(
        "GreenPaletteColorLookupTableData",
        PALETTE,
        "Palette colours are written out as RGB.",
        warnings=BESIDE_GREY,
        refusals=BAD_TABLE,
    ),
    Row(
        "BluePaletteColorLookupTableData",
        PALETTE,
        "Palette colours are written out as RGB.",
        warnings=BESIDE_GREY,
        refusals=BAD_TABLE,
    ),
    Row(
        "SegmentedRedPaletteColorLookupTableData",
        PALETTE,
        "Segments are expanded, then as above.",
        warnings=BESIDE_GREY,
        refusals=BAD_TABLE,
    ),
    Row(
        "SegmentedGreenPaletteColorLookupTableData",
        PALETTE,
        "Segments are expanded, then as above.",
        warnings=BESIDE_GREY,
        refusals=BAD_TABLE,
    ),
    Row(
        "SegmentedBluePaletteColorLookupTableData",
        PALETTE,
        "Segments are expanded, then as above.",
        warnings=BESIDE_GREY,
        refusals=BAD_TABLE,
    ),
    Row(
        "PixelPresentation",
        "C.7.6.19",
        "Tells whether a palette colours some of the values (a supplemental one), which is not done.",
        warnings=BESIDE_GREY,
    ),
    Row(
        "EnhancedPaletteColorLookupTableSequence",
        "C.7.6.23",
        "Not applied: such values are shown grey.",
        WARNED,
        warnings=BESIDE_GREY,
    ),
    Row(
        "PixelPaddingValue",
        "C.7.5.1.1",
        "Left out of the automatic window; drawn black.",
        warnings=NOT_PADDED,
    ),
    Row(
        "PixelPaddingRangeLimit",
        "C.7.5.1.1",
        "All values between it and the padding value are padding.",
        warnings=NOT_PADDED,
    ),
    Row(
        "FloatPixelPaddingValue",
        "C.7.6.24",
        "As Pixel Padding Value, for float pixels.",
        warnings=NOT_PADDED,
    ),
    Row(
        "FloatPixelPaddingRangeLimit",
        "C.7.6.24",
        "As Pixel Padding Range Limit, for float pixels.",
        warnings=NOT_PADDED,
    ),
    Row(
        "DoubleFloatPixelPaddingValue",
        "C.7.6.25",
        "As Pixel Padding Value, for double float pixels.",
        warnings=NOT_PADDED,
    ),
    Row(
        "DoubleFloatPixelPaddingRangeLimit",
        "C.7.6.25",
        "As Pixel Padding Range Limit, for double float pixels.",
        warnings=NOT_PADDED,
    ),
)
