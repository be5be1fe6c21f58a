"""Draws the small pictures of an instance that was imported by an older version, from its stored objects."""

import json

from labelhub.imaging.dicom.answer import PicturesRequest
from labelhub.imaging.dicom.drawing.pixels import stored_frame_to_array, thinned
from labelhub.imaging.dicom.drawing.rendering import MODEL_INPUT_SIZE, first_view, letterbox, luma, thumbnail
from labelhub.imaging.dicom.storing.output import METADATA_NAME


def write_pictures(request: PicturesRequest) -> bool:
    """Write thumbnail and model input of a stored frame, as the reader first sees it; returns True."""
    metadata = json.loads((request.folder / METADATA_NAME).read_text(encoding="utf-8"))
    stored = stored_frame_to_array(request.folder / f"frame-{request.frame:06d}.bin", metadata)
    gray = luma(first_view(thinned(stored), metadata, request.frame))
    request.thumbnail.write_bytes(thumbnail(gray, request.aspect))
    request.model_input.write_bytes(letterbox(gray, MODEL_INPUT_SIZE, request.aspect)[0].tobytes())
    return True
