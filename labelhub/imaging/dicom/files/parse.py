"""Opens one DICOM file: finds its data set, bounds it, and reads its header with pydicom (PS3.10 section 7)."""

import io
import os
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pydicom import config as pydicom_config
from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from labelhub.imaging.dicom.codes import ImportRejected, Warnings
from labelhub.imaging.dicom.files.structure import (
    PIXEL_KEYWORDS,
    Encoding,
    PixelElement,
    looks_explicit,
    survey,
)
from labelhub.imaging.dicom.header.attributes import UNUSABLE, text_of
from labelhub.imaging.dicom.limits import (
    DEFERRED_ELEMENT_BYTES,
    INFLATE_RATIO_FROM_BYTES,
    MAX_INFLATE_RATIO,
    MAX_INFLATED_BYTES,
    MAX_INSTANCE_BYTES,
)

META_ENCODING = Encoding(implicit_vr=False, little_endian=True)
GE_PRIVATE_BIG_ENDIAN_PIXELS = "1.2.840.113619.5.2"
INFLATE_STEP_BYTES = 1024 * 1024

# Values are checked where they are used; a library that raises or warns on each is of no help here.
pydicom_config.settings.reading_validation_mode = pydicom_config.IGNORE


@dataclass
class ParsedFile:
    """An opened DICOM file. `source` holds the pixel data at `pixels.offset`; close it when done."""

    path: Path
    source: BinaryIO
    meta: Dataset
    header: Dataset
    encoding: Encoding
    transfer_syntax_uid: str
    pixels: PixelElement | None
    warnings: Warnings


def looks_like_dicom(path: Path) -> bool:
    """Say whether a file is DICOM, with its preamble or, if its start is clearly a data set, without."""
    with path.open("rb") as source:
        return _find_start(source.read(140)) is not None


def open_dicom(path: Path) -> ParsedFile:
    """Open and read one file up to its pixel data.

    Raises:
        ImportRejected: for everything that is not a whole, bounded DICOM data set.
    """
    size = os.stat(path).st_size
    if size == 0:
        raise ImportRejected("empty_file")
    if size > MAX_INSTANCE_BYTES:
        raise ImportRejected("file_too_large")
    source: BinaryIO = path.open("rb")
    try:
        return _open(path, source, size)
    except BaseException:
        source.close()
        raise


def _open(path: Path, source: BinaryIO, size: int) -> ParsedFile:
    start = _find_start(source.read(140))
    if start is None:
        raise ImportRejected("not_an_image")
    warnings = Warnings([] if start else ["missing_preamble"])
    meta, start = _read_meta(source, size, start)
    if start >= size:
        raise ImportRejected("empty_dataset")
    syntax = text_of(meta, "TransferSyntaxUID")
    if syntax == DeflatedExplicitVRLittleEndian:
        source, size, start = _inflate(source, start)
        syntax = str(ExplicitVRLittleEndian)
    encoding = _encoding(source, start, syntax)
    found = survey(source, size, start, encoding)
    header = _read(source, start, encoding)
    if not len(header):
        raise ImportRejected("empty_dataset")
    header.set_original_encoding(encoding.implicit_vr, encoding.little_endian)
    syntax = syntax or _implied_syntax(encoding, found.pixels)
    return ParsedFile(path, source, meta, header, encoding, syntax, found.pixels, warnings)


def _find_start(head: bytes) -> int | None:
    """Return where the file meta information or, without a preamble, the data set begins; None if nowhere."""
    if head[128:132] == b"DICM" and head[132:134] == b"\x02\x00":
        return 132
    if _is_first_element(head[:8]):
        return 0
    return 132 if head[128:132] == b"DICM" else None


def _is_first_element(head: bytes) -> bool:
    """Say whether eight bytes are an element of group 2 or 8 with a credible length, in any encoding."""
    if len(head) < 8:
        return False
    if head[:2] in (b"\x02\x00", b"\x08\x00"):
        return looks_explicit(head) or int.from_bytes(head[4:8], "little") <= 128
    return head[:2] in (b"\x00\x02", b"\x00\x08") and looks_explicit(head)


