"""Files that are broken or made to do harm: each has one outcome with a code, and the child goes on."""

import struct
import zlib

import numpy as np
import pytest

from labelhub.imaging.dicom.codes import REJECTIONS
from labelhub.imaging.dicom.limits import MAX_ELEMENTS, MAX_SEQUENCE_DEPTH, MIB
from tests.factories.dicom import (
    SERIES_UID,
    SOP_UID,
    STUDY_UID,
    dicom_bytes,
    element,
    encode_frame,
    gradient,
    image_dataset,
    nested_sequences,
    raster_bytes,
    raw_file,
)
from tests.unit.imaging.conftest import ImportBytes

GOOD = dicom_bytes(gradient())
DEFLATED = "1.2.840.10008.1.2.1.99"


def described(**elements: object) -> bytes:
    """A file whose description of the pixels is wrong in the given way."""
    return dicom_bytes(gradient(), **elements)


def with_series_uid(uid: bytes) -> bytes:
    return GOOD.replace(SERIES_UID.encode(), uid.ljust(len(SERIES_UID), b"\0"))


def with_frames(text: bytes) -> bytes:
    """A number of frames that no library would write, before Rows."""
    rows = b"\x28\x00\x10\x00US"
    return GOOD.replace(rows, element(0x00280008, "IS", text) + rows)


def encapsulated(fragment: bytes, syntax: str, **elements: object) -> bytes:
    dataset = image_dataset(gradient(high=255, dtype="u1"), **elements)
    dataset.PixelData = struct.pack("<HHLHHL", 0xFFFE, 0xE000, 0, 0xFFFE, 0xE000, len(fragment)) + fragment
    dataset.PixelData += struct.pack("<HHL", 0xFFFE, 0xE0DD, 0)
    dataset["PixelData"].is_undefined_length = True
    return dicom_bytes(None, dataset=dataset, syntax=syntax)


