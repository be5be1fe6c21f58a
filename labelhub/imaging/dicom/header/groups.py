"""Where an attribute of a frame stands: its own functional group, the shared one, or the header (PS3.3 C.7.6.16)."""

from pydicom.dataset import Dataset

from labelhub.imaging.dicom.header.attributes import items_of


def functional_group_item(header: Dataset, keyword: str, index: int = 0) -> Dataset | None:
    """Return the item of a functional group that holds for a frame (`index` from 0), None where there is none."""
    per_frame = items_of(header, "PerFrameFunctionalGroupsSequence")
    shared = items_of(header, "SharedFunctionalGroupsSequence")
    for group in (*per_frame[index : index + 1], *shared[:1]):
        for item in items_of(group, keyword)[:1]:
            return item
    return None


def group_of(source: Dataset, header: Dataset, keyword: str) -> tuple[str, ...]:
    """Return the keyword of a functional group whose item `source` is, nothing where it is the header itself."""
    return () if source is header else (keyword,)


def frame_items(header: Dataset, keyword: str, n_frames: int) -> list[Dataset]:
    """Return where a functional group's attributes stand: one data set for each frame, or one for all of them.

    An image without the group has its attributes in the header itself.
    """
    per_frame = items_of(header, "PerFrameFunctionalGroupsSequence")[:n_frames]
    if not any(items_of(group, keyword) for group in per_frame):
        return [functional_group_item(header, keyword) or header]
    shared = functional_group_item(header, keyword, len(per_frame)) or header
    own = [next(iter(items_of(group, keyword)), shared) for group in per_frame]
    return own + [shared] * (n_frames - len(own))