def _read_meta(source: BinaryIO, size: int, start: int) -> tuple[Dataset, int]:
    source.seek(start)
    head = source.read(8)
    if head[:2] != b"\x02\x00":
        return Dataset(), start
    encoding = Encoding(implicit_vr=not looks_explicit(head), little_endian=True)
    end = _end_of_group_2(source, size, start, encoding)
    source.seek(start)
    return _read(io.BytesIO(source.read(end - start)), 0, encoding), end


def _read(source: BinaryIO, start: int, encoding: Encoding) -> Dataset:
    """Read the elements from `start` to the pixel data; long ones stay on disk."""
    source.seek(start)
    try:
        return read_dataset(
            source,
            encoding.implicit_vr,
            encoding.little_endian,
            stop_when=_at_pixels,
            defer_size=DEFERRED_ELEMENT_BYTES,
        )
    except (*UNUSABLE, OSError, EOFError, struct.error, RecursionError):
        raise ImportRejected("damaged_structure") from None


def _end_of_group_2(source: BinaryIO, size: int, start: int, encoding: Encoding) -> int:
    """Return the offset of the first element outside group 2; the group length element may lie, so it is not used."""
    position = start
    while position + 8 <= size:
        source.seek(position)
        head = source.read(12)
        if head[:2] != b"\x02\x00":
            break
        if encoding.implicit_vr:
            position += 8 + int.from_bytes(head[4:8], "little")
        elif head[4:6] in (b"OB", b"UN", b"OW", b"UT", b"SQ"):
            position += 12 + int.from_bytes(head[8:12], "little")
        else:
            position += 8 + int.from_bytes(head[6:8], "little")
    if position > size:
        raise ImportRejected("truncated")
    return position


def _encoding(source: BinaryIO, start: int, syntax: str | None) -> Encoding:
    """Return how the data set is written: what its first element shows wins over what the header says."""
    source.seek(start)
    head = source.read(8)
    explicit = looks_explicit(head)
    if syntax is None:
        return Encoding(implicit_vr=not explicit, little_endian=int.from_bytes(head[:2], "little") < 0x0400)
    return Encoding(implicit_vr=not explicit, little_endian=syntax != ExplicitVRBigEndian)


def _implied_syntax(encoding: Encoding, pixels: PixelElement | None) -> str:
    """Return the native syntax of a data set that names none; encapsulated pixels cannot be guessed."""
    if pixels is not None and pixels.length is None:
        raise ImportRejected("missing_attribute", "TransferSyntaxUID")
    if not encoding.little_endian:
        return str(ExplicitVRBigEndian)
    return str(ImplicitVRLittleEndian if encoding.implicit_vr else ExplicitVRLittleEndian)


def _inflate(source: BinaryIO, start: int) -> tuple[BinaryIO, int, int]:
    """Inflate a deflated data set (PS3.5 A.5) step by step, and stop when it outgrows the limits."""
    source.seek(start)
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    inflated = io.BytesIO()
    n_in = 0
    pending = b""
    while not inflater.eof:
        if not pending:
            pending = source.read(INFLATE_STEP_BYTES)
            n_in += len(pending)
        try:
            chunk = inflater.decompress(pending, INFLATE_STEP_BYTES)
        except zlib.error:
            raise ImportRejected("damaged_structure") from None
        if not chunk and not pending and not inflater.eof:
            raise ImportRejected("truncated")
        inflated.write(chunk)
        pending = inflater.unconsumed_tail
        n_out = inflated.tell()
        if n_out > MAX_INFLATED_BYTES or (
            n_out > INFLATE_RATIO_FROM_BYTES and n_out > MAX_INFLATE_RATIO * n_in
        ):
            raise ImportRejected("inflates_too_much")
    source.close()
    return inflated, inflated.tell(), 0


def _at_pixels(tag: int, vr: str | None, length: int) -> bool:
    return tag in PIXEL_KEYWORDS
