"""Writes the stored frames of one instance, and keeps of them what the rest of its description is made from."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from labelhub.imaging.dicom.codes import ImportRejected
from labelhub.imaging.dicom.drawing.pixels import thinned
from labelhub.imaging.dicom.storing.output import OutputFolder
from labelhub.imaging.dicom.storing.stored import StoragePlan, stored_frames
from labelhub.imaging.dicom.values.decode import FrameReader

COARSE_SIDE = 256


@dataclass(frozen=True)
class FrameSample:
    """One frame as stored, thinned out if it is huge, and where it is padding; `index` counts from 0."""

    index: int
    stored: np.ndarray
    outside: np.ndarray | None

    def coarse(self) -> FrameSample:
        """Return the frame thinned out to `COARSE_SIDE` rows and columns at most."""
        step = -(-max(self.stored.shape[:2]) // COARSE_SIDE)
        few = np.s_[::step, ::step]
        outside = None if self.outside is None else self.outside[few].copy()
        return FrameSample(self.index, self.stored[few].copy(), outside)

    @property
    def inside(self) -> np.ndarray:
        """Return the stored values that belong to the image, flat; all of them if none does."""
        if self.outside is None or self.outside.all():
            return self.stored.reshape(-1)
        kept: np.ndarray = self.stored[~self.outside]
        return kept

    @property
    def inside_varies(self) -> bool:
        """Say whether the image has more than one value outside its padding."""
        return _span(self.inside) > 0

    @property
    def is_uniform(self) -> bool:
        """Say whether all pixels are the same, of colour too."""
        return is_uniform(self.stored)


@dataclass(frozen=True)
class WrittenFrames:
    """The hash of the decoded frames, the frame that is read first, and the one of the widest range of values.

    The first of a stack or segmentation is often empty. `widest_of`: of each group that was asked for the frame of the
    widest range among its own, thinned out to few pixels, as there may be many; `padded`: lowest and highest stored
    value of padding; `source_range`: lowest and highest value that the source decodes to.
    """

    pixel_sha256: str
    first: FrameSample
    widest: FrameSample
    widest_of: dict[int, FrameSample]
    padded: tuple[int, int] | None
    source_range: tuple[float, float]


def write_frames(
    folder: OutputFolder,
    reader: FrameReader,
    plan: StoragePlan,
    first_index: int = 0,
    groups: Sequence[int | None] = (),
) -> WrittenFrames:
    """Write all frames; `first_index` (from 0) is the one that is read first, `groups` those that frames belong to."""
    digest = hashlib.sha256()
    first: FrameSample | None = None
    widest: FrameSample | None = None
    widest_of: dict[int, tuple[int, FrameSample]] = {}
    padded: list[int] = []
    lows, highs = [], []
    for index, (data, array) in enumerate(stored_frames(reader, plan)):
        folder.write_frame(data)
        digest.update(np.ascontiguousarray(array, array.dtype.newbyteorder("<")).data)
        lows.append(float(array.min()))
        highs.append(float(array.max()))
        small = thinned(array)
        sample = FrameSample(index, plan.convert(small, index), plan.outside(small))
        if sample.outside is not None and sample.outside.any():
            values = sample.stored[sample.outside]
            padded += [int(values.min()), int(values.max())]
        span = _span(sample.inside)
        if widest is None or span > _span(widest.inside):
            widest = sample
        group = groups[index] if groups else None
        if group is not None and (group not in widest_of or span > widest_of[group][0]):
            widest_of[group] = span, sample.coarse()
        if index == first_index:
            first = sample
    if first is None or widest is None:
        raise ImportRejected("pixel_data_truncated")
    return WrittenFrames(
        digest.hexdigest(),
        first,
        widest,
        {group: sample for group, (_, sample) in widest_of.items()},
        (min(padded), max(padded)) if padded else None,
        (min(lows), max(highs)),
    )


def is_uniform(array: np.ndarray) -> bool:
    """Say whether all pixels of (rows, columns) or (rows, columns, 3) are the same."""
    return bool((array == array[0, 0]).all())


def _span(array: np.ndarray) -> int:
    return int(array.max()) - int(array.min())
