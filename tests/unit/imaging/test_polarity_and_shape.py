"""Polarity, the shape of a pixel, and what is told of raw intensities and masks."""

import numpy as np
import pytest

from labelhub.imaging.dicom.drawing.rendering import read_model_input
from tests.factories.dicom import dicom_bytes, raster_bytes
from tests.unit.imaging.conftest import ImportBytes, Imported
from tests.unit.imaging.opened import RAMP, enhanced, shown


@pytest.mark.parametrize(
    ("photometric", "shape", "is_inverse", "warnings"),
    [
        ("MONOCHROME2", None, False, []),
        ("MONOCHROME2", "IDENTITY", False, []),
        ("MONOCHROME1", "INVERSE", True, []),
        ("MONOCHROME2", "INVERSE", True, ["polarity_contradiction"]),
        ("MONOCHROME1", "IDENTITY", True, ["polarity_contradiction"]),
        ("MONOCHROME2", "LIN OD", False, ["presentation_lut_not_applied"]),
    ],
)
def test_polarity(
    import_bytes: ImportBytes, photometric: str, shape: str | None, is_inverse: bool, warnings: list[str]
) -> None:
    found = import_bytes(dicom_bytes(RAMP, PhotometricInterpretation=photometric, PresentationLUTShape=shape))
    assert (shown(found)[0, 0] > 250) == is_inverse
    assert (found.value("00280004") == "MONOCHROME1") == is_inverse
    assert found.answer["warnings"] == warnings


@pytest.mark.parametrize("ratio", [[2, 1], [1, 2], [4, 3]])
def test_pixels_without_spacing_have_the_shape_that_the_file_says(
    import_bytes: ImportBytes, ratio: list[int]
) -> None:
    found = import_bytes(dicom_bytes(disc(ratio[0] / ratio[1]), PixelAspectRatio=ratio))
    assert found.answer["instance"]["spacing"] == {
        "row_mm": None,
        "column_mm": None,
        "source": "none",
        "aspect": ratio[0] / ratio[1],
    }
    assert found.metadata["00280030"]["Value"] == [ratio[0] / ratio[1], 1]
    assert "00280030" in found.metadata["labelhub_added"]
    assert_round(found)


@pytest.mark.parametrize("keyword", ["PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing"])
def test_the_models_picture_has_square_pixels(import_bytes: ImportBytes, keyword: str) -> None:
    found = import_bytes(dicom_bytes(disc(2), PixelAspectRatio=[1, 5], **{keyword: [0.4, 0.2]}))
    assert found.answer["instance"]["spacing"]["aspect"] == 2
    row, column = found.metadata["00280030"]["Value"]
    assert row / column == 2
    assert ("00280030" in found.metadata["labelhub_added"]) == (keyword != "PixelSpacing")
    assert_round(found)


@pytest.mark.parametrize("ratio", [["0", "1"], ["-1", "1"], ["1", "1000"], ["3"]])
def test_an_impossible_aspect_ratio_is_told(import_bytes: ImportBytes, ratio: list[str]) -> None:
    found = import_bytes(dicom_bytes(RAMP, PixelAspectRatio=ratio))
    assert found.answer["warnings"] == ["bad_pixel_aspect_ratio"]
    assert found.answer["instance"]["spacing"]["aspect"] == 1
    spaced = import_bytes(dicom_bytes(RAMP, PixelAspectRatio=ratio, PixelSpacing=[0.4, 0.2]))
    assert spaced.answer["warnings"] == ["bad_pixel_aspect_ratio"]
    assert spaced.answer["attributes"]["PixelAspectRatio"] == "warned"
    assert spaced.answer["instance"]["spacing"]["aspect"] == 2


def disc(aspect: float) -> np.ndarray:
    """A disc of 80 across, on pixels that are `aspect` times as high as they are wide."""
    y, x = np.mgrid[-60:60, -60:60]
    inside = np.hypot(y * aspect, x) < 40 * min(1, aspect)
    return np.where(inside, 1000, 0).astype("u2")


def assert_round(found: Imported) -> None:
    rows, columns = np.nonzero(read_model_input(found.folder / "model-320.u8") > 127)
    assert np.ptp(rows) == pytest.approx(np.ptp(columns), abs=5)


def test_the_picture_has_the_shape_of_the_frame_that_it_shows(import_bytes: ImportBytes) -> None:
    """The second frame lies first, and its rows are further apart than those of the other."""
    groups = [
        {
            "PlanePositionSequence": {"ImagePositionPatient": [0, 0, z]},
            "PixelMeasuresSequence": {"PixelSpacing": spacing},
        }
        for z, spacing in ((5, [0.5, 0.5]), (0, [1.0, 0.5]))
    ]
    turned = {"PlaneOrientationSequence": {"ImageOrientationPatient": [1, 0, 0, 0, 1, 0]}}
    found = import_bytes(enhanced(np.stack([disc(1.0), disc(2.0)]), groups, turned, Modality="CT"))
    assert found.answer["model_input"]["frame"] == 2
    assert_round(found)
    assert found.answer["instance"]["spacing"]["row_mm"] == 0.5


def test_raw_intensity_without_a_window_is_told(import_bytes: ImportBytes) -> None:
    found = import_bytes(dicom_bytes(RAMP, PixelIntensityRelationship="LIN"))
    assert found.answer["warnings"] == ["raw_intensity"]
    windowed = import_bytes(
        dicom_bytes(RAMP, PixelIntensityRelationship="LIN", WindowCenter=2000, WindowWidth=4000)
    )
    assert windowed.answer["warnings"] == []


def test_an_eight_bit_mask_as_png_is_shown(import_bytes: ImportBytes) -> None:
    found = import_bytes(raster_bytes(np.eye(64, dtype="u1")), suffix=".png")
    assert np.ptp(shown(found)) == 255
