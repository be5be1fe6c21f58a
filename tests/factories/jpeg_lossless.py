"""A small encoder of JPEG Lossless (ISO/IEC 10918-1 annex H), process 14, for gray images: Pillow has none."""

import struct

import numpy as np

# One code of 5 bits for each difference category 0-16, the simplest table there is (annex C; all ones is reserved).
CODE_BITS = 5
N_CATEGORIES = 17


def encode_jpeg_lossless(frame: np.ndarray, bits: int) -> bytes:
    """Encode (rows, columns) of at most 16 bits with prediction from the left neighbour (selection value 1)."""
    rows, columns = frame.shape
    values = frame.astype(np.int64)
    predicted = np.empty_like(values)
    predicted[:, 1:] = values[:, :-1]
    predicted[1:, 0] = values[:-1, 0]
    predicted[0, 0] = 1 << (bits - 1)
    differences = (values - predicted + 32_768) % 65_536 - 32_768
    differences[differences == -32_768] = 32_768
    return b"".join(
        (
            b"\xff\xd8",
            _segment(0xC3, struct.pack(">BHHB", bits, rows, columns, 1) + b"\x01\x11\x00"),
            _segment(0xC4, b"\x00" + _code_counts() + bytes(range(N_CATEGORIES))),
            _segment(0xDA, b"\x01\x01\x00\x01\x00\x00"),
            _entropy_coded(differences.ravel().tolist()),
            b"\xff\xd9",
        )
    )


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def _code_counts() -> bytes:
    counts = [0] * 16
    counts[CODE_BITS - 1] = N_CATEGORIES
    return bytes(counts)


def _entropy_coded(differences: list[int]) -> bytes:
    """Category by its code, then as many low bits of the difference (table H.2); 00 follows a byte FF (F.1.2.3)."""
    pieces = []
    for difference in differences:
        category = abs(difference).bit_length()
        pieces.append(f"{category:0{CODE_BITS}b}")
        if 0 < category < 16:
            low = difference if difference > 0 else difference + (1 << category) - 1
            pieces.append(f"{low:0{category}b}")
    text = "".join(pieces)
    text += "1" * (-len(text) % 8)
    return int(text, 2).to_bytes(len(text) // 8, "big").replace(b"\xff", b"\xff\x00")
