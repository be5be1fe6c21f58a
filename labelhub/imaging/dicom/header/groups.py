"""Where an attribute of a frame stands: its own functional group, the shared one, or the header (PS3.3 C.7.6.16)."""

from pydicom.dataset import Dataset

from labelhub.imaging.dicom.header.attributes import is_present, items_of, numbers_of

OF_ALL_FRAMES = {
    "PixelMeasuresSequence": ("PixelSpacing",),
    "PlanePositionSequence": ("ImagePositionPatient",),
    "PlaneOrientationSequence": ("ImageOrientationPatient",),
    "PixelValueTransformationSequence": ("RescaleSlope", "RescaleIntercept"),
    "FrameVOILUTSequence": ("WindowCenter", "WindowWidth", "VOILUTSequence"),
}
"""Functional groups without which a frame is drawn or placed in another way than its neighbours; what they hold."""


def functional_group_item(header: Dataset, keyword: str, index: int = 0) -> Dataset | None:
    """Return the item of a functional group that holds for a frame (`index` from 0), None where there is none."""
    per_frame = items_of(header, "PerFrameFunctionalGroupsSequence")
    shared = items_of(header, "SharedFunctionalGroupsSequence")
    for group in (*per_frame[index : index + 1], *shared[:1]):
        for item in items_of(group, keyword)[:1]:
            return item
    return None


def groups_lacking(header: Dataset, n_frames: int) -> list[str]:
    """Return the functional groups that some frames have and others lack (PS3.3 C.7.6.16: all have them).

    What the header itself says holds for the others.
    """
    per_frame = items_of(header, "PerFrameFunctionalGroupsSequence")[:n_frames]
    lacking = []
    for keyword, attributes in OF_ALL_FRAMES.items():
        n_own = sum(bool(items_of(group, keyword)) for group in per_frame)
        is_shared = functional_group_item(header, keyword, len(per_frame)) is not None
        if (
            0 < n_own < n_frames
            and not is_shared
            and not any(is_present(header, each) for each in attributes)
        ):
            lacking.append(keyword)
    return lacking


def header_contradictions(header: Dataset, n_frames: int) -> list[str]:
    """Return the attributes that the header gives a value which it has in no frame's functional group.

    The groups are followed (PS3.3 C.7.6.16), so that such a value is not. Lookup tables are not compared, only missed.
    """
    contradicted = []
    for keyword, attributes in OF_ALL_FRAMES.items():
        items = frame_items(header, keyword, n_frames)
        if any(item is header for item in items):
            continue
        for attribute in attributes:
            own = _value(header, attribute)
            if is_present(header, attribute) and all(_value(item, attribute) != own for item in items):
                contradicted.append(attribute)
    return contradicted


def _value(source: Dataset, attribute: str) -> object:
    if attribute.endswith("Sequence"):
        return bool(items_of(source, attribute))
    return numbers_of(source, attribute)


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
