"""An upright rectangle: the first kind of mark. {x, y, width, height} in pixels of its image.

x is the column and y the row of the corner nearest to the origin, which is the outer corner of the top-left pixel
(DICOM PS3.3 C.18.6.1.1).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelhub.core.errors import InvalidContent
from labelhub.marks.mark import Geometry, ImageSize

NAME = "box"
NAMES = ("x", "y", "width", "height")
SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {name: {"type": "number", "format": "double"} for name in NAMES},
    "required": list(NAMES),
}
_BLOCK = 8_192
"""Pairs of boxes at a time: some ten arrays of doubles that stay in a core's cache."""


def parse(geometry: Any, size: ImageSize, details: dict[str, str]) -> dict[str, float]:
    if not isinstance(geometry, dict) or set(geometry) != set(NAMES):
        raise InvalidContent("A box has x, y, width and height in pixels.", details=details)
    numbers = [geometry[name] for name in NAMES]
    # Compared before anything is made a float: JSON's whole numbers have no upper end.
    if not all(isinstance(n, int | float) and not isinstance(n, bool) and abs(n) < 1e9 for n in numbers):
        raise InvalidContent("A box's numbers are pixels of its image.", details=details)
    # `+ 0.0` makes a negative zero positive: PostgreSQL's JSON knows no other, and the hash must hold.
    x, y, width, height = (round(float(n), 3) + 0.0 for n in numbers)
    if width <= 0 or height <= 0:
        raise InvalidContent("A box has a width and a height above zero.", details=details)
    if x < 0 or y < 0 or x + width > size.columns + 0.01 or y + height > size.rows + 0.01:
        raise InvalidContent("A box lies inside its image.", details=details)
    return {"x": x, "y": y, "width": width, "height": height}


def largest_overlap(first: Sequence[Geometry], second: Sequence[Geometry]) -> float:
    """The largest intersection over union; linear in memory, n x m in time."""
    if not first or not second:
        return 0.0
    one, other = _corners(first), _corners(second)
    rows = max(1, _BLOCK // len(second))
    return max(_largest_iou(one[:, i : i + rows], other) for i in range(0, len(first), rows))


def measure(geometry: Geometry, mm_per_pixel: tuple[float, float] | None) -> dict[str, float]:
    if mm_per_pixel is None:
        return {"width_px": geometry["width"], "height_px": geometry["height"]}
    along_x, along_y = mm_per_pixel
    return {
        "width_mm": round(geometry["width"] * along_x, 2),
        "height_mm": round(geometry["height"] * along_y, 2),
    }


def export(geometry: Geometry) -> dict[str, float]:
    return {name: geometry[name] for name in NAMES}


def read_back(columns: Mapping[str, Any]) -> dict[str, Any]:
    return {name: columns.get(name) for name in NAMES}


def _corners(boxes: Sequence[Geometry]) -> NDArray[np.float64]:
    """Rows left, top, right, bottom and area; a column for each box."""
    x, y, width, height = np.array([[box[name] for box in boxes] for name in NAMES], dtype=np.float64)
    return np.stack([x, y, x + width, y + height, width * height])


def _largest_iou(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    left, top, right, bottom, area = first[:, :, np.newaxis]
    width = np.minimum(right, second[2])
    width -= np.maximum(left, second[0])
    height = np.minimum(bottom, second[3])
    height -= np.maximum(top, second[1])
    shared = np.maximum(width, 0.0, out=width)
    shared *= np.maximum(height, 0.0, out=height)
    either = area + second[4]
    either -= shared
    # Rounding may carry the ratio of equal boxes a hair past 1.
    return min(1.0, float(np.divide(shared, either, out=shared).max()))
