"""Reads the size and sample format that a compressed frame declares in its own header.

A codestream that disagrees with the DICOM header is refused before a decoder allocates what it claims.
Sources: ITU-T T.81 B.2.2 (JPEG frame header), T.87 C.2.2 (JPEG-LS), T.800 A.5.1 and A.6.1 (JPEG 2000 SIZ and COD).
"""

from dataclasses import dataclass

JPEG_SOF_MARKERS = frozenset({*range(0xC0, 0xD0), 0xF7}) - {0xC4, 0xC8, 0xCC}
PROCESSES = {0xC0: "baseline", 0xC1: "extended", 0xC2: "progressive", 0xC3: "lossless", 0xF7: "jpeg-ls"}
JPEG_STANDALONE_MARKERS = frozenset({0x01, *range(0xD0, 0xD9)})
JPEG_MAX_HEADER_BYTES = 1024 * 1024
J2K_START = b"\xff\x4f\xff\x51"
J2K_COD, J2K_FIRST_TILE = 0xFF52, 0xFF90


@dataclass(frozen=True)
class Codestream:
    """What a codestream says of itself; JPEG and JPEG-LS know no sign. `process` is a value of PROCESSES or "j2k".

    `is_reversible`: the process may give back what went in, to the bit.
    """

    rows: int
    columns: int
    samples_per_pixel: int
    precision: int
    is_signed: bool | None
    process: str
    is_reversible: bool


def read_codestream(data: bytes) -> Codestream | None:
    """Return the declared format of a JPEG, JPEG-LS, JPEG 2000 or HTJ2K codestream, None if there is none."""
    start = data[:4096].find(J2K_START) if data[4:8] == b"jP  " else 0
    if start >= 0 and data[start : start + 4] == J2K_START:
        return _read_j2k(data[start:])
    if data[:2] == b"\xff\xd8":
        return _read_jpeg(data[:JPEG_MAX_HEADER_BYTES])
    return None


def _read_j2k(data: bytes) -> Codestream | None:
    if len(data) < 43:
        return None
    x_size, y_size, x_offset, y_offset = (int.from_bytes(data[i : i + 4], "big") for i in (8, 12, 16, 20))
    depth = data[42]
    return Codestream(
        rows=y_size - y_offset,
        columns=x_size - x_offset,
        samples_per_pixel=int.from_bytes(data[40:42], "big"),
        precision=(depth & 0x7F) + 1,
        is_signed=bool(depth & 0x80),
        process="j2k",
        is_reversible=_is_reversible_j2k(data),
    )


def _is_reversible_j2k(data: bytes) -> bool:
    """Say whether the main header names the 5-3 reversible wavelet."""
    position = 2
    while position + 14 <= len(data):
        marker = int.from_bytes(data[position : position + 2], "big")
        if marker == J2K_COD:
            return data[position + 13] == 1
        if marker >= J2K_FIRST_TILE:
            break
        position += 2 + int.from_bytes(data[position + 2 : position + 4], "big")
    return False


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
