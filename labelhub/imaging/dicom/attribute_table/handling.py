"""The whole table, and what was made of the attributes of one file."""

from pydicom.datadict import tag_for_keyword
from pydicom.dataset import Dataset

from labelhub.imaging.dicom.attribute_table.grey_rows import GREY_ROWS
from labelhub.imaging.dicom.attribute_table.pixel_rows import PIXEL_ROWS
from labelhub.imaging.dicom.attribute_table.place_rows import PLACE_ROWS
from labelhub.imaging.dicom.attribute_table.row import APPLIED, REFUSED, WARNED, Row
from labelhub.imaging.dicom.codes import Warnings
from labelhub.imaging.dicom.header.attributes import is_present, items_of
from labelhub.imaging.dicom.header.overlays import overlay_attributes

TABLE: tuple[Row, ...] = (*PIXEL_ROWS, *PLACE_ROWS, *GREY_ROWS)

KEYWORDS = {tag_for_keyword(row.keyword): row.keyword for row in TABLE}
"""Keywords by tag; overlays, whose groups are many, are under None."""

SEQUENCES = ("ModalityLUTSequence",)
GROUPS = ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence")
GROUP_SEQUENCES = (
    "FrameContentSequence",
    "FrameVOILUTSequence",
    "PixelMeasuresSequence",
    "PixelValueTransformationSequence",
    "PlaneOrientationSequence",
    "PlanePositionSequence",
)
PARTS_OF_A_TABLE = dict.fromkeys(("LUTDescriptor", "LUTData"), "ModalityLUTSequence")


def handling_of(
    header: Dataset, warnings: Warnings, refusal: tuple[str, str | None] | None = None
) -> dict[str, str]:
    """Return what was made of each attribute of the table that a file has, or lacks and is refused for.

    `refusal` is the code for which the file was refused, and the attribute at fault where one was named.
    """
    present = attributes_present(header)
    found = {}
    for row in TABLE:
        if refusal and _is_refused(row, present, *refusal):
            found[row.keyword] = REFUSED
        elif row.keyword in present:
            is_told = any(warnings.is_about(code, row.keyword) for code in row.warnings)
            found[row.keyword] = WARNED if is_told else APPLIED
    return found


def not_followed(header: Dataset) -> list[str]:
    """Return the warnings on attributes that are never followed, and that a file has."""
    present = attributes_present(header)
    codes = [row.warnings[0] for row in TABLE if row.warns_if_present and row.keyword in present]
    return list(dict.fromkeys(codes))


def attributes_present(header: Dataset) -> set[str]:
    """Return the keywords of the table that stand in the header or in a functional group of any frame."""
    found = _keywords_in(header) | overlay_attributes(header)
    for sequence in SEQUENCES:
        found |= _keywords_in_items(header, sequence)
    for outer in GROUPS:
        for group in items_of(header, outer):
            found |= _keywords_in(group)
            for sequence in GROUP_SEQUENCES:
                found |= _keywords_in_items(group, sequence)
    return found


def _is_refused(row: Row, present: set[str], code: str, attribute: str | None) -> bool:
    if attribute is not None:
        return row.keyword == PARTS_OF_A_TABLE.get(attribute, attribute)
    return code in row.refusals and code != "missing_attribute" and row.keyword in present


def _keywords_in_items(ds: Dataset, sequence: str) -> set[str]:
    return {keyword for item in items_of(ds, sequence)[:1] for keyword in _keywords_in(item)}


def _keywords_in(ds: Dataset) -> set[str]:
    # By tags, of which few are of the table: a group of each of thousands of frames is looked through.
    return {KEYWORDS[tag] for tag in KEYWORDS.keys() & ds.keys() if is_present(ds, KEYWORDS[tag])}
