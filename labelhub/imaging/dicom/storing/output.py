"""The objects written for one accepted file."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from labelhub.imaging.dicom.answer import clear_folder
from labelhub.imaging.dicom.drawing.rendering import (
    MODEL_INPUT_NAME,
    MODEL_INPUT_SIZE,
    THUMBNAIL_NAME,
    letterbox,
    thumbnail,
)

METADATA_NAME = "metadata.json"


class OutputFolder:
    """The folder that receives one instance's objects, under names of LabelHub's own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.frame_sha256: list[str] = []
        self.frame_bytes: list[int] = []

    def write_frame(self, data: bytes | memoryview) -> None:
        """Write the next frame."""
        number = len(self.frame_sha256) + 1
        (self.path / f"frame-{number:06d}.bin").write_bytes(data)
        self.frame_sha256.append(hashlib.sha256(data).hexdigest())
        self.frame_bytes.append(memoryview(data).nbytes)

    def write_metadata(self, metadata: dict[str, Any]) -> None:
        """Write the DICOM JSON; a number that JSON does not know is a fault of ours and raises."""
        text = json.dumps(metadata, separators=(",", ":"), allow_nan=False)
        (self.path / METADATA_NAME).write_text(text, encoding="utf-8")

    def write_model_input(
        self, gray: np.ndarray, rows: int, columns: int, *, aspect: float = 1.0, frame: int = 1
    ) -> dict[str, Any]:
        """Write the uint8 picture of a frame in model size; return where a point of the rows x columns image lies."""
        square, transform = letterbox(gray, MODEL_INPUT_SIZE, aspect)
        (self.path / MODEL_INPUT_NAME).write_bytes(square.tobytes())
        # The picture may have been thinned out; the transform is of the whole image.
        transform["scale_x"] *= gray.shape[1] / columns
        transform["scale_y"] *= gray.shape[0] / rows
        place = {
            "file": MODEL_INPUT_NAME,
            "size": MODEL_INPUT_SIZE,
            "frame": frame,
            "rows": rows,
            "columns": columns,
        }
        return {**place, **transform}

    def write_thumbnail(self, gray: np.ndarray, aspect: float = 1.0) -> None:
        """Write the picture of a frame as it is shown in lists."""
        (self.path / THUMBNAIL_NAME).write_bytes(thumbnail(gray, aspect))

    def clear(self) -> None:
        """Remove everything written so far."""
        clear_folder(self.path)
        self.frame_sha256.clear()
        self.frame_bytes.clear()
