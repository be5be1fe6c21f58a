"""Each row of the table of attributes has a file that shows it: applied, warned with a code, or refused."""

import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import JPEGLSLossless

from labelhub.imaging.dicom.attribute_table.handling import TABLE, handling_of
from labelhub.imaging.dicom.attribute_table.printed import as_markdown
from labelhub.imaging.dicom.attribute_table.row import APPLIED, REFUSED, WARNED
from labelhub.imaging.dicom.codes import REJECTIONS, WARNINGS
from tests.factories.dicom import colours, dicom_bytes, encode_frame, file_bytes, gradient, image_dataset
from tests.unit.imaging.conftest import ImportBytes, Imported
from tests.unit.imaging.test_display import enhanced, rescale, window
from tests.unit.imaging.test_luts import lut_item, palette

RAMP = gradient(high=4000)
STACK = np.stack([gradient(high=1000), gradient(high=2000), gradient(high=3000)])
CURVE = np.rint(np.linspace(0, 1, 4001) ** 3 * 4095).astype("u2")
PLANE = {"ImageOrientationPatient": [1, 0, 0, 0, 1, 0], "ImagePositionPatient": [0, 0, 0]}


@dataclass(frozen=True)
class Shows:
    """A file with the attribute; applied: another where it is absent or different, from which it must differ."""

    content: bytes
    other: bytes | None = None
    code: str | None = None


def grey(pixels: np.ndarray = RAMP, **elements: Any) -> bytes:
    return dicom_bytes(pixels, **elements)


def with_element(tag: int, vr: str, value: Any, **elements: Any) -> bytes:
    dataset = image_dataset(RAMP, **elements)
    dataset.add_new(tag, vr, value)
    return dicom_bytes(RAMP, dataset=dataset)


def coloured(pixels: np.ndarray | None = None, **elements: Any) -> bytes:
    return dicom_bytes(colours() if pixels is None else pixels, **elements)


def planar(configuration: int) -> bytes:
    """Colour that is written plane by plane, whatever is said of it."""
    dataset = image_dataset(colours(), PlanarConfiguration=configuration)
    return dicom_bytes(np.ascontiguousarray(np.moveaxis(colours(), 2, 0)), dataset=dataset)


def with_palette(**changes: Any) -> bytes:
    pixels = gradient(high=255, dtype="u1")
    dataset = image_dataset(pixels, PhotometricInterpretation="PALETTE COLOR")
    for keyword, element in palette(256, 0, "US").items():
        dataset[keyword] = element
    for keyword, value in changes.items():
        if value is None:
            delattr(dataset, keyword)
        else:
            setattr(dataset, keyword, value)
    return dicom_bytes(pixels, dataset=dataset)


def segmented_palette(*, without: str = "") -> bytes:
    """Two entries of a discrete segment, then a linear one to white (C.7.9.2)."""
    dataset = image_dataset(gradient(high=255, dtype="u1"), PhotometricInterpretation="PALETTE COLOR")
    words = np.array([0, 2, 0, 257, 1, 254, 65_535], "<u2")
    for colour in ("Red", "Green", "Blue"):
        setattr(dataset, f"{colour}PaletteColorLookupTableDescriptor", [256, 0, 16])
        if colour != without:
            setattr(dataset, f"Segmented{colour}PaletteColorLookupTableData", words.tobytes())
    return dicom_bytes(gradient(high=255, dtype="u1"), dataset=dataset)


def supplemental_palette() -> bytes:
    """Grey of which the highest 256 values are to be coloured (C.7.6.19)."""
    dataset = image_dataset(RAMP, PixelPresentation="COLOR")
    for keyword, element in palette(256, 3744, "US").items():
        dataset[keyword] = element
    return dicom_bytes(RAMP, dataset=dataset)


def float_image(keyword: str = "FloatPixelData", **elements: Any) -> bytes:
    bits = 32 if keyword == "FloatPixelData" else 64
    values = (RAMP / 4000).astype(f"<f{bits // 8}")
    values[:, :20] = -1e30
    dataset = image_dataset(RAMP, **elements)
    dataset.BitsAllocated = bits
    for described in ("BitsStored", "HighBit", "PixelRepresentation"):
        delattr(dataset, described)
    setattr(dataset, keyword, values.tobytes())
    return dicom_bytes(None, dataset=dataset)


def double_image(**elements: Any) -> bytes:
    return float_image("DoubleFloatPixelData", **elements)


