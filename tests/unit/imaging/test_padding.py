"""Padding does not take the range of the picture, and is black."""

import numpy as np
import pytest
from pydicom.uid import (
    UID,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
)

from labelhub.imaging.dicom.drawing.rendering import default_view, read_model_input
from tests.factories.dicom import dicom_bytes, gradient, image_dataset
from tests.unit.imaging.conftest import ImportBytes
from tests.unit.imaging.opened import RAMP, enhanced, shown, window


@pytest.mark.parametrize(("value", "limit"), [(0, 400), (400, 0)])
@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian, JPEG2000Lossless])
@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
def test_a_range_of_padding_does_not_count_and_is_black(
    import_bytes: ImportBytes, value: int, limit: int, syntax: UID, photometric: str
) -> None:
    pixels = gradient(high=3500, low=3000)
    pixels[:, :30] = gradient(64, 30, high=400)
    dataset = image_dataset(
        pixels, PhotometricInterpretation=photometric, PixelPaddingValue=value, PixelPaddingRangeLimit=limit
    )
    found = import_bytes(dicom_bytes(pixels, dataset=dataset, syntax=syntax))
    view = default_view(found.metadata)
    assert view is not None and 2990 < view.center - view.width / 2 < view.center + view.width / 2 < 3510
    picture = shown(found)
    assert picture[:, :30].max() == 0 and np.ptp(picture[:, 30:]) > 240
    assert ("padding_blackened" in found.answer["warnings"]) == (photometric == "MONOCHROME1")
    small = read_model_input(found.folder / "model-320.u8")
    assert small[:, :110].max() == 0 and small[:, 125:].max() > 240
    np.testing.assert_array_equal(found.frame()[:, 30:], pixels[:, 30:])


@pytest.mark.parametrize("is_signed", [False, True])
def test_padding_has_the_sign_of_the_pixels(import_bytes: ImportBytes, is_signed: bool) -> None:
    dtype, low, padding = ("i2", -1000, -2000) if is_signed else ("u2", 1000, 63_536)
    pixels = gradient(low=low, high=low + 2000, dtype=dtype)
    pixels[:, :20] = padding
    dataset = image_dataset(pixels)
    # Written with the VR of the other sign.
    dataset.add_new("PixelPaddingValue", "US" if is_signed else "SS", 63_536 if is_signed else -2000)
    found = import_bytes(dicom_bytes(pixels, dataset=dataset))
    assert found.answer["instance"]["window_presets"][0]["width"] < 2100
    assert shown(found)[:, :20].max() == 0


def test_padding_that_is_written_as_its_bits_gets_their_sign(import_bytes: ImportBytes) -> None:
    pixels = gradient(low=-1000, high=1000, dtype="i2")
    pixels[:, :20] = -2000
    found = import_bytes(
        dicom_bytes(
            pixels.view("u2") & 0xFFF,
            BitsStored=12,
            HighBit=11,
            PixelRepresentation=1,
            PixelPaddingValue=-2000 & 0xFFF,
            PhotometricInterpretation="MONOCHROME1",
        )
    )
    assert found.answer["warnings"] == ["padding_blackened"]
    assert shown(found)[:, :20].max() <= 2
    assert np.ptp(shown(found)[:, 20:]) > 250


def test_padding_that_no_pixel_can_have_is_told(import_bytes: ImportBytes) -> None:
    found = import_bytes(dicom_bytes(RAMP, BitsStored=12, HighBit=11, PixelPaddingValue=63_536))
    assert found.answer["warnings"] == ["bad_padding"]


def test_bright_padding_of_a_negative_slope_is_blackened(import_bytes: ImportBytes) -> None:
    pixels = gradient(low=1000, high=3000)
    pixels[:, :20] = 0
    found = import_bytes(dicom_bytes(pixels, RescaleSlope=-1, RescaleIntercept=0, PixelPaddingValue=0))
    assert shown(found)[:, :20].max() == 0


def test_float_padding_does_not_take_the_range_of_the_picture(import_bytes: ImportBytes) -> None:
    values = (gradient() / 4000).astype("<f4")
    values[:, :20] = -1e30
    dataset = image_dataset(gradient(), FloatPixelPaddingValue=-1e30)
    dataset.BitsAllocated = 32
    for keyword in ("BitsStored", "HighBit", "PixelRepresentation"):
        delattr(dataset, keyword)
    dataset.FloatPixelData = values.tobytes()
    found = import_bytes(dicom_bytes(None, dataset=dataset))
    picture = shown(found)
    assert picture[:, :20].max() == 0 and np.unique(picture[:, 20:]).size > 100


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
def test_padding_is_black_in_each_frame_whatever_window_it_opens_with(
    import_bytes: ImportBytes, photometric: str
) -> None:
    frames = np.stack([gradient(low=1000, high=3000)] * 3)
    frames[:, :, :20] = 500
    groups = [window(2000, 2000), window(1500, 3000), window(2000, 4000)]
    found = import_bytes(
        enhanced(frames, groups, PixelPaddingValue=500, PhotometricInterpretation=photometric)
    )
    assert "padding_blackened" in found.answer["warnings"]
    for number in (1, 2, 3):
        picture = shown(found, number)
        assert picture[:, :20].max() <= 2 and np.ptp(picture[:, 20:]) > 80
