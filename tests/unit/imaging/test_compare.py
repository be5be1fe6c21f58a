"""Lossy copies show the same picture; changed, reshaped or inverted ones do not."""

from typing import Any

import numpy as np
import pytest
from pydicom.uid import (
    JPEG2000,
    UID,
    ExplicitVRLittleEndian,
    JPEGBaseline8Bit,
    JPEGLSNearLossless,
    RLELossless,
)

from labelhub.imaging.dicom.runner import ImportChild
from tests.factories.dicom import colours, dicom_bytes, gradient, noisy
from tests.unit.imaging.conftest import ImportBytes

GRAY = noisy(gradient(70, 93, high=4000))
STACK = np.stack([GRAY, GRAY[::-1]])


def with_a_mark(pixels: np.ndarray, *, frame: int | None = None) -> np.ndarray:
    """A nodule of 10 x 10 pixels, a tenth of the range brighter than what it covers."""
    marked = pixels.copy()
    target = marked if frame is None else marked[frame]
    target[30:40, 20:30] += np.uint16(pixels.max() // 10)
    return marked


@pytest.mark.parametrize(
    ("pixels", "syntax"),
    [
        (GRAY, RLELossless),
        (GRAY, JPEGLSNearLossless),
        (GRAY, JPEG2000),
        (noisy(colours()), JPEGBaseline8Bit),
        (noisy(colours()), JPEG2000),
    ],
)
def test_another_encoding_is_the_same_picture(
    import_bytes: ImportBytes, child: ImportChild, pixels: np.ndarray, syntax: UID
) -> None:
    one, other = (import_bytes(dicom_bytes(pixels, syntax=kind)) for kind in (ExplicitVRLittleEndian, syntax))
    assert child.is_same_picture(one.folder, other.folder)
    assert child.is_same_picture(other.folder, one.folder)


@pytest.mark.parametrize(
    ("pixels", "options"),
    [
        (with_a_mark(GRAY), {}),
        (GRAY[:, ::-1], {}),
        (GRAY[:-1], {}),
        (GRAY, {"PhotometricInterpretation": "MONOCHROME1"}),
        (GRAY, {"RescaleSlope": 2, "RescaleIntercept": 0}),
        (STACK, {"n_frames": 2}),
    ],
    ids=["a mark", "mirrored", "cropped", "inverted", "rescaled", "two frames"],
)
def test_a_changed_image_is_another_picture(
    import_bytes: ImportBytes, child: ImportChild, pixels: np.ndarray, options: dict[str, Any]
) -> None:
    one, other = import_bytes(dicom_bytes(GRAY)), import_bytes(dicom_bytes(pixels, **options))
    assert not child.is_same_picture(one.folder, other.folder)


def test_every_frame_counts(import_bytes: ImportBytes, child: ImportChild) -> None:
    one = import_bytes(dicom_bytes(STACK, n_frames=2))
    copy = import_bytes(dicom_bytes(STACK, n_frames=2, syntax=JPEG2000))
    changed = import_bytes(dicom_bytes(with_a_mark(STACK, frame=1), n_frames=2))
    assert child.is_same_picture(one.folder, copy.folder)
    assert not child.is_same_picture(one.folder, changed.folder)


def test_values_that_were_shifted_and_shift_back_are_the_same(
    import_bytes: ImportBytes, child: ImportChild
) -> None:
    one = import_bytes(dicom_bytes(GRAY, RescaleSlope=1, RescaleIntercept=-1024))
    other = import_bytes(dicom_bytes(GRAY + 10, RescaleSlope=1, RescaleIntercept=-1034))
    assert child.is_same_picture(one.folder, other.folder)


def test_what_cannot_be_compared_is_not_the_same(import_bytes: ImportBytes, child: ImportChild) -> None:
    one, other = import_bytes(dicom_bytes(GRAY)), import_bytes(dicom_bytes(GRAY))
    (other.folder / "frame-000001.bin").write_bytes(b"cut short")
    assert not child.is_same_picture(one.folder, other.folder)
    assert child.is_same_picture(one.folder, one.folder)
