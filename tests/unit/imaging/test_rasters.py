"""PNG and JPEG become instances of their own, upright and without spacing."""

import io
import zlib

import numpy as np
import pytest
from PIL import Image

from tests.factories.dicom import colours, dicom_bytes, gradient, png_16_bytes, raster_bytes
from tests.unit.imaging.conftest import ImportBytes

GRAY = gradient(high=255, dtype="u1")


def test_gray_png_keeps_its_pixels(import_bytes: ImportBytes) -> None:
    found = import_bytes(raster_bytes(GRAY), ".png")
    assert (found.answer["code"], found.answer["kind"]) == ("ok", "raster")
    np.testing.assert_array_equal(found.frame(), GRAY)
    assert found.answer["instance"]["spacing"] == {
        "row_mm": None,
        "column_mm": None,
        "source": "none",
        "aspect": 1.0,
    }


def test_sixteen_bit_png_keeps_its_depth(import_bytes: ImportBytes) -> None:
    pixels = gradient(high=60_000)
    found = import_bytes(raster_bytes(pixels), ".png")
    assert found.value("00280101") == 16
    np.testing.assert_array_equal(found.frame(), pixels)


def test_colour_jpeg_is_stored_as_it_decodes(import_bytes: ImportBytes) -> None:
    data = raster_bytes(colours(), "JPEG", quality=95)
    found = import_bytes(data, ".jpg")
    np.testing.assert_array_equal(found.frame(), np.asarray(Image.open(io.BytesIO(data))))
    assert found.value("00280004") == "RGB"


def test_gray_saved_as_colour_can_be_windowed(import_bytes: ImportBytes) -> None:
    found = import_bytes(raster_bytes(np.stack([GRAY] * 3, axis=-1)), ".png")
    assert found.value("00280004") == "MONOCHROME2"
    assert found.answer["instance"]["window_presets"][0] == {
        "name": "Full",
        "center": 128,
        "width": 256,
        "function": "LINEAR",
    }


def test_transparency_is_dropped_with_a_warning(import_bytes: ImportBytes) -> None:
    rgba = np.dstack([colours(), GRAY])
    found = import_bytes(raster_bytes(rgba), ".png")
    assert found.answer["warnings"] == ["alpha_removed"]
    np.testing.assert_array_equal(found.frame(), colours())


def test_the_orientation_tag_is_obeyed(import_bytes: ImportBytes) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    found = import_bytes(raster_bytes(GRAY, "JPEG", quality=100, exif=exif), ".jpg")
    assert found.frame().shape == GRAY.T.shape
    assert found.frame()[0, -1] < 10 < 245 < found.frame()[-1, 0]


def test_an_animation_is_refused(import_bytes: ImportBytes) -> None:
    target = io.BytesIO()
    pictures = [Image.fromarray(GRAY), Image.fromarray(255 - GRAY)]
    pictures[0].save(target, "PNG", save_all=True, append_images=pictures[1:])
    assert import_bytes(target.getvalue(), ".png").answer["code"] == "animated_raster"


