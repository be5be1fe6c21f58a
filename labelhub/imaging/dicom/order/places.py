"""What a header says of the place of each of its frames among others, for `reading_order`.

Attributes: PS3.3 C.7.6.2 (plane), C.7.6.16.2.2 (frame content), C.7.6.16.2.3 and .4 (plane position and orientation),
C.7.6.16.2.7 (cardiac synchronization), C.7.6.16.2.13 (temporal position), C.8.3.1 and C.8.13.5 (echo), C.7.6.17
(dimensions).
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from pydicom.dataset import Dataset

from labelhub.imaging.dicom.header.attributes import (
    date_of,
    integer_of,
    items_of,
    number_of,
    numbers_of,
    text_of,
)
from labelhub.imaging.dicom.order.geometry import is_orthonormal
from labelhub.imaging.dicom.order.reading_order import FramePlace, in_reading_order

CLOCK = re.compile(r"(\d{2}):?(\d{2})?:?(\d{2})?(\.\d{1,6})?", re.ASCII)
DATE_AND_TIME = re.compile(r"(\d{4})(\d{2})(\d{2})(\d{2}[\d.]*)", re.ASCII)
DAY_S = 86_400


def frame_places(header: Dataset, n_frames: int) -> list[FramePlace]:
    """Return the place of each frame, numbered from 1 in the order of storage."""
    shared = items_of(header, "SharedFunctionalGroupsSequence")[:1]
    per_frame = items_of(header, "PerFrameFunctionalGroupsSequence")
    if n_frames == 1 and not per_frame and not shared:
        return [instance_place(header)]
    stacks = _stack_numbers(per_frame)
    places = []
    for number in range(1, n_frames + 1):
        own = [per_frame[number - 1]] if len(per_frame) >= number else []
        places.append(_frame_place(header, [*own, *shared], number, n_frames, stacks))
    return places


def frame_order(places: list[FramePlace]) -> list[int]:
    """Return the frames' numbers, from 1, as they are read; empty when that is the order of storage."""
    numbers = [placed.index + 1 for placed in in_reading_order(places)]
    return [] if numbers == sorted(numbers) else numbers


def image_place(header: Dataset, places: list[FramePlace]) -> FramePlace:
    """Return the place of a whole instance: that of the first of its frames that is read, under its own number."""
    first = in_reading_order(places)[0].index
    return replace(places[first], number=integer_of(header, "InstanceNumber"))


def instance_place(header: Dataset) -> FramePlace:
    """Return the place of an instance of one frame."""
    return FramePlace(
        orientation=_orientation(header),
        position=_position(header),
        slice_location=number_of(header, "SliceLocation"),
        temporal_index=integer_of(header, "TemporalPositionIdentifier"),
        trigger_ms=number_of(header, "TriggerTime"),
        acquired_s=_acquired_s(header),
        content_s=_clock_s(header, "ContentDate", "ContentTime"),
        echo=_first_number(header, "EchoTime", "EchoNumbers"),
        acquisition=integer_of(header, "AcquisitionNumber"),
        number=integer_of(header, "InstanceNumber"),
    )


def _frame_place(
    header: Dataset, groups: list[Dataset], number: int, n_frames: int, stacks: dict[str, int]
) -> FramePlace:
    """Return a frame's place from its own functional groups, then the shared ones; of one frame, else the header's."""

    def item(keyword: str) -> Dataset:
        return next((found for group in groups for found in items_of(group, keyword)[:1]), Dataset())

    content = item("FrameContentSequence")
    plane_source = header if n_frames == 1 else Dataset()
    return FramePlace(
        orientation=_orientation(item("PlaneOrientationSequence")) or _orientation(plane_source),
        position=_position(item("PlanePositionSequence")) or _position(plane_source),
        temporal_index=_first_integer(content, "TemporalPositionIndex"),
        trigger_ms=_first_number(
            item("CardiacSynchronizationSequence"),
            "NominalCardiacTriggerDelayTime",
            "ActualCardiacTriggerDelayTime",
        ),
        acquired_s=_instant_s(content, "FrameAcquisitionDateTime", header)
        or _instant_s(content, "FrameReferenceDateTime", header)
        or number_of(item("TemporalPositionSequence"), "TemporalPositionTimeOffset"),
        echo=number_of(item("MREchoSequence"), "EffectiveEchoTime"),
        acquisition=integer_of(content, "FrameAcquisitionNumber"),
        dimension=_dimension(content, stacks),
        number=number,
    )


