"""Stored objects: the same behaviour on local files and on a storage that has no paths (as S3)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from labelhub.imaging import storage

IN_MEMORY = {"BACKEND": "django.core.files.storage.InMemoryStorage"}


@pytest.fixture(params=["local", "remote"], autouse=True)
def backend(request: pytest.FixtureRequest, settings: Any, tmp_path: Path) -> str:
    settings.WORK_DIR = tmp_path / "work"
    if request.param == "remote":
        settings.STORAGES = {**settings.STORAGES, "default": IN_MEMORY}
    assert storage.is_local() == (request.param == "local")
    return str(request.param)


@pytest.fixture
def folder() -> Path:
    work = storage.new_work_folder()
    (work / "metadata.json").write_bytes(b"{}")
    (work / "frame-000001.bin").write_bytes(bytes(range(256)) * 10_000)
    return work


def test_a_folder_becomes_objects_under_a_new_prefix_each_time(folder: Path, backend: str) -> None:
    prefix = storage.store_folder(folder)
    assert storage.read(storage.metadata_key(prefix)) == b"{}"
    assert storage.size_of(storage.frame_key(prefix, 1)) == 2_560_000
    assert not folder.exists()
    other = storage.new_work_folder()
    (other / "metadata.json").write_bytes(b"[]")
    assert storage.store_folder(other) != prefix


def test_any_part_of_an_object_can_be_read_in_pieces(folder: Path) -> None:
    key = storage.frame_key(storage.store_folder(folder), 1)
    whole = bytes(range(256)) * 10_000
    for start, length in ((0, len(whole)), (255, 2), (1_048_575, 1_500_000), (len(whole) - 1, 5), (7, 0)):
        pieces = list(storage.read_range(key, start, length))
        assert b"".join(pieces) == whole[start : start + length]
        assert all(len(piece) <= storage.CHUNK_BYTES for piece in pieces)


def test_removed_and_absent_objects_are_not_found(folder: Path) -> None:
    prefix = storage.store_folder(folder)
    storage.remove(prefix)
    for ask in (storage.read, storage.size_of, storage.local_copy):
        with pytest.raises(FileNotFoundError):
            ask(storage.metadata_key(prefix))


def test_a_local_copy_holds_the_objects_bytes(folder: Path) -> None:
    key = storage.metadata_key(storage.store_folder(folder))
    for _ in range(2):
        assert storage.local_copy(key).read_bytes() == b"{}"


def test_an_original_is_copied_and_its_source_stays(tmp_path: Path) -> None:
    source = tmp_path / "film.dcm"
    source.write_bytes(b"film")
    key = storage.store_original(source)
    assert storage.read(key) == b"film" == source.read_bytes()
    assert key.startswith("originals/") and default_storage.exists(key)


def test_what_is_erased_is_gone_with_its_local_copies_and_may_be_gone_already(
    folder: Path, backend: str, tmp_path: Path
) -> None:
    prefix, original = storage.store_folder(folder), storage.store_original(_file(tmp_path))
    other = storage.store_original(_file(tmp_path))
    weights = default_storage.save("models/ab12/weights.safetensors", ContentFile(b"bytes"))
    copies = [storage.local_copy(storage.metadata_key(prefix)), storage.local_copy(weights)]
    for _ in range(2):
        storage.erase_instance(prefix)
        storage.erase_object(original)
        storage.erase_object(weights)
        assert not default_storage.exists(storage.metadata_key(prefix))
        assert not any(default_storage.exists(key) for key in (original, weights))
        assert not any(path.exists() for path in copies)
    assert default_storage.exists(other)
    assert backend == "remote" or not Path(default_storage.path(weights)).parent.exists()


def _file(folder: Path) -> Path:
    path = folder / "original.dcm"
    path.write_bytes(b"DICM")
    return path