def test_a_small_file_that_claims_a_huge_picture_is_refused(import_bytes: ImportBytes) -> None:
    data = bytearray(raster_bytes(GRAY))
    data[16:24] = (50_000).to_bytes(4, "big") * 2
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    assert import_bytes(bytes(data), ".png").answer["code"] == "image_too_large"


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_cut_file_is_refused(import_bytes: ImportBytes, kind: str) -> None:
    data = raster_bytes(gradient(200, 200, high=255, dtype="u1"), kind)
    assert import_bytes(data[: len(data) // 2], f".{kind.lower()}").answer["code"] == "damaged_raster"


def test_other_picture_formats_are_refused(import_bytes: ImportBytes) -> None:
    assert import_bytes(raster_bytes(GRAY, "GIF"), ".png").answer["code"] == "not_an_image"


def test_the_same_picture_has_the_same_identity(import_bytes: ImportBytes) -> None:
    first, again = (import_bytes(raster_bytes(GRAY), ".png").answer for _ in range(2))
    other = import_bytes(raster_bytes(255 - GRAY), ".png").answer
    assert first["sop_uid_hash"] == again["sop_uid_hash"] != other["sop_uid_hash"]


GREY_16 = gradient(low=30_000, high=30_900)[..., None]
OPAQUE = np.full_like(GREY_16, 65_535)
COLOUR_16 = np.concatenate([GREY_16, GREY_16 // 2, GREY_16 * 2], axis=-1)


@pytest.mark.parametrize(
    ("samples", "expected", "warnings"),
    [
        (GREY_16, GREY_16[..., 0], []),
        (np.concatenate([GREY_16, OPAQUE], -1), GREY_16[..., 0], ["alpha_removed"]),
        (np.concatenate([GREY_16] * 3, -1), GREY_16[..., 0], []),
        (np.concatenate([GREY_16] * 3 + [OPAQUE], -1), GREY_16[..., 0], ["alpha_removed"]),
        (COLOUR_16, COLOUR_16 >> 8, ["reduced_to_8_bit"]),
        (np.concatenate([COLOUR_16, OPAQUE], -1), COLOUR_16 >> 8, ["alpha_removed", "reduced_to_8_bit"]),
    ],
    ids=[
        "gray",
        "gray and alpha",
        "gray as colour",
        "gray as colour and alpha",
        "colour",
        "colour and alpha",
    ],
)
def test_sixteen_bits_lose_nothing_or_say_so(
    import_bytes: ImportBytes, samples: np.ndarray, expected: np.ndarray, warnings: list[str]
) -> None:
    found = import_bytes(png_16_bytes(samples), suffix=".png")
    np.testing.assert_array_equal(found.frame(), expected)
    assert found.answer["warnings"] == warnings
    assert found.answer["instance"]["lossless"] == ("reduced_to_8_bit" not in warnings)


def test_a_telephones_picture_with_a_preview_behind_it_is_one_picture(import_bytes: ImportBytes) -> None:
    film = Image.fromarray(gradient(high=250, dtype="u1"))
    target = io.BytesIO()
    film.save(target, "MPO", save_all=True, append_images=[film.resize((40, 32))])
    found = import_bytes(target.getvalue(), suffix=".jpg")
    assert (found.answer["code"], found.answer["warnings"]) == ("ok", ["first_picture_taken"])
    assert found.frame().shape == (64, 80)


@pytest.mark.parametrize("value", [90, [90, 90, 90], [7, 90, 200]], ids=["gray", "gray as colour", "colour"])
def test_a_raster_of_one_value_says_so(import_bytes: ImportBytes, value: int | list[int]) -> None:
    pixels = np.broadcast_to(np.array(value, "u1"), (8, 8, *np.shape(value)))
    for data, suffix in ((raster_bytes(np.ascontiguousarray(pixels)), ".png"), (dicom_bytes(pixels), ".dcm")):
        assert import_bytes(data, suffix=suffix).answer["warnings"] == ["uniform_image"]


def test_a_raster_of_one_bit_is_black_and_white(import_bytes: ImportBytes) -> None:
    bits = GRAY > 127
    found = import_bytes(raster_bytes(bits), suffix=".png")
    np.testing.assert_array_equal(found.frame(), bits * 255)


def test_transparent_gray_says_that_it_lost_it(import_bytes: ImportBytes) -> None:
    found = import_bytes(raster_bytes(gradient(high=250, dtype="u1"), transparency=0), suffix=".png")
    assert found.answer["warnings"] == ["alpha_removed"]


@pytest.mark.parametrize(
    ("kind", "dots", "turned", "aspect"),
    [
        ("PNG", (200, 100), False, 2.0),
        ("PNG", (200, 100), True, 0.5),
        ("PNG", (300, 300), False, 1.0),
        ("PNG", (300, 301), False, 1.0),
        ("JPEG", (100, 200), False, 0.5),
        ("JPEG", (100, 200), True, 2.0),
        ("JPEG", (1, 30), False, 1.0),
    ],
)
def test_dots_that_differ_across_and_down_give_pixels_their_shape(
    import_bytes: ImportBytes, kind: str, dots: tuple[int, int], turned: bool, aspect: float
) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6 if turned else 1
    data = raster_bytes(gradient(high=255, dtype="u1"), kind, dpi=dots, exif=exif)
    found = import_bytes(data, suffix=f".{kind.lower()}")
    assert found.answer["instance"]["spacing"]["aspect"] == pytest.approx(aspect, rel=1e-3)
    transform = found.answer["model_input"]
    assert transform["scale_y"] / transform["scale_x"] == pytest.approx(aspect, rel=1e-3)
    assert found.value("00280030") == (None if aspect == 1.0 else pytest.approx(aspect, rel=1e-3))
