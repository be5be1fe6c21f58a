"""The small inputs after public reports: what is right of each, by numbers that any program can check."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.encaps import generate_frames
from pydicom.pixels import apply_voi_lut

from labelhub.imaging.inspection import inspect_source
from tests.long.shared_data import needs_shared_data, shared_data

pytestmark = [pytest.mark.long, needs_shared_data]


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    found = inspect_source(reported(), tmp_path_factory.mktemp("pictures"))
    return {image["path"]: image for image in found}


def reported() -> Path:
    root = shared_data()
    assert root is not None
    return root / "reported"


def pictures(image: dict[str, Any]) -> list[np.ndarray]:
    return [np.asarray(Image.open(frame["png"])).astype(int) for frame in image["frames"]]


def models_picture(image: dict[str, Any]) -> np.ndarray:
    return np.asarray(Image.open(image["frames"][0]["model_png"])).astype(int)


def source(name: str) -> pydicom.Dataset:
    return pydicom.dcmread(reported() / name)


def raw_words(name: str) -> np.ndarray:
    ds = source(name)
    return np.frombuffer(ds.PixelData, "<u2")[: ds.Rows * ds.Columns].reshape(ds.Rows, ds.Columns)


def test_a_voi_lut_is_drawn(images: dict[str, Any]) -> None:
    name = "voi_lut_sequence/only.dcm"
    ds = source(name)
    bits = ds.VOILUTSequence[0].LUTDescriptor[2]
    expected = apply_voi_lut(ds.pixel_array, ds) * (255 / ((1 << bits) - 1))
    expected = 255 - expected if ds.PhotometricInterpretation == "MONOCHROME1" else expected
    (picture,) = pictures(images[name])
    np.testing.assert_allclose(picture, expected, atol=1)
    assert images[name]["window"]["function"] == "LUT"


@pytest.mark.parametrize("name", ["sc_2_1.dcm", "dx_imager_spacing.dcm"])
def test_a_disc_is_round_for_the_model(images: dict[str, Any], name: str) -> None:
    picture = models_picture(images[f"pixel_aspect_ratio/{name}"])
    rows, columns = np.nonzero(picture > 127)
    assert np.ptp(rows) == pytest.approx(np.ptp(columns), rel=0.05)


def test_padding_takes_no_greys(images: dict[str, Any]) -> None:
    image = images["padding_range/mono2.dcm"]
    values = source("padding_range/mono2.dcm").pixel_array
    (picture,) = pictures(image)
    assert picture[values <= 400].max() == 0
    assert np.ptp(picture[values > 400]) > 250
    assert np.ptp(models_picture(image)) > 250


def test_padding_written_as_another_vr_is_left_out(images: dict[str, Any]) -> None:
    window = images["padding_vr/written_as_ss.dcm"]["window"]
    assert (window["center"] - window["width"] / 2, window["center"] + window["width"] / 2) == pytest.approx(
        (-575, 504), abs=3
    )


def stretched(values: np.ndarray, window: dict[str, Any]) -> np.ndarray:
    share = (values - (window["center"] - 0.5)) / (window["width"] - 1) + 0.5
    return np.clip(share, 0, 1) * 255


def test_high_bits_are_where_the_header_says(images: dict[str, Any]) -> None:
    name = "high_bit/stored12_high15.dcm"
    (picture,) = pictures(images[name])
    np.testing.assert_allclose(picture, stretched(raw_words(name) >> 4, images[name]["window"]), atol=1)


def test_overlay_bits_are_masked(images: dict[str, Any]) -> None:
    name = "high_bit/overlay_in_bit12_native.dcm"
    (picture,) = pictures(images[name])
    np.testing.assert_allclose(picture, stretched(raw_words(name) & 0xFFF, images[name]["window"]), atol=1)
    assert images[name]["warnings"] == ["overlay_not_shown"]


def test_eight_bits_in_sixteen_are_read_from_a_codestream(images: dict[str, Any]) -> None:
    name = "high_bit/allocated16_stored8_j2k.dcm"
    values = source(name).pixel_array
    assert 127 < values.max() < 256
    (picture,) = pictures(images[name])
    np.testing.assert_allclose(picture, stretched(values.astype(int), images[name]["window"]), atol=1)


def jpeg_components(name: str) -> np.ndarray:
    """The three components of a JPEG as they are in its codestream, without any change of colour."""
    (data,) = generate_frames(source(name).PixelData, number_of_frames=1)
    image = Image.open(io.BytesIO(data))
    if b"Adobe" not in data[:40]:
        image.draft("YCbCr", image.size)
    return np.asarray(image).astype(float)


def test_the_components_of_a_jpeg_are_rgb_where_its_marker_says_so(images: dict[str, Any]) -> None:
    name = "jpeg_colour_label/adobe_rgb_says_RGB.dcm"
    (picture,) = pictures(images[name])
    np.testing.assert_array_equal(picture, jpeg_components(name))


def test_a_jfif_stream_is_ycbcr_whatever_the_label(images: dict[str, Any]) -> None:
    name = "jpeg_colour_label/jfif_ycbcr_says_RGB.dcm"
    y, cb, cr = np.moveaxis(jpeg_components(name), 2, 0)
    cb, cr = cb - 128, cr - 128
    expected = np.stack([y + 1.402 * cr, y - 0.344136 * cb - 0.714136 * cr, y + 1.772 * cb], axis=-1)
    (picture,) = pictures(images[name])
    np.testing.assert_allclose(picture, np.clip(expected, 0, 255), atol=1)


def test_a_palette_of_16_bits_is_written_out(images: dict[str, Any]) -> None:
    name = "palette_16bit/index16.dcm"
    ds = source(name)
    tables = [
        np.frombuffer(ds[f"{colour}PaletteColorLookupTableData"].value, "<u2")
        for colour in ("Red", "Green", "Blue")
    ]
    indexes = np.minimum(raw_words(name), 999)
    (picture,) = pictures(images[name])
    np.testing.assert_array_equal(picture, np.stack([table[indexes] >> 8 for table in tables], axis=-1))


@pytest.mark.parametrize(("name", "stored"), [("stored12", 12), ("stored16", 16)])
def test_deep_colour_is_scaled(images: dict[str, Any], name: str, stored: int) -> None:
    (picture,) = pictures(images[f"rgb_deep/{name}.dcm"])
    np.testing.assert_array_equal(picture, source(f"rgb_deep/{name}.dcm").pixel_array >> (stored - 8))


@pytest.mark.parametrize("name", ["entries40000_implicit.dcm", "entries40000_ss.dcm"])
def test_a_modality_lut_of_many_entries_is_read(images: dict[str, Any], name: str) -> None:
    assert images[f"modality_lut_ss/{name}"]["code"] == "ok"
    assert images[f"modality_lut_ss/{name}"]["attributes"]["ModalityLUTSequence"] == "applied"


def test_frames_of_other_slopes_look_alike(images: dict[str, Any]) -> None:
    means = [picture.mean() for picture in pictures(images["per_frame_rescale/slopes_1_4_05.dcm"])]
    assert np.ptp(means) < 2


def test_four_dimensions_are_read_place_by_place(images: dict[str, Any]) -> None:
    names = [Path(path).stem for path in images if path.startswith("four_d/")]
    assert names == [f"t{t}_z{z}" for z in range(3) for t in range(4)]


def test_both_windows_are_offered(images: dict[str, Any]) -> None:
    assert len(images["windows/two_windows.dcm"]["windows"]) == 2


def test_a_16_bit_raster_keeps_its_greys_without_its_alpha(images: dict[str, Any]) -> None:
    plain, alpha = (pictures(images[f"raster_depth/{name}.png"])[0] for name in ("grey16", "grey16_alpha"))
    np.testing.assert_array_equal(plain, alpha)
    assert np.unique(alpha).size > 100
    assert images["raster_depth/grey16_alpha.png"]["warnings"] == ["alpha_removed"]


def test_a_raster_of_one_bit_is_black_and_white(images: dict[str, Any]) -> None:
    bits = np.asarray(Image.open(reported() / "raster_depth" / "grey1.png"))
    (picture,) = pictures(images["raster_depth/grey1.png"])
    np.testing.assert_array_equal(picture, bits * 255)


def test_a_telephones_picture_is_one_picture(images: dict[str, Any]) -> None:
    image = images["raster_mpo/photo_of_film.jpg"]
    assert (image["code"], len(image["frames"]), image["warnings"]) == ("ok", 1, ["first_picture_taken"])


def test_rasters_of_all_kinds_are_read_or_refused(images: dict[str, Any]) -> None:
    codes = {
        Path(path).name: image["code"] for path, image in images.items() if path.startswith("raster_kinds/")
    }
    assert {name for name, code in codes.items() if code != "ok"} == {"truncated.jpg", "tiff_called.png"}
    assert len(codes) == 11


def test_only_the_ct_is_trained_on(images: dict[str, Any]) -> None:
    trained = [
        Path(path).name
        for path, image in images.items()
        if path.startswith("not_an_image_to_read/") and image["frames"][0]["model_png"]
    ]
    assert trained == ["ct.dcm"]
