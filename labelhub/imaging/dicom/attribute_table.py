"""Every attribute that changes what a pixel means or where it is shown, and what LabelHub makes of it.

Applied: the picture, its shape or its order follows the attribute. Warned: it is not followed, or not as it stands, and
the warning says so. Refused: the file is not taken. `docs/pixels.md` prints this table; a test walks it.
"""

from dataclasses import dataclass

from pydicom.dataset import Dataset

from labelhub.imaging.dicom.header.attributes import is_present, items_of
from labelhub.imaging.dicom.header.overlays import OVERLAY_GROUPS

APPLIED, WARNED, REFUSED = "applied", "warned", "refused"

GROUP_SEQUENCES = (
    "FrameContentSequence",
    "FrameVOILUTSequence",
    "PixelMeasuresSequence",
    "PixelValueTransformationSequence",
    "PlaneOrientationSequence",
    "PlanePositionSequence",
)
PARTS_OF_A_TABLE = dict.fromkeys(("LUTDescriptor", "LUTData"), "ModalityLUTSequence")
OVERLAY_ELEMENTS = {"OverlayData": 0x3000, "OverlayBitPosition": 0x0102}


@dataclass(frozen=True)
class Row:
    """One attribute: its place in PS3.3, what is done, and the codes that say where it is not."""

    keyword: str
    section: str
    effect: str
    handling: str = APPLIED
    warnings: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()


DESCRIPTION, PALETTE, GROUPS = "C.7.6.3", "C.7.9", "C.7.6.16"
IMPOSSIBLE = ("missing_attribute", "bad_pixel_description")
BAD_TABLE = ("missing_attribute", "bad_lookup_table")

TABLE: tuple[Row, ...] = (
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
    Row("BitsAllocated", DESCRIPTION, "Width of a sample.", refusals=IMPOSSIBLE),
    Row(
        "BitsStored",
        DESCRIPTION,
        "Bits of a sample that are its value; others are masked. Colour of another depth is scaled to 8 bits.",
        warnings=("reduced_to_8_bit", "stretched_to_8_bit"),
        refusals=("bad_pixel_description",),
    ),
    Row("HighBit", DESCRIPTION, "Place of the value in its sample.", warnings=("bad_high_bit",)),
    Row("PixelRepresentation", DESCRIPTION, "Sign of pixels and of every element of VR US or SS."),
    Row("PlanarConfiguration", DESCRIPTION, "Order of colour samples.", refusals=("bad_pixel_description",)),
    Row(
        "PixelAspectRatio",
        DESCRIPTION,
        "Shape of a pixel where no spacing is given.",
        warnings=("bad_pixel_aspect_ratio",),
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
        "ICCProfile",
        DESCRIPTION,
        "Colours are shown as they are stored.",
        WARNED,
        warnings=("colour_profile_not_applied",),
    ),
    Row(
        "RedPaletteColorLookupTableDescriptor",
        PALETTE,
        "Size, start and depth of a palette.",
        refusals=BAD_TABLE,
    ),
    Row(
        "RedPaletteColorLookupTableData",
        PALETTE,
        "Palette colours are written out as RGB.",
        refusals=BAD_TABLE,
    ),
    Row(
        "GreenPaletteColorLookupTableData",
        PALETTE,
        "Palette colours are written out as RGB.",
        refusals=BAD_TABLE,
    ),
    Row(
        "BluePaletteColorLookupTableData",
        PALETTE,
        "Palette colours are written out as RGB.",
        refusals=BAD_TABLE,
    ),
    Row(
        "SegmentedRedPaletteColorLookupTableData",
        PALETTE,
        "Segments are expanded, then as above.",
        refusals=BAD_TABLE,
    ),
    Row(
        "PixelPaddingValue",
        "C.7.5.1.1",
        "Left out of the automatic window; drawn black.",
        warnings=("bad_padding",),
    ),
    Row(
        "PixelPaddingRangeLimit",
        "C.7.5.1.1",
        "All values between it and the padding value are padding.",
        warnings=("bad_padding",),
    ),
    Row(
        "FloatPixelPaddingValue",
        "C.7.6.24",
        "As Pixel Padding Value, for float pixels.",
        warnings=("bad_padding",),
    ),
    Row(
        "PixelSpacing",
        "10.7.1.3",
        "Shape of a pixel; lengths in mm at the patient.",
        warnings=("bad_pixel_spacing",),
    ),
    Row(
        "ImagerPixelSpacing",
        "10.7.1.3",
        "Shape of a pixel; lengths in mm at the detector.",
        warnings=("bad_pixel_spacing",),
    ),
    Row(
        "NominalScannedPixelSpacing",
        "10.7.1.3",
        "As Imager Pixel Spacing, of scanned film.",
        warnings=("bad_pixel_spacing",),
    ),
    Row(
        "ImagePositionPatient",
        "C.7.6.2",
        "Place of an image among others.",
        warnings=("bad_orientation",),
    ),
    Row(
        "ImageOrientationPatient",
        "C.7.6.2",
        "Images of one orientation are read together.",
        warnings=("bad_orientation",),
    ),
    Row("PixelMeasuresSequence", GROUPS, "Spacing of frames.", warnings=("bad_pixel_spacing",)),
    Row("PlanePositionSequence", GROUPS, "Place of each frame.", warnings=("bad_orientation",)),
    Row("PlaneOrientationSequence", GROUPS, "Orientation of each frame.", warnings=("bad_orientation",)),
    Row("FrameContentSequence", GROUPS, "Order in which frames are read: dimension index, time."),
    Row(
        "PixelValueTransformationSequence",
        GROUPS,
        "Rescale of each frame; frames that differ are written with one rescale for all.",
        warnings=("bad_rescale",),
    ),
    Row(
        "FrameVOILUTSequence",
        GROUPS,
        "Window or VOI LUT that each frame is opened with.",
        warnings=("bad_window", "bad_voi_lut", "window_shows_one_grey"),
    ),
    Row("ModalityLUTSequence", "C.11.1", "Applied to the stored pixels.", refusals=BAD_TABLE),
    Row(
        "RescaleIntercept",
        "C.11.1",
        "Modality value = stored value x slope + intercept.",
        warnings=("bad_rescale",),
    ),
    Row(
        "RescaleSlope",
        "C.11.1",
        "Modality value = stored value x slope + intercept.",
        warnings=("bad_rescale",),
    ),
    Row("RescaleType", "C.11.1", "The unit goes with the description of the image."),
    Row(
        "VOILUTSequence",
        "C.11.2",
        "Each table is offered; the first is the default.",
        warnings=("bad_voi_lut", "window_shows_one_grey"),
    ),
    Row(
        "WindowCenter",
        "C.11.2",
        "Each window is offered; the first is the default where there is no VOI LUT.",
        warnings=("bad_window", "window_shows_one_grey"),
    ),
    Row(
        "WindowWidth",
        "C.11.2",
        "Each window is offered; the first is the default where there is no VOI LUT.",
        warnings=("bad_window", "window_shows_one_grey"),
    ),
    Row("WindowCenterWidthExplanation", "C.11.2", "Name of a window, if it is made of known words only."),
    Row("VOILUTFunction", "C.11.2", "LINEAR, LINEAR_EXACT and SIGMOID.", warnings=("unknown_voi_function",)),
    Row(
        "PresentationLUTSequence",
        "C.11.4",
        "Not applied.",
        WARNED,
        warnings=("presentation_lut_not_applied",),
    ),
    Row(
        "PresentationLUTShape",
        "C.11.6",
        "INVERSE shows low values bright, as MONOCHROME1 does; LIN OD is not applied.",
        warnings=("presentation_lut_not_applied", "polarity_contradiction"),
    ),
    Row(
        "PixelIntensityRelationship",
        "C.8.11.3",
        "Raw intensity (LIN, LOG) without a window of the file is shown by the automatic one.",
        WARNED,
        warnings=("raw_intensity",),
    ),
    Row("OverlayData", "C.9.2", "Not shown.", WARNED, warnings=("overlay_not_shown",)),
    Row(
        "OverlayBitPosition",
        "C.9.2",
        "Overlay bits in the pixels are masked and not shown.",
        WARNED,
        warnings=("overlay_not_shown",),
    ),
)


