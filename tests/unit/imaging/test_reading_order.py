"""Images and frames come in the order in which a radiologist reads them, whatever the order they arrive in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from labelhub.imaging.dicom.order.reading_order import (
    FramePlace,
    ImagePlace,
    images_in_reading_order,
    in_reading_order,
)
from tests.factories.dicom import dicom_bytes, gradient, image_dataset
from tests.unit.imaging.conftest import ImportBytes

AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
SAGITTAL = (0.0, 1.0, 0.0, 0.0, 0.0, -1.0)
OBLIQUE = (0.8, 0.6, 0.0, -0.36, 0.48, 0.8)

numbers = st.integers(-50, 50)
places = st.builds(
    FramePlace,
    orientation=st.sampled_from([None, AXIAL, SAGITTAL, OBLIQUE]),
    position=st.none() | st.tuples(numbers, numbers, numbers).map(lambda p: tuple(map(float, p))),
    slice_location=st.none() | numbers.map(float),
    temporal_index=st.none() | st.integers(1, 4),
    acquired_s=st.none() | st.integers(0, 3).map(float),
    echo=st.none() | st.integers(1, 3).map(float),
    acquisition=st.none() | st.integers(1, 3),
    dimension=st.lists(st.integers(1, 4), max_size=2).map(tuple),
    number=st.none() | st.integers(1, 9),
)


def frame(z: float, *, orientation: tuple[float, ...] = AXIAL, **said: Any) -> FramePlace:
    """A frame `z` mm along the z axis."""
    return FramePlace(orientation=orientation, position=(0.0, 0.0, z), **said)


def read(frames: list[FramePlace]) -> list[str]:
    return [frames[placed.index].name for placed in in_reading_order(frames)]


@given(st.lists(places, min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_the_order_in_which_frames_arrive_is_nothing(frames: list[FramePlace], chance: Any) -> None:
    named = [replace(f, name=str(i)) for i, f in enumerate(frames)]
    shuffled = chance.sample(named, len(named))
    assert sorted(read(named)) == sorted(f.name for f in named)
    assert read(shuffled) == read(named)


@given(st.lists(places, min_size=1, max_size=12))
def test_a_group_is_read_whole_and_along_its_normal(frames: list[FramePlace]) -> None:
    placed = in_reading_order([replace(f, name=str(i)) for i, f in enumerate(frames)])
    groups = [p.group for p in placed]
    assert groups == sorted(groups)
    for group in set(groups):
        members = [p for p in placed if p.group == group]
        assert len({frames[p.index].orientation for p in members}) == 1
        along = [p.position_mm for p in members if p.position_mm is not None]
        assert along == sorted(along) and len(along) in (0, len(members))


@given(
    st.lists(st.integers(-200, 200), min_size=1, max_size=5, unique=True),
    st.integers(1, 5),
    st.randoms(use_true_random=False),
    st.sampled_from(["temporal_index", "trigger_ms", "acquired_s", "echo", "acquisition"]),
)
def test_four_dimensions_are_read_place_by_place(zs: list[int], n_times: int, chance: Any, name: str) -> None:
    frames = [
        frame(z + chance.uniform(-1e-5, 1e-5), name=f"{z} {t}", number=chance.randint(1, 99), **{name: t})
        for z in zs
        for t in range(n_times)
    ]
    assert read(chance.sample(frames, len(frames))) == [
        f"{z} {t}" for z in sorted(zs) for t in range(n_times)
    ]


@given(st.lists(st.integers(0, 500), min_size=2, max_size=20, unique=True))
def test_the_slices_of_a_fine_stack_stay_apart(steps: list[int]) -> None:
    frames = [frame(step * 0.003, name=str(step), acquired_s=float(-step)) for step in steps]
    assert read(frames) == [str(step) for step in sorted(steps)]


def test_a_key_that_one_frame_lacks_does_not_part_the_others() -> None:
    frames = [
        FramePlace(number=1, acquired_s=30.0, name="1"),
        FramePlace(number=2, acquired_s=None, name="2"),
        FramePlace(number=3, acquired_s=10.0, name="3"),
    ]
    assert read(frames) == ["1", "2", "3"]


def test_a_stack_turned_by_ninety_degrees_is_another_group_read_by_its_own_normal() -> None:
    axial = [frame(z, number=10 + z, name=f"axial {z}") for z in (2, 0, 1)]
    sagittal = [
        FramePlace(orientation=SAGITTAL, position=(x, 0.0, 0.0), number=1, name=f"sagittal {x}")
        for x in (5.0, -5.0)
    ]
    assert read([*axial, *sagittal]) == ["sagittal 5.0", "sagittal -5.0", "axial 0", "axial 1", "axial 2"]


def test_a_trace_of_rounding_in_the_cosines_makes_no_second_group() -> None:
    tilted = tuple(cosine + 1e-4 for cosine in AXIAL)
    placed = in_reading_order([frame(0), frame(1, orientation=tilted), frame(2)])
    assert [(p.index, p.group) for p in placed] == [(0, 0), (1, 0), (2, 0)]


def test_without_orientation_the_slice_location_places() -> None:
    frames = [FramePlace(slice_location=z, number=n, name=str(z)) for n, z in enumerate((5.0, 1.0, 3.0))]
    assert read(frames) == ["1.0", "3.0", "5.0"]


def test_positions_without_an_orientation_are_told_apart_by_the_axis_on_which_they_differ() -> None:
    frames = [
        FramePlace(position=(1.0, 2.0 + z / 100, z), number=9 - n) for n, z in enumerate((30.0, -10.0, 20.0))
    ]
    assert [(placed.index, placed.position_mm) for placed in in_reading_order(frames)] == [
        (1, -10.0),
        (2, 20.0),
        (0, 30.0),
    ]


def test_series_follow_their_number_then_their_time_and_only_then_their_name() -> None:
    def image(series: str, number: int | None, second: float | None) -> ImagePlace:
        return ImagePlace(series, number, FramePlace(acquired_s=second, name=series))

    images = [
        image("a", None, 5.0),
        image("b", 2, None),
        image("c", 2, 7.0),
        image("d", None, 3.0),
        image("e", 1, None),
    ]
    assert [images[p.index].series for p in images_in_reading_order(images)] == ["e", "c", "b", "d", "a"]


def test_series_without_numbers_or_acquisition_times_follow_their_content() -> None:
    images = [
        ImagePlace(series=series, series_number=None, frame=FramePlace(content_s=content, name=series))
        for series, content in (("a", 90.0), ("b", 30.0), ("c", 60.0))
    ]
    assert [images[p.index].series for p in images_in_reading_order(images)] == ["b", "c", "a"]


@given(places)
def test_a_place_survives_being_kept(place: FramePlace) -> None:
    assert FramePlace.from_json(place.as_json()) == place


def item(**elements: Any) -> Dataset:
    ds = Dataset()
    for keyword, value in elements.items():
        setattr(ds, keyword, value)
    return ds


def enhanced(frames: list[dict[str, Dataset]], shared: dict[str, Dataset] | None = None) -> bytes:
    """A multi-frame object with a functional group per frame."""

    def group(items: dict[str, Dataset]) -> Dataset:
        return item(**{keyword: Sequence([ds]) for keyword, ds in items.items()})

    pixels = np.stack([gradient(high=500 + 10 * n) for n in range(len(frames))])
    ds = image_dataset(pixels, n_frames=len(frames), Modality="MR")
    ds.SharedFunctionalGroupsSequence = Sequence([group(shared or {})])
    ds.PerFrameFunctionalGroupsSequence = Sequence([group(frame) for frame in frames])
    return dicom_bytes(pixels, dataset=ds, n_frames=len(frames))


def plane(z: float) -> dict[str, Dataset]:
    return {"PlanePositionSequence": item(ImagePositionPatient=[0, 0, z])}


UPRIGHT = {"PlaneOrientationSequence": item(ImageOrientationPatient=list(AXIAL))}


def test_frames_of_a_multi_frame_object_follow_their_position(import_bytes: ImportBytes) -> None:
    found = import_bytes(enhanced([plane(z) for z in (10, 0, 5)], UPRIGHT)).answer["instance"]
    assert found["frame_order"] == [2, 3, 1]
    assert found["place"]["position"] == [0, 0, 0] and found["place"]["number"] == 1


def test_frames_at_one_place_follow_their_time(import_bytes: ImportBytes) -> None:
    frames = [
        plane(z) | {"FrameContentSequence": item(TemporalPositionIndex=t)}
        for z, t in ((5, 2), (0, 2), (5, 1), (0, 1))
    ]
    assert import_bytes(enhanced(frames, UPRIGHT)).answer["instance"]["frame_order"] == [4, 2, 3, 1]


@pytest.mark.parametrize(
    "contents",
    [
        [{"DimensionIndexValues": v} for v in ([1, 3], [1, 1], [1, 2])],
        [{"StackID": "1", "InStackPositionNumber": n} for n in (3, 1, 2)],
        [{"StackID": stack, "InStackPositionNumber": n} for stack, n in (("10", 1), ("2", 1), ("2", 2))],
        [{"FrameAcquisitionDateTime": f"2020022910{minute}00.5"} for minute in (30, 10, 20)],
    ],
)
def test_without_positions_frames_follow_what_else_is_said(
    import_bytes: ImportBytes, contents: list[dict[str, Any]]
) -> None:
    data = enhanced([{"FrameContentSequence": item(**content)} for content in contents])
    assert import_bytes(data).answer["instance"]["frame_order"] == [2, 3, 1]


def test_frames_that_are_stored_as_they_are_read_need_no_list(import_bytes: ImportBytes) -> None:
    pixels = np.stack([gradient(), gradient(high=900)])
    assert import_bytes(dicom_bytes(pixels, n_frames=2)).answer["instance"]["frame_order"] == []
    assert import_bytes(enhanced([plane(0), plane(5)], UPRIGHT)).answer["instance"]["frame_order"] == []


def test_an_acquisition_past_midnight_is_later(import_bytes: ImportBytes) -> None:
    def seconds(**elements: str) -> float:
        return float(
            import_bytes(dicom_bytes(gradient(), **elements)).answer["instance"]["place"]["acquired_s"]
        )

    assert seconds(AcquisitionDate="20200229", AcquisitionTime="235959.5") == 86_399.5
    assert seconds(AcquisitionDate="20200301", AcquisitionTime="000001") == 86_401
    assert seconds(AcquisitionDateTime="20200301000002.25") == 86_402.25
    assert seconds(AcquisitionTime="100005") == 36_005
