"""The order in which images and frames are read. Pure arithmetic on what headers say; no file is looked at.

Frames of one series are grouped by orientation. In a group they follow their place along the group's normal (PS3.3
C.7.6.2.1.1), at one place time, echo and acquisition, then the dimension index of a multi-frame object (PS3.3
C.7.6.17; it comes first where no position is given), then the number.

Four-dimensional series are so read place by place: at a place one sees how it changes,
and the next place is the next one in the body. A key that some frame of a group lacks says nothing about the group's
order and is left out. Names (hashes) only part what nothing else tells apart, so that the order of import is nothing.

Positions are in mm in the patient space, LPS.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

ORIENTATION_STEP = 0.01
"""Direction cosines that are further apart (about half a degree) are another orientation."""

PLACE_STEP_MM = 0.002
"""Positions that are closer are one place, written with rounding; no stack of slices is that fine (OCT has 0.003)."""


@dataclass(frozen=True)
class FramePlace:
    """What one frame's header says of its place among others. None or empty = not said.

    `orientation`: direction cosines of a row and of a column. `acquired_s` and `content_s`: seconds since the
    midnight before the study. `number`: Instance Number, or the frame's number in its instance.
    """

    orientation: tuple[float, ...] | None = None
    position: tuple[float, ...] | None = None
    slice_location: float | None = None
    temporal_index: int | None = None
    trigger_ms: float | None = None
    acquired_s: float | None = None
    content_s: float | None = None
    echo: float | None = None
    acquisition: int | None = None
    dimension: tuple[int, ...] = ()
    number: int | None = None
    name: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return what is said, as JSON, with the number even if it is not; the name is the caller's to know."""
        said = {key: value for key, value in asdict(self).items() if value not in (None, ())}
        said.pop("name")
        return {"number": None, **said}

    @classmethod
    def from_json(cls, values: dict[str, Any], *, name: str = "") -> FramePlace:
        """Read what `as_json` wrote."""
        said: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
        return cls(**said, name=name)


@dataclass(frozen=True)
class ImagePlace:
    """One image (an instance) of a case or folder: its series, and the first of its frames that is read."""

    series: str
    series_number: int | None
    frame: FramePlace


@dataclass(frozen=True)
class Placed:
    """A frame or image in its place: `index` into what was given, its orientation group, and by what it was placed.

    `time` is what told the frames of a group apart: an index, milliseconds after a trigger, or seconds of the day.
    """

    index: int
    group: int
    position_mm: float | None
    time: float | None


TIMES = ("temporal_index", "trigger_ms", "acquired_s")
AFTER_TIMES = ("echo", "acquisition")


def in_reading_order(frames: Sequence[FramePlace]) -> list[Placed]:
    """Return the frames of one series as they are read."""
    groups: dict[Any, list[int]] = {}
    labels = _orientation_labels(frames)
    for index, label in enumerate(labels):
        groups.setdefault(label, []).append(index)
    members = sorted(groups.values(), key=lambda indices: min(_last_keys(frames[i]) for i in indices))
    return [
        placed
        for number, indices in enumerate(members)
        for placed in _group_in_order(frames, indices, number)
    ]


def images_in_reading_order(images: Sequence[ImagePlace]) -> list[Placed]:
    """Return images as they are read: series after series by number and time, each as `in_reading_order`."""
    by_series: dict[str, list[int]] = {}
    for index, image in enumerate(images):
        by_series.setdefault(image.series, []).append(index)
    ordered = []
    for indices in sorted(by_series.values(), key=lambda indices: _series_key(images, indices)):
        placed = in_reading_order([images[i].frame for i in indices])
        ordered += [Placed(indices[p.index], p.group, p.position_mm, p.time) for p in placed]
    return ordered


def _series_key(images: Sequence[ImagePlace], indices: list[int]) -> tuple[Any, ...]:
    number = images[indices[0]].series_number
    frames = [images[i].frame for i in indices]
    times = [frame.content_s if frame.acquired_s is None else frame.acquired_s for frame in frames]
    known = [time for time in times if time is not None]
    return (*_or_last(number), *_or_last(min(known, default=None)), images[indices[0]].series)