def handling_of(
    header: Dataset, warnings: list[str], refusal: tuple[str, str | None] | None = None
) -> dict[str, str]:
    """Return what was made of each attribute of the table that a file has, or lacks and is refused for.

    `refusal` is the code for which the file was refused, and the attribute at fault where one was named.
    """
    found = {}
    for row in TABLE:
        if refusal and _is_refused(row, header, *refusal):
            found[row.keyword] = REFUSED
        elif has_attribute(header, row.keyword):
            found[row.keyword] = WARNED if set(row.warnings) & set(warnings) else APPLIED
    return found


def _is_refused(row: Row, header: Dataset, code: str, attribute: str | None) -> bool:
    if attribute is not None:
        return row.keyword == PARTS_OF_A_TABLE.get(attribute, attribute)
    return code in row.refusals and code != "missing_attribute" and has_attribute(header, row.keyword)


def has_attribute(header: Dataset, keyword: str) -> bool:
    """Say whether an attribute is in the header or in a functional group of it."""
    if keyword in OVERLAY_ELEMENTS:
        return any((group, OVERLAY_ELEMENTS[keyword]) in header for group in OVERLAY_GROUPS)
    if is_present(header, keyword):
        return True
    groups = [
        group
        for outer in ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence")
        for group in items_of(header, outer)[:1]
    ]
    return any(
        is_present(group, keyword) or any(is_present(item, keyword) for item in _items_in(group))
        for group in groups
    )


def _items_in(group: Dataset) -> list[Dataset]:
    return [item for sequence in GROUP_SEQUENCES for item in items_of(group, sequence)[:1]]


def as_markdown() -> str:
    """Return the table as it stands in the documentation."""
    lines = ["| attribute | PS3.3 | handling | what is done | codes |", "| --- | --- | --- | --- | --- |"]
    for row in TABLE:
        codes = ", ".join(f"`{code}`" for code in (*row.warnings, *row.refusals))
        handling = "applied, else refused" if row.refusals and row.handling == APPLIED else row.handling
        if row.handling == APPLIED and row.warnings and not row.refusals:
            handling = "applied, else warned"
        lines.append(f"| {row.keyword} | {row.section} | {handling} | {row.effect} | {codes} |")
    return "\n".join(lines)
