"""Pictures from stored frames: as the reader first sees them, and the small one that models are trained on.

The same greys as the browser draws (`views.View.greys`, then polarity), so that reader and model see one picture.
"""

import base64
import io
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from labelhub.imaging.dicom.drawing.pixels import value_of
from labelhub.imaging.dicom.drawing.views import View
from labelhub.imaging.dicom.values.luts import Lut
from labelhub.imaging.dicom.values.rescale import Rescale

MODEL_INPUT_NAME = "model-320.u8"
MODEL_INPUT_SIZE = 320
THUMBNAIL_NAME = "thumbnail-256.png"
THUMBNAIL_SIZE = 256

# ITU-R BT.601, the weights of the luma in YBR_FULL (PS3.3 C.7.6.3.1.2).
LUMA_WEIGHTS = (0.299, 0.587, 0.114)


def picture_of(stored: np.ndarray, rescale: Rescale, view: View | None, *, is_inverse: bool) -> np.ndarray:
    """Return a stored frame as uint8: (rows, columns) of greys by the view, or (rows, columns, 3) of colour as it is.

    `is_inverse`: low values are bright (MONOCHROME1).
    """
    if stored.ndim == 3 or view is None:
        return stored.astype(np.uint8)
    greys = view.greys(rescale.apply(stored))
    return 255 - greys if is_inverse else greys


def first_view(stored: np.ndarray, metadata: dict[str, Any], frame: int = 1) -> np.ndarray:
    """Return a stored frame (`frame` from 1) as the reader first sees it: uint8, colour with a third axis."""
    rescale = Rescale(value_of(metadata, "00281053") or 1.0, value_of(metadata, "00281052") or 0.0)
    is_inverse = value_of(metadata, "00280004") == "MONOCHROME1"
    return picture_of(stored, rescale, default_view(metadata, frame), is_inverse=is_inverse)


def default_view(metadata: dict[str, Any], frame: int = 1) -> View | None:
    """Return the view that a frame is opened with; None for colour."""
    if value_of(metadata, "00280002") != 1:
        return None
    display = metadata.get("labelhub_display")
    if display is None:  # Written before views were.
        center, width = value_of(metadata, "00281050"), value_of(metadata, "00281051")
        return View("", center, width, value_of(metadata, "00281056") or "LINEAR")
    defaults = display["frames"]
    fields = dict(display["views"][defaults[frame - 1] if frame <= len(defaults) else defaults[0]])
    if fields["function"] == "LUT":
        table = np.frombuffer(base64.b64decode(fields.pop("greys")), np.uint8)
        fields["lut"] = Lut(fields.pop("first"), table)
    return View(**fields)


def luma(picture: np.ndarray) -> np.ndarray:
    """Return a picture's greys: colour becomes luma."""
    if picture.ndim == 2:
        return picture
    return np.rint(picture.astype(np.float32) @ np.array(LUMA_WEIGHTS, np.float32)).astype(np.uint8)


def letterbox(gray: np.ndarray, size: int, aspect: float = 1.0) -> tuple[np.ndarray, dict[str, float]]:
    """Resize (rows, columns) uint8 into a size x size square of square pixels, centred on black.

    `aspect` is the distance of rows over that of columns. Returns the picture and its transform:
    x_model = x_image * scale_x + offset_x, and so for y.
    """
    rows, columns = gray.shape
    scale = size / max(rows * aspect, columns)
    new_rows, new_columns = max(1, round(rows * aspect * scale)), max(1, round(columns * scale))
    small = Image.fromarray(gray).resize((new_columns, new_rows), Image.Resampling.BILINEAR)
    top, left = (size - new_rows) // 2, (size - new_columns) // 2
    square = np.zeros((size, size), np.uint8)
    square[top : top + new_rows, left : left + new_columns] = np.asarray(small)
    return square, {
        "scale_x": scale,
        "scale_y": scale * aspect,
        "offset_x": float(left),
        "offset_y": float(top),
    }


def thumbnail(gray: np.ndarray, aspect: float = 1.0) -> bytes:
    """Return (rows, columns) uint8 as a PNG of square pixels that fits in THUMBNAIL_SIZE; nothing is enlarged."""
    rows, columns = gray.shape
    scale = min(1.0, THUMBNAIL_SIZE / max(rows * aspect, columns))
    size = (max(1, round(columns * scale)), max(1, round(rows * aspect * scale)))
    target = io.BytesIO()
    Image.fromarray(gray).resize(size, Image.Resampling.BOX).save(target, "PNG")
    return target.getvalue()


def read_model_input(path: Path) -> np.ndarray:
    """Read a stored model input as (320, 320) uint8; bytes of any other length raise ValueError."""
    return _model_input(path.read_bytes())


def model_input_png(data: bytes) -> bytes:
    """Return the bytes of a stored model input as PNG; those of any other length raise ValueError."""
    target = io.BytesIO()
    Image.fromarray(_model_input(data)).save(target, "PNG")
    return target.getvalue()


def _model_input(data: bytes) -> np.ndarray:
    return np.frombuffer(data, np.uint8).reshape(MODEL_INPUT_SIZE, MODEL_INPUT_SIZE)