def _group_in_order(frames: Sequence[FramePlace], indices: list[int], group: int) -> list[Placed]:
    members = [frames[i] for i in indices]
    first = min(members, key=_last_keys)
    distances = _distances(members, first.orientation)
    places = _labels(distances, PLACE_STEP_MM) if distances else [0] * len(members)
    times = [values for name in (*TIMES, "content_s") if (values := _complete(members, name))]
    # Where no position is given, the place of a frame is what its dimension index tells.
    names = (*TIMES, *AFTER_TIMES, "dimension") if distances else ("dimension", *TIMES, *AFTER_TIMES)
    keys = [values for name in (*names, "content_s") if (values := _complete(members, name))]
    shown = next((values for values in times if len(set(values)) > 1), None)

    def key_of(n: int) -> tuple[Any, ...]:
        return (places[n], *(key[n] for key in keys), *_last_keys(members[n]))

    return [
        Placed(
            index=indices[n],
            group=group,
            position_mm=distances[n] if distances else None,
            time=shown[n] if shown else None,
        )
        for n in sorted(range(len(members)), key=key_of)
    ]


def _complete(members: list[FramePlace], name: str) -> list[Any] | None:
    """Return a key of all frames of a group; None when one of them lacks it, or has another number of dimensions."""
    values = [getattr(frame, name) for frame in members]
    if any(value in (None, ()) for value in values):
        return None
    if name == "dimension" and len({len(value) for value in values}) > 1:
        return None
    return values


def _distances(frames: list[FramePlace], orientation: tuple[float, ...] | None) -> list[float]:
    """Return each frame's place along the normal in mm, else its slice location; empty when one has neither.

    Positions without an orientation have no normal: they are told apart along the axis on which they differ most.
    """
    if orientation is not None and all(frame.position is not None for frame in frames):
        normal = _normal(orientation)
        return [sum(n * p for n, p in zip(normal, f.position or (), strict=True)) for f in frames]
    if all(frame.slice_location is not None for frame in frames):
        return [frame.slice_location or 0.0 for frame in frames]
    positions = [frame.position for frame in frames if frame.position is not None]
    if orientation is None and len(positions) == len(frames):
        axis = max(range(3), key=lambda n: max(p[n] for p in positions) - min(p[n] for p in positions))
        return [position[axis] for position in positions]
    return []


def _normal(orientation: tuple[float, ...]) -> tuple[float, float, float]:
    row, column = orientation[:3], orientation[3:]
    return (
        row[1] * column[2] - row[2] * column[1],
        row[2] * column[0] - row[0] * column[2],
        row[0] * column[1] - row[1] * column[0],
    )


def _orientation_labels(frames: Sequence[FramePlace]) -> list[Any]:
    """Return the same label for frames of one orientation; None for those that say none."""
    known = [i for i, frame in enumerate(frames) if frame.orientation is not None]
    columns = [
        _labels([frames[i].orientation[axis] for i in known], ORIENTATION_STEP)  # type: ignore[index]
        for axis in range(6)
    ]
    labels: list[Any] = [None] * len(frames)
    for n, index in enumerate(known):
        labels[index] = tuple(column[n] for column in columns)
    return labels


def _labels(values: list[float], step: float) -> list[int]:
    """Number values so that those with no gap above `step` between them share a number, in ascending order."""
    labels = [0] * len(values)
    label, previous = 0, None
    for index in sorted(range(len(values)), key=values.__getitem__):
        if previous is not None and values[index] - previous > step:
            label += 1
        labels[index], previous = label, values[index]
    return labels


def _last_keys(frame: FramePlace) -> tuple[Any, ...]:
    return (*_or_last(frame.number), frame.name)


def _or_last(value: float | None) -> tuple[bool, float]:
    return value is None, value or 0
