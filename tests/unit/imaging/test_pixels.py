"""The picture that models see: bone bright, aspect kept, and a box can be carried into it."""

import numpy as np
import pytest

from labelhub.imaging.dicom.drawing.rendering import first_view, letterbox, luma, read_model_input
from tests.factories.dicom import dicom_bytes, gradient, radiograph_dataset
from tests.unit.imaging.conftest import ImportBytes, Imported


def square_of(found: Imported) -> np.ndarray:
    """The model's picture as it would be made from the stored frame, as the reader first sees it."""
    return letterbox(luma(first_view(found.frame(), found.metadata)), 320)[0]


@pytest.mark.parametrize(("photometric", "brightest"), [("MONOCHROME2", "last"), ("MONOCHROME1", "first")])
def test_what_is_dense_is_bright_in_both_photometrics(
    import_bytes: ImportBytes, photometric: str, brightest: str
) -> None:
    pixels = gradient(100, 100)
    dataset = radiograph_dataset(pixels, PhotometricInterpretation=photometric)
    found = import_bytes(dicom_bytes(pixels, dataset=dataset))
    picture = read_model_input(found.folder / "model-320.u8")
    first, last = int(picture[5, 5]), int(picture[-5, -5])
    assert (first > 240 and last < 15) if brightest == "first" else (first < 15 and last > 240)
    np.testing.assert_array_equal(square_of(found), picture)


def test_a_negative_slope_turns_the_picture_round(import_bytes: ImportBytes) -> None:
    found = import_bytes(dicom_bytes(gradient(100, 100), RescaleSlope=-1, RescaleIntercept=4000))
    picture = read_model_input(found.folder / "model-320.u8")
    assert picture[5, 5] > 240 > 15 > picture[-5, -5]
    assert found.value("00281053") == 1  # The viewer goes wrong over negative ones.
    np.testing.assert_array_equal(found.modality_values(), 4000.0 - gradient(100, 100))
    np.testing.assert_array_equal(square_of(found), picture)


def test_a_point_is_found_again_in_the_model_input(import_bytes: ImportBytes) -> None:
    pixels = np.zeros((100, 400), "u2")
    pixels[40:60, 300:320] = 1000
    found = import_bytes(dicom_bytes(pixels))
    place = found.answer["model_input"]
    x, y = 310 * place["scale_x"] + place["offset_x"], 50 * place["scale_y"] + place["offset_y"]
    picture = read_model_input(found.folder / "model-320.u8")
    assert picture[round(y), round(x)] > 200
    assert picture[:100].max() == 0
    rows, columns = np.nonzero(picture > 127)
    assert abs(columns.mean() + 0.5 - x) < 1
    assert abs(rows.mean() + 0.5 - y) < 1


def test_letterbox_keeps_the_aspect_of_a_tall_picture() -> None:
    picture, transform = letterbox(np.full((200, 100), 255, np.uint8), 320)
    assert transform == {"scale_x": 1.6, "scale_y": 1.6, "offset_x": 80.0, "offset_y": 0.0}
    assert picture[:, :80].max() == picture[:, 240:].max() == 0
    assert picture[:, 80:240].min() == 255


def test_the_square_has_square_pixels() -> None:
    disc = np.hypot(*np.mgrid[-50:50, -100:100] * np.array([2, 1])[:, None, None]) < 80
    picture, transform = letterbox(disc.astype(np.uint8) * 255, 320, aspect=2.0)
    rows, columns = np.nonzero(picture > 127)
    assert np.ptp(rows) == pytest.approx(np.ptp(columns), abs=3)
    assert transform["scale_y"] == 2 * transform["scale_x"]


def test_colour_becomes_luma() -> None:
    red = np.zeros((2, 2, 3), np.uint8)
    red[..., 0] = 255
    assert luma(red).tolist() == [[76, 76], [76, 76]]


def test_a_uniform_image_has_a_picture_and_a_warning(import_bytes: ImportBytes) -> None:
    found = import_bytes(dicom_bytes(np.full((30, 30), 7, "u2")))
    assert found.answer["warnings"] == ["uniform_image"]
    assert read_model_input(found.folder / "model-320.u8").shape == (320, 320)
