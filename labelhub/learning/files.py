"""Files of learning jobs: one folder for all attempts of a job, and weights put into storage.

A later attempt resumes from the checkpoints of an earlier one. On several machines WORK_DIR must be shared, else a
run whose machine is lost starts afresh.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.utils import timezone

from labelhub.core.models import Job
from labelhub.imaging import storage
from labelhub.imaging.storage import MODELS
from labelhub.learning.models import ModelVersion


def job_folder(job: Job) -> Path:
    folder = Path(settings.WORK_DIR) / "jobs" / str(job.id)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def remove_job_folder(job: Job) -> None:
    erase_job_folder(str(job.id))


def erase_job_folder(job_id: str) -> None:
    """What the attempts of a job have left, also when its row is gone."""
    shutil.rmtree(Path(settings.WORK_DIR) / "jobs" / job_id, ignore_errors=True)


def earlier_folders_remove(job: Job) -> None:
    """Remove the folders of earlier jobs for the same work that failed or were cancelled: nobody goes on with them."""
    ended = Job.objects.filter(dedupe_key=job.dedupe_key, state__in=[Job.State.FAILED, Job.State.CANCELLED])
    for earlier in ended.only("id"):
        remove_job_folder(earlier)


def write_json(path: Path, value: Any) -> None:
    """Whole or not at all: temporary name, flush, rename."""
    body = json.dumps(value, separators=(",", ":"), allow_nan=False).encode()
    _write(path, lambda handle: handle.write(body))


def store_weights(path: Path) -> str:
    """Store a weights file under a new key of its own and return the key (bytes first, row second)."""
    key = f"{MODELS}/{uuid4().hex}/weights.safetensors"
    with path.open("rb") as source:
        if not storage.is_local():
            return default_storage.save(key, File(source))
        target = Path(default_storage.path(key))
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(target, lambda handle: shutil.copyfileobj(source, handle, storage.CHUNK_BYTES))
    return key


def unreferenced_weights_remove() -> int:
    """Remove weights that are a day old and that no model names (their attempt lost its lease); returns how many."""
    limit = timezone.now() - storage.KEEP_UNREFERENCED
    try:
        folders = {f"{MODELS}/{name}" for name in default_storage.listdir(MODELS)[0] if name}
    except FileNotFoundError:
        return 0
    named = ModelVersion.objects.values_list("weights_key", flat=True)
    lost = folders - {key.rpartition("/")[0] for key in named}
    old = [folder for folder in sorted(lost) if storage.is_older_than(folder, limit)]
    for folder in old:
        storage.remove(folder)
    return len(old)


def _write(path: Path, fill: Callable[[BinaryIO], Any]) -> None:
    temporary = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        with temporary.open("xb") as handle:
            fill(handle)
            handle.flush()
            os.fsync(handle.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    storage.flush_folder(path.parent)
