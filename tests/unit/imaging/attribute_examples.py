"""For each row of the table of attributes, the files that show it."""

from tests.unit.imaging.example_files import (
    CURVE,
    ON_STAIRS,
    PLANE,
    STACK,
    STAIRS,
    Shows,
    coloured,
    explained,
    grey,
    modality_lut,
    ordered_by,
    plane_group,
    with_element,
    with_item,
)
from tests.unit.imaging.opened import enhanced, rescale, window
from tests.unit.imaging.pixel_examples import PIXEL_EXAMPLES
from tests.unit.imaging.test_luts import lut_item

SHOWN: dict[str, list[Shows]] = {
    **PIXEL_EXAMPLES,
    "PixelSpacing": [
        Shows(grey(PixelSpacing=[2, 1]), grey(PixelSpacing=[1, 1])),
        Shows(grey(PixelSpacing=[0, 0]), code="bad_pixel_spacing"),
    ],
    "ImagerPixelSpacing": [
        Shows(grey(ImagerPixelSpacing=[2, 1]), grey()),
        Shows(grey(ImagerPixelSpacing=[0, 0]), code="bad_pixel_spacing"),
    ],
    "NominalScannedPixelSpacing": [
        Shows(grey(NominalScannedPixelSpacing=[2, 1]), grey()),
        Shows(grey(NominalScannedPixelSpacing=[-1, 1]), code="bad_pixel_spacing"),
    ],
    "ImagePositionPatient": [
        Shows(grey(**PLANE), grey(**PLANE | {"ImagePositionPatient": [0, 0, 9]})),
        Shows(grey(**PLANE | {"ImagePositionPatient": [0, 0]}), code="bad_orientation"),
    ],
    "ImageOrientationPatient": [
        Shows(grey(**PLANE), grey(**PLANE | {"ImageOrientationPatient": [0, 1, 0, 0, 0, -1]})),
        Shows(grey(**PLANE | {"ImageOrientationPatient": [0] * 6}), code="bad_orientation"),
    ],
    "PixelMeasuresSequence": [
        Shows(
            enhanced(STACK, [{"PixelMeasuresSequence": {"PixelSpacing": [2, 1]}}] * 3),
            enhanced(STACK, [{}] * 3),
        ),
        Shows(
            enhanced(STACK, [{"PixelMeasuresSequence": {"PixelSpacing": [0, 0]}}] * 3),
            code="bad_pixel_spacing",
        ),
        Shows(
            enhanced(STACK, [{"PixelMeasuresSequence": {"PixelSpacing": [2, 1]}}] * 2 + [{}]),
            code="frame_group_missing",
        ),
    ],
    "PlanePositionSequence": [
        Shows(
            enhanced(STACK, [plane_group(z) for z in (5, 0, 9)]),
            enhanced(STACK, [plane_group(z) for z in (0, 5, 9)]),
        ),
        Shows(enhanced(STACK, [plane_group(0), {}, plane_group(9)]), code="frame_group_missing"),
    ],
    "PlaneOrientationSequence": [
        Shows(
            enhanced(STACK, [plane_group(z) for z in (0, 5, 9)]),
            enhanced(STACK, [plane_group(z) | {"PlaneOrientationSequence": {}} for z in (0, 5, 9)]),
        ),
        Shows(enhanced(STACK, [plane_group(0), {}, plane_group(9)]), code="frame_group_missing"),
    ],
    "FrameContentSequence": [
        Shows(
            enhanced(STACK, [{"FrameContentSequence": {"DimensionIndexValues": [n]}} for n in (3, 1, 2)]),
            enhanced(STACK, [{"FrameContentSequence": {"DimensionIndexValues": [n]}} for n in (1, 2, 3)]),
        )
    ],
    "TemporalPositionSequence": ordered_by("TemporalPositionSequence", "TemporalPositionTimeOffset"),
    "CardiacSynchronizationSequence": ordered_by(
        "CardiacSynchronizationSequence", "NominalCardiacTriggerDelayTime"
    ),
    "MREchoSequence": ordered_by("MREchoSequence", "EffectiveEchoTime"),
    "PixelValueTransformationSequence": [
        Shows(enhanced(STACK, [rescale(slope) for slope in (3, 2, 1)]), enhanced(STACK, [rescale(1)] * 3)),
        Shows(enhanced(STACK, [rescale(0)] * 3), code="bad_rescale"),
        Shows(enhanced(STACK, [rescale(2), {}, rescale(2)]), code="frame_group_missing"),
    ],
    "FrameVOILUTSequence": [
        Shows(
            enhanced(STACK, [window(center, 1000) for center in (500, 900, 700)]),
            enhanced(STACK, [window(500, 1000)] * 3),
        ),
        Shows(enhanced(STACK, [window(0, 0)] * 3), code="bad_window"),
        Shows(enhanced(STACK, [{}, window(0, 0), {}]), code="bad_window"),
        Shows(enhanced(STACK, [window(500, 1000), {}, window(700, 1000)]), code="frame_group_missing"),
    ],
    "RealWorldValueMappingSequence": [
        Shows(with_item("RealWorldValueMappingSequence"), code="real_world_values_not_used"),
        Shows(
            enhanced(STACK, [{}, {"RealWorldValueMappingSequence": {"RealWorldValueSlope": 2.0}}, {}]),
            code="real_world_values_not_used",
        ),
    ],
    "PixelIntensityRelationshipLUTSequence": [
        Shows(with_item("PixelIntensityRelationshipLUTSequence"), code="intensity_lut_not_applied")
    ],
    "FrameDisplayShutterSequence": [
        Shows(
            enhanced(STACK, [{"FrameDisplayShutterSequence": {"ShutterShape": "CIRCULAR"}}] * 3),
            code="shutter_not_applied",
        )
    ],
    "ShutterShape": [Shows(grey(ShutterShape="CIRCULAR"), code="shutter_not_applied")],
    "MaskSubtractionSequence": [Shows(with_item("MaskSubtractionSequence"), code="mask_not_subtracted")],
    "ModalityLUTSequence": [
        Shows(grey(ModalityLUTSequence=[lut_item(CURVE, 0, 12)]), grey()),
        Shows(grey(ModalityLUTSequence=[lut_item(CURVE, 0, 0)]), code="bad_lookup_table"),
        Shows(
            grey(
                ModalityLUTSequence=[lut_item(CURVE, 0, 12)], Modality="XA", PixelIntensityRelationship="LOG"
            ),
            code="modality_lut_not_applied",
        ),
        Shows(coloured(ModalityLUTSequence=[lut_item(CURVE, 0, 12)]), code="grey_steps_not_applied"),
    ],
    "ModalityLUTType": [Shows(modality_lut("HU"), modality_lut("OD"))],
    "RescaleIntercept": [
        Shows(
            grey(RescaleSlope=1, RescaleIntercept=-1000, WindowCenter=1000, WindowWidth=2000),
            grey(RescaleSlope=1, RescaleIntercept=0, WindowCenter=1000, WindowWidth=2000),
        ),
        Shows(
            grey(RescaleSlope=1, RescaleIntercept=-1000, ModalityLUTSequence=[lut_item(CURVE, 0, 12)]),
            code="rescale_not_applied",
        ),
    ],
    "RescaleSlope": [
        Shows(grey(RescaleSlope=-1, RescaleIntercept=0), grey()),
        # All values from 0 to 1, both of them whole; and all nearly 0.
        Shows(grey(RescaleSlope=0.00025, RescaleIntercept=0), grey()),
        Shows(grey(RescaleSlope="1.6e-8", RescaleIntercept=0), grey()),
        Shows(grey(RescaleSlope=0, RescaleIntercept=0), code="bad_rescale"),
        Shows(coloured(RescaleSlope=2, RescaleIntercept=0), code="grey_steps_not_applied"),
    ],
    "RescaleType": [Shows(grey(RescaleType="HU"), grey())],
    "VOILUTSequence": [
        Shows(grey(VOILUTSequence=[lut_item(CURVE, 0, 12)]), grey()),
        Shows(grey(ON_STAIRS, VOILUTSequence=[lut_item(STAIRS, 0, 16)]), grey(ON_STAIRS)),
        Shows(grey(VOILUTSequence=[lut_item(CURVE, 0, 0)]), code="bad_voi_lut"),
        Shows(grey(VOILUTSequence=[lut_item(CURVE // 100, 0, 16)]), code="window_shows_one_grey"),
    ],
    "WindowCenter": [
        Shows(grey(WindowCenter=1000, WindowWidth=2000), grey(WindowCenter=3000, WindowWidth=2000)),
        Shows(grey(WindowCenter=9000, WindowWidth=100), code="window_shows_one_grey"),
        Shows(grey(WindowCenter=list(range(1000, 1041)), WindowWidth=[2000] * 41), code="views_left_out"),
        Shows(coloured(WindowCenter=10, WindowWidth=20), code="grey_steps_not_applied"),
    ],
    "WindowWidth": [
        Shows(grey(WindowCenter=2000, WindowWidth=2000), grey(WindowCenter=2000, WindowWidth=4000)),
        Shows(grey(WindowCenter=2000, WindowWidth=0), code="bad_window"),
        Shows(
            enhanced(STACK, [window(500, 1000)] * 3, WindowCenter=500, WindowWidth=2000),
            code="header_contradicted",
        ),
    ],
    "WindowCenterWidthExplanation": [Shows(explained("BONE"), explained(None))],
    "VOILUTFunction": [
        Shows(
            grey(WindowCenter=2000, WindowWidth=2000, VOILUTFunction="SIGMOID"),
            grey(WindowCenter=2000, WindowWidth=2000),
        ),
        Shows(grey(VOILUTFunction="BENT", WindowCenter=2000, WindowWidth=4000), code="unknown_voi_function"),
    ],
    "PresentationLUTSequence": [
        Shows(grey(PresentationLUTSequence=[lut_item(CURVE, 0, 12)]), code="presentation_lut_not_applied")
    ],
    "PresentationLUTShape": [
        Shows(grey(PresentationLUTShape="INVERSE", PhotometricInterpretation="MONOCHROME1"), grey()),
        Shows(grey(PresentationLUTShape="INVERSE"), code="polarity_contradiction"),
        Shows(grey(PresentationLUTShape="LIN OD"), code="presentation_lut_not_applied"),
        Shows(coloured(PresentationLUTShape="INVERSE"), code="grey_steps_not_applied"),
    ],
    "PixelIntensityRelationship": [Shows(grey(PixelIntensityRelationship="LOG"), code="raw_intensity")],
    "OverlayData": [Shows(with_element(0x60003000, "OW", bytes(640)), code="overlay_not_shown")],
    "OverlayBitPosition": [
        Shows(with_element(0x60020102, "US", 12, BitsStored=12, HighBit=11), code="overlay_not_shown")
    ],
}
