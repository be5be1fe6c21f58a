"""Pixels that are no part of the image (PS3.3 C.7.5.1.1.2): one value, or all between it and the range limit."""

from dataclasses import dataclass

import numpy as np
from pydicom.dataset import Dataset

from labelhub.imaging.dicom.codes import Warnings
from labelhub.imaging.dicom.header.attributes import is_present, numbers_of, words_of
from labelhub.imaging.dicom.values.description import PixelDescription
from labelhub.imaging.dicom.values.samples import signed_word

FLOAT_PADDING = {
    "FloatPixelData": ("FloatPixelPaddingValue", "FloatPixelPaddingRangeLimit"),
    "DoubleFloatPixelData": ("DoubleFloatPixelPaddingValue", "DoubleFloatPixelPaddingRangeLimit"),
}
INTEGER_PADDING = ("PixelPaddingValue", "PixelPaddingRangeLimit")
PADDING = (*INTEGER_PADDING, *(keyword for pair in FLOAT_PADDING.values() for keyword in pair))


@dataclass(frozen=True)
class Padding:
    """Stored values of the source from `low` to `high`, both included."""

    low: float
    high: float

    def covers(self, array: np.ndarray) -> np.ndarray:
        """Return where the source's values are padding."""
        covered: np.ndarray = (array >= self.low) & (array <= self.high)
        return covered


def padding_of(header: Dataset, description: PixelDescription, warnings: Warnings) -> Padding | None:
    """Return the padding of a grey image, None where there is none; one that is no number is told."""
    value_keyword, limit_keyword = FLOAT_PADDING.get(description.keyword, INTEGER_PADDING)
    if description.samples_per_pixel == 1:
        others = [each for each in PADDING if each not in (value_keyword, limit_keyword)]
        if of_other_pixels := [each for each in others if is_present(header, each)]:
            warnings.tell("bad_padding", *of_other_pixels)
    if description.samples_per_pixel > 1 or not (
        is_present(header, value_keyword) or is_present(header, limit_keyword)
    ):
        return None
    value, limit = (_number(header, keyword, description) for keyword in (value_keyword, limit_keyword))
    if limit is None and value is not None and not _can_be(value, description):
        value = None
    if value is None:
        warnings.tell("bad_padding", value_keyword, limit_keyword)
        return None
    if limit is None and is_present(header, limit_keyword):
        warnings.tell("bad_padding", limit_keyword)
    ends = (value, value if limit is None else limit)
    return Padding(min(ends), max(ends))


def _number(header: Dataset, keyword: str, description: PixelDescription) -> float | None:
    """Return a value of padding; one that is written as its stored bits, without their sign, gets it."""
    if description.keyword in FLOAT_PADDING:
        return next(iter(numbers_of(header, keyword)), None)
    for word in words_of(header, keyword)[:1]:
        value = signed_word(word, is_signed=description.is_signed)
        is_bits = description.is_signed and 0 <= value < 1 << description.bits_stored
        return value if _can_be(value, description) or not is_bits else value - (1 << description.bits_stored)
    return None


def _can_be(value: float, description: PixelDescription) -> bool:
    """Say whether a pixel can have a value: stored bits hold no other ones, whatever lies in the bits beside them."""
    if description.keyword in FLOAT_PADDING:
        return True
    span = 1 << description.bits_stored
    return -span // 2 <= value < span // 2 if description.is_signed else 0 <= value < span
