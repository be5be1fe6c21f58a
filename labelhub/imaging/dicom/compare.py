"""Whether two stored instances show the same picture, apart from what a lossy encoding changes.

Means of small blocks are compared, not pixels: lossy JPEG and JPEG 2000 keep the lowest frequency of a block best
(ISO/IEC 10918-1 A.3.4 quantises it finest), while a mark or a lesion that was put in or taken out moves the mean of the
blocks it covers.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

from labelhub.imaging.dicom.drawing.pixels import stored_frame_to_array
from labelhub.imaging.dicom.storing.output import METADATA_NAME
from labelhub.imaging.dicom.values.rescale import Rescale

BLOCK_PIXELS = 8
MAX_DIFFERENCE = 0.04
"""Largest difference of two blocks, as a share of the range of the first picture's blocks."""

SAME_IN_BOTH = ("00280002", "00280004", "00280008", "00280010", "00280011")
"""Samples, photometric interpretation, frames, rows and columns."""


def is_same_picture(first: Path, second: Path) -> bool:
    """Say whether two folders, as written by `output`, hold the same frames but for losses of encoding."""
    ours, theirs = (json.loads((folder / METADATA_NAME).read_text()) for folder in (first, second))
    if any(_form(ours, tag) != _form(theirs, tag) for tag in SAME_IN_BOTH):
        return False
    return all(
        _is_same_frame(_blocks(first, ours, number), _blocks(second, theirs, number))
        for number in range(1, ours["00280008"]["Value"][0] + 1)
    )


def _form(metadata: dict[str, Any], tag: str) -> Any:
    value = metadata[tag]["Value"]
    # Codestreams that are kept name their colour transform; all of them decode to RGB.
    return "RGB" if tag == "00280004" and str(value[0]).startswith("YBR") else value[0]


def _is_same_frame(ours: np.ndarray, theirs: np.ndarray) -> bool:
    return bool(np.abs(ours - theirs).max() <= MAX_DIFFERENCE * np.ptp(ours))


def _blocks(folder: Path, metadata: dict[str, Any], number: int) -> np.ndarray:
    """Return the means of blocks of a frame, in modality values; blocks at the far edges are smaller."""
    array = stored_frame_to_array(folder / f"frame-{number:06d}.bin", metadata)
    if array.ndim == 2:
        slope, intercept = (metadata[tag]["Value"][0] for tag in ("00281053", "00281052"))
        array = Rescale(slope, intercept).apply(array)
    rows, columns = (np.arange(0, size, BLOCK_PIXELS) for size in array.shape[:2])
    sums = np.add.reduceat(np.add.reduceat(array, rows, axis=0, dtype=np.float64), columns, axis=1)
    heights, widths = (
        np.diff(np.append(starts, size))
        for starts, size in zip((rows, columns), array.shape[:2], strict=True)
    )
    counts = np.multiply.outer(heights, widths)
    means: np.ndarray = sums / (counts if array.ndim == 2 else counts[..., None])
    return means
