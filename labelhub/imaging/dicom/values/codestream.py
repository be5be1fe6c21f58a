"""Reads the size and sample format that a compressed frame declares in its own header.

A codestream that disagrees with the DICOM header is refused before a decoder allocates what it claims.
Sources: ITU-T T.81 B.2.2 (JPEG frame header), T.87 C.2.2 (JPEG-LS), T.800 A.5.1 and A.6.1 (JPEG 2000 SIZ and COD).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

JPEG_SOF_MARKERS = frozenset({*range(0xC0, 0xD0), 0xF7}) - {0xC4, 0xC8, 0xCC}
PROCESSES = {0xC0: "baseline", 0xC1: "extended", 0xC2: "progressive", 0xC3: "lossless", 0xF7: "jpeg-ls"}
JPEG_STANDALONE_MARKERS = frozenset({0x01, *range(0xD0, 0xD9)})
JPEG_MAX_HEADER_BYTES = 1024 * 1024
J2K_START = b"\xff\x4f\xff\x51"
J2K_COD, J2K_COMMENT, J2K_FIRST_TILE = 0xFF52, 0xFF64, 0xFF90
J2K_BOX = b"jP  "
REVERSIBLE_WAVELET = 1

JPEG_START, JPEG_SCAN, JPEG_END = b"\xff\xd8", 0xDA, 0xD9
CODESTREAM_END = b"\xff\xd9"
BESIDE_THE_PICTURE = frozenset((*range(0xE0, 0xF0), 0xFE))
"""Application segments and comments (T.81 B.2.4.5 and 6), which hold whatever software wrote there."""
BEHIND_A_SCAN = re.compile(rb"\xff[\x80-\xcf\xd8-\xfe]")
"""A marker: in coded data 0xFF is followed by 0 (JPEG), by less than 0x80 (JPEG-LS), or is a restart."""


@dataclass(frozen=True)
class Codestream:
    """What a codestream says of itself; JPEG and JPEG-LS know no sign. `process` is a value of PROCESSES or "j2k".

    `is_reversible`: the process may give back what went in, to the bit. `is_made_rgb`: a decoder of JPEG 2000 gives RGB
    back, since the codestream has its own transform from it (T.800 annex G).
    """

    rows: int
    columns: int
    samples_per_pixel: int
    precision: int
    is_signed: bool | None
    process: str
    is_reversible: bool
    is_made_rgb: bool = False


def read_codestream(data: bytes) -> Codestream | None:
    """Return the declared format of a JPEG, JPEG-LS, JPEG 2000 or HTJ2K codestream, None if there is none."""
    start = data[:4096].find(J2K_START) if data[4:8] == J2K_BOX else 0
    if start >= 0 and data[start : start + 4] == J2K_START:
        return _read_j2k(data[start:])
    if data[:2] == JPEG_START:
        return _read_jpeg(data[:JPEG_MAX_HEADER_BYTES])
    return None


def _read_j2k(data: bytes) -> Codestream | None:
    if len(data) < 43:
        return None
    x_size, y_size, x_offset, y_offset = (int.from_bytes(data[i : i + 4], "big") for i in (8, 12, 16, 20))
    depth = data[42]
    has_transform, wavelet = _j2k_coding(data)
    return Codestream(
        rows=y_size - y_offset,
        columns=x_size - x_offset,
        samples_per_pixel=int.from_bytes(data[40:42], "big"),
        precision=(depth & 0x7F) + 1,
        is_signed=bool(depth & 0x80),
        process="j2k",
        is_reversible=wavelet == REVERSIBLE_WAVELET,
        is_made_rgb=bool(has_transform),
    )


def _j2k_coding(data: bytes) -> tuple[int, int | None]:
    """Return whether the main header names a transform of the components, and its wavelet (T.800 A.6.1)."""
    position = 2
    while position + 14 <= len(data):
        marker = int.from_bytes(data[position : position + 2], "big")
        if marker == J2K_COD:
            return data[position + 8], data[position + 13]
        if marker >= J2K_FIRST_TILE:
            break
        position += 2 + int.from_bytes(data[position + 2 : position + 4], "big")
    return 0, None


def _read_jpeg(data: bytes) -> Codestream | None:
    position = 2
    while position + 4 <= len(data):
        if data[position] != 0xFF:
            return None
        marker = data[position + 1]
        if marker == 0xFF:
            position += 1
            continue
        if marker in JPEG_STANDALONE_MARKERS:
            position += 2
            continue
        if marker in JPEG_SOF_MARKERS and position + 10 <= len(data):
            process = PROCESSES.get(marker, "other")
            return Codestream(
                rows=int.from_bytes(data[position + 5 : position + 7], "big"),
                columns=int.from_bytes(data[position + 7 : position + 9], "big"),
                samples_per_pixel=data[position + 9],
                precision=data[position + 4],
                is_signed=None,
                process=process,
                is_reversible=process in ("lossless", "jpeg-ls"),
            )
        position += 2 + int.from_bytes(data[position + 2 : position + 4], "big")
    return None


def bare_codestream(data: bytes) -> bytes:
    """Return a codestream of grey, or of JPEG 2000, with its picture alone, for it is served as it is.

    Left out is where software writes texts, which may name a person: application segments, comments, the boxes of a
    JP2 file and what follows the end.
    """
    if data[:2] == JPEG_START:
        return b"".join(_jpeg_segments(data))
    start = data[:4096].find(J2K_START)
    if start < 0:
        return data
    # In a JP2 file the codestream is the content of a box, whose length stands before its type (T.800 I.4).
    n_bytes = int.from_bytes(data[start - 8 : start - 4], "big") if start >= 8 else 0
    return b"".join(_j2k_segments(data[start : start - 8 + n_bytes] if n_bytes > 8 else data[start:]))


def _jpeg_segments(data: bytes) -> Iterator[bytes]:
    yield JPEG_START
    position = 2
    while position + 4 <= len(data) and data[position] == 0xFF and data[position + 1] != JPEG_END:
        marker, end = data[position + 1], position + 1
        if marker != 0xFF:
            end = position + 2 + int.from_bytes(data[position + 2 : position + 4], "big")
        if marker == JPEG_SCAN:
            found = BEHIND_A_SCAN.search(data, end)
            end = found.start() if found else len(data)
        if marker not in BESIDE_THE_PICTURE:
            yield data[position:end]
        position = end
    is_end = data[position : position + 2] == CODESTREAM_END
    yield data[position : position + 2] if is_end else data[position:]


def _j2k_segments(data: bytes) -> Iterator[bytes]:
    yield data[:2]
    position = 2
    while position + 4 <= len(data):
        marker = int.from_bytes(data[position : position + 2], "big")
        if marker >= J2K_FIRST_TILE:
            break
        end = position + 2 + int.from_bytes(data[position + 2 : position + 4], "big")
        if marker != J2K_COMMENT:
            yield data[position:end]
        position = end
    end = data.rfind(CODESTREAM_END)
    yield data[position : end + 2] if end > position else data[position:]
