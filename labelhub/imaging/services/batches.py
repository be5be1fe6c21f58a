"""One import from its creation to its end: staged files, archives, states."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from labelhub.accounts.models import User
from labelhub.core import audit
from labelhub.core.states import next_state
from labelhub.core.words import printable
from labelhub.imaging.models import ImportBatch, ImportFile, Upload
from labelhub.imaging.states import IMPORT
from labelhub.imaging.storage import CHUNK_BYTES, flush_file, flush_folder, work_area
from labelhub.projects.models import Project

MEMBERS = "members"
"""Folder of a batch's uploads that holds what was unpacked: an archive in there is not unpacked again."""
MAX_PATH = 1000


class Uploaded(Protocol):
    def chunks(self, chunk_size: int | None = None) -> Iterable[bytes]: ...


def batch_create(
    *,
    actor: User | None,
    project: Project,
    read_first: bool = False,
    options: dict[str, Any] | None = None,
) -> ImportBatch:
    """Begin an import that receives files."""
    with transaction.atomic():
        batch = ImportBatch.objects.create(
            project=project, created_by=actor, read_first=read_first, options=options or {}
        )
        audit.record(
            actor_id=actor.id if actor else None,
            action="import.created",
            obj=batch,
            project_id=project.id,
            data={"read_first": read_first},
        )
    return batch


def file_stage(*, batch: ImportBatch, path: str, content: Uploaded) -> ImportFile:
    """Keep one uploaded file until the import runs. Bytes first, then the row.

    Raises:
        InvalidTransition: the import receives no more files.
    """
    next_state(IMPORT, batch.state, "add", subject="import")
    name = uuid.uuid4().hex
    key = f"{batch.id}/{name}"
    target = upload_path(key)
    with _new_file(target) as handle:
        for chunk in content.chunks(CHUNK_BYTES):
            handle.write(chunk)
    flush_file(target)
    flush_folder(target.parent)
    with transaction.atomic():
        locked = ImportBatch.objects.select_for_update().get(id=batch.id)
        next_state(IMPORT, locked.state, "add", subject="import")
        return ImportFile.objects.create(
            batch=batch, position=next_position(batch), path=shown_path(path), upload_key=key
        )


def files_link(*, batch: ImportBatch, files: Iterable[tuple[str, Path]]) -> None:
    """Stage files of this machine as links to where they are (command line only)."""
    upload_path(str(batch.id)).mkdir(parents=True, exist_ok=True, mode=0o700)
    rows = []
    for position, (path, source) in enumerate(files, start=next_position(batch)):
        key = f"{batch.id}/{uuid.uuid4().hex}"
        upload_path(key).symlink_to(source.absolute())
        rows.append(ImportFile(batch=batch, position=position, path=shown_path(path), upload_key=key))
    ImportFile.objects.bulk_create(rows, batch_size=2_000)


def archive_replace(*, archive: ImportFile, members: list[tuple[str, str]]) -> None:
    """Put an archive's members, as (path, upload key), in its place: in one transaction, so that it can be repeated."""
    with transaction.atomic():
        batch = ImportBatch.objects.select_for_update().get(id=archive.batch_id)
        start = next_position(batch)
        ImportFile.objects.bulk_create(
            [
                ImportFile(batch=batch, position=start + n, path=shown_path(path), upload_key=key)
                for n, (path, key) in enumerate(members)
            ],
            batch_size=2_000,
        )
        archive.delete()


def batch_advance(
    *, batch: ImportBatch, event: str, actor: User | None, summary: dict[str, Any] | None = None
) -> None:
    """Apply an event of the state table, with its audit row. `summary` is kept in the batch's options."""
    with transaction.atomic():
        row = ImportBatch.objects.select_for_update().get(id=batch.id)
        row.state = ImportBatch.State(next_state(IMPORT, row.state, event, subject="import"))
        row.options = {**row.options, **(summary or {})}
        if event in {"done", "fail"}:
            row.finished_at = timezone.now()
        row.save(update_fields=["state", "options", "finished_at"])
        audit.record(
            actor_id=actor.id if actor else None,
            action=f"import.{event}",
            obj=row,
            project_id=row.project_id,
        )
    batch.state, batch.options, batch.finished_at = row.state, row.options, row.finished_at


def uploads_remove(batch: ImportBatch) -> None:
    """Delete what was staged and what killed workers left: every file has its outcome now."""
    Upload.objects.filter(batch=batch).delete()
    upload_erase(str(batch.id))


def upload_erase(batch_id: str) -> None:
    """Delete the files of an import that has ended, or whose row is gone."""
    shutil.rmtree(upload_path(batch_id), ignore_errors=True)
    shutil.rmtree(work_area(_work_name(batch_id)), ignore_errors=True)


def work_name(batch: ImportBatch) -> str:
    """The area of the work folder in which the batch's files are prepared."""
    return _work_name(str(batch.id))


def _work_name(batch_id: str) -> str:
    return f"import-{batch_id}"


def upload_path(key: str) -> Path:
    """Where staged bytes lie. Keys are made of our own UUIDs only."""
    return Path(settings.UPLOAD_DIR) / key


def member_target(batch: ImportBatch) -> tuple[str, Path]:
    """Upload key and path for one unpacked member of an archive."""
    key = f"{batch.id}/{MEMBERS}/{uuid.uuid4().hex}"
    path = upload_path(key)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return key, path


def is_member(file: ImportFile) -> bool:
    """Whether the file came out of an archive of this batch."""
    return f"/{MEMBERS}/" in file.upload_key


def shown_path(path: str) -> str:
    """A path as it is shown: printable, no longer than the column. It never names a file on this machine."""
    return printable(path)[:MAX_PATH] or "(no name)"


def _new_file(target: Path) -> BinaryIO:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    target.touch(mode=0o600, exist_ok=False)
    return target.open("wb")


def next_position(batch: ImportBatch) -> int:
    """The place of one more file; asked for while the batch is locked."""
    top = ImportFile.objects.filter(batch=batch).aggregate(top=Max("position"))["top"]
    return 0 if top is None else int(top) + 1


Heartbeat = Callable[[dict[str, Any]], None]
"""Told after every piece of real progress; it may raise to stop the import, which can be resumed."""
