"""Removes what nobody will come back for: uploads that were never finished, and stored objects that no row names."""

from __future__ import annotations

import logging
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from labelhub.core.errors import InvalidTransition
from labelhub.imaging import storage
from labelhub.imaging.models import CaseLabelTable, ImportBatch, ImportFile, Instance
from labelhub.imaging.services.batches import batch_advance, upload_path, uploads_remove

logger = logging.getLogger(__name__)

BATCHES_A_RUN = 20
KEEP = {
    ImportBatch.State.RECEIVING: storage.KEEP_UNREFERENCED,
    ImportBatch.State.ASKING: timedelta(days=7),
}
"""How long an import waits for its files, or for an answer about its label table."""
ABANDONED = {
    "code": "abandoned",
    "message": "The import was not finished in time and its upload was removed. Send the files again as a new import.",
}


def abandoned_uploads_remove() -> None:
    """Fail imports that nobody sends to or answers any more, and remove uploads that no import waits for."""
    now = timezone.now()
    limit = now - storage.KEEP_UNREFERENCED
    for state, keep in KEEP.items():
        waiting = ImportBatch.objects.filter(state=state, created_at__lt=now - keep)
        for batch in waiting.order_by("created_at")[:BATCHES_A_RUN]:
            folder = upload_path(str(batch.id))
            if not folder.exists() or _changed_at(folder) < now - keep:
                _abandon(batch)
    for folder in Path(settings.UPLOAD_DIR).glob("*"):
        if folder.is_dir() and _changed_at(folder) < limit and not _is_awaited(folder.name):
            shutil.rmtree(folder, ignore_errors=True)


def unreferenced_objects_remove(*, shelf: int) -> int:
    """Remove the objects of one shelf (0-255) that are a day old and that no instance names; returns how many."""
    limit = timezone.now() - storage.KEEP_UNREFERENCED
    prefixes = set(storage.keys_on_shelf(storage.INSTANCES, shelf))
    originals = set(storage.keys_on_shelf(storage.ORIGINALS, shelf))
    named = Instance.objects.filter(storage_prefix__startswith=f"{storage.INSTANCES}/{shelf:02x}/")
    kept = Instance.objects.filter(original_key__startswith=f"{storage.ORIGINALS}/{shelf:02x}/")
    prefixes -= set(named.values_list("storage_prefix", flat=True))
    originals -= set(kept.values_list("original_key", flat=True))
    old = [key for key in sorted(prefixes | originals) if storage.is_older_than(key, limit)]
    for key in old:
        if key in prefixes:
            storage.remove(key)
        else:
            storage.remove_original(key)
    if old:
        logger.info("%d stored objects that no row names were removed", len(old))
    return len(old)


def _abandon(batch: ImportBatch) -> None:
    try:
        with transaction.atomic():
            batch_advance(batch=batch, event="abandon", actor=None, summary={"error": ABANDONED})
            ImportFile.objects.filter(batch=batch, outcome=ImportFile.Outcome.STAGED).update(
                outcome=ImportFile.Outcome.REJECTED, **ABANDONED
            )
    except InvalidTransition:
        return  # Its sender came back and finished it.
    uploads_remove(batch)


def _is_awaited(name: str) -> bool:
    """Whether an import or a label table that can still run, or run again, has its files in a folder of this name."""
    try:
        owner_id = UUID(name)
    except ValueError:
        return True  # Not ours.
    if CaseLabelTable.objects.filter(id=owner_id, finished_at__isnull=True).exists():
        return True
    return ImportBatch.objects.filter(id=owner_id).exclude(state=ImportBatch.State.DONE).exists()


def _changed_at(folder: Path) -> datetime:
    return datetime.fromtimestamp(folder.stat().st_mtime, tz=timezone.get_current_timezone())
