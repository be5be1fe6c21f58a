"""Draws the thumbnail of an instance that was imported before thumbnails were, from its stored objects."""

import json

from labelhub.imaging.dicom.answer import ThumbnailRequest
from labelhub.imaging.dicom.drawing.pixels import stored_frame_to_array
from labelhub.imaging.dicom.drawing.rendering import first_view, luma, thumbnail
from labelhub.imaging.dicom.storing.output import METADATA_NAME


def write_thumbnail(request: ThumbnailRequest) -> bool:
    """Write the picture of a stored frame as the reader first sees it; returns True."""
    metadata = json.loads((request.folder / METADATA_NAME).read_text(encoding="utf-8"))
    stored = stored_frame_to_array(request.folder / f"frame-{request.frame:06d}.bin", metadata)
    gray = luma(first_view(stored, metadata, request.frame))
    request.target.write_bytes(thumbnail(gray, request.aspect))
    return True
