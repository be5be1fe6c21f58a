"""How an imported image opens, and the enhanced objects whose frames open each in its own way."""

from typing import Any

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import (
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from labelhub.imaging.dicom.drawing.rendering import first_view
from tests.factories.dicom import dicom_bytes, gradient, image_dataset
from tests.unit.imaging.conftest import Imported

NATIVE = [ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian]


RAMP = gradient(high=4095)


def names(found: Imported) -> list[str]:
    return [preset["name"] for preset in found.answer["instance"]["window_presets"]]


def shown(found: Imported, frame: int = 1) -> np.ndarray:
    return first_view(found.frame(frame), found.metadata, frame)


def curve(n_entries: int, top: int) -> np.ndarray:
    """A bent curve of the whole range, as manufacturers deliver it."""
    return np.rint(top * np.linspace(0, 1, n_entries) ** 3).astype("u2")


def enhanced(
    frames: np.ndarray, groups: list[dict[str, Any]], shared: dict[str, Any] | None = None, **elements: Any
) -> bytes:
    """A multi-frame image with functional groups; each group maps a sequence's keyword to its item's elements."""
    per_frame = [_group(group) for group in groups]
    dataset = image_dataset(
        frames, n_frames=len(frames), PerFrameFunctionalGroupsSequence=per_frame, **elements
    )
    if shared is not None:
        dataset.SharedFunctionalGroupsSequence = [_group(shared)]
    return dicom_bytes(frames, dataset=dataset, n_frames=len(frames))


def _group(sequences: dict[str, Any]) -> Dataset:
    group = Dataset()
    for keyword, elements in sequences.items():
        item = Dataset()
        for name, value in elements.items():
            setattr(item, name, value)
        setattr(group, keyword, [item])
    return group


def rescale(slope: float, intercept: float = 0) -> dict[str, Any]:
    return {"PixelValueTransformationSequence": {"RescaleSlope": slope, "RescaleIntercept": intercept}}


def window(center: float, width: float) -> dict[str, Any]:
    return {"FrameVOILUTSequence": {"WindowCenter": center, "WindowWidth": width}}
