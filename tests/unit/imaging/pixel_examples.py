"""For each row of the table that describes pixels, the files that show it."""

from tests.factories.dicom import colours, dicom_bytes, gradient
from tests.unit.imaging.example_files import (
    RAMP,
    STACK,
    Shows,
    coloured,
    double_image,
    float_image,
    grey,
    padded,
    planar,
    segmented_palette,
    supplemental_palette,
    with_element,
    with_item,
    with_offset_table,
    with_palette,
)

PIXEL_EXAMPLES: dict[str, list[Shows]] = {
    "SamplesPerPixel": [
        Shows(coloured(), grey()),
        Shows(grey(SamplesPerPixel=4), code="unsupported_pixel_format"),
    ],
    "PhotometricInterpretation": [
        Shows(grey(PhotometricInterpretation="MONOCHROME1"), grey()),
        Shows(coloured(PhotometricInterpretation="YBR_FULL"), coloured()),
        Shows(grey(PhotometricInterpretation=None), code="missing_attribute"),
        Shows(coloured(PhotometricInterpretation="HSV"), code="unsupported_pixel_format"),
        Shows(
            grey(PhotometricInterpretation="MONOCHROME1", PresentationLUTShape="IDENTITY"),
            code="polarity_contradiction",
        ),
    ],
    "Rows": [Shows(grey(Rows=32), grey()), Shows(grey(Rows=None), code="missing_attribute")],
    "Columns": [
        Shows(grey(gradient(columns=40)), grey()),
        Shows(grey(Columns=0), code="bad_pixel_description"),
    ],
    "NumberOfFrames": [
        Shows(dicom_bytes(STACK, n_frames=3), grey()),
        Shows(grey(NumberOfFrames=5), code="pixel_data_truncated"),
    ],
    "BitsAllocated": [
        Shows(grey(gradient(high=255, dtype="u1")), grey()),
        Shows(grey(BitsAllocated=None), code="missing_attribute"),
        Shows(grey(BitsAllocated=24), code="unsupported_pixel_format"),
    ],
    "BitsStored": [
        Shows(grey(RAMP | 0xF000, BitsStored=12, HighBit=11), grey(RAMP | 0xF000)),
        Shows(grey(BitsStored=20), code="bad_pixel_description"),
        Shows(grey(BitsStored=0), code="bad_pixel_description"),
        Shows(coloured(colours().astype("u2") << 4, BitsStored=12, HighBit=11), code="reduced_to_8_bit"),
    ],
    "HighBit": [
        Shows(grey(RAMP << 4, BitsStored=12, HighBit=15), grey(RAMP << 4, BitsStored=12, HighBit=11)),
        Shows(grey(BitsStored=12, HighBit=3), code="bad_high_bit"),
    ],
    "PixelRepresentation": [
        Shows(grey(gradient(high=60_000), PixelRepresentation=1), grey(gradient(high=60_000))),
        Shows(grey(PixelRepresentation=2), code="bad_pixel_representation"),
    ],
    "PlanarConfiguration": [
        Shows(planar(1), planar(0)),
        Shows(coloured(PlanarConfiguration=2), code="bad_pixel_description"),
    ],
    "PixelAspectRatio": [
        Shows(grey(PixelAspectRatio=[2, 1]), grey()),
        Shows(grey(PixelAspectRatio=[0, 1]), code="bad_pixel_aspect_ratio"),
        Shows(grey(PixelAspectRatio=[2, 1], PixelSpacing=[1, 1]), code="pixel_aspect_contradicted"),
    ],
    "SmallestImagePixelValue": [Shows(grey(SmallestImagePixelValue=100), code="pixel_range_contradicted")],
    "LargestImagePixelValue": [Shows(grey(LargestImagePixelValue=100), code="pixel_range_contradicted")],
    "PixelDataProviderURL": [
        Shows(dicom_bytes(None, PixelDataProviderURL="https://example.org/pixels"), code="pixels_elsewhere")
    ],
    "ExtendedOffsetTable": [Shows(with_offset_table(swapped=True), with_offset_table(swapped=False))],
    "ICCProfile": [
        Shows(coloured(ICCProfile=b"\0" * 128), code="colour_profile_not_applied"),
        Shows(with_palette(ICCProfile=b"\0" * 128), code="colour_profile_not_applied"),
        Shows(grey(ICCProfile=b"\0" * 128), code="colour_profile_not_applied"),
    ],
    "ColorSpace": [Shows(coloured(ColorSpace="SRGB"), code="colour_profile_not_applied")],
    "RedPaletteColorLookupTableDescriptor": [
        Shows(with_palette(), grey()),
        Shows(with_palette(RedPaletteColorLookupTableDescriptor=None), code="missing_attribute"),
        Shows(with_palette(RedPaletteColorLookupTableDescriptor=[256, 0, 99]), code="bad_lookup_table"),
        Shows(supplemental_palette(), code="supplemental_palette_not_applied"),
    ],
    **{
        f"{colour}PaletteColorLookupTableDescriptor": [
            Shows(with_palette(), grey()),
            Shows(
                with_palette(**{f"{colour}PaletteColorLookupTableDescriptor": [256, 7, 16]}),
                code="bad_lookup_table",
            ),
        ]
        for colour in ("Green", "Blue")
    },
    **{
        f"{colour}PaletteColorLookupTableData": [
            Shows(with_palette(**{f"{colour}PaletteColorLookupTableData": bytes(512)}), with_palette()),
            Shows(with_palette(**{f"{colour}PaletteColorLookupTableData": None}), code="missing_attribute"),
            Shows(
                with_palette(**{f"{colour}PaletteColorLookupTableData": bytes(8)}), code="bad_lookup_table"
            ),
        ]
        for colour in ("Red", "Green", "Blue")
    },
    "SegmentedRedPaletteColorLookupTableData": [Shows(segmented_palette(), grey())],
    **{
        f"Segmented{colour}PaletteColorLookupTableData": [
            Shows(segmented_palette(), grey()),
            Shows(segmented_palette(without=colour), code="missing_attribute"),
        ]
        for colour in ("Green", "Blue")
    },
    "PixelPresentation": [Shows(supplemental_palette(), code="supplemental_palette_not_applied")],
    "EnhancedPaletteColorLookupTableSequence": [
        Shows(with_item("EnhancedPaletteColorLookupTableSequence"), code="supplemental_palette_not_applied")
    ],
    "PixelPaddingValue": [
        Shows(
            grey(
                gradient(low=1000).clip(1100), PixelPaddingValue=1100, PhotometricInterpretation="MONOCHROME1"
            ),
            grey(gradient(low=1000).clip(1100), PhotometricInterpretation="MONOCHROME1"),
        ),
        Shows(with_element(0x00280120, "LO", "many"), code="bad_padding"),
        Shows(coloured(PixelPaddingValue=0), code="grey_steps_not_applied"),
    ],
    "PixelPaddingRangeLimit": [
        Shows(
            grey(padded(), PixelPaddingValue=0, PixelPaddingRangeLimit=400),
            grey(padded(), PixelPaddingValue=0),
        ),
        Shows(grey(PixelPaddingRangeLimit=400), code="bad_padding"),
    ],
    "FloatPixelPaddingValue": [Shows(float_image(FloatPixelPaddingValue=-1e30), float_image())],
    "FloatPixelPaddingRangeLimit": [
        Shows(
            float_image(FloatPixelPaddingValue=-2e30, FloatPixelPaddingRangeLimit=-1e29),
            float_image(FloatPixelPaddingValue=-2e30),
        )
    ],
    "DoubleFloatPixelPaddingValue": [Shows(double_image(DoubleFloatPixelPaddingValue=-1e30), double_image())],
    "DoubleFloatPixelPaddingRangeLimit": [
        Shows(
            double_image(DoubleFloatPixelPaddingValue=-2e30, DoubleFloatPixelPaddingRangeLimit=-1e29),
            double_image(DoubleFloatPixelPaddingValue=-2e30),
        )
    ],
}
