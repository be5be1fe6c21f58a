"""Bits to values: a property over all layouts, and files of each kind that carry values outside the usual bits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.encaps import encapsulate
from pydicom.uid import (
    UID,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from labelhub.imaging.dicom.values.samples import eight_bit, sample_values, signed_word
from tests.factories.dicom import colours, dicom_bytes, encode_frame, file_bytes, gradient, image_dataset
from tests.unit.imaging.conftest import ImportBytes

NATIVE = [ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian, RLELossless]
ENCODED = [JPEGLosslessSV1, JPEGLSLossless, JPEG2000Lossless]


@st.composite
def layouts(draw: st.DrawFn) -> tuple[int, int, int, bool, int, int]:
    allocated = draw(st.sampled_from([8, 16, 32]))
    stored = draw(st.integers(1, allocated))
    high_bit = draw(st.integers(stored - 1, allocated - 1))
    is_signed = draw(st.booleans())
    low, high = (-(1 << (stored - 1)), (1 << (stored - 1)) - 1) if is_signed else (0, (1 << stored) - 1)
    return (
        allocated,
        stored,
        high_bit,
        is_signed,
        draw(st.integers(low, high)),
        draw(st.integers(0, 2**32 - 1)),
    )


@given(layouts())
def test_a_value_is_found_in_its_bits_whatever_lies_in_the_others(
    layout: tuple[int, int, int, bool, int, int],
) -> None:
    allocated, stored, high_bit, is_signed, value, junk = layout
    shift = high_bit + 1 - stored
    mask = ((1 << stored) - 1) << shift
    word = (junk & ~mask | value << shift & mask) & ((1 << allocated) - 1)
    samples = np.array([word], f"u{allocated // 8}")
    found = sample_values(
        samples, container_bits=allocated, bits_stored=stored, high_bit=high_bit, is_signed=is_signed
    )
    assert found.tolist() == [value]
    assert (found.dtype.kind, found.dtype.itemsize) == ("i" if is_signed else "u", allocated // 8)


@given(st.integers(-(2**15), 2**15 - 1))
def test_a_word_has_the_sign_of_pixel_representation(number: int) -> None:
    assert signed_word(number & 0xFFFF, is_signed=True) == number
    assert signed_word(number & 0xFFFF, is_signed=False) == number % 65_536


@pytest.mark.parametrize("syntax", NATIVE, ids=lambda syntax: UID(syntax).name)
@pytest.mark.parametrize("stored", [10, 12])
@pytest.mark.parametrize("high_bit", [11, 12, 13, 14, 15])
@pytest.mark.parametrize("is_signed", [False, True])
def test_values_are_where_high_bit_says(
    import_bytes: ImportBytes, syntax: UID, stored: int, high_bit: int, is_signed: bool
) -> None:
    top = 1 << stored
    values = gradient(low=-top // 2, high=top // 2 - 1, dtype="i2") if is_signed else gradient(high=top - 1)
    shift = high_bit + 1 - stored
    outside = np.uint16(0xFFFF & ~(((1 << stored) - 1) << shift))
    words = (values.astype("u2") << shift) | outside
    found = import_bytes(
        dicom_bytes(
            words, syntax=syntax, BitsStored=stored, HighBit=high_bit, PixelRepresentation=int(is_signed)
        )
    )
    assert found.answer["warnings"] == []
    np.testing.assert_array_equal(found.frame(), values)
    assert found.value("00280102") == found.value("00280101") - 1


@pytest.mark.parametrize("syntax", ENCODED, ids=lambda syntax: syntax.name)
@pytest.mark.parametrize("is_signed", [False, True])
def test_overlay_bits_are_masked_in_codestreams(
    import_bytes: ImportBytes, syntax: UID, is_signed: bool
) -> None:
    values = gradient(low=-2048, high=2047, dtype="i2") if is_signed else gradient(high=4095)
    words = (values.astype("u2") & 0x0FFF) | np.uint16(0x5000)
    dataset = image_dataset(words, PixelRepresentation=int(is_signed))
    data = dicom_bytes(words, dataset=dataset, syntax=syntax)
    # The codestream holds all 16 bits; the header says that 12 of them are the picture.
    said = data.replace(b"\x28\x00\x01\x01US\x02\x00\x10\x00", b"\x28\x00\x01\x01US\x02\x00\x0c\x00").replace(
        b"\x28\x00\x02\x01US\x02\x00\x0f\x00", b"\x28\x00\x02\x01US\x02\x00\x0b\x00"
    )
    found = import_bytes(said)
    np.testing.assert_array_equal(found.frame(), values)


def test_a_codestream_of_the_stored_bits_is_not_shifted(import_bytes: ImportBytes) -> None:
    pixels = gradient(high=4095)
    dataset = image_dataset(pixels, BitsStored=12, HighBit=15)
    found = import_bytes(dicom_bytes(pixels, dataset=dataset, syntax=JPEG2000Lossless))
    np.testing.assert_array_equal(found.frame(), pixels)


@pytest.mark.parametrize(
    "syntax", [JPEGLosslessSV1, JPEGLSLossless, JPEG2000Lossless], ids=lambda syntax: syntax.name
)
@pytest.mark.parametrize("stored", [6, 8])
def test_few_bits_in_sixteen_are_read_from_codestreams(
    import_bytes: ImportBytes, syntax: UID, stored: int
) -> None:
    pixels = gradient(high=(1 << stored) - 1)
    dataset = image_dataset(pixels, BitsStored=stored, HighBit=stored - 1)
    found = import_bytes(dicom_bytes(pixels, dataset=dataset, syntax=syntax))
    np.testing.assert_array_equal(found.frame(), pixels)


def test_few_bits_in_sixteen_are_read_from_a_jpeg_of_bytes(import_bytes: ImportBytes) -> None:
    bytes_ = gradient(high=255, dtype="u1")
    dataset = image_dataset(bytes_.astype("u2"), BitsStored=8, HighBit=7)
    dataset.PixelData = encapsulate([encode_frame(bytes_, JPEGBaseline8Bit, 8)])
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    found = import_bytes(file_bytes(dataset, syntax=JPEGBaseline8Bit))
    np.testing.assert_allclose(found.frame(), bytes_, atol=8)


def test_frames_of_single_bits_follow_each_other_without_a_gap(import_bytes: ImportBytes) -> None:
    frames = [(np.add.outer(np.arange(35), np.arange(37)) + n) % 3 == 0 for n in range(3)]
    dataset = image_dataset(np.zeros((35, 37), "u1"), BitsAllocated=1, BitsStored=1, HighBit=0)
    dataset.NumberOfFrames = 3
    packed = np.packbits(np.concatenate([frame.reshape(-1) for frame in frames]), bitorder="little").tobytes()
    dataset.PixelData = packed + b"\0" * (len(packed) % 2)
    dataset["PixelData"].VR = "OB"
    found = import_bytes(file_bytes(dataset))
    for number, frame in enumerate(frames, start=1):
        np.testing.assert_array_equal(found.frame(number), frame)


@pytest.mark.parametrize(
    ("bits", "code", "attribute"),
    [
        (12, "unsupported_pixel_format", "BitsAllocated"),
        (24, "unsupported_pixel_format", "BitsAllocated"),
        (0, "bad_pixel_description", "BitsAllocated"),
        (80, "bad_pixel_description", "BitsAllocated"),
    ],
)
def test_a_width_that_is_possible_but_not_read_is_not_called_impossible(
    import_bytes: ImportBytes, bits: int, code: str, attribute: str
) -> None:
    found = import_bytes(dicom_bytes(gradient(high=4095), BitsAllocated=bits, BitsStored=12, HighBit=11))
    assert (found.answer["code"], found.answer["attribute"]) == (code, attribute)


@pytest.mark.parametrize("high_bit", [5, 16])
def test_an_impossible_high_bit_is_told(import_bytes: ImportBytes, high_bit: int) -> None:
    pixels = gradient(high=4095)
    found = import_bytes(dicom_bytes(pixels, BitsStored=12, HighBit=high_bit))
    assert found.answer["warnings"] == ["bad_high_bit"]
    np.testing.assert_array_equal(found.frame(), pixels)


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRBigEndian, RLELossless])
@pytest.mark.parametrize("stored", [9, 10, 12, 14, 16])
@pytest.mark.parametrize("planar", [0, 1])
def test_deep_colour_is_scaled_by_bits_stored(
    import_bytes: ImportBytes, syntax: UID, stored: int, planar: int
) -> None:
    display = colours()
    deep = display.astype("u2") << (stored - 8)
    written = np.ascontiguousarray(np.moveaxis(deep, 2, 0)) if planar else deep
    dataset = image_dataset(deep, BitsStored=stored, HighBit=stored - 1, PlanarConfiguration=planar)
    found = import_bytes(
        dicom_bytes(written if syntax != RLELossless else deep, dataset=dataset, syntax=syntax)
    )
    np.testing.assert_array_equal(found.frame(), display)


@pytest.mark.parametrize("stored", [12, 16])
@pytest.mark.parametrize("photometric", ["YBR_FULL", "YBR_FULL_422"])
def test_deep_ybr_becomes_rgb(import_bytes: ImportBytes, stored: int, photometric: str) -> None:
    grey = gradient(high=(1 << stored) - 1)
    middle = 1 << (stored - 1)
    ybr = np.stack([grey, np.full_like(grey, middle), np.full_like(grey, middle)], axis=-1)
    dataset = image_dataset(ybr, PhotometricInterpretation=photometric, BitsStored=stored, HighBit=stored - 1)
    written = ybr
    if photometric == "YBR_FULL_422":
        pairs = ybr.reshape(ybr.shape[0], -1, 2, 3)
        written = np.concatenate([pairs[..., 0], pairs[:, :, 0, 1:]], axis=-1)
    found = import_bytes(dicom_bytes(written, dataset=dataset))
    wanted = np.repeat(eight_bit(grey, stored)[..., None], 3, axis=-1)
    np.testing.assert_allclose(found.frame(), wanted, atol=1)


@pytest.mark.parametrize("photometric", ["YBR_PARTIAL_422", "YBR_ICT", "YBR_RCT"])
def test_colour_that_only_a_codestream_explains_is_refused_without_one(
    import_bytes: ImportBytes, photometric: str
) -> None:
    found = import_bytes(dicom_bytes(colours(), PhotometricInterpretation=photometric))
    assert found.answer["code"] == "unsupported_pixel_format"
    assert "PhotometricInterpretation" in found.answer["message"]


def test_colour_of_fewer_bits_is_stretched() -> None:
    assert eight_bit(np.array([0, 15]), 4).tolist() == [0, 255]
