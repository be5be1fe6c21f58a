"""How an image is opened: VOI LUTs and windows, per frame too; padding; rescale; polarity; the shape of a pixel."""

from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.pixels import apply_modality_lut, apply_voi_lut
from pydicom.uid import (
    UID,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
)

from labelhub.imaging.dicom.drawing.rendering import default_view, first_view, read_model_input
from tests.factories.dicom import colours, dicom_bytes, gradient, image_dataset, raster_bytes
from tests.unit.imaging.conftest import ImportBytes, Imported
from tests.unit.imaging.test_luts import lut_item

NATIVE = [ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian]
RAMP = gradient(high=4095)


def names(found: Imported) -> list[str]:
    return [preset["name"] for preset in found.answer["instance"]["window_presets"]]


def shown(found: Imported, frame: int = 1) -> np.ndarray:
    return first_view(found.frame(frame), found.metadata, frame)


def curve(n_entries: int, top: int) -> np.ndarray:
    """A bent curve of the whole range, as manufacturers deliver it."""
    return np.rint(top * np.linspace(0, 1, n_entries) ** 3).astype("u2")


@pytest.mark.parametrize("syntax", NATIVE, ids=lambda syntax: syntax.name)
@pytest.mark.parametrize("bits", [8, 10, 12, 16])
def test_a_voi_lut_is_the_default_and_drawn_as_the_reference_reader_does(
    import_bytes: ImportBytes, syntax: UID, bits: int
) -> None:
    order = ">" if syntax == ExplicitVRBigEndian else "<"
    item = lut_item(curve(4096, (1 << bits) - 1), 0, bits, order=order)
    dataset = image_dataset(RAMP, VOILUTSequence=[item])
    found = import_bytes(dicom_bytes(RAMP, dataset=dataset, syntax=syntax))
    assert found.answer["warnings"] == []
    assert names(found) == ["File LUT"]
    expected = np.rint(curve(4096, (1 << bits) - 1)[RAMP] * (255 / ((1 << bits) - 1)))
    np.testing.assert_allclose(shown(found), expected, atol=1)


def test_a_voi_lut_works_on_modality_values(import_bytes: ImportBytes) -> None:
    pixels = gradient(low=0, high=3000)
    elements = {"RescaleSlope": 2, "RescaleIntercept": -1000, "Modality": "CT"}
    item = lut_item(curve(6001, 4095), -1000, 12)
    dataset = image_dataset(pixels, VOILUTSequence=[item], **elements)
    found = import_bytes(dicom_bytes(pixels, dataset=dataset))
    reference = apply_voi_lut(apply_modality_lut(pixels, dataset).astype(int), dataset) * (255 / 4095)
    np.testing.assert_allclose(shown(found), reference, atol=1)


@pytest.mark.parametrize(("slope", "intercept"), [(1, -1000), (-1, 4000)])
def test_the_first_value_of_a_voi_lut_is_signed_where_the_header_allows_values_below_zero(
    import_bytes: ImportBytes, slope: int, intercept: int
) -> None:
    # No value of this image is negative, neither as stored nor after the rescale.
    pixels = gradient(low=1000, high=3000)
    item = lut_item(curve(5001, 4095), -1000, 12)
    dataset = image_dataset(
        pixels,
        VOILUTSequence=[item],
        RescaleSlope=slope,
        RescaleIntercept=intercept,
        BitsStored=13,
        HighBit=12,
    )
    found = import_bytes(dicom_bytes(pixels, dataset=dataset))
    values = pixels.astype(int) * slope + intercept
    np.testing.assert_allclose(shown(found), curve(5001, 4095)[values + 1000] * (255 / 4095), atol=1)


def test_a_modality_lut_is_applied_in_place_of_a_rescale_and_says_so(import_bytes: ImportBytes) -> None:
    elements = {"ModalityLUTSequence": [lut_item(curve(4096, 4095), 0, 12)], "RescaleIntercept": -5}
    found = import_bytes(dicom_bytes(RAMP, RescaleSlope=2, **elements))
    assert set(found.answer["warnings"]) == {"modality_lut_applied", "rescale_not_applied"}
    np.testing.assert_array_equal(found.frame(), curve(4096, 4095)[RAMP])


def test_a_window_over_the_whole_range_of_32_bits_is_one(import_bytes: ImportBytes) -> None:
    pixels = (RAMP.astype("u4") << 20) | 7
    found = import_bytes(dicom_bytes(pixels, WindowCenter="2147483648", WindowWidth="4294967296"))
    assert (found.answer["warnings"], names(found)) == (["rescaled_to_16_bit"], ["File window"])


def test_a_name_stays_with_its_window_when_another_is_left_out(import_bytes: ImportBytes) -> None:
    found = import_bytes(
        dicom_bytes(
            RAMP,
            WindowCenter=[5, 2000],
            WindowWidth=[0, 4000],
            WindowCenterWidthExplanation=["BONE", "LUNG"],
        )
    )
    assert (found.answer["warnings"], names(found)) == (["bad_window"], ["Lung"])