def with_offset_table(*, swapped: bool) -> bytes:
    """Two encoded frames, and a table that says where each begins: in their order, or the second first."""
    frames = [encode_frame(frame, JPEGLSLossless, 16) for frame in STACK[:2]]
    offsets, lengths = [0, len(frames[0]) + 8], [len(frame) for frame in frames]
    if swapped:
        offsets, lengths = offsets[::-1], lengths[::-1]
    dataset = image_dataset(STACK[:2], n_frames=2)
    dataset.ExtendedOffsetTable = struct.pack("<2Q", *offsets)
    dataset.ExtendedOffsetTableLengths = struct.pack("<2Q", *lengths)
    dataset.PixelData = encapsulate(frames, has_bot=False)
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    return file_bytes(dataset, syntax=JPEGLSLossless)


def modality_lut(kind: str) -> bytes:
    item = lut_item(CURVE, 0, 12)
    item.ModalityLUTType = kind
    return grey(ModalityLUTSequence=[item])


def at_one_place(sequence: str, keyword: str, values: list[float]) -> bytes:
    return enhanced(STACK, [plane_group(0) | {sequence: {keyword: value}} for value in values])


def ordered_by(sequence: str, keyword: str) -> list[Shows]:
    return [
        Shows(
            at_one_place(sequence, keyword, [30.0, 10.0, 20.0]),
            at_one_place(sequence, keyword, [10.0, 20.0, 30.0]),
        )
    ]


def padded() -> np.ndarray:
    pixels = gradient(low=3000, high=3500)[:, ::-1].copy()
    pixels[:, :30] = gradient(64, 30, high=400)
    return pixels


def plane_group(z: float) -> dict[str, Any]:
    return {
        "PlanePositionSequence": {"ImagePositionPatient": [0, 0, z]},
        "PlaneOrientationSequence": {"ImageOrientationPatient": PLANE["ImageOrientationPatient"]},
    }


def explained(text: str | None) -> bytes:
    return grey(WindowCenter=2000, WindowWidth=4000, WindowCenterWidthExplanation=text)


