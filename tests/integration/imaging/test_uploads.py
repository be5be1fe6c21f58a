"""Uploads by the tus protocol: pieces, resuming, checksums, owners, sizes, and what is left when nobody goes on."""

from __future__ import annotations

import base64
import fcntl
import hashlib
import os
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from labelhub.core.errors import InvalidTransition
from labelhub.imaging.models import ImportBatch, ImportFile, Upload
from labelhub.imaging.services.batches import batch_create, upload_path
from labelhub.imaging.services.uploads import upload_append, upload_create
from labelhub.imaging.sweep import abandoned_uploads_remove
from labelhub.projects.models import Project
from labelhub.workflows.intake.import_images import run_import
from tests.factories.imaging import radiograph, silent
from tests.factories.projects import People, make_people, make_project

PIECE = "application/offset+octet-stream"


@pytest.fixture
def manager(people: People, client_of: Any) -> APIClient:
    client: APIClient = client_of(people.manager)
    return client


@pytest.fixture
def batch(project: Project, people: People) -> ImportBatch:
    return batch_create(actor=people.manager, project=project)


def b64(text: bytes | str) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def call(client: APIClient, method: str, place: str, content: bytes | None = None, **headers: str) -> Any:
    extra = {f"HTTP_{name.upper()}": value for name, value in {"tus_resumable": "1.0.0", **headers}.items()}
    if content is None:
        return client.generic(method, place, **extra)
    return client.generic(method, place, content, content_type=PIECE, **extra)


def create(
    client: APIClient,
    batch: ImportBatch,
    size: int,
    *,
    path: str = "film.dcm",
    id: str = "",
    piece: bytes | None = None,
) -> Any:
    metadata = f"relativePath {b64(path)},id {b64(id or str(uuid.uuid4()))},flag"
    place = f"/api/v1/imports/{batch.id}/uploads/"
    return call(client, "POST", place, piece, upload_length=str(size), upload_metadata=metadata)


def patch(client: APIClient, place: str, offset: int, content: bytes, **headers: str) -> Any:
    return call(client, "PATCH", place, content, upload_offset=str(offset), **headers)


def test_a_file_arrives_in_pieces_and_is_imported(manager: APIClient, batch: ImportBatch) -> None:
    content = radiograph(1)
    begun = create(manager, batch, len(content), path="series/film 1.dcm")
    assert begun.status_code == 201 and begun["Upload-Offset"] == "0" and begun["Tus-Resumable"] == "1.0.0"
    place = begun["Location"]
    first = patch(manager, place, 0, content[:100])
    assert (first.status_code, first["Upload-Offset"]) == (204, "100") and "Upload-Expires" in first
    asked = call(manager, "HEAD", place)
    assert (asked["Upload-Offset"], asked["Upload-Length"]) == ("100", str(len(content)))
    assert asked["Cache-Control"] == "no-store" and not ImportFile.objects.exists()
    assert patch(manager, place, 100, content[100:]).status_code == 204
    file = ImportFile.objects.get(batch=batch)
    assert (file.path, upload_path(file.upload_key).read_bytes()) == ("series/film 1.dcm", content)
    # The answer to the last piece was lost: asking and sending again change nothing.
    assert call(manager, "HEAD", place)["Upload-Offset"] == str(len(content))
    assert patch(manager, place, len(content), b"").status_code == 204
    assert ImportFile.objects.count() == 1
    manager.post(f"/api/v1/imports/{batch.id}/finish/", {}, format="json")
    run_import(batch.id, silent)
    assert ImportFile.objects.get(batch=batch).outcome == "accepted"
    assert not Upload.objects.exists() and not upload_path(str(batch.id)).exists()


def test_a_small_file_takes_one_request_and_a_repeat_is_harmless(
    manager: APIClient, batch: ImportBatch
) -> None:
    id = str(uuid.uuid4())
    for _ in range(2):
        answer = create(manager, batch, 5, id=id, piece=b"12345")
        assert (answer.status_code, answer["Upload-Offset"]) == (201, "5")
    assert create(manager, batch, 0, path="empty").status_code == 201
    assert list(ImportFile.objects.order_by("position").values_list("path", flat=True)) == [
        "film.dcm",
        "empty",
    ]
    assert create(manager, batch, 6, id=id).status_code == 409


