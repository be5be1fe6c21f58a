"""Arrays from stored frames, and the small gray picture that models are trained on.

Arrays are (rows, columns) or (rows, columns, 3); the stored frame's metadata is the DICOM JSON written by `metadata`.
"""

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from pydicom.encaps import encapsulate
from pydicom.pixels import get_decoder
from pydicom.uid import UID

from labelhub.imaging.dicom.windows import Rescale, Window, percentile_window

AUTO = "Auto"
"""Name of the window that is made from the pixels."""

MODEL_INPUT_NAME = "model-320.u8"
MODEL_INPUT_SIZE = 320

MAX_PICTURE_SIDE = 8192
"""Longest side from which the model's picture is made; larger images are thinned out first."""

# ITU-R BT.601, the weights of the luma in YBR_FULL (PS3.3 C.7.6.3.1.2).
LUMA_WEIGHTS = (0.299, 0.587, 0.114)


def stored_frame_to_array(path: Path, metadata: dict[str, Any]) -> np.ndarray:
    """Decode one stored frame to (rows, columns) or (rows, columns, 3), in stored values."""
    return decode_stored(path.read_bytes(), metadata)


def decode_stored(data: bytes, metadata: dict[str, Any]) -> np.ndarray:
    """Decode the bytes of one stored frame; see `stored_frame_to_array`."""
    syntax = UID(_value(metadata, "00020010"))
    options = {
        "rows": _value(metadata, "00280010"),
        "columns": _value(metadata, "00280011"),
        "number_of_frames": 1,
        "samples_per_pixel": _value(metadata, "00280002"),
        "photometric_interpretation": _value(metadata, "00280004"),
        "bits_allocated": _value(metadata, "00280100"),
        "bits_stored": _value(metadata, "00280101"),
        "pixel_representation": _value(metadata, "00280103"),
        "planar_configuration": 0,
        "pixel_keyword": "PixelData",
    }
    source = encapsulate([data]) if syntax.is_encapsulated else data
    array, _ = get_decoder(syntax).as_array(source, **options)
    return array


def window_to_uint8(array: np.ndarray, metadata: dict[str, Any], size: int | None = None) -> np.ndarray:
    """Return a bone-bright uint8 picture of a stored frame, windowed by percentiles and letterboxed to size x size.

    MONOCHROME1 is inverted; colour becomes luma. Without `size` the shape stays.
    """
    is_inverse = _value(metadata, "00280004") == "MONOCHROME1"
    has_negative_slope = (_value(metadata, "00281053") or 1.0) < 0
    gray = to_gray_uint8(array, _value(metadata, "00280120"), invert=is_inverse != has_negative_slope)
    return gray if size is None else letterbox(gray, size)[0]


def to_gray_uint8(array: np.ndarray, padding: float | None, *, invert: bool) -> np.ndarray:
    """Map stored values to 0-255 by the percentile window; a slope below zero must be told by `invert`."""
    if array.ndim == 3:
        return np.rint(array.astype(np.float32) @ np.array(LUMA_WEIGHTS, np.float32)).astype(np.uint8)
    window = percentile_window(array, padding)
    scaled = (array.astype(np.float32) - (window.center - window.width / 2)) * (255.0 / window.width)
    gray = np.rint(np.clip(scaled, 0, 255)).astype(np.uint8)
    if padding is not None:
        gray[array == padding] = 255 if invert else 0
    return 255 - gray if invert else gray


def thinned(array: np.ndarray) -> np.ndarray:
    """Return every n-th row and column of an image so large that its picture would not fit in memory beside it."""
    step = -(-max(array.shape[:2]) // MAX_PICTURE_SIDE)
    return array if step == 1 else array[::step, ::step].copy()


def letterbox(gray: np.ndarray, size: int) -> tuple[np.ndarray, dict[str, float]]:
    """Resize (rows, columns) uint8 into a size x size square, aspect kept, centred on black.

    Returns the picture and its transform: x_model = x_image * scale + offset_x, and so for y.
    """
    rows, columns = gray.shape
    scale = size / max(rows, columns)
    new_rows, new_columns = max(1, round(rows * scale)), max(1, round(columns * scale))
    small = Image.fromarray(gray).resize((new_columns, new_rows), Image.Resampling.BILINEAR)
    top, left = (size - new_rows) // 2, (size - new_columns) // 2
    square = np.zeros((size, size), np.uint8)
    square[top : top + new_rows, left : left + new_columns] = np.asarray(small)
    return square, {"scale": scale, "offset_x": float(left), "offset_y": float(top)}


def read_model_input(path: Path) -> np.ndarray:
    """Read a stored model input as (320, 320) uint8; bytes of any other length raise ValueError."""
    return np.frombuffer(path.read_bytes(), np.uint8).reshape(MODEL_INPUT_SIZE, MODEL_INPUT_SIZE)


def rescaled(array: np.ndarray, rescale: Rescale) -> np.ndarray:
    """Return modality values."""
    if rescale.is_identity:
        return array
    return array.astype(np.float32) * np.float32(rescale.slope) + np.float32(rescale.intercept)


def auto_window(array: np.ndarray, rescale: Rescale, padding: float | None) -> Window:
    """Return the percentile window of stored values, in modality units.

    Its centre and width are those by which LINEAR (PS3.3 C.11.2.1.2.1) maps the percentiles to black and white, which
    holds for ranges far below 1 too.
    """
    stored = percentile_window(array, padding)
    ends = (stored.center - stored.width / 2, stored.center + stored.width / 2)
    low, high = sorted(end * rescale.slope + rescale.intercept for end in ends)
    return Window(AUTO, round((low + high + 1) / 2, 12), round(high - low + 1, 12))


def _value(metadata: dict[str, Any], tag: str) -> Any:
    values = metadata.get(tag, {}).get("Value")
    return values[0] if values else None