def deflated(body: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return raw_file(packer.compress(body) + packer.flush(), syntax=DEFLATED)


TEXT = element(0x00100020, "LO", b"P-1 ")
J2K_BOMB = encode_frame(
    gradient(), "1.2.840.10008.1.2.4.90", 16
)  # Two segments that decode to more than the image holds; the decoder panics instead of raising.
LONG_RLE = struct.pack("<LLL", 2, 64, 64 + 200) + bytes(52) + b"\x81\x01" * 200
MPEG = encapsulated(b"\x07" * 512, "1.2.840.10008.1.2.4.102")

CASES: dict[str, tuple[bytes, str]] = {
    "no bytes": (b"", "empty_file"),
    "preamble only": (bytes(128) + b"DICM", "empty_dataset"),
    "text": (b"This is not an image.\n" * 20, "not_an_image"),
    "markup with a preamble's length": (b"<html>" + b" " * 400, "not_an_image"),
    "PNG under a DICOM name": (raster_bytes(gradient(high=255, dtype="u1")), "content_mismatch"),
    "zip under a DICOM name": (b"PK\x03\x04" + bytes(100), "nested_archive"),
    "cut inside the header": (GOOD[:400], "truncated"),
    "cut between elements": (raw_file(TEXT + element(0x00100021, "LO", b"")[:6]), "truncated"),
    "cut inside the pixels": (GOOD[:-200], "pixel_data_truncated"),
    "element of 2 GiB": (raw_file(TEXT + element(0x00210010, "OB", b"\0" * 4, 0x7FFFFFFF)), "truncated"),
    "sequence never closed": (raw_file(TEXT + nested_sequences(3)[:40]), "truncated"),
    "200 sequences deep": (raw_file(TEXT + nested_sequences(200)), "too_deep"),
    "one sequence too deep": (raw_file(TEXT + nested_sequences(MAX_SEQUENCE_DEPTH + 1)), "too_deep"),
    "too many elements": (raw_file(TEXT * (MAX_ELEMENTS + 1)), "too_many_elements"),
    "text of more than 1 MiB": (raw_file(element(0x00324000, "UT", b"a" * (MIB + 2))), "text_too_long"),
    "deflate bomb": (deflated(TEXT + element(0x00091010, "OB", bytes(64 * MIB))), "inflates_too_much"),
    "deflated junk": (raw_file(b"\xff" * 100, syntax=DEFLATED), "damaged_structure"),
    "no study UID": (described(StudyInstanceUID=None), "missing_uid"),
    "no SOP instance UID": (described(SOPInstanceUID=None), "missing_uid"),
    "path as series UID": (with_series_uid(b"../../../etc/passwd"), "invalid_uid"),
    "letters in a UID": (GOOD.replace(STUDY_UID.encode(), b"x" * len(STUDY_UID)), "invalid_uid"),
    "no rows": (described(Rows=0), "bad_pixel_description"),
    "rows missing": (described(Rows=None), "missing_attribute"),
    "photometric interpretation missing": (described(PhotometricInterpretation=None), "missing_attribute"),
    "bits allocated missing": (described(BitsAllocated=None), "missing_attribute"),
    "frames that are no number": (with_frames(b"1A"), "bad_pixel_description"),
    "more bits stored than allocated": (described(BitsStored=20), "bad_pixel_description"),
    "bits that nobody reads": (described(BitsAllocated=12), "unsupported_pixel_format"),
    "bits of no kind": (described(BitsAllocated=80), "bad_pixel_description"),
    "more bits than bytes": (described(BitsAllocated=32), "pixel_data_truncated"),
    "65535 x 65535": (described(Rows=65535, Columns=65535), "image_too_large"),
    "two thousand million frames": (described(NumberOfFrames=2_000_000_000), "image_too_large"),
    "four samples": (described(SamplesPerPixel=4, PhotometricInterpretation="CMYK"), "unsupported_pixel_format"),
    "junk as JPEG": (encapsulated(b"\x07" * 512, "1.2.840.10008.1.2.4.50"), "undecodable_pixels"),
    "junk as JPEG 2000": (encapsulated(b"\xff\x4f" + b"\x07" * 510, "1.2.840.10008.1.2.4.90"), "undecodable_pixels"),
    "junk as JPEG-LS": (encapsulated(b"\xff\xd8" + b"\x07" * 510, "1.2.840.10008.1.2.4.80"), "undecodable_pixels"),
    "RLE longer than the image": (
        encapsulated(LONG_RLE, "1.2.840.10008.1.2.5", BitsAllocated=16, BitsStored=16),
        "undecodable_pixels",
    ),
    "junk as RLE": (encapsulated(b"\xff" * 512, "1.2.840.10008.1.2.5"), "undecodable_pixels"),
    "codestream larger than the header says": (
        encapsulated(J2K_BOMB, "1.2.840.10008.1.2.4.90", Rows=20, Columns=20),
        "codestream_mismatch",
    ),
    "codestream that claims 60000 x 60000": (
        encapsulated(J2K_BOMB[:8] + struct.pack(">LL", 60_000, 60_000) + J2K_BOMB[16:], "1.2.840.10008.1.2.4.90"),
        "codestream_mismatch",
    ),
    "fragment beyond the end": (
        encapsulated(b"\xff\xd8" + bytes(98), "1.2.840.10008.1.2.4.50")[:-60],
        "pixel_data_truncated",
    ),
    "MPEG": (MPEG, "unsupported_syntax"),
    "unknown compression": (MPEG.replace(b"1.2.840.10008.1.2.4.102", b"1.2.840.10008.1.2.4.999"), "unsupported_syntax"),
    "palette without tables": (described(PhotometricInterpretation="PALETTE COLOR"), "missing_attribute"),
}  # fmt: skip


@pytest.mark.parametrize("name", list(CASES))
def test_a_broken_file_is_refused_with_its_code_and_leaves_nothing(
    import_bytes: ImportBytes, name: str
) -> None:
    data, code = CASES[name]
    found = import_bytes(data)
    assert (found.answer["outcome"], found.answer["code"]) == ("rejected", code)
    assert found.answer["message"].startswith(REJECTIONS[code])
    assert list(found.folder.iterdir()) == []
    assert import_bytes(GOOD).answer["code"] == "ok"


def test_sequences_at_the_limit_of_depth_are_read(import_bytes: ImportBytes) -> None:
    assert import_bytes(raw_file(TEXT + nested_sequences(MAX_SEQUENCE_DEPTH))).answer["code"] == "no_pixels"


def test_a_random_change_anywhere_never_stops_the_child(import_bytes: ImportBytes) -> None:
    """160 seeded changes of one to eight bytes, in a plain and a compressed file."""
    random = np.random.default_rng(20260101)
    bases = [GOOD, dicom_bytes(gradient(), syntax="1.2.840.10008.1.2.4.90")]
    for attempt in range(160):
        data = bytearray(bases[attempt % 2])
        for _ in range(random.integers(1, 9)):
            data[random.integers(132, len(data))] = random.integers(256)
        answer = import_bytes(bytes(data)).answer
        assert answer["outcome"] in ("accepted", "rejected")
        assert answer["code"] not in ("unreadable", "decoder_crashed", "too_slow"), (
            attempt,
            answer.get("fault"),
        )


def test_an_executable_preamble_is_not_passed_on(import_bytes: ImportBytes) -> None:
    found = import_bytes(dicom_bytes(gradient(), preamble=b"MZ" + b"\x90" * 126))
    assert found.answer["code"] == "ok"
    assert not any(b"MZ\x90" in written.read_bytes() for written in found.folder.iterdir())


def test_a_file_that_starts_as_a_data_set_is_read_without_its_preamble(import_bytes: ImportBytes) -> None:
    body = GOOD[GOOD.index(b"\x08\x00\x16\x00UI") :]
    found = import_bytes(body)
    assert found.answer["code"] == "ok"
    assert "missing_preamble" in found.answer["warnings"]


def test_the_same_sop_instance_with_other_pixels_can_be_told_from_a_duplicate(
    import_bytes: ImportBytes,
) -> None:
    first, again, other = (
        import_bytes(dicom_bytes(pixels)).answer for pixels in (gradient(), gradient(), gradient(high=100))
    )
    assert first["sop_uid_hash"] == again["sop_uid_hash"] == other["sop_uid_hash"]
    assert first["instance"]["pixel_sha256"] == again["instance"]["pixel_sha256"]
    assert first["instance"]["pixel_sha256"] != other["instance"]["pixel_sha256"]


def test_another_patient_in_the_same_series_can_be_seen(import_bytes: ImportBytes) -> None:
    one, two = (import_bytes(dicom_bytes(gradient(), PatientID=name)).answer for name in ("P-1", "P-2"))
    assert one["series_uid_hash"] == two["series_uid_hash"]
    assert one["patient_hash"] != two["patient_hash"]


def test_no_identifier_of_the_source_is_written(import_bytes: ImportBytes) -> None:
    found = import_bytes(GOOD)
    written = b"".join(path.read_bytes() for path in found.folder.iterdir() if path.suffix == ".json")
    for uid in (STUDY_UID, SERIES_UID, SOP_UID):
        assert uid.encode() not in written
