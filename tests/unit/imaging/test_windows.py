"""The windows that an image opens with: the header's, and those from its pixels."""

from typing import Any

import numpy as np
import pytest

from labelhub.imaging.dicom.drawing.views import View
from tests.factories.dicom import colours, dicom_bytes, gradient, image_dataset
from tests.unit.imaging.conftest import ImportBytes, radiograph


def test_header_windows_become_presets(import_bytes: ImportBytes) -> None:
    found = import_bytes(
        dicom_bytes(
            gradient(low=-1000, high=1000, dtype="i2"),
            Modality="CT",
            WindowCenter=[40, -600],
            WindowWidth=[400, 1500],
            WindowCenterWidthExplanation=["NORMAL", "Smith, John"],
        )
    )
    assert found.answer["instance"]["window_presets"] == [
        {"name": "Normal", "center": 40, "width": 400, "function": "LINEAR"},
        {"name": "File window", "center": -600, "width": 1500, "function": "LINEAR"},
    ]
    assert found.metadata["00281050"]["Value"] == [40, -600]


@pytest.mark.parametrize("width", [0, -5])
def test_an_impossible_window_is_dropped_and_one_from_the_pixels_takes_its_place(
    import_bytes: ImportBytes, width: int
) -> None:
    found = import_bytes(dicom_bytes(gradient(), WindowCenter=40, WindowWidth=width))
    assert found.answer["warnings"] == ["bad_window"]
    assert [preset["name"] for preset in found.answer["instance"]["window_presets"]] == ["Auto"]
    assert found.value("00281051") > 1


def test_the_window_from_the_pixels_spans_the_middle_99_percent_in_modality_units(
    import_bytes: ImportBytes,
) -> None:
    pixels = gradient(100, 100, high=1000)
    pixels[0, 0], pixels[0, 1] = 60_000, 0
    (preset,) = import_bytes(dicom_bytes(pixels, RescaleSlope=2, RescaleIntercept=-1000)).answer["instance"][
        "window_presets"
    ]
    assert abs(preset["center"]) < 20
    assert 1600 < preset["width"] < 2000


def black_and_white(preset: dict[str, Any]) -> tuple[float, float]:
    """The values that a function maps to the darkest and the brightest (PS3.3 C.11.2.1.2.1, C.11.2.1.3.2)."""
    center, width = preset["center"], preset["width"]
    if preset["function"] == "LINEAR_EXACT":
        return center - width / 2, center + width / 2
    assert preset["function"] == "LINEAR"
    return center - 0.5 - (width - 1) / 2, center - 0.5 + (width - 1) / 2


@pytest.mark.parametrize(
    ("pixels", "elements", "ends"),
    [
        (np.eye(64, 80, dtype="u1"), {}, (0, 1)),
        (gradient(high=10_000), {"RescaleSlope": "0.0000001", "RescaleIntercept": 0}, (0, 0.001)),
        (gradient(high=1000), {"RescaleSlope": -1, "RescaleIntercept": 1000}, (0, 1000)),
        (gradient(high=1000), {"VOILUTFunction": "SIGMOID"}, (0, 1000)),
    ],
    ids=["two values", "tiny values", "negative slope", "sigmoid without a window"],
)
def test_the_window_from_the_pixels_spreads_them_from_black_to_white(
    import_bytes: ImportBytes, pixels: np.ndarray, elements: dict[str, Any], ends: tuple[float, float]
) -> None:
    found = import_bytes(dicom_bytes(pixels, **elements))
    (preset,) = found.answer["instance"]["window_presets"]
    low, high = black_and_white(preset)
    span = ends[1] - ends[0]
    assert low == pytest.approx(ends[0], abs=0.1 * span) and high == pytest.approx(ends[1], abs=0.1 * span)
    assert found.value("00281056") == "LINEAR"


@pytest.mark.parametrize("function", ["LINEAR", "LINEAR_EXACT", "SIGMOID"])
@pytest.mark.parametrize(
    ("slope", "center", "width"), [("1", 2040, 3000), ("0.00025", 0.5, 1.25)], ids=["CT", "PET"]
)
def test_a_window_is_told_as_the_header_says_it(
    import_bytes: ImportBytes, function: str, slope: str, center: float, width: float
) -> None:
    data = dicom_bytes(
        gradient(),
        RescaleSlope=slope,
        RescaleIntercept=0,
        WindowCenter=center,
        WindowWidth=width,
        VOILUTFunction=function,
    )
    found = import_bytes(data)
    preset = {"name": "File window", "center": center, "width": width, "function": function}
    told = found.answer["instance"]["window_presets"]
    if function != "LINEAR" or slope == "1":
        assert told == [preset] and found.answer["warnings"] == []
    assert preset in told
    assert preset in found.metadata["labelhub_display"]["views"]


