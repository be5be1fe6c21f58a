"""Stored objects: bytes first, row second, visible last (design invariant 8). Keys are random and our own.

Local files: flushed to disk, then renamed into place. Other storages (S3): put under the same keys. Nothing that
came from outside is ever part of a key.
"""

from __future__ import annotations

import errno
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import FileSystemStorage, default_storage

INSTANCES, ORIGINALS = "instances", "originals"
"""Areas of the storage. Each holds 256 shelves, named by the first two digits of the keys on them."""
MODELS = "models"
AREAS = (INSTANCES, ORIGINALS, MODELS)
METADATA = "metadata.json"
MODEL_INPUT, MODEL_INPUT_REDRAWN = "model-320.u8", "model-320-redrawn.u8"
THUMBNAIL = "thumbnail-256.png"
CHUNK_BYTES = 1024 * 1024
KEEP_UNREFERENCED = timedelta(hours=24)
"""Far longer than the moment between the bytes of an object and its row."""


def frame_key(prefix: str, number: int) -> str:
    """Key of frame `number`, counted from 1."""
    return f"{prefix}/frame-{number:06d}.bin"


def metadata_key(prefix: str) -> str:
    return f"{prefix}/{METADATA}"


def model_input_key(prefix: str, name: str = MODEL_INPUT) -> str:
    return f"{prefix}/{name}"


def thumbnail_key(prefix: str) -> str:
    return f"{prefix}/{THUMBNAIL}"


def store_beside(path: Path, key: str) -> None:
    """Copy an object that was made later beside an instance's other ones, durably. There it may be already."""
    if not is_local():
        if not default_storage.exists(key):
            _upload(path, key)
        return
    target = Path(default_storage.path(key))
    path.chmod(0o600)
    flush_file(path)
    shutil.copyfile(path, temporary := target.with_suffix(".part"))
    flush_file(temporary)
    temporary.rename(target)
    flush_folder(target.parent)


def store_folder(folder: Path) -> str:
    """Move all files of a flat folder into the storage, durably, and return their prefix."""
    prefix = _new_key(INSTANCES)
    if is_local():
        _store_folder_locally(folder, Path(default_storage.path(prefix)))
    else:
        for path in sorted(folder.iterdir()):
            _upload(path, f"{prefix}/{path.name}")
        shutil.rmtree(folder)
    return prefix


def store_original(path: Path) -> str:
    """Copy one file into the storage, durably, and return its key."""
    key = _new_key(ORIGINALS)
    if is_local():
        target = Path(default_storage.path(key))
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        temporary = target.with_suffix(".part")
        shutil.copyfile(path, temporary)
        temporary.chmod(0o600)
        flush_file(temporary)
        temporary.rename(target)
        flush_folder(target.parent)
    else:
        _upload(path, key)
    return key


def remove(prefix: str) -> None:
    """Remove the objects under a prefix that no row names (the row was not written after all)."""
    if is_local():
        shutil.rmtree(default_storage.path(prefix), ignore_errors=True)
        return
    for name in default_storage.listdir(prefix)[1]:
        default_storage.delete(f"{prefix}/{name}")


def remove_original(key: str) -> None:
    default_storage.delete(key)


def erase_instance(prefix: str) -> None:
    """Remove the objects under the prefix of an instance whose row is gone, with local copies of them."""
    _check_own(prefix)
    remove(prefix)
    shutil.rmtree(work_area("objects") / prefix, ignore_errors=True)


def erase_object(key: str) -> None:
    """Remove one object whose row is gone, its local copy, and the folder that held it alone."""
    _check_own(key)
    default_storage.delete(key)
    for root in filter(None, (work_area("objects"), Path(default_storage.path("")) if is_local() else None)):
        (root / key).unlink(missing_ok=True)
        with suppress(OSError):  # other objects are in it, or it was never there
            if key.count("/") > 1:
                (root / key).parent.rmdir()


def _check_own(key: str) -> None:
    """Never a whole area, nor anything outside the areas. Raises ValueError."""
    area, _, rest = key.partition("/")
    if area not in AREAS or not rest or ".." in rest.split("/"):
        raise ValueError(f"{key!r} is no key of an object")