SHOWN: dict[str, list[Shows]] = {
    "SamplesPerPixel": [
        Shows(coloured(), grey()),
        Shows(grey(SamplesPerPixel=4), code="unsupported_pixel_format"),
    ],
    "PhotometricInterpretation": [
        Shows(grey(PhotometricInterpretation="MONOCHROME1"), grey()),
        Shows(coloured(PhotometricInterpretation="YBR_FULL"), coloured()),
        Shows(grey(PhotometricInterpretation=None), code="missing_attribute"),
        Shows(coloured(PhotometricInterpretation="HSV"), code="unsupported_pixel_format"),
        Shows(
            grey(PhotometricInterpretation="MONOCHROME1", PresentationLUTShape="IDENTITY"),
            code="polarity_contradiction",
        ),
    ],
    "Rows": [Shows(grey(Rows=32), grey()), Shows(grey(Rows=None), code="missing_attribute")],
    "Columns": [
        Shows(grey(gradient(columns=40)), grey()),
        Shows(grey(Columns=0), code="bad_pixel_description"),
    ],
    "NumberOfFrames": [
        Shows(dicom_bytes(STACK, n_frames=3), grey()),
        Shows(grey(NumberOfFrames=5), code="pixel_data_truncated"),
    ],
    "BitsAllocated": [
        Shows(grey(gradient(high=255, dtype="u1")), grey()),
        Shows(grey(BitsAllocated=None), code="missing_attribute"),
        Shows(grey(BitsAllocated=24), code="unsupported_pixel_format"),
    ],
    "BitsStored": [
        Shows(grey(RAMP | 0xF000, BitsStored=12, HighBit=11), grey(RAMP | 0xF000)),
        Shows(grey(BitsStored=20), code="bad_pixel_description"),
        Shows(coloured(colours().astype("u2") << 4, BitsStored=12, HighBit=11), code="reduced_to_8_bit"),
    ],
    "HighBit": [
        Shows(grey(RAMP << 4, BitsStored=12, HighBit=15), grey(RAMP << 4, BitsStored=12, HighBit=11)),
        Shows(grey(BitsStored=12, HighBit=3), code="bad_high_bit"),
    ],
    "PixelRepresentation": [
        Shows(grey(gradient(high=60_000), PixelRepresentation=1), grey(gradient(high=60_000)))
    ],
    "PlanarConfiguration": [
        Shows(planar(1), planar(0)),
        Shows(coloured(PlanarConfiguration=2), code="bad_pixel_description"),
    ],
    "PixelAspectRatio": [
        Shows(grey(PixelAspectRatio=[2, 1]), grey()),
        Shows(grey(PixelAspectRatio=[0, 1]), code="bad_pixel_aspect_ratio"),
    ],
    "SmallestImagePixelValue": [Shows(grey(SmallestImagePixelValue=100), code="pixel_range_contradicted")],
    "LargestImagePixelValue": [Shows(grey(LargestImagePixelValue=100), code="pixel_range_contradicted")],
    "PixelDataProviderURL": [
        Shows(dicom_bytes(None, PixelDataProviderURL="https://example.org/pixels"), code="pixels_elsewhere")
    ],
    "ExtendedOffsetTable": [Shows(with_offset_table(swapped=True), with_offset_table(swapped=False))],
    "ICCProfile": [Shows(coloured(ICCProfile=b"\0" * 128), code="colour_profile_not_applied")],
    "ColorSpace": [Shows(coloured(ColorSpace="SRGB"), code="colour_profile_not_applied")],
    "RedPaletteColorLookupTableDescriptor": [
        Shows(with_palette(), grey()),
        Shows(with_palette(RedPaletteColorLookupTableDescriptor=None), code="missing_attribute"),
        Shows(with_palette(RedPaletteColorLookupTableDescriptor=[256, 0, 99]), code="bad_lookup_table"),
        Shows(supplemental_palette(), code="supplemental_palette_not_applied"),
    ],
    **{
        f"{colour}PaletteColorLookupTableDescriptor": [
            Shows(with_palette(), grey()),
            Shows(
                with_palette(**{f"{colour}PaletteColorLookupTableDescriptor": [256, 7, 16]}),
                code="bad_lookup_table",
            ),
        ]
        for colour in ("Green", "Blue")
    },
    **{
        f"{colour}PaletteColorLookupTableData": [
            Shows(with_palette(**{f"{colour}PaletteColorLookupTableData": bytes(512)}), with_palette()),
            Shows(with_palette(**{f"{colour}PaletteColorLookupTableData": None}), code="missing_attribute"),
            Shows(
                with_palette(**{f"{colour}PaletteColorLookupTableData": bytes(8)}), code="bad_lookup_table"
            ),
        ]
        for colour in ("Red", "Green", "Blue")
    },
    "SegmentedRedPaletteColorLookupTableData": [Shows(segmented_palette(), grey())],
    **{
        f"Segmented{colour}PaletteColorLookupTableData": [
            Shows(segmented_palette(), grey()),
            Shows(segmented_palette(without=colour), code="missing_attribute"),
        ]
        for colour in ("Green", "Blue")
    },
    "PixelPresentation": [Shows(supplemental_palette(), code="supplemental_palette_not_applied")],
    "EnhancedPaletteColorLookupTableSequence": [
        Shows(
            grey(EnhancedPaletteColorLookupTableSequence=[Dataset()]),
            code="supplemental_palette_not_applied",
        )
    ],
    "PixelPaddingValue": [
        Shows(
            grey(
                gradient(low=1000).clip(1100), PixelPaddingValue=1100, PhotometricInterpretation="MONOCHROME1"
            ),
            grey(gradient(low=1000).clip(1100), PhotometricInterpretation="MONOCHROME1"),
        ),
        Shows(with_element(0x00280120, "LO", "many"), code="bad_padding"),
        Shows(coloured(PixelPaddingValue=0), code="grey_steps_not_applied"),
    ],
    "PixelPaddingRangeLimit": [
        Shows(
            grey(padded(), PixelPaddingValue=0, PixelPaddingRangeLimit=400),
            grey(padded(), PixelPaddingValue=0),
        ),
        Shows(grey(PixelPaddingRangeLimit=400), code="bad_padding"),
    ],
    "FloatPixelPaddingValue": [Shows(float_image(FloatPixelPaddingValue=-1e30), float_image())],
    "FloatPixelPaddingRangeLimit": [
        Shows(
            float_image(FloatPixelPaddingValue=-2e30, FloatPixelPaddingRangeLimit=-1e29),
            float_image(FloatPixelPaddingValue=-2e30),
        )
    ],
    "DoubleFloatPixelPaddingValue": [Shows(double_image(DoubleFloatPixelPaddingValue=-1e30), double_image())],
    "DoubleFloatPixelPaddingRangeLimit": [
        Shows(
            double_image(DoubleFloatPixelPaddingValue=-2e30, DoubleFloatPixelPaddingRangeLimit=-1e29),
            double_image(DoubleFloatPixelPaddingValue=-2e30),
        )
    ],
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
    ],
    "PlanePositionSequence": [
        Shows(
            enhanced(STACK, [plane_group(z) for z in (5, 0, 9)]),
            enhanced(STACK, [plane_group(z) for z in (0, 5, 9)]),
        )
    ],
    "PlaneOrientationSequence": [
        Shows(
            enhanced(STACK, [plane_group(z) for z in (0, 5, 9)]),
            enhanced(STACK, [plane_group(z) | {"PlaneOrientationSequence": {}} for z in (0, 5, 9)]),
        )
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
    ],
    "FrameVOILUTSequence": [
        Shows(
            enhanced(STACK, [window(center, 1000) for center in (500, 900, 700)]),
            enhanced(STACK, [window(500, 1000)] * 3),
        ),
        Shows(enhanced(STACK, [window(0, 0)] * 3), code="bad_window"),
        Shows(enhanced(STACK, [{}, window(0, 0), {}]), code="bad_window"),
    ],
    "RealWorldValueMappingSequence": [
        Shows(grey(RealWorldValueMappingSequence=[Dataset()]), code="real_world_values_not_used"),
        Shows(
            enhanced(STACK, [{}, {"RealWorldValueMappingSequence": {"RealWorldValueSlope": 2.0}}, {}]),
            code="real_world_values_not_used",
        ),
    ],
    "PixelIntensityRelationshipLUTSequence": [
        Shows(grey(PixelIntensityRelationshipLUTSequence=[Dataset()]), code="intensity_lut_not_applied")
    ],
    "FrameDisplayShutterSequence": [
        Shows(
            enhanced(STACK, [{"FrameDisplayShutterSequence": {"ShutterShape": "CIRCULAR"}}] * 3),
            code="shutter_not_applied",
        )
    ],
    "ShutterShape": [Shows(grey(ShutterShape="CIRCULAR"), code="shutter_not_applied")],
    "MaskSubtractionSequence": [Shows(grey(MaskSubtractionSequence=[Dataset()]), code="mask_not_subtracted")],
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
    ],
    "PixelIntensityRelationship": [Shows(grey(PixelIntensityRelationship="LOG"), code="raw_intensity")],
    "OverlayData": [Shows(with_element(0x60003000, "OW", bytes(640)), code="overlay_not_shown")],
    "OverlayBitPosition": [
        Shows(with_element(0x60020102, "US", 12, BitsStored=12, HighBit=11), code="overlay_not_shown")
    ],
}


