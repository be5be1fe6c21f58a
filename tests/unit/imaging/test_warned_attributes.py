"""A warning that several attributes can bring is told of those that are not followed, and of no good one beside."""

import pytest

from labelhub.imaging.dicom.attribute_table.handling import TABLE
from labelhub.imaging.dicom.attribute_table.row import APPLIED, WARNED
from tests.unit.imaging.conftest import ImportBytes
from tests.unit.imaging.example_files import (
    CURVE,
    PLANE,
    STACK,
    coloured,
    enhanced,
    grey,
    plane_group,
    with_element,
)
from tests.unit.imaging.opened import rescale, window
from tests.unit.imaging.test_luts import lut_item

LUT, BAD_LUT, DARK_LUT = lut_item(CURVE, 0, 12), lut_item(CURVE, 0, 0), lut_item(CURVE // 100, 0, 16)
SPACED = {"PixelMeasuresSequence": {"PixelSpacing": [2, 1]}}
BADLY_SPACED = {"PixelMeasuresSequence": {"PixelSpacing": [0, 0]}}
BADLY_TURNED = plane_group(0) | {"PlaneOrientationSequence": {"ImageOrientationPatient": [0] * 6}}
BADLY_PLACED = plane_group(0) | {"PlanePositionSequence": {"ImagePositionPatient": [0, 0]}}
LUT_OF_FRAME = {"FrameVOILUTSequence": {"VOILUTSequence": [LUT]}}

# Code, file, the attributes that are not followed, and the good ones beside them.
CASES = [
    (
        "bad_pixel_spacing",
        grey(PixelSpacing=[2, 1], ImagerPixelSpacing=[0, 0]),
        "ImagerPixelSpacing",
        "PixelSpacing",
    ),
    (
        "bad_pixel_spacing",
        grey(PixelSpacing=[0, 0], ImagerPixelSpacing=[2, 1]),
        "PixelSpacing",
        "ImagerPixelSpacing",
    ),
    (
        "bad_pixel_spacing",
        grey(ImagerPixelSpacing=[0, 0], NominalScannedPixelSpacing=[2, 1]),
        "ImagerPixelSpacing",
        "NominalScannedPixelSpacing",
    ),
    (
        "bad_pixel_spacing",
        grey(ImagerPixelSpacing=[2, 1], NominalScannedPixelSpacing=[0, 0]),
        "NominalScannedPixelSpacing",
        "ImagerPixelSpacing",
    ),
    (
        "bad_pixel_spacing",
        enhanced(STACK, [SPACED] * 3, ImagerPixelSpacing=[0, 0]),
        "ImagerPixelSpacing",
        "PixelSpacing PixelMeasuresSequence",
    ),
    (
        "bad_pixel_spacing",
        enhanced(STACK, [SPACED, BADLY_SPACED, SPACED], ImagerPixelSpacing=[2, 1]),
        "PixelSpacing PixelMeasuresSequence",
        "ImagerPixelSpacing",
    ),
    (
        "bad_orientation",
        grey(**PLANE | {"ImagePositionPatient": [0, 0]}),
        "ImagePositionPatient",
        "ImageOrientationPatient",
    ),
    (
        "bad_orientation",
        grey(**PLANE | {"ImageOrientationPatient": [0] * 6}),
        "ImageOrientationPatient",
        "ImagePositionPatient",
    ),
    ("bad_orientation", grey(ImagePositionPatient=[0, 0, 0]), "ImagePositionPatient", ""),
    (
        "bad_orientation",
        enhanced(STACK, [BADLY_TURNED] * 3),
        "ImageOrientationPatient PlaneOrientationSequence",
        "ImagePositionPatient PlanePositionSequence",
    ),
    (
        "bad_orientation",
        enhanced(STACK, [BADLY_PLACED] * 3),
        "ImagePositionPatient PlanePositionSequence",
        "ImageOrientationPatient PlaneOrientationSequence",
    ),
    (
        "bad_padding",
        with_element(0x00280121, "LO", "many", PixelPaddingValue=0),
        "PixelPaddingRangeLimit",
        "PixelPaddingValue",
    ),
    (
        "bad_padding",
        with_element(0x00280122, "FL", 0.0, PixelPaddingValue=0),
        "FloatPixelPaddingValue",
        "PixelPaddingValue",
    ),
    (
        "pixel_range_contradicted",
        grey(SmallestImagePixelValue=0, LargestImagePixelValue=100),
        "LargestImagePixelValue",
        "SmallestImagePixelValue",
    ),
    (
        "pixel_range_contradicted",
        grey(SmallestImagePixelValue=100, LargestImagePixelValue=4000),
        "SmallestImagePixelValue",
        "LargestImagePixelValue",
    ),
    (
        "presentation_lut_not_applied",
        grey(PresentationLUTSequence=[LUT], PresentationLUTShape="IDENTITY"),
        "PresentationLUTSequence",
        "PresentationLUTShape",
    ),
    (
        "bad_rescale",
        enhanced(STACK, [rescale(2), {}, {}], RescaleSlope=0, RescaleIntercept=0),
        "RescaleSlope RescaleIntercept",
        "PixelValueTransformationSequence",
    ),
    (
        "rescale_not_applied",
        enhanced(STACK, [rescale(1), {}, {}], RescaleSlope=2, RescaleIntercept=0, ModalityLUTSequence=[LUT]),
        "RescaleSlope RescaleIntercept",
        "PixelValueTransformationSequence ModalityLUTSequence",
    ),
    (
        "grey_steps_not_applied",
        coloured(RescaleSlope=1, RescaleIntercept=0, WindowCenter=10, WindowWidth=20),
        "WindowCenter WindowWidth",
        "RescaleSlope RescaleIntercept",
    ),
    ("grey_steps_not_applied", coloured(PixelPaddingRangeLimit=3), "PixelPaddingRangeLimit", ""),
    (
        "bad_window",
        enhanced(STACK, [{}, {}, LUT_OF_FRAME], WindowCenter=2000, WindowWidth=0),
        "WindowCenter WindowWidth",
        "FrameVOILUTSequence VOILUTSequence",
    ),
    (
        "bad_voi_lut",
        enhanced(STACK, [window(2000, 4000), {}, {}], VOILUTSequence=[BAD_LUT]),
        "VOILUTSequence",
        "FrameVOILUTSequence WindowCenter WindowWidth",
    ),
    (
        "frame_group_missing",
        enhanced(STACK, [SPACED | rescale(2), SPACED, SPACED | rescale(2)]),
        "PixelValueTransformationSequence",
        "PixelMeasuresSequence",
    ),
    (
        "header_contradicted",
        enhanced(
            STACK,
            [SPACED | rescale(2) | window(500, 1000)] * 3,
            PixelSpacing=[9, 9],
            RescaleSlope=3,
            RescaleIntercept=0,
            WindowCenter=500,
            WindowWidth=2000,
        ),
        "PixelSpacing RescaleSlope WindowWidth",
        "RescaleIntercept WindowCenter PixelMeasuresSequence FrameVOILUTSequence",
    ),
    (
        "header_contradicted",
        enhanced(
            STACK,
            [window(500, 1000), window(700, 1000), window(900, 1000)],
            VOILUTSequence=[LUT],
            WindowCenter=700,
        ),
        "VOILUTSequence",
        "WindowCenter FrameVOILUTSequence",
    ),
    (
        "header_contradicted",
        enhanced(STACK, [plane_group(z) for z in (0, 5, 9)], ImagePositionPatient=[0, 0, 7]),
        "ImagePositionPatient",
        "PlanePositionSequence",
    ),
    (
        "views_left_out",
        grey(VOILUTSequence=[LUT], WindowCenter=list(range(1000, 1040)), WindowWidth=[2000] * 40),
        "WindowCenter WindowWidth",
        "VOILUTSequence",
    ),
    (
        "window_shows_one_grey",
        grey(VOILUTSequence=[DARK_LUT], WindowCenter=2000, WindowWidth=4000),
        "VOILUTSequence",
        "WindowCenter WindowWidth",
    ),
]

# Of these, each attribute that a file has is one that is not followed, or the two contradict each other.
ABOUT_ALL = {
    "colour_profile_not_applied",
    "overlay_not_shown",
    "polarity_contradiction",
    "shutter_not_applied",
    "supplemental_palette_not_applied",
}


@pytest.mark.parametrize(
    ("code", "content", "warned", "applied"),
    [pytest.param(*case, id=f"{case[0]} {case[2]} {n}") for n, case in enumerate(CASES)],
)
def test_a_warning_is_told_of_the_attributes_that_are_not_followed(
    import_bytes: ImportBytes, code: str, content: bytes, warned: str, applied: str
) -> None:
    answer = import_bytes(content).answer
    assert answer["warnings"].count(code) == 1
    carriers = {row.keyword for row in TABLE if code in row.warnings}
    told = dict.fromkeys(warned.split(), WARNED) | dict.fromkeys(applied.split(), APPLIED)
    assert {keyword: answer["attributes"][keyword] for keyword in told} == told
    assert {keyword for keyword in carriers if answer["attributes"].get(keyword) == WARNED} == set(
        warned.split()
    )


def test_each_code_of_several_attributes_has_a_file() -> None:
    codes = [code for row in TABLE for code in row.warnings]
    assert {code for code in codes if codes.count(code) > 1} == {case[0] for case in CASES} | ABOUT_ALL