@pytest.mark.parametrize(("center", "width"), [(2040, 3000), (0.5, 1), (40, 400), (-3, 0.002)])
def test_an_exact_window_draws_by_its_formula_and_its_linear_one_the_same(
    center: float, width: float
) -> None:
    exact = View("", center, width, "LINEAR_EXACT")
    values = center + width * np.linspace(-1, 1, 1001)
    expected = 255 * np.clip((values - center) / width + 0.5, 0, 1)
    np.testing.assert_allclose(exact.greys(values), expected, atol=0.51)
    np.testing.assert_allclose(View("", *exact.linear).greys(values), expected, atol=0.51)


def test_the_renderer_is_given_an_exact_window_as_the_linear_one_of_the_same_ends(
    import_bytes: ImportBytes,
) -> None:
    found = import_bytes(
        dicom_bytes(gradient(), WindowCenter=2000, WindowWidth=3000, VOILUTFunction="LINEAR_EXACT")
    )
    assert (found.value("00281050"), found.value("00281051")) == (2000.5, 3001)
    assert found.value("00281056") == "LINEAR"


@pytest.mark.parametrize(("high", "function"), [(99, "LINEAR_EXACT"), (4000, "LINEAR")])
def test_the_window_from_a_small_range_is_an_exact_one(
    import_bytes: ImportBytes, high: int, function: str
) -> None:
    (preset,) = import_bytes(dicom_bytes(gradient(high=high))).answer["instance"]["window_presets"]
    low, top = black_and_white(preset)
    assert preset["function"] == function
    assert (low, top) == pytest.approx((0, high), abs=0.06 * high)


def test_a_linear_window_of_float_pixels_is_taken_as_an_exact_one(import_bytes: ImportBytes) -> None:
    dataset = image_dataset(gradient(), WindowCenter=0.5, WindowWidth=1, VOILUTFunction="LINEAR")
    dataset.BitsAllocated = 32
    for keyword in ("BitsStored", "HighBit", "PixelRepresentation"):
        delattr(dataset, keyword)
    dataset.FloatPixelData = (gradient() / 4000).astype("<f4").tobytes()
    found = import_bytes(dicom_bytes(None, dataset=dataset))
    (preset,) = found.answer["instance"]["window_presets"]
    assert (preset["center"], preset["width"], preset["function"]) == (0.5, 1, "LINEAR_EXACT")


def test_the_window_of_a_stack_comes_from_the_frame_that_shows_most(import_bytes: ImportBytes) -> None:
    frames = np.stack([np.zeros((64, 80), "u2"), gradient(high=900)])
    found = import_bytes(dicom_bytes(frames, n_frames=2))
    assert found.answer["warnings"] == ["uniform_image"]
    assert found.value("00281051") > 800


def test_padding_does_not_count_for_the_window(import_bytes: ImportBytes) -> None:
    pixels = gradient(low=-1000, high=1000, dtype="i2")
    pixels[:, :20] = -32_768
    found = import_bytes(dicom_bytes(pixels, PixelPaddingValue=-32_768))
    assert found.answer["instance"]["window_presets"][0]["width"] < 2100
    assert found.value("00280120") == -32_768


def test_a_mask_whose_background_is_called_padding_is_still_shown(import_bytes: ImportBytes) -> None:
    found = import_bytes(dicom_bytes(np.eye(64, 80, dtype="u1") * 20, PixelPaddingValue=0))
    (preset,) = found.answer["instance"]["window_presets"]
    assert black_and_white(preset) == (0, 20)


def test_a_radiograph_has_a_window_from_its_pixels_beside_the_headers(import_bytes: ImportBytes) -> None:
    found = radiograph(import_bytes, WindowCenter=2048, WindowWidth=4096)
    assert [preset["name"] for preset in found.answer["instance"]["window_presets"]] == [
        "File window",
        "Auto",
    ]


@pytest.mark.parametrize("slope", [b"0", b"x", b"nan", b"1e400"])
def test_an_impossible_rescale_is_told_and_not_applied(import_bytes: ImportBytes, slope: bytes) -> None:
    data = dicom_bytes(gradient(), RescaleSlope="7.1234", RescaleIntercept=-1024)
    found = import_bytes(data.replace(b"7.1234", slope.ljust(6)))
    assert found.answer["warnings"] == ["bad_rescale"]
    assert (found.value("00281053"), found.value("00281052")) == (1, 0)


def test_colour_has_no_windows_and_no_rescale(import_bytes: ImportBytes) -> None:
    found = import_bytes(dicom_bytes(colours(), WindowCenter=1, WindowWidth=2))
    assert found.answer["instance"]["window_presets"] == []
    assert not {"00281050", "00281053"} & set(found.metadata)
