"""What is stored draws the same picture as the source: every syntax that can be written here, every kind of pixel."""

import hashlib
import io
from itertools import product

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.encaps import encapsulate
from pydicom.uid import (
    JPEG2000,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from labelhub.imaging.dicom.storing.stored import PASS_THROUGH
from tests.factories.dicom import (
    colours,
    dicom_bytes,
    encode_frame,
    file_bytes,
    gradient,
    image_dataset,
)
from tests.unit.imaging.conftest import ImportBytes

PLAIN, JPEG_LS = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.4.80"

GRAY = {
    "unsigned 8": gradient(high=255, dtype="u1"),
    "unsigned 16": gradient(high=65_535),
    "signed 16": gradient(low=-1024, high=3000, dtype="i2"),
}
NATIVE = [ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian]
ENCODED = [RLELossless, JPEGLSLossless, JPEGLSNearLossless, JPEG2000Lossless, JPEG2000]


def reference(data: bytes) -> np.ndarray:
    return pydicom.dcmread(io.BytesIO(data)).pixel_array


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
@pytest.mark.parametrize("kind", list(GRAY))
@pytest.mark.parametrize("syntax", NATIVE + ENCODED, ids=lambda syntax: syntax.name)
def test_gray_frames_are_stored_as_the_reference_reader_sees_them(
    import_bytes: ImportBytes, syntax: pydicom.uid.UID, kind: str, photometric: str
) -> None:
    data = dicom_bytes(GRAY[kind], syntax=syntax, PhotometricInterpretation=photometric)
    found = import_bytes(data)
    assert found.answer["code"] == "ok"
    assert found.answer["instance"]["lossless"] is True
    np.testing.assert_array_equal(found.frame(), reference(data))
    assert found.value("00280004") == photometric
    is_kept = (str(syntax), photometric, *bits_and_sign(GRAY[kind])) in PASS_THROUGH
    assert found.answer["instance"]["stored_syntax"] == (
        str(syntax) if is_kept else PLAIN if syntax in NATIVE else JPEG_LS
    )


def bits_and_sign(pixels: np.ndarray) -> tuple[int, bool]:
    return pixels.dtype.itemsize * 8, pixels.dtype.kind == "i"


@pytest.mark.parametrize(
    ("syntax", "photometric"),
    [
        (ExplicitVRLittleEndian, "RGB"),
        (ExplicitVRBigEndian, "RGB"),
        (RLELossless, "RGB"),
        (JPEGLSLossless, "RGB"),
        (JPEG2000Lossless, "YBR_RCT"),
        (JPEG2000, "YBR_ICT"),
        (JPEGBaseline8Bit, "YBR_FULL_422"),
    ],
)
def test_colour_frames_are_stored_as_rgb(
    import_bytes: ImportBytes, syntax: pydicom.uid.UID, photometric: str
) -> None:
    data = dicom_bytes(colours(), syntax=syntax, PhotometricInterpretation=photometric)
    found = import_bytes(data)
    assert found.answer["code"] == "ok"
    assert found.value("00280004") in ("RGB", "YBR_RCT", "YBR_ICT")
    assert found.value("00280006") == 0
    # The decoder that is compared with is the one the engine uses for 8-bit JPEG.
    plugin = "pillow" if syntax == JPEGBaseline8Bit else ""
    expected = pydicom.pixels.pixel_array(io.BytesIO(data), decoding_plugin=plugin)
    np.testing.assert_array_equal(found.frame(), expected)


def test_a_codestream_on_the_list_is_kept_as_it_came(import_bytes: ImportBytes) -> None:
    data = dicom_bytes(GRAY["unsigned 16"], syntax=JPEGLSLossless)
    found = import_bytes(data)
    assert (found.folder / "frame-000001.bin").read_bytes() in data


NAME = b"Example^Person"


def jpeg_segment(marker: int) -> bytes:
    return bytes((0xFF, marker)) + (len(NAME) + 2).to_bytes(2, "big") + NAME


def box(kind: bytes, content: bytes) -> bytes:
    return (len(content) + 8).to_bytes(4, "big") + kind + content


def jp2_file(codestream: bytes, rows: int, columns: int) -> bytes:
    """A JP2 file (T.800 annex I) of 16-bit grey with boxes of text before and behind its codestream."""
    size = rows.to_bytes(4, "big") + columns.to_bytes(4, "big") + b"\0\1\x0f\7\0\0"
    return b"".join(
        (
            box(b"jP  ", b"\r\n\x87\n"),
            box(b"ftyp", b"jp2 \0\0\0\0jp2 "),
            box(b"jp2h", box(b"ihdr", size) + box(b"colr", b"\1\0\0" + (17).to_bytes(4, "big"))),
            box(b"xml ", NAME),
            box(b"jp2c", codestream),
            box(b"xml ", NAME),
        )
    )


@pytest.mark.parametrize(
    ("syntax", "kind"),
    [
        *product((JPEGLosslessSV1, JPEGLSLossless), ("comment", "application", "before the end", "behind")),
        *product((JPEG2000Lossless,), ("comment", "behind", "file")),
    ],
)
def test_texts_beside_the_picture_of_a_codestream_are_not_served(
    import_bytes: ImportBytes, syntax: pydicom.uid.UID, kind: str
) -> None:
    pixels = GRAY["unsigned 16"]
    plain = encode_frame(pixels, syntax, 16).rstrip(b"\0")
    is_j2k = syntax == JPEG2000Lossless
    head = (
        2 + 2 + int.from_bytes(plain[4:6], "big") if is_j2k else 2
    )  # Behind SIZ, which is the first segment.
    marker = {"comment": 0x64 if is_j2k else 0xFE, "application": 0xE1}.get(kind, 0xFE)
    written = {
        "behind": plain + NAME,
        "before the end": plain[:-2] + jpeg_segment(marker) + plain[-2:],
        "file": jp2_file(plain, *pixels.shape),
    }.get(kind, plain[:head] + jpeg_segment(marker) + plain[head:])
    dataset = image_dataset(pixels)
    dataset.PixelData = encapsulate([written])
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    found = import_bytes(file_bytes(dataset, syntax=syntax))
    assert found.answer["code"] == "ok"
    assert found.answer["instance"]["stored_syntax"] == str(syntax)
    assert NAME not in (found.folder / "frame-000001.bin").read_bytes()
    np.testing.assert_array_equal(found.frame(), pixels)


def test_a_codestream_of_another_depth_than_the_header_is_encoded_anew(import_bytes: ImportBytes) -> None:
    pixels = gradient(high=4000)
    data = dicom_bytes(pixels, syntax=JPEGLSLossless, BitsStored=12, HighBit=11)
    lying = import_bytes(
        data.replace(b"\x28\x00\x01\x01US\x02\x00\x0c\x00", b"\x28\x00\x01\x01US\x02\x00\x0e\x00")
    )
    assert lying.value("00280101") == 16
    np.testing.assert_array_equal(lying.frame(), pixels)


def test_several_frames_become_several_objects(import_bytes: ImportBytes) -> None:
    frames = np.stack([gradient(high=high) for high in (100, 1000, 4000)])
    found = import_bytes(dicom_bytes(frames, syntax=RLELossless, n_frames=3))
    assert found.value("00280008") == 3
    assert len(found.answer["instance"]["frame_sha256"]) == 3
    for number in (1, 2, 3):
        np.testing.assert_array_equal(found.frame(number), frames[number - 1])


def test_a_very_small_image_is_stored_plain(import_bytes: ImportBytes) -> None:
    noise = np.random.default_rng(7).integers(0, 256, (6, 6), "u1")
    found = import_bytes(dicom_bytes(noise, syntax=RLELossless))
    assert found.answer["instance"]["stored_syntax"] == PLAIN
    np.testing.assert_array_equal(found.frame(), noise)


def test_planar_colour_is_interleaved(import_bytes: ImportBytes) -> None:
    pixels = colours()
    dataset = image_dataset(pixels, PlanarConfiguration=1)
    dataset.PixelData = np.ascontiguousarray(pixels.transpose(2, 0, 1)).tobytes()
    found = import_bytes(dicom_bytes(None, dataset=dataset))
    np.testing.assert_array_equal(found.frame(), pixels)


def test_single_bits_become_bytes(import_bytes: ImportBytes) -> None:
    bits = (gradient(8, 16, high=255, dtype="u1") > 100).astype("u1")
    dataset = image_dataset(bits, BitsAllocated=1, BitsStored=1, HighBit=0)
    dataset.PixelData = np.packbits(bits, bitorder="little").tobytes()
    found = import_bytes(dicom_bytes(None, dataset=dataset))
    np.testing.assert_array_equal(found.frame(), bits)


def test_signed_bytes_become_words(import_bytes: ImportBytes) -> None:
    pixels = gradient(low=-100, high=100, dtype="i1")
    found = import_bytes(dicom_bytes(pixels))
    assert (found.value("00280100"), found.value("00280103")) == (16, 1)
    np.testing.assert_array_equal(found.frame(), pixels)


def test_unused_high_bits_do_not_show(import_bytes: ImportBytes) -> None:
    pixels = gradient(high=4000)
    found = import_bytes(dicom_bytes(pixels | 0xF000, BitsStored=12, HighBit=11))
    np.testing.assert_array_equal(found.frame(), pixels)


def test_wide_integers_that_fit_keep_their_values(import_bytes: ImportBytes) -> None:
    pixels = gradient(low=0, high=60_000, dtype="u4")
    found = import_bytes(dicom_bytes(pixels))
    assert found.answer["instance"]["lossless"] is True
    np.testing.assert_array_equal(found.modality_values(), pixels)


def test_wide_integers_are_rescaled_and_say_so(import_bytes: ImportBytes) -> None:
    pixels = gradient(low=0, high=4_000_000_000, dtype="u4")
    found = import_bytes(dicom_bytes(pixels, RescaleSlope=2, RescaleIntercept=5))
    assert "rescaled_to_16_bit" in found.answer["warnings"]
    assert found.answer["instance"]["lossless"] is False
    np.testing.assert_allclose(found.modality_values(), pixels * 2.0 + 5, atol=2 * 4e9 / 65_535)


def test_float_pixels_are_rescaled_and_holes_set_to_the_lowest_value(import_bytes: ImportBytes) -> None:
    pixels = (gradient(high=1000) / 1000.0).astype("f4")
    pixels[0, 1] = np.nan
    dataset = image_dataset(pixels, BitsStored=None, HighBit=None, PixelRepresentation=None)
    dataset.FloatPixelData = pixels.tobytes()
    found = import_bytes(dicom_bytes(None, dataset=dataset))
    assert "non_finite_pixels" in found.answer["warnings"]
    np.testing.assert_allclose(found.modality_values(), np.nan_to_num(pixels), atol=1e-4)


def test_palette_colours_are_written_out(import_bytes: ImportBytes) -> None:
    indexes = gradient(high=255, dtype="u1")
    ramp = np.arange(256, dtype="<u2") << 8
    dataset = image_dataset(indexes, PhotometricInterpretation="PALETTE COLOR")
    for colour, table in (("Red", ramp), ("Green", ramp[::-1]), ("Blue", ramp * 0)):
        setattr(dataset, f"{colour}PaletteColorLookupTableDescriptor", [256, 0, 16])
        setattr(dataset, f"{colour}PaletteColorLookupTableData", table.tobytes())
    dataset.PixelData = indexes.tobytes()
    found = import_bytes(dicom_bytes(None, dataset=dataset))
    assert "palette_to_rgb" in found.answer["warnings"]
    np.testing.assert_array_equal(found.frame(), np.stack([indexes, 255 - indexes, indexes * 0], axis=-1))


def test_the_modality_lut_is_applied(import_bytes: ImportBytes) -> None:
    pixels = gradient(high=255, dtype="u1")
    item = pydicom.Dataset()
    item.LUTDescriptor, item.ModalityLUTType = [256, 0, 16], "US"
    item.LUTData = list(range(0, 2560, 10))
    item["LUTData"].VR = "US"
    dataset = image_dataset(pixels, ModalityLUTSequence=[item])
    found = import_bytes(dicom_bytes(pixels, dataset=dataset))
    assert "modality_lut_applied" in found.answer["warnings"]
    np.testing.assert_array_equal(found.frame(), pixels.astype("u2") * 10)


def test_deep_colour_is_reduced(import_bytes: ImportBytes) -> None:
    pixels = colours().astype("u2") << 8
    found = import_bytes(dicom_bytes(pixels))
    assert "reduced_to_8_bit" in found.answer["warnings"]
    np.testing.assert_array_equal(found.frame(), colours())


def test_pixels_are_hashed_as_the_reference_reader_decodes_them(import_bytes: ImportBytes) -> None:
    pixels = gradient()
    by_rle = import_bytes(dicom_bytes(pixels, syntax=RLELossless))
    plain = import_bytes(dicom_bytes(pixels))
    assert by_rle.answer["content_sha256"] != plain.answer["content_sha256"]
    assert by_rle.answer["instance"]["pixel_sha256"] == hashlib.sha256(pixels.tobytes()).hexdigest()
    assert by_rle.answer["instance"]["pixel_sha256"] == plain.answer["instance"]["pixel_sha256"]


@pytest.mark.parametrize("said", ["RGB", "YBR_FULL", "YBR_FULL_422"])
@pytest.mark.parametrize("is_rgb", [False, True], ids=["jfif", "adobe rgb"])
def test_a_jpegs_own_marker_says_which_colours_its_components_are(
    import_bytes: ImportBytes, said: str, is_rgb: bool
) -> None:
    target = io.BytesIO()
    Image.fromarray(colours()).save(target, "JPEG", quality=98, subsampling=0, keep_rgb=is_rgb)
    dataset = image_dataset(colours(), PhotometricInterpretation=said)
    dataset.PixelData = encapsulate([target.getvalue()])
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    found = import_bytes(file_bytes(dataset, syntax=JPEGBaseline8Bit))
    assert found.answer["code"] == "ok", found.answer["message"]
    assert np.abs(found.frame().astype(int) - colours()).mean() < 3
