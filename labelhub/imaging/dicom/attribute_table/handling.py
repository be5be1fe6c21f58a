"""The whole table, and what was made of the attributes of one file."""

from pydicom.dataset import Dataset

from labelhub.imaging.dicom.attribute_table.grey_rows import GREY_ROWS
from labelhub.imaging.dicom.attribute_table.pixel_rows import PIXEL_ROWS
from labelhub.imaging.dicom.attribute_table.place_rows import PLACE_ROWS
from labelhub.imaging.dicom.attribute_table.row import APPLIED, REFUSED, WARNED, Row
from labelhub.imaging.dicom.header.attributes import is_present, items_of
from labelhub.imaging.dicom.header.overlays import OVERLAY_GROUPS

TABLE: tuple[Row, ...] = (*PIXEL_ROWS, *PLACE_ROWS, *GREY_ROWS)

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