def _dimension(content: Dataset, stacks: dict[str, int]) -> tuple[int, ...]:
    """Return the frame's dimension index, else its stack, place in the stack and time, as far as they are said."""
    values = numbers_of(content, "DimensionIndexValues")
    in_stack = [
        stacks.get(text_of(content, "StackID") or ""),
        *(integer_of(content, name) for name in ("InStackPositionNumber", "TemporalPositionIndex")),
    ]
    return tuple(int(v) for v in values) or tuple(n for n in in_stack if n is not None)


def _stack_numbers(per_frame: list[Dataset]) -> dict[str, int]:
    """Number the stacks that frames name (PS3.3 C.7.6.16.2.2.4) in the order of their names, 2 before 10."""
    contents = [item for group in per_frame for item in items_of(group, "FrameContentSequence")[:1]]
    names = {name for content in contents if (name := text_of(content, "StackID"))}
    return {name: number for number, name in enumerate(sorted(names, key=lambda name: (len(name), name)))}


def _orientation(ds: Dataset) -> tuple[float, ...] | None:
    numbers = numbers_of(ds, "ImageOrientationPatient")
    return tuple(numbers) if is_orthonormal(numbers) else None


def _position(ds: Dataset) -> tuple[float, ...] | None:
    numbers = numbers_of(ds, "ImagePositionPatient")
    return tuple(numbers) if len(numbers) == 3 else None


def _first_number(ds: Dataset, *keywords: str) -> float | None:
    return next((n for keyword in keywords if (n := number_of(ds, keyword)) is not None), None)


def _first_integer(ds: Dataset, *keywords: str) -> int | None:
    return next((n for keyword in keywords if (n := integer_of(ds, keyword)) is not None), None)


def _acquired_s(header: Dataset) -> float | None:
    """Return when the image was acquired: its instant, else date and time of day, else PET's reference time in s."""
    instant = _instant_s(header, "AcquisitionDateTime", header)
    if instant is None:
        instant = _clock_s(header, "AcquisitionDate", "AcquisitionTime")
    reference_ms = number_of(header, "FrameReferenceTime")
    return reference_ms / 1000 if instant is None and reference_ms is not None else instant


def _instant_s(ds: Dataset, keyword: str, header: Dataset) -> float | None:
    """Return a DT value in seconds since the midnight before the study."""
    match = DATE_AND_TIME.match(text_of(ds, keyword) or "")
    seconds = _seconds(match[4]) if match else None
    if match is None or seconds is None:
        return None
    try:
        day = date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None
    return _days_since_study(header, day) * DAY_S + seconds


def _clock_s(header: Dataset, date_keyword: str, time_keyword: str) -> float | None:
    seconds = _seconds(text_of(header, time_keyword) or "")
    if seconds is None:
        return None
    return _days_since_study(header, date_of(header, date_keyword)) * DAY_S + seconds


def _days_since_study(header: Dataset, day: date | None) -> int:
    study_day = date_of(header, "StudyDate")
    return (day - study_day).days if day and study_day else 0


def _seconds(text: str) -> float | None:
    """Return a time of day (VR TM, also in the retired form with colons) in seconds."""
    match = CLOCK.match(text)
    if match is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in match.groups()[:3])
    return hours * 3600 + minutes * 60 + seconds + float(match[4] or 0)