def test_a_piece_that_breaks_off_is_kept_as_far_as_it_came(people: People, batch: ImportBatch) -> None:
    class Breaks:
        pieces = [b"123", b"45"]

        def read(self, size: int, /) -> bytes:
            if not self.pieces:
                raise OSError("the connection is lost")
            return self.pieces.pop(0)

    upload = upload_create(batch=batch, upload_id=uuid.uuid4(), path="a", size=10)
    assert upload_append(upload=upload, offset=0, stream=Breaks()).offset == 5
    # Bytes that a killed worker had written and not counted are written over.
    target = upload_path(f"{batch.id}/{upload.id.hex}")
    target.write_bytes(b"12345junk")
    rest = iter([b"67890", b""])
    assert upload_append(upload=upload, offset=5, stream=Source(rest)).file is not None
    assert target.read_bytes() == b"1234567890"


class Source:
    def __init__(self, pieces: Any):
        self.pieces = pieces

    def read(self, size: int, /) -> bytes:
        return bytes(next(self.pieces, b""))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=60), cuts=st.lists(st.integers(0, 60), max_size=6))
def test_whatever_the_pieces_the_file_is_whole(batch: ImportBatch, content: bytes, cuts: list[int]) -> None:
    upload = upload_create(batch=batch, upload_id=uuid.uuid4(), path="a", size=len(content))
    ends = sorted({min(cut, len(content)) for cut in cuts} | {len(content)})
    start = 0
    for end in ends:
        upload = upload_append(upload=upload, offset=start, stream=Source(iter([content[start:end]])))
        assert upload.offset == end
        start = end
    assert upload.file is not None and upload_path(upload.file.upload_key).read_bytes() == content


def test_what_is_complete_and_not_staged_does_not_count_as_received(batch: ImportBatch) -> None:
    imports = ImportBatch.objects.filter(id=batch.id)

    def closes() -> Iterator[bytes]:
        """The last piece, while the import stops to receive files."""
        imports.update(state=ImportBatch.State.QUEUED)
        yield b"12345"

    upload = upload_create(batch=batch, upload_id=uuid.uuid4(), path="a", size=5)
    with pytest.raises(InvalidTransition):
        upload_append(upload=upload, offset=0, stream=Source(closes()))
    with pytest.raises(InvalidTransition):
        upload_create(batch=batch, upload_id=uuid.uuid4(), path="empty", size=0)
    assert Upload.objects.get().offset == 0 and not ImportFile.objects.exists()
    imports.update(state=ImportBatch.State.RECEIVING)
    assert upload_append(upload=upload, offset=0, stream=Source(iter([b"12345"]))).file is not None
    upload_create(batch=batch, upload_id=uuid.uuid4(), path="empty", size=0)
    assert list(ImportFile.objects.order_by("position").values_list("path", flat=True)) == ["a", "empty"]


@pytest.mark.parametrize("algorithm", ["sha256", "sha1", "md5"])
def test_a_piece_with_a_wrong_checksum_is_thrown_away(
    manager: APIClient, batch: ImportBatch, algorithm: str
) -> None:
    place = create(manager, batch, 8)["Location"]
    right = f"{algorithm} {b64(hashlib.new(algorithm, b'1234').digest())}"
    wrong = patch(manager, place, 0, b"123X", upload_checksum=right)
    assert (wrong.status_code, wrong.json()["code"]) == (460, "checksum_mismatch")
    assert call(manager, "HEAD", place)["Upload-Offset"] == "0"
    assert patch(manager, place, 0, b"1234", upload_checksum=right).status_code == 204
    assert patch(manager, place, 4, b"5678", upload_checksum="crc32 AAAA").status_code == 400
    assert patch(manager, place, 4, b"5678").status_code == 204
    assert upload_path(ImportFile.objects.get().upload_key).read_bytes() == b"12345678"


