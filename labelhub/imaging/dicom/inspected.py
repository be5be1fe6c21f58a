"""What is made of one file, laid open: its frames in reading order, a PNG of each, and the model's picture.

Runs in the import child. A PNG is what the reader's screen shows when the frame is first opened.
"""

import json
from typing import Any

import numpy as np
from PIL import Image

from labelhub.imaging.dicom.answer import ImportRequest, InspectRequest
from labelhub.imaging.dicom.drawing.pixels import stored_frame_to_array
from labelhub.imaging.dicom.drawing.rendering import MODEL_INPUT_NAME, first_view, read_model_input
from labelhub.imaging.dicom.engine import import_file
from labelhub.imaging.dicom.files.parse import looks_like_dicom, open_dicom
from labelhub.imaging.dicom.identity.kinds import FOR_PROCESSING, is_read
from labelhub.imaging.dicom.order.places import frame_places
from labelhub.imaging.dicom.order.reading_order import Placed, in_reading_order
from labelhub.imaging.dicom.storing.output import METADATA_NAME

MODEL_PNG = "model.png"


def inspect_file(request: InspectRequest) -> dict[str, Any]:
    """Import a file into `request.objects_dir`, write its pictures into `request.out_dir`, return the import's answer.

    It has "frames" beside: for each frame, as they are read, its number in the file, place and names of its pictures.
    """
    own = ImportRequest(request.path, request.objects_dir, request.pseudonym_key, request.suffix, {})
    answer = import_file(own)
    if answer["outcome"] != "accepted" or not answer["has_pixels"]:
        return {**answer, "frames": []}
    metadata = json.loads((request.objects_dir / METADATA_NAME).read_text())
    kind = answer["instance"]["kind"]
    has_model_input = is_read(kind) or kind == FOR_PROCESSING
    if has_model_input:
        _write_png(read_model_input(request.objects_dir / MODEL_INPUT_NAME), request, MODEL_PNG)
    frames = []
    for placed in _frames_in_order(request, answer["instance"]["n_frames"]):
        number = placed.index + 1
        name = f"frame-{number:06d}"
        stored = stored_frame_to_array(request.objects_dir / f"{name}.bin", metadata)
        _write_png(first_view(stored, metadata, number), request, f"{name}.png")
        is_models = has_model_input and number == answer["model_input"]["frame"]
        frames.append(
            {
                "index": number,
                "position": placed.position_mm,
                "time": placed.time,
                "group": placed.group,
                "png": f"{name}.png",
                "model_png": MODEL_PNG if is_models else None,
            }
        )
    return {**answer, "frames": frames}


def _frames_in_order(request: InspectRequest, n_frames: int) -> list[Placed]:
    if not looks_like_dicom(request.path):
        return [Placed(0, 0, None, None)]
    parsed = open_dicom(request.path)
    try:
        return in_reading_order(frame_places(parsed.header, n_frames))
    finally:
        parsed.source.close()


def _write_png(picture: np.ndarray, request: InspectRequest, name: str) -> None:
    Image.fromarray(picture).save(request.out_dir / name, compress_level=1)
