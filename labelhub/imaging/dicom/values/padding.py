"""Pixels that are no part of the image (PS3.3 C.7.5.1.1.2): one value, or all between it and the range limit."""

from dataclasses import dataclass

import numpy as np
from pydicom.dataset import Dataset

from labelhub.imaging.dicom.header.attributes import is_present, numbers_of, words_of
from labelhub.imaging.dicom.values.description import PixelDescription
from labelhub.imaging.dicom.values.samples import signed_word

FLOAT_PADDING = {
    "FloatPixelData": ("FloatPixelPaddingValue", "FloatPixelPaddingRangeLimit"),
    "DoubleFloatPixelData": ("DoubleFloatPixelPaddingValue", "DoubleFloatPixelPaddingRangeLimit"),
}
INTEGER_PADDING = ("PixelPaddingValue", "PixelPaddingRangeLimit")


@dataclass(frozen=True)
class Padding:
    """Stored values of the source from `low` to `high`, both included."""

    low: float
    high: float

    def covers(self, array: np.ndarray) -> np.ndarray:
        """Return where the source's values are padding."""
        covered: np.ndarray = (array >= self.low) & (array <= self.high)
        return covered


def padding_of(header: Dataset, description: PixelDescription, warnings: list[str]) -> Padding | None:
    """Return the padding of a grey image, None where there is none; one that is no number is told."""
    value_keyword, limit_keyword = FLOAT_PADDING.get(description.keyword, INTEGER_PADDING)
    if description.samples_per_pixel > 1 or not (
        is_present(header, value_keyword) or is_present(header, limit_keyword)
    ):
        return None
    value, limit = (_number(header, keyword, description) for keyword in (value_keyword, limit_keyword))
    if value is None or (limit is None and is_present(header, limit_keyword)):
        warnings.append("bad_padding")
    if value is None:
        return None
    ends = (value, value if limit is None else limit)
    return Padding(min(ends), max(ends))


def _number(header: Dataset, keyword: str, description: PixelDescription) -> float | None:
    if description.keyword in FLOAT_PADDING:
        return next(iter(numbers_of(header, keyword)), None)
    return next(
        (signed_word(word, is_signed=description.is_signed) for word in words_of(header, keyword)), None
    )
