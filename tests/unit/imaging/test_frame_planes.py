"""The planes of a multi-frame image: what is told to be left out is written nowhere."""

from typing import Any

import numpy as np
import pytest

from tests.factories.dicom import gradient
from tests.unit.imaging.conftest import ImportBytes, Imported
from tests.unit.imaging.opened import enhanced

AXIAL: list[float] = [1, 0, 0, 0, 1, 0]
SAGITTAL: list[float] = [0, 1, 0, 0, 0, -1]
FRAMES = np.stack([gradient(), gradient()])
UNUSABLE_ORIENTATIONS: dict[str, list[float]] = {
    "zeros": [0, 0, 0, 0, 0, 0],
    "long": [2, 0, 0, 0, 2, 0],
    "parallel": [1, 0, 0, 1, 0, 0],
    "five numbers": [1, 0, 0, 0, 1],
}


def position(*values: float) -> dict[str, Any]:
    return {"PlanePositionSequence": {"ImagePositionPatient": list(values)}}


def orientation(values: list[float]) -> dict[str, Any]:
    return {"PlaneOrientationSequence": {"ImageOrientationPatient": values}}


def spacing(values: list[float]) -> dict[str, Any]:
    return {"PixelMeasuresSequence": {"PixelSpacing": values}}


def written(found: Imported) -> list[tuple[Any, Any]]:
    """Position and orientation of the header, then of each frame's group."""

    def value(group: dict[str, Any], sequence: str, tag: str) -> Any:
        item = group.get(sequence, {"Value": [{}]})["Value"][0]
        return item.get(tag, {}).get("Value")

    header = tuple(found.metadata.get(tag, {}).get("Value") for tag in ("00200032", "00200037"))
    groups = found.metadata.get("52009230", {"Value": []})["Value"]
    of_groups = [
        (value(group, "00209113", "00200032"), value(group, "00209116", "00200037")) for group in groups
    ]
    return [header, *of_groups]


NOTHING = (None, None)


@pytest.mark.parametrize("values", UNUSABLE_ORIENTATIONS.values(), ids=UNUSABLE_ORIENTATIONS.keys())
def test_an_unusable_shared_orientation_is_in_no_frame(
    import_bytes: ImportBytes, values: list[float]
) -> None:
    frames = [position(0, 0, 1), position(0, 0, 2)]
    found = import_bytes(enhanced(FRAMES, frames, orientation(values), Modality="CT"))
    assert found.answer["warnings"] == ["bad_orientation"]
    assert found.answer["attributes"]["PlaneOrientationSequence"] == "warned"
    assert written(found) == [NOTHING, NOTHING, NOTHING]


@pytest.mark.parametrize("values", UNUSABLE_ORIENTATIONS.values(), ids=UNUSABLE_ORIENTATIONS.keys())
@pytest.mark.parametrize("bad", [0, 1])
def test_one_frames_unusable_orientation_is_told_and_left_out(
    import_bytes: ImportBytes, bad: int, values: list[float]
) -> None:
    frames = [position(0, 0, n) | orientation(values if n == bad else AXIAL) for n in range(2)]
    found = import_bytes(enhanced(FRAMES, frames, Modality="MR"))
    assert found.answer["warnings"] == ["bad_orientation"]
    assert written(found)[1 + bad] == NOTHING
    assert written(found)[2 - bad] == ([0, 0, 1 - bad], AXIAL)


@pytest.mark.parametrize(
    ("frames", "shared"),
    [
        ([position(0, 0)] * 2, orientation(AXIAL)),
        ([orientation(AXIAL)] * 2, {}),
        ([position(0, 0, 1), position(0, 0, 2)], {}),
    ],
    ids=["position of two numbers", "no position", "no orientation"],
)
def test_a_plane_is_whole_or_not_there(
    import_bytes: ImportBytes, frames: list[dict[str, Any]], shared: dict[str, Any]
) -> None:
    found = import_bytes(enhanced(FRAMES, frames, shared, Modality="CT"))
    assert found.answer["warnings"] == ["bad_orientation"]
    assert written(found)[0] == NOTHING
    assert set(written(found)[1:]) <= {NOTHING}


def test_an_unusable_spacing_is_in_no_frame(import_bytes: ImportBytes) -> None:
    frames = [position(0, 0, n) | spacing([0.5, 0.5] if n else [0, 0.5]) for n in range(2)]
    found = import_bytes(enhanced(FRAMES, frames, orientation(AXIAL), Modality="CT"))
    assert found.answer["warnings"] == ["bad_pixel_spacing"]
    first, second = found.metadata["52009230"]["Value"]
    assert "00280030" not in found.metadata and "00289110" not in first
    assert second["00289110"]["Value"][0]["00280030"]["Value"] == [0.5, 0.5]


@pytest.mark.parametrize(("second", "kept"), [(AXIAL, AXIAL), (SAGITTAL, None)])
def test_a_plane_of_frame_1_stands_for_all_only_where_all_lie_so(
    import_bytes: ImportBytes, second: list[float], kept: list[float] | None
) -> None:
    """Three frames, groups of two: no frame can have a group, and the header must not speak for all."""
    frames = np.stack([gradient()] * 3)
    groups = [position(0, 0, n) | orientation(each) for n, each in enumerate((AXIAL, second))]
    found = import_bytes(enhanced(frames, groups, position(0, 0, 2) | orientation(AXIAL), Modality="CT"))
    assert [orientation for _, orientation in written(found)] == [kept]


def test_a_plane_of_the_header_holds_for_each_frame(import_bytes: ImportBytes) -> None:
    plane: dict[str, Any] = {"ImagePositionPatient": [1, 2, 3], "ImageOrientationPatient": SAGITTAL}
    found = import_bytes(enhanced(FRAMES, [spacing([0.5, 0.5])] * 2, Modality="CT", **plane))
    assert written(found) == [([1, 2, 3], SAGITTAL)] * 3
