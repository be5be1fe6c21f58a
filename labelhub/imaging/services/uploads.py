"""Files that arrive in pieces and can be taken up again: bytes to disk first, then the offset, then the file's row.

What a row calls received has been flushed to disk. Pieces are written in constant memory, under a lock of the file, so
that two requests for one upload cannot mix their bytes.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol
from uuid import UUID

from django.conf import settings
from django.db import transaction

from labelhub.core.errors import Busy, ChecksumMismatch, Conflict, NotFound, TooLarge
from labelhub.core.states import next_state
from labelhub.imaging.models import ImportBatch, ImportFile, Upload
from labelhub.imaging.services.batches import next_position, shown_path, upload_path
from labelhub.imaging.states import IMPORT
from labelhub.imaging.storage import CHUNK_BYTES, flush_file, flush_folder

ALGORITHMS = ("sha256", "sha1", "md5")
ROOM_LEFT_BYTES = 1024**3
"""What an upload leaves free on the disk of the uploads."""


class Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class Checksum:
    """Digest of one piece, by one of `ALGORITHMS`."""

    algorithm: str
    digest: bytes


def upload_create(*, batch: ImportBatch, upload_id: UUID, path: str, size: int) -> Upload:
    """Begin to receive a file of `size` bytes. Asking again with the same id gives the upload as it stands.

    Raises:
        TooLarge: larger than uploads may be, or than the disk has room for.
        Conflict: the id is another file's.
        InvalidTransition: the import receives no more files.
    """
    next_state(IMPORT, batch.state, "add", subject="import")
    limit = settings.UPLOAD_LIMIT_BYTES
    if size > limit:
        raise TooLarge(
            f"A file may have at most {limit / 1024**3:g} GiB. Use manage.py import_images for it."
        )
    there = Upload.objects.filter(id=upload_id).first()
    if there is not None:
        if (there.batch_id, there.path, there.size) != (batch.id, shown_path(path), size):
            raise Conflict("This upload's id is another file's. Send the file again.", code="id_reused")
        return there
    folder = upload_path(str(batch.id))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if size > shutil.disk_usage(folder).free - ROOM_LEFT_BYTES:
        raise TooLarge("The server has no room for this file. Tell its administrator.", code="no_room")
    target = _target(batch.id, upload_id)
    target.touch(mode=0o600, exist_ok=True)
    flush_folder(folder)
    with transaction.atomic():
        upload = Upload.objects.create(id=upload_id, batch=batch, path=shown_path(path), size=size)
        if size == 0:
            _stage(upload)
    return upload


def upload_append(*, upload: Upload, offset: int, stream: Stream, checksum: Checksum | None = None) -> Upload:
    """Write a piece behind the first `offset` bytes. The last one makes the file part of its import.

    A piece that breaks off is kept as far as it came, unless it has a checksum.

    Raises:
        Conflict: `offset_mismatch`; the server has another number of bytes.
        Busy: another request is sending to this upload.
        ChecksumMismatch: the piece is thrown away.
        TooLarge: the piece goes beyond the file's size.
        InvalidTransition: the import receives no more files.
    """
    next_state(IMPORT, upload.batch.state, "add", subject="import")
    with _locked(upload) as handle:
        upload.refresh_from_db(fields=["offset", "file"])
        if upload.offset != offset:
            raise Conflict(
                "The server has another number of bytes of this file. Ask it how many and go on from there.",
                code="offset_mismatch",
                details={"offset": upload.offset},
            )
        if offset == upload.size:
            return upload
        received = _write(handle, upload, stream, checksum)
        with transaction.atomic():  # Complete and staged together: a complete upload is never sent again.
            if offset + received == upload.size:
                _stage(upload)
            Upload.objects.filter(id=upload.id, offset=offset).update(offset=offset + received)
        upload.offset = offset + received
        os.utime(upload_path(str(upload.batch_id)))  # The sweeper judges by it whether anybody still sends.
    return upload


def upload_remove(upload: Upload) -> None:
    """Give an upload up, with what was received of it. One that is complete stays: it is the import's.

    Raises:
        Conflict: it is complete.
    """
    with _locked(upload):
        upload.refresh_from_db(fields=["file"])
        if upload.file_id is not None:
            raise Conflict("This file is complete and part of its import.", code="upload_complete")
        target = _target(upload.batch_id, upload.id)
        upload.delete()
        target.unlink(missing_ok=True)


def _write(handle: BinaryIO, upload: Upload, stream: Stream, checksum: Checksum | None) -> int:
    """Bytes of the piece that are durable now."""
    handle.truncate(upload.offset)
    handle.seek(upload.offset)
    digest = hashlib.new(checksum.algorithm, usedforsecurity=False) if checksum else None
    received, room = 0, upload.size - upload.offset
    for chunk in _chunks(stream, breaks=checksum is None):
        received += len(chunk)
        if received > room:
            raise TooLarge("This piece goes beyond the file's size. Send the file again.")
        handle.write(chunk)
        if digest is not None:
            digest.update(chunk)
    if checksum is not None and digest is not None and digest.digest() != checksum.digest:
        raise ChecksumMismatch("This piece arrived damaged. Send it again.")
    handle.flush()
    os.fsync(handle.fileno())
    return received


def _chunks(stream: Stream, *, breaks: bool) -> Iterator[bytes]:
    """The piece in constant memory; where `breaks` is allowed, a lost connection ends it early."""
    while True:
        try:
            chunk = stream.read(CHUNK_BYTES)
        except OSError:
            if breaks:
                return
            raise
        if not chunk:
            return
        yield chunk


def _stage(upload: Upload) -> None:
    """The complete file becomes one of its import's."""
    flush_file(_target(upload.batch_id, upload.id))
    with transaction.atomic():
        batch = ImportBatch.objects.select_for_update().get(id=upload.batch_id)
        next_state(IMPORT, batch.state, "add", subject="import")
        row = Upload.objects.select_for_update().get(id=upload.id)
        if row.file_id is None:
            row.file = ImportFile.objects.create(
                batch=batch,
                position=next_position(batch),
                path=row.path,
                upload_key=_key(row.batch_id, row.id),
            )
            row.save(update_fields=["file"])
    upload.file = row.file


@contextmanager
def _locked(upload: Upload) -> Iterator[BinaryIO]:
    try:
        handle = _target(upload.batch_id, upload.id).open("r+b")
    except FileNotFoundError:
        raise NotFound() from None  # The sweeper was here.
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy("This file is being sent at this moment. Wait and try again.") from None
        yield handle


def _key(batch_id: UUID, upload_id: UUID) -> str:
    return f"{batch_id}/{upload_id.hex}"


def _target(batch_id: UUID, upload_id: UUID) -> Path:
    return upload_path(_key(batch_id, upload_id))
