"""How an image is opened: VOI LUTs, windows, and the modality values that they work on."""

from typing import Any

import numpy as np
import pytest
from pydicom.pixels import apply_modality_lut, apply_voi_lut
from pydicom.uid import (
    UID,
    ExplicitVRBigEndian,
)

from tests.factories.dicom import colours, dicom_bytes, gradient, image_dataset
from tests.unit.imaging.conftest import ImportBytes
from tests.unit.imaging.opened import NATIVE, RAMP, curve, names, shown
from tests.unit.imaging.test_luts import lut_item


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
    [("LINEAR", "LINEAR"), ("linear ", "LINEAR"), ("LINEAR_EXACT", "LINEAR_EXACT"), ("SIGMOID", "SIGMOID")],
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