@pytest.mark.parametrize(
    "elements",
    [
        {"WindowCenter": 10, "WindowWidth": 20},
        {"RescaleSlope": 2, "RescaleIntercept": 0},
        {"ModalityLUTSequence": [lut_item(curve(256, 255), 0, 8)]},
        {"VOILUTSequence": [lut_item(curve(256, 255), 0, 8)]},
        {"PixelPaddingValue": 0},
    ],
    ids=lambda elements: next(iter(elements)),
)
def test_what_is_for_greys_is_not_applied_to_colour_and_says_so(
    import_bytes: ImportBytes, elements: dict[str, Any]
) -> None:
    found = import_bytes(dicom_bytes(colours(), **elements))
    assert found.answer["warnings"] == ["grey_steps_not_applied"]
    assert {found.answer["attributes"][keyword] for keyword in elements} == {"warned"}
    np.testing.assert_array_equal(found.frame(), colours())


def test_colour_with_a_rescale_that_changes_nothing_has_no_warning(import_bytes: ImportBytes) -> None:
    found = import_bytes(dicom_bytes(colours(), RescaleSlope=1, RescaleIntercept=0))
    assert found.answer["warnings"] == []


def test_the_first_value_of_a_voi_lut_after_a_modality_lut_is_unsigned(import_bytes: ImportBytes) -> None:
    pixels = gradient(low=-100, high=99, dtype="i2")
    modality = lut_item((np.arange(200) * 2 + 40_000).astype("u2"), -100, 16)
    voi = lut_item(curve(400, 255), 40_000, 8)
    found = import_bytes(dicom_bytes(pixels, ModalityLUTSequence=[modality], VOILUTSequence=[voi]))
    np.testing.assert_allclose(shown(found), curve(400, 255)[(pixels + 100) * 2], atol=1)


def test_luts_and_windows_are_offered_beside_each_other_with_their_explanations(
    import_bytes: ImportBytes,
) -> None:
    items = [lut_item(curve(4096, 4095), 0, 12), lut_item(curve(4096, 4095)[::-1].copy(), 0, 12)]
    items[0].LUTExplanation, items[1].LUTExplanation = "NORMAL", "of Dr. Smith"
    found = import_bytes(
        dicom_bytes(
            RAMP,
            VOILUTSequence=items,
            WindowCenter=[2000, 1000, 3000],
            WindowWidth=[4000, 2000, 1000],
            WindowCenterWidthExplanation=["SOFT TISSUE", "LUNG WINDOW", "John"],
        )
    )
    assert names(found) == ["Normal", "File LUT", "Soft tissue", "Lung window", "File window"]


@pytest.mark.parametrize("defect", ["short", "no bits", "no data"])
def test_a_voi_lut_that_cannot_be_read_is_told_and_left_out(import_bytes: ImportBytes, defect: str) -> None:
    item = lut_item(curve(4096, 4095), 0, 12)
    if defect == "no data":
        del item.LUTData
    else:
        item.LUTDescriptor = [5000, 0, 12] if defect == "short" else [4096, 0, 0]
    found = import_bytes(dicom_bytes(RAMP, VOILUTSequence=[item]))
    assert (found.answer["warnings"], names(found)) == (["bad_voi_lut"], ["Auto"])


@pytest.mark.parametrize(
    ("function", "expected"),
    [("LINEAR", "LINEAR"), ("linear ", "LINEAR"), ("LINEAR_EXACT", "LINEAR"), ("SIGMOID", "SIGMOID")],
)
def test_windows_are_drawn_by_their_function(import_bytes: ImportBytes, function: str, expected: str) -> None:
    dataset = image_dataset(RAMP, WindowCenter=2000, WindowWidth=1500, VOILUTFunction=function)
    found = import_bytes(dicom_bytes(RAMP, dataset=dataset))
    assert found.answer["instance"]["window_presets"][0]["function"] == expected
    dataset.VOILUTFunction = function.strip().upper()
    dataset.BitsStored = 8  # The reference reader spreads over Bits Stored.
    np.testing.assert_allclose(shown(found), apply_voi_lut(RAMP.astype(float), dataset), atol=1)


def test_an_unknown_function_is_told(import_bytes: ImportBytes) -> None:
    found = import_bytes(dicom_bytes(RAMP, WindowCenter=2000, WindowWidth=4000, VOILUTFunction="CUBIC"))
    assert found.answer["warnings"] == ["unknown_voi_function"]


@pytest.mark.parametrize(
    ("center", "width"),
    [(128, 10), (60_000, 100), (-500, 1), (2000, 1e6)],
    ids=["white", "black", "step", "wide"],
)
def test_a_window_that_shows_one_grey_gives_way_to_auto_and_is_still_offered(
    import_bytes: ImportBytes, center: float, width: float
) -> None:
    found = import_bytes(dicom_bytes(RAMP, WindowCenter=center, WindowWidth=width))
    assert found.answer["warnings"] == ["window_shows_one_grey"]
    assert names(found) == ["Auto", "File window"]
    assert np.ptp(shown(found)) == 255