def test_the_table_and_the_files_that_show_it_have_the_same_rows() -> None:
    assert [row.keyword for row in TABLE] == list(SHOWN)


@pytest.mark.parametrize(
    ("keyword", "shows"),
    [
        pytest.param(row.keyword, shows, id=f"{row.keyword} {n}")
        for row in TABLE
        for n, shows in enumerate(SHOWN[row.keyword])
    ],
)
def test_each_row_is_applied_told_or_refused(import_bytes: ImportBytes, keyword: str, shows: Shows) -> None:
    found = import_bytes(shows.content)
    handling = _handling(found, shows.content)[keyword]
    if shows.code is None:
        assert shows.other is not None
        assert found.answer["code"] == "ok", found.answer["message"]
        assert handling == APPLIED
        assert seen(found) != seen(import_bytes(shows.other))
    elif shows.code in REJECTIONS:
        assert (found.answer["code"], handling) == (shows.code, REFUSED)
    else:
        assert shows.code in WARNINGS and shows.code in found.answer["warnings"]
        assert handling == WARNED


def _handling(found: Imported, content: bytes) -> dict[str, str]:
    header = pydicom.dcmread(pydicom.filebase.DicomBytesIO(content), stop_before_pixels=True)
    answer = found.answer
    refusal = (answer["code"], answer["attribute"]) if answer["outcome"] == "rejected" else None
    return handling_of(header, answer["warnings"], refusal)


def seen(found: Imported) -> str:
    """What reaches the reader's screen: stored frames and their description, order, shape; without identifiers."""
    instance = found.answer["instance"]
    description = {tag: value for tag, value in found.metadata.items() if not tag.startswith("0020000")}
    kept = ("frame_sha256", "frame_order", "place", "spacing", "window_presets")
    return json.dumps([description, {key: instance[key] for key in kept}], sort_keys=True)


def test_every_code_of_the_table_is_shown_or_shared() -> None:
    shown = {shows.code for cases in SHOWN.values() for shows in cases}
    told = {code for row in TABLE for code in (*row.warnings, *row.refusals)}
    assert told - shown == {"codestream_mismatch", "stretched_to_8_bit"}


def test_a_codestream_of_another_size_is_refused(import_bytes: ImportBytes) -> None:
    data = dicom_bytes(RAMP, syntax=JPEGLSLossless)
    found = import_bytes(
        data.replace(b"\x28\x00\x10\x00US\x02\x00\x40\x00", b"\x28\x00\x10\x00US\x02\x00\x20\x00")
    )
    assert found.answer["code"] == "codestream_mismatch"


def test_the_documentation_prints_the_table() -> None:
    page = Path(__file__).parents[3] / "docs" / "pixels.md"
    assert as_markdown() in page.read_text(), (
        "put the text of attribute_table.printed.as_markdown() into docs/pixels.md"
    )
