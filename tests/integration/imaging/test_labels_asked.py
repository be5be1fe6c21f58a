"""The browser's label table: shown before anything is stored, sent again, left out; over HTTP."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from rest_framework.test import APIClient

from labelhub.core import jobs
from labelhub.core.models import Job
from labelhub.imaging.models import ImportBatch, Instance, Patient, SourceLabel
from labelhub.imaging.services.batches import batch_create, upload_path
from labelhub.imaging.sweep import abandoned_uploads_remove
from labelhub.projects.models import Membership, Project
from labelhub.workflows.intake.import_images import run_import_job
from tests.factories.dicom import gradient, raster_bytes
from tests.factories.projects import People

RIGHT = b"image,patient_id,nodule,nodul\na.png,P1,1,1\nb.png,P1,0,\nz.png,P9,1,\n"
WRONG = b"image,nodule\na.png,1\n"


@pytest.fixture
def manager(people: People, client_of: Any) -> APIClient:
    client: APIClient = client_of(people.manager)
    return client


@pytest.fixture
def batch(project: Project, people: People, manager: APIClient) -> str:
    """An import that has received three films."""
    batch = str(batch_create(actor=people.manager, project=project).id)
    for n, name in enumerate(("a.png", "b.png", "c.png")):
        send(manager, batch, name, raster_bytes(gradient(dtype="u1", high=100 + n)))
    return batch


def send(client: APIClient, batch: str, path: str, content: bytes) -> None:
    form = {"file": SimpleUploadedFile("file", content), "relative_path": path}
    assert client.post(f"/api/v1/imports/{batch}/files/", form, format="multipart").status_code == 201


def send_labels(client: APIClient, batch: str, content: bytes, **form: Any) -> Any:
    form["file"] = SimpleUploadedFile("table.csv", content)
    return client.post(f"/api/v1/imports/{batch}/labels/", form, format="multipart")


def start(client: APIClient, batch: str, labels: str = "take") -> dict[str, Any]:
    """Start the import, let the worker work, and look at it."""
    answer = client.post(f"/api/v1/imports/{batch}/finish/", {"labels": labels}, format="json")
    assert answer.status_code == 200, answer.content
    claimed = jobs.job_claim(Job.objects.get(kind="import", state=Job.State.QUEUED).id, owner="test")
    assert claimed is not None
    run_import_job(claimed)
    return status(client, batch)


def status(client: APIClient, batch: str) -> dict[str, Any]:
    return dict(client.get(f"/api/v1/imports/{batch}/").json())


def left_over(client: APIClient, batch: str, kind: str) -> list[str]:
    return list(client.get(f"/api/v1/imports/{batch}/labels/?kind={kind}").json()["results"])


@pytest.mark.parametrize("by_itself", [True, False])
def test_what_a_table_matches_is_shown_before_anything_is_stored(
    manager: APIClient, batch: str, by_itself: bool
) -> None:
    if by_itself:
        assert send_labels(manager, batch, RIGHT).status_code == 200
    else:
        send(manager, batch, "labels.csv", RIGHT)
    asked = start(manager, batch, "ask")
    assert asked["state"] == "asking" and not Instance.objects.exists()
    report = asked["labels"]
    assert report["name"] == ("table.csv" if by_itself else "labels.csv") and report["error"] is None
    assert (report["lines"], report["matched"], report["n_patients"]) == (3, 2, 1)
    assert report["findings"] == [{"finding": "nodule", "present": 1, "absent": 1, "uncertain": 0}]
    assert report["ignored_columns"] == ["nodul"]
    assert left_over(manager, batch, "line") == ["z.png"]
    assert left_over(manager, batch, "file") == ["c.png"]
    done = start(manager, batch)
    assert done["state"] == "done" and done["labels"]["matched"] == 2
    assert left_over(manager, batch, "line") == ["z.png"] and left_over(manager, batch, "file") == ["c.png"]
    assert SourceLabel.objects.count() == 2


def test_a_refused_table_asks_and_the_right_one_is_taken(manager: APIClient, batch: str) -> None:
    send(manager, batch, "labels.csv", WRONG)
    asked = start(manager, batch)
    assert asked["state"] == "asking" and not Instance.objects.exists()
    assert asked["labels"]["error"]["code"] == "invalid_labels"
    assert "no column patient_id" in asked["labels"]["error"]["message"]
    assert send_labels(manager, batch, RIGHT, labels_as="reference").status_code == 200
    done = start(manager, batch)
    assert (done["state"], done["labels"]["matched"]) == ("done", 2)
    assert {row["code"]: row["n"] for row in done["counts"]} == {"ok": 3, "labels_replaced": 1}
    assert set(SourceLabel.objects.values_list("kind", flat=True)) == {"reference"}
    assert Patient.objects.count() == 2


def test_a_refused_table_can_be_left_out(manager: APIClient, batch: str) -> None:
    send(manager, batch, "labels.csv", WRONG)
    start(manager, batch)
    done = start(manager, batch, "leave")
    assert (done["state"], done["labels"]) == ("done", None)
    assert {row["code"]: row["n"] for row in done["counts"]} == {"ok": 3, "labels_left_out": 1}
    assert not SourceLabel.objects.exists()


def test_an_import_without_a_table_asks_nothing(manager: APIClient, batch: str) -> None:
    done = start(manager, batch, "ask")
    assert (done["state"], done["labels"]) == ("done", None)


def test_a_table_is_not_taken_once_the_import_runs(manager: APIClient, batch: str) -> None:
    start(manager, batch)
    assert send_labels(manager, batch, RIGHT).status_code == 409
    assert manager.get(f"/api/v1/imports/{batch}/labels/?kind=odd").status_code == 400


def test_a_table_of_an_unknown_kind_or_of_any_size_is_refused(
    manager: APIClient, batch: str, settings: Any
) -> None:
    assert send_labels(manager, batch, RIGHT, labels_as="read:nobody").status_code == 422
    settings.LABELS_FILE_LIMIT_BYTES = 10
    assert send_labels(manager, batch, b"x" * 100_000).status_code == 413
    body = {"labels": "perhaps"}
    assert manager.post(f"/api/v1/imports/{batch}/finish/", body, format="json").status_code == 400


def test_the_maker_of_an_import_sends_no_labels_in_anothers_name_once_she_manages_no_more(
    manager: APIClient, batch: str, people: People
) -> None:
    Membership.objects.filter(user=people.manager).update(role=Membership.Role.READER)
    for kind in (f"read:{people.reader.username}", "read:nobody", "reference", "odd"):
        refused = send_labels(manager, batch, RIGHT, labels_as=kind)
        assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    assert "labels_as" not in ImportBatch.objects.get(id=batch).options
    assert send_labels(manager, batch, RIGHT).status_code == 200


def test_a_question_that_nobody_answers_ends_after_a_week(manager: APIClient, batch: str) -> None:
    send(manager, batch, "labels.csv", WRONG)
    start(manager, batch)
    for days, state in ((6, "asking"), (8, "failed")):
        ImportBatch.objects.filter(id=batch).update(created_at=timezone.now() - timedelta(days=days))
        age(upload_path(batch), days)
        abandoned_uploads_remove()
        assert status(manager, batch)["state"] == state
    assert not upload_path(batch).exists()


def age(path: Any, days: int) -> None:
    moment = (timezone.now() - timedelta(days=days)).timestamp()
    os.utime(path, (moment, moment))
