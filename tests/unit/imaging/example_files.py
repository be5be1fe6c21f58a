"""Files with one attribute, for the table of attributes."""

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import JPEGLSLossless

from tests.factories.dicom import colours, dicom_bytes, encode_frame, file_bytes, gradient, image_dataset
from tests.unit.imaging.opened import enhanced
from tests.unit.imaging.test_luts import lut_item, palette

RAMP = gradient(high=4000)


STACK = np.stack([gradient(high=1000), gradient(high=2000), gradient(high=3000)])


CURVE = np.rint(np.linspace(0, 1, 4001) ** 3 * 4095).astype("u2")


STAIRS = np.clip((np.arange(65_536) - 1970) // 12 * 13_107, 0, 65_535).astype("u2")
"""A table of 65,536 entries, of which 60 rise, and pixels of those."""
ON_STAIRS = gradient(low=1960, high=2040)


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


def with_item(sequence: str) -> bytes:
    """A sequence of one empty item."""
    return grey(**{sequence: [Dataset()]})


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
