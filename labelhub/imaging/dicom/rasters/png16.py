"""PNG of 16 bits a sample with alpha or colour (PNG 11.2.2), of which Pillow keeps the high bytes only.

Pillow undoes filters and interlacing; its raw modes for the other byte order give the low bytes of the same samples.
"""

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps

IHDR = slice(12, 16)
BIT_DEPTH, COLOUR_TYPE = 24, 25
RGB, GRAY_ALPHA, RGBA = 2, 4, 6
LOW_BYTES = {RGB: ("RGB", "RGB;16L"), RGBA: ("RGBA", "RGBA;16L")}
ALL_BYTES = {GRAY_ALPHA: ("RGBA", "RGBA")}
"""(mode, raw mode) by colour type. Both bytes of gray and of alpha are as four samples of one byte."""


def is_cut_to_8_bits(path: Path) -> bool:
    """Say whether a file is a PNG whose samples Pillow would cut to 8 bits."""
    head = _head(path)
    return head[IHDR] == b"IHDR" and head[BIT_DEPTH] == 16 and head[COLOUR_TYPE] in (RGB, GRAY_ALPHA, RGBA)


def read_16_bit_png(path: Path) -> np.ndarray:
    """Return uint16 (rows, columns) or (rows, columns, 3), upright, alpha left out."""
    colour_type = _head(path)[COLOUR_TYPE]
    if colour_type == GRAY_ALPHA:
        both = _samples(path, *ALL_BYTES[colour_type])
        return both[..., 0].astype(np.uint16) << 8 | both[..., 1]
    high, low = _samples(path), _samples(path, *LOW_BYTES[colour_type])
    return high[..., :3].astype(np.uint16) << 8 | low[..., :3]


def _samples(path: Path, mode: str | None = None, raw_mode: str | None = None) -> np.ndarray:
    with Image.open(path, formats=("PNG",)) as image:
        opened: Any = image
        if mode is not None:
            opened._mode = mode
            opened.tile = [tile._replace(args=raw_mode) for tile in opened.tile]
        upright = ImageOps.exif_transpose(opened) or opened
        return np.array(upright)


def _head(path: Path) -> bytes:
    with path.open("rb") as source:
        return source.read(COLOUR_TYPE + 1).ljust(COLOUR_TYPE + 1, b"\0")
