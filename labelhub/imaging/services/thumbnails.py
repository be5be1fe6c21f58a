"""Small pictures of instances that were imported before thumbnails were made: drawn later, in the import child.

These are the instances of before 0.2.0, whose model input was made another way than the picture of the screen. It is
drawn anew beside the old one, which the data lists of earlier trainings name.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from labelhub.imaging import storage
from labelhub.imaging.dicom.runner import ImportChild
from labelhub.imaging.models import Instance

CHUNK = 200
AREA = "thumbnails"


def thumbnails_missing() -> bool:
    """Whether an instance still waits for its thumbnail."""
    return Instance.objects.filter(thumbnail=Instance.Thumbnail.MISSING).exists()


def thumbnails_make(heartbeat: Callable[[dict[str, Any]], None]) -> int:
    """Draw all that are missing; returns how many. Stopped at any point, it can be run again.

    One that cannot be drawn is not tried again.
    """
    n_made = 0
    work = storage.new_work_folder(AREA)
    missing = Instance.objects.filter(thumbnail=Instance.Thumbnail.MISSING).order_by("id")
    try:
        with ImportChild() as child:
            while chunk := list(missing[:CHUNK]):
                for instance in chunk:
                    is_made = bool(instance.n_frames) and _make(child, instance, work)
                    state = Instance.Thumbnail.STORED if is_made else Instance.Thumbnail.NONE
                    Instance.objects.filter(id=instance.id).update(
                        thumbnail=state, model_input=instance.model_input
                    )
                    n_made += is_made
                    heartbeat({"stage": "thumbnails", "done": n_made, "total": None})
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return n_made


def _make(child: ImportChild, instance: Instance, work: Path) -> bool:
    thumbnail, model_input = work / "thumbnail.png", work / "model-input"
    prefix = instance.storage_prefix
    try:
        folder = storage.local_folder(prefix, instance.n_frames)
    except FileNotFoundError:
        return False
    frame = instance.frame_order[0] if instance.frame_order else 1
    if not child.write_pictures(
        folder, thumbnail, model_input, frame=frame, aspect=_aspect(instance.spacing)
    ):
        return False
    storage.store_beside(thumbnail, storage.thumbnail_key(prefix))
    if model_input.read_bytes() != storage.read(storage.model_input_key(prefix)):
        instance.model_input = storage.MODEL_INPUT_REDRAWN
        storage.store_beside(model_input, storage.model_input_key(prefix, instance.model_input))
    return True


def _aspect(spacing: dict[str, Any]) -> float:
    """Distance of rows over that of columns; in rows of before 0.2.0 only where the spacing is known."""
    row_mm, column_mm = spacing.get("row_mm"), spacing.get("column_mm")
    return spacing.get("aspect") or (row_mm / column_mm if row_mm and column_mm else 1.0)