def test_a_voi_lut_that_shows_one_grey_gives_way_too(import_bytes: ImportBytes) -> None:
    item = lut_item(curve(4096, 255), 0, 16)
    found = import_bytes(dicom_bytes(RAMP, VOILUTSequence=[item]))
    assert (found.answer["warnings"], names(found)) == (["window_shows_one_grey"], ["Auto", "File LUT"])


def test_a_narrow_window_of_a_picture_that_is_mostly_air_stays(import_bytes: ImportBytes) -> None:
    pixels = np.full((64, 80), -1000, "i2")
    pixels[30, 30:35] = 40
    found = import_bytes(dicom_bytes(pixels, Modality="CT", WindowCenter=40, WindowWidth=80))
    assert (found.answer["warnings"], names(found)) == ([], ["File window"])


def enhanced(frames: np.ndarray, groups: list[dict[str, Any]], shared: dict[str, Any] | None = None) -> bytes:
    """A multi-frame image with functional groups; each group maps a sequence's keyword to its item's elements."""
    dataset = image_dataset(
        frames, n_frames=len(frames), PerFrameFunctionalGroupsSequence=[_group(group) for group in groups]
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


@pytest.mark.parametrize(
    "slopes",
    [(1, 4, 0.5), (1, 0.3, 7.7), (-1, -2, -4), (1e-6, 3e-6, 2e-6)],
    ids=["exact", "odd", "negative", "tiny"],
)
def test_frames_of_other_slopes_look_alike(import_bytes: ImportBytes, slopes: tuple[float, ...]) -> None:
    values = gradient(high=8000).astype(float)
    frames = np.stack([np.rint(values / abs(slope) * min(map(abs, slopes))) for slope in slopes]).astype("u2")
    found = import_bytes(enhanced(frames, [rescale(slope) for slope in slopes]))
    assert found.answer["warnings"] == ["per_frame_rescale"]
    for number, slope in enumerate(slopes, start=1):
        step = abs(float(found.value("00281053")))
        np.testing.assert_allclose(
            found.modality_values(number), frames[number - 1].astype(float) * slope, atol=0.6 * step
        )
    np.testing.assert_allclose(shown(found, 1), shown(found, 2), atol=1)
    np.testing.assert_allclose(shown(found, 1), shown(found, 3), atol=2)


def test_frames_of_one_slope_are_kept(import_bytes: ImportBytes) -> None:
    frames = np.stack([gradient(), gradient()])
    found = import_bytes(enhanced(frames, [rescale(2, -5), rescale(2, -5)]))
    assert found.answer["instance"]["lossless"] is True
    assert (found.value("00281053"), found.value("00281052")) == (2, -5)


def test_a_frame_without_its_own_rescale_has_the_shared_one(import_bytes: ImportBytes) -> None:
    frames = np.stack([gradient(high=1000), gradient(high=1000)])
    found = import_bytes(enhanced(frames, [rescale(3), {}], rescale(2)))
    np.testing.assert_allclose(found.modality_values(1), frames[0] * 3.0, atol=1)
    np.testing.assert_allclose(found.modality_values(2), frames[1] * 2.0, atol=1)


def test_each_frame_opens_with_its_own_window(import_bytes: ImportBytes) -> None:
    frames = np.stack([gradient(high=1000), gradient(high=4000), gradient(high=1000)])
    found = import_bytes(enhanced(frames, [window(500, 1000), window(2000, 4000), window(500, 1000)]))
    views = [default_view(found.metadata, number) for number in (1, 2, 3)]
    assert [(view.center, view.width) for view in views if view] == [(500, 1000), (2000, 4000), (500, 1000)]
    assert names(found) == ["File window"]
    np.testing.assert_allclose(shown(found, 1), shown(found, 2), atol=1)


def test_a_shared_window_holds_for_frames_without_one(import_bytes: ImportBytes) -> None:
    frames = np.stack([gradient(), gradient()])
    found = import_bytes(enhanced(frames, [{}, window(1000, 2000)], window(2000, 4000)))
    centers = [view.center for number in (1, 2) if (view := default_view(found.metadata, number))]
    assert centers == [2000, 1000]


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


def disc(aspect: float) -> np.ndarray:
    """A disc of 80 across, on pixels that are `aspect` times as high as they are wide."""
    y, x = np.mgrid[-60:60, -60:60]
    inside = np.hypot(y * aspect, x) < 40 * min(1, aspect)
    return np.where(inside, 1000, 0).astype("u2")


def assert_round(found: Imported) -> None:
    rows, columns = np.nonzero(read_model_input(found.folder / "model-320.u8") > 127)
    assert np.ptp(rows) == pytest.approx(np.ptp(columns), abs=5)


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