def test_what_does_not_fit_is_refused(manager: APIClient, batch: ImportBatch, settings: Any) -> None:
    place = create(manager, batch, 4)["Location"]
    refused = patch(manager, place, 2, b"34")
    assert (refused.status_code, refused.json()["details"]) == (409, {"offset": 0})
    assert patch(manager, place, 0, b"12345").status_code == 413
    assert call(manager, "HEAD", place)["Upload-Offset"] == "0"
    answer = manager.generic(
        "PATCH", place, b"1", content_type="text/plain", HTTP_TUS_RESUMABLE="1.0.0", HTTP_UPLOAD_OFFSET="0"
    )
    assert answer.status_code == 415
    old = call(manager, "PATCH", place, b"1", upload_offset="0", tus_resumable="0.2.2")
    assert (old.status_code, old["Tus-Version"]) == (412, "1.0.0")
    for offset in ("-1", "x", "", "9" * 30):
        assert call(manager, "PATCH", place, b"1", upload_offset=offset).status_code == 400
    bad = f"/api/v1/imports/{batch.id}/uploads/"
    assert (
        call(manager, "POST", bad, upload_length="1", upload_metadata="relativePath ###").status_code == 400
    )
    assert call(manager, "POST", bad, upload_length="1", upload_metadata=f"id {b64('x')}").status_code == 400
    assert call(manager, "POST", bad).status_code == 400
    settings.UPLOAD_LIMIT_BYTES = 10
    assert create(manager, batch, 11).status_code == 413
    said = call(manager, "OPTIONS", bad)
    assert said["Tus-Max-Size"] == "10" and "checksum" in said["Tus-Extension"]
    with upload_path(f"{batch.id}/{Upload.objects.get().id.hex}").open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert patch(manager, place, 0, b"1").status_code == 423


def test_a_file_larger_than_the_disk_is_refused_at_once(
    manager: APIClient, batch: ImportBatch, settings: Any
) -> None:
    settings.UPLOAD_LIMIT_BYTES = 10**18
    answer = create(manager, batch, 10**17)
    assert (answer.status_code, answer.json()["code"]) == (413, "no_room")


def test_only_whoever_may_see_the_import_sends_into_it(
    manager: APIClient, people: People, batch: ImportBatch, client_of: Any
) -> None:
    place = create(manager, batch, 4)["Location"]
    for user in (people.reader, people.stranger, make_people(make_project()).manager):
        other = client_of(user)
        assert create(other, batch, 4).status_code == 404
        assert patch(other, place, 0, b"1").status_code == 404
        assert call(other, "HEAD", place).status_code == 404
        assert call(other, "DELETE", place).status_code == 404
    second = batch_create(actor=people.manager, project=batch.project)
    assert patch(manager, place.replace(str(batch.id), str(second.id)), 0, b"1").status_code == 404
    assert APIClient().generic("PATCH", place).status_code == 401


def test_a_browsers_piece_is_taken_with_its_csrf_token_and_not_without(
    people: People, batch: ImportBatch
) -> None:
    """The check of the token must not read the body, nor refuse its type."""
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(people.manager)
    client.get("/api/v1/session/")
    assert create(client, batch, 4, piece=b"12").status_code == 403
    client.credentials(HTTP_X_CSRFTOKEN=client.cookies["csrftoken"].value)
    begun = create(client, batch, 4, piece=b"12")
    assert (begun.status_code, begun["Upload-Offset"]) == (201, "2")
    assert patch(client, begun["Location"], 2, b"").status_code == 204
    assert patch(client, begun["Location"], 2, b"34").status_code == 204
    assert upload_path(ImportFile.objects.get().upload_key).read_bytes() == b"1234"


def test_an_upload_can_be_given_up_and_ends_with_its_import(manager: APIClient, batch: ImportBatch) -> None:
    place = create(manager, batch, 4, piece=b"12")["Location"]
    assert call(manager, "DELETE", place).status_code == 204
    assert call(manager, "HEAD", place).status_code == 404 and not list(upload_path(str(batch.id)).iterdir())
    done = create(manager, batch, 2, piece=b"12")["Location"]
    assert call(manager, "DELETE", done).status_code == 409
    open_one = create(manager, batch, 4, piece=b"12")["Location"]
    manager.post(f"/api/v1/imports/{batch.id}/finish/", {}, format="json")
    assert patch(manager, open_one, 2, b"34").status_code == 409
    assert create(manager, batch, 4).status_code == 409


def test_the_sweeper_takes_what_nobody_sends_any_more(manager: APIClient, batch: ImportBatch) -> None:
    place = create(manager, batch, 4, piece=b"1")["Location"]
    ImportBatch.objects.update(created_at=timezone.now() - timedelta(hours=25))
    folder = upload_path(str(batch.id))
    old = (timezone.now() - timedelta(hours=25)).timestamp()
    os.utime(folder, (old, old))
    # A large file adds no entry to its folder for hours: every piece says that somebody is there.
    patch(manager, place, 1, b"2")
    abandoned_uploads_remove()
    assert call(manager, "HEAD", place)["Upload-Offset"] == "2"
    os.utime(folder, (old, old))
    abandoned_uploads_remove()
    assert not folder.exists() and not Upload.objects.exists()
    assert call(manager, "HEAD", place).status_code == 404
