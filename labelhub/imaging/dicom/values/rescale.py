"""From stored to modality values by slope and intercept (PS3.3 C.11.1.1.2, C.7.6.16.2.9)."""

from dataclasses import dataclass

import numpy as np
from pydicom.dataset import Dataset

from labelhub.imaging.dicom.codes import Warnings
from labelhub.imaging.dicom.header.attributes import (
    coded_text_of,
    is_present,
    items_of,
    number_of,
    terms,
)
from labelhub.imaging.dicom.header.groups import frame_items, functional_group_item, group_of

MAX_RESCALE = 1e9

# PS3.3 C.11.1.1.2; BQML and the like are units of PET (C.8.9.1.1.3).
RESCALE_TYPES = terms("OD HU US MGML Z_EFF ED EDW HU_MOD PCT")


@dataclass(frozen=True)
class Rescale:
    """Modality value = stored value * slope + intercept."""

    slope: float = 1.0
    intercept: float = 0.0

    @property
    def is_identity(self) -> bool:
        """Say whether modality values are the stored values."""
        return self.slope == 1.0 and self.intercept == 0.0

    def apply(self, array: np.ndarray) -> np.ndarray:
        """Return modality values, as float32 unless they are the stored ones."""
        if self.is_identity:
            return array
        values: np.ndarray = array.astype(np.float32) * np.float32(self.slope) + np.float32(self.intercept)
        return values


def frame_rescales(header: Dataset, n_frames: int, warnings: Warnings) -> list[Rescale]:
    """Return the rescale of each frame, or the one of all; identity, with a warning, where it is not usable."""
    rescales = [
        _rescale(item, header, warnings)
        for item in frame_items(header, "PixelValueTransformationSequence", n_frames)
    ]
    return rescales if len(set(rescales)) > 1 else rescales[:1]


def rescaled_by(header: Dataset, n_frames: int) -> set[str]:
    """Return the keywords of the attributes by which any frame is rescaled."""
    return {
        keyword
        for item in frame_items(header, "PixelValueTransformationSequence", n_frames)
        if not _rescale(item, header, Warnings()).is_identity
        for keyword in _rescale_keywords(item, header)
    }


def _rescale_keywords(source: Dataset, header: Dataset) -> tuple[str, ...]:
    """Return what a rescale is of: slope and intercept are followed together or not at all."""
    return (
        "RescaleSlope",
        "RescaleIntercept",
        *group_of(source, header, "PixelValueTransformationSequence"),
    )


def _rescale(source: Dataset, header: Dataset, warnings: Warnings) -> Rescale:
    slope = number_of(source, "RescaleSlope") if is_present(source, "RescaleSlope") else 1.0
    intercept = number_of(source, "RescaleIntercept") if is_present(source, "RescaleIntercept") else 0.0
    if not slope or intercept is None or abs(slope) > MAX_RESCALE or abs(intercept) > MAX_RESCALE:
        warnings.tell("bad_rescale", *_rescale_keywords(source, header))
        return Rescale()
    return Rescale(slope, intercept)


def rescale_type_of(header: Dataset) -> str | None:
    """Return what modality values are, as far as the standard has a term for it; "US" says that nobody knows.

    A modality LUT, where there is one, gives other values than the rescale beside it, and says what they are.
    """
    for lut in items_of(header, "ModalityLUTSequence")[:1]:
        return coded_text_of(lut, "ModalityLUTType", RESCALE_TYPES)
    source = functional_group_item(header, "PixelValueTransformationSequence") or header
    return coded_text_of(source, "RescaleType", RESCALE_TYPES)
