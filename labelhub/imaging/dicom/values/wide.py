"""Values that viewers do not take as they are: of 32 and 64 bits, of negative slopes, of slopes frame by frame.

They are written as 16-bit values with one positive slope and one intercept for all frames. (Cornerstone3D chooses the
type of a scaled picture as if the slope were positive.)
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from labelhub.imaging.dicom.values.decode import FrameReader
from labelhub.imaging.dicom.values.padding import Padding
from labelhub.imaging.dicom.values.rescale import Rescale

WIDE_RANGE = 65_535


@dataclass(frozen=True)
class WideRange:
    """Maps values to 16 bits: stored = round((value - offset) / step).

    `rescales` are applied first: one for each frame where frames differ in theirs, or the one of all. `merges`: the
    step is wider than that in which some frame counts, so that values of it fall together.
    """

    offset: float
    step: float
    dtype: str
    rescales: tuple[Rescale, ...] = ()
    merges: bool = False

    @property
    def conversions(self) -> list[str]:
        """Return the conversion to report: none when 16 bits hold every value as it is."""
        if self.rescales:
            written = "per_frame_rescale" if len(self.rescales) > 1 else "negative_slope"
            return [written, "values_merged"] if self.merges else [written]
        return [] if self.step == 1.0 and self.offset == 0.0 else ["rescaled_to_16_bit"]

    @property
    def source_rescale(self) -> Rescale:
        """Return value = stored * step + offset."""
        return Rescale(self.step, self.offset)

    def apply(self, array: np.ndarray, index: int) -> np.ndarray:
        """Return 16-bit stored values of frame `index` (from 0); what is not a number becomes the lowest value."""
        if not self.conversions:
            return array.astype(self.dtype)
        values = _rescaled(array, self.rescales, index)
        values = np.where(np.isfinite(values), values, self.offset)
        stored: np.ndarray = np.clip(np.rint((values - self.offset) / self.step), 0, WIDE_RANGE)
        return stored.astype(self.dtype)


def wide_range_of(
    reader: FrameReader, padding: Padding | None, rescales: Sequence[Rescale] = ()
) -> WideRange:
    """Decode all frames once and return the range that holds their values, padding left out."""
    low, high, is_integer = _range_of(reader, padding, rescales)
    if not rescales and is_integer and low >= -32_768 and high <= 32_767:
        return WideRange(0.0, 1.0, "<i2")
    if not rescales and is_integer and low >= 0 and high <= WIDE_RANGE:
        return WideRange(0.0, 1.0, "<u2")
    step = _exact_step(rescales) if is_integer else None
    if step is None or (high - low) / step > WIDE_RANGE:
        step = (high - low) / WIDE_RANGE or 1.0
    merges = is_integer and any(abs(rescale.slope) < step for rescale in rescales)
    return WideRange(low, step, "<u2", tuple(rescales), merges)


def _exact_step(rescales: Sequence[Rescale]) -> float | None:
    """Return the step in which all frames of whole numbers count, None where they have none in common."""
    if not rescales:
        return None
    step = min(abs(rescale.slope) for rescale in rescales)
    parts = [
        part / step
        for rescale in rescales
        for part in (rescale.slope, rescale.intercept - rescales[0].intercept)
    ]
    return step if all(part == round(part) for part in parts) else None


def _range_of(
    reader: FrameReader, padding: Padding | None, rescales: Sequence[Rescale]
) -> tuple[float, float, bool]:
    lows, highs, is_integer = [], [], True
    for index, array in enumerate(reader.arrays()):
        is_integer = array.dtype.kind in "iu"
        finite = array[np.isfinite(array)]
        if finite.size < array.size:
            reader.warn("non_finite_pixels")
        if padding is not None:
            finite = finite[~padding.covers(finite)]
        if finite.size:
            values = _rescaled(finite, rescales, index)
            lows.append(float(values.min()))
            highs.append(float(values.max()))
    return min(lows, default=0.0), max(highs, default=0.0), is_integer


def _rescaled(array: np.ndarray, rescales: Sequence[Rescale], index: int) -> np.ndarray:
    values = array.astype(np.float64)
    if not rescales:
        return values
    rescale = rescales[index if len(rescales) > 1 else 0]
    return values * rescale.slope + rescale.intercept
