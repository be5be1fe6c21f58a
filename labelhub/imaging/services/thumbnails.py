"""Thumbnails of instances that were imported before thumbnails were made: drawn later, in the import child."""

from __future__ import annotations

import shutil
from collections.abc import Callable
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
                    is_made = bool(instance.n_frames) and _make(child, instance, work / "thumbnail.png")
                    state = Instance.Thumbnail.STORED if is_made else Instance.Thumbnail.NONE
                    Instance.objects.filter(id=instance.id).update(thumbnail=state)
                    n_made += is_made
                    heartbeat({"stage": "thumbnails", "done": n_made, "total": None})
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return n_made


def _make(child: ImportChild, instance: Instance, target: Any) -> bool:
    try:
        folder = storage.local_folder(instance.storage_prefix, instance.n_frames)
    except FileNotFoundError:
        return False
    frame = instance.frame_order[0] if instance.frame_order else 1
    aspect = instance.spacing.get("aspect") or 1.0
    if not child.write_thumbnail(folder, target, frame=frame, aspect=aspect):
        return False
    storage.store_thumbnail(target, instance.storage_prefix)
    return True
