"""Arrays from stored frames: what the browser decodes too; the metadata is the DICOM JSON written by `metadata`."""

from pathlib import Path
from typing import Any

import numpy as np
from pydicom.encaps import encapsulate
from pydicom.pixels import get_decoder
from pydicom.uid import UID

MAX_PICTURE_SIDE = 8192
"""Longest side from which a small picture is made; larger images are thinned out first."""


def stored_frame_to_array(path: Path, metadata: dict[str, Any]) -> np.ndarray:
    """Decode one stored frame to (rows, columns) or (rows, columns, 3), in stored values."""
    return decode_stored(path.read_bytes(), metadata)


def decode_stored(data: bytes, metadata: dict[str, Any]) -> np.ndarray:
    """Decode the bytes of one stored frame; see `stored_frame_to_array`."""
    syntax = UID(value_of(metadata, "00020010"))
    options = {
        "rows": value_of(metadata, "00280010"),
        "columns": value_of(metadata, "00280011"),
        "number_of_frames": 1,
        "samples_per_pixel": value_of(metadata, "00280002"),
        "photometric_interpretation": value_of(metadata, "00280004"),
        "bits_allocated": value_of(metadata, "00280100"),
        "bits_stored": value_of(metadata, "00280101"),
        "pixel_representation": value_of(metadata, "00280103"),
        "planar_configuration": 0,
        "pixel_keyword": "PixelData",
    }
    source = encapsulate([data]) if syntax.is_encapsulated else data
    array, _ = get_decoder(syntax).as_array(source, **options)
    return array


def thinned(array: np.ndarray) -> np.ndarray:
    """Return every n-th row and column of an image so large that its picture would not fit in memory beside it."""
    step = -(-max(array.shape[:2]) // MAX_PICTURE_SIDE)
    return array if step == 1 else array[::step, ::step].copy()


def value_of(metadata: dict[str, Any], tag: str) -> Any:
    """Return the first value of an element of DICOM JSON, None when it is absent."""
    values = metadata.get(tag, {}).get("Value")
    return values[0] if values else None