def keys_on_shelf(area: str, shelf: int) -> list[str]:
    """Prefixes of instances, or keys of originals, that lie on one of the 256 shelves, with unfinished ones."""
    folder = f"{area}/{shelf:02x}"
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return []
    return [f"{folder}/{name}" for name in (folders if area == INSTANCES else files) if name]


def is_older_than(key: str, moment: datetime) -> bool:
    """Whether an original, or all objects under a prefix, were written before a moment; not if they are gone."""
    try:
        if key.startswith(f"{ORIGINALS}/"):
            return default_storage.get_modified_time(key) < moment
        names = default_storage.listdir(key)[1]
        # Without any it may be a folder that was made this moment.
        return bool(names) and all(
            default_storage.get_modified_time(f"{key}/{name}") < moment for name in names
        )
    except FileNotFoundError:
        return False


def size_of(key: str) -> int:
    """Bytes of one object. Raises FileNotFoundError."""
    return default_storage.size(key)


def read(key: str) -> bytes:
    """A small object as a whole. Raises FileNotFoundError."""
    with default_storage.open(key, "rb") as source:
        return bytes(source.read())


def read_range(key: str, start: int, length: int) -> Iterator[bytes]:
    """`length` bytes from `start`, in pieces of at most 1 MiB. The object is opened at once."""
    return _pieces(default_storage.open(key, "rb"), start, length)


def local_copy(key: str) -> Path:
    """The object as a local file: the stored file itself, or a copy kept under the work folder.

    Raises FileNotFoundError when there is no such object.
    """
    if is_local():
        path = Path(default_storage.path(key))
        if not path.is_file():
            raise FileNotFoundError(key)
        return path
    path = Path(settings.WORK_DIR) / "objects" / key
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        temporary = path.with_name(f"{path.name}.{uuid.uuid4().hex}.part")
        with default_storage.open(key, "rb") as source, temporary.open("wb") as target:
            shutil.copyfileobj(source, target, CHUNK_BYTES)
        temporary.rename(path)
    return path


def local_folder(prefix: str, n_frames: int) -> Path:
    """An instance's metadata and frames as a local folder; other storages are copied from as in `local_copy`.

    Raises FileNotFoundError when an object is missing.
    """
    for number in range(1, n_frames + 1):
        local_copy(frame_key(prefix, number))
    return local_copy(metadata_key(prefix)).parent


def new_work_folder(area: str = "") -> Path:
    """An empty private folder on the disk that holds the work files, in an area of its own for what may be killed.

    The caller removes or stores it.
    """
    folder = work_area(area) / uuid.uuid4().hex
    folder.mkdir(parents=True, mode=0o700)
    return folder


def work_area(area: str) -> Path:
    return Path(settings.WORK_DIR) / area


def is_local() -> bool:
    return isinstance(default_storage, FileSystemStorage)


def flush_file(path: Path) -> None:
    """Make a file's bytes durable."""
    with path.open("rb") as handle:
        os.fsync(handle.fileno())


def flush_folder(path: Path) -> None:
    """Make a folder's entries durable (POSIX: a rename is durable once its folder is flushed)."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _new_key(area: str) -> str:
    name = uuid.uuid4().hex
    return f"{area}/{name[:2]}/{name}"


def _store_folder_locally(folder: Path, target: Path) -> None:
    for path in folder.iterdir():
        path.chmod(0o600)
        flush_file(path)
    flush_folder(folder)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        folder.rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        temporary = target.with_suffix(".part")
        shutil.copytree(folder, temporary)
        for path in temporary.iterdir():
            flush_file(path)
        flush_folder(temporary)
        temporary.rename(target)
        shutil.rmtree(folder)
    flush_folder(target.parent)


def _upload(path: Path, key: str) -> None:
    with path.open("rb") as handle:
        stored = default_storage.save(key, File(handle))
    if stored != key:
        raise OSError(errno.EEXIST, f"the storage kept an object under another key than {key}")


def _pieces(source: File[Any], start: int, length: int) -> Iterator[bytes]:
    with source:
        source.seek(start)
        while length > 0:
            piece = source.read(min(CHUNK_BYTES, length))
            if not piece:
                return
            length -= len(piece)
            yield piece
