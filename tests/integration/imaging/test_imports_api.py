"""Imports over HTTP: sending files, starting the job, watching it, and the demo's drop zone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from labelhub.api.http.pagination import decode_cursor
from labelhub.core import jobs
from labelhub.core.errors import JobCancelled, LostLease
from labelhub.core.models import Job
from labelhub.imaging.models import Case, ImportBatch, ImportFile
from labelhub.imaging.services.batches import upload_path
from labelhub.projects.models import Membership, Project
from labelhub.projects.services import membership_add
from labelhub.workflows.intake.import_images import run_import_job
from tests.factories.imaging import radiograph
from tests.factories.importing import begin, finish, send, work
from tests.factories.projects import People, make_people, make_project

ClientOf = Callable[..., APIClient]


@pytest.fixture
def manager(people: People, client_of: ClientOf) -> APIClient:
    return client_of(people.manager)


def test_files_are_sent_imported_by_the_job_and_reported_one_by_one(
    project: Project, manager: APIClient
) -> None:
    batch = begin(manager, project)
    answer = send(manager, batch, radiograph(1), "series/film 1.dcm")
    assert answer.status_code == 201
    assert answer.json() == {"id": answer.json()["id"], "path": "series/film 1.dcm", "outcome": "staged"}
    send(manager, batch, b"no image", "notes.txt")
    send(manager, batch, b"", "empty.dcm")

    assert finish(manager, batch).json() == {"id": batch, "state": "queued"}
    assert finish(manager, batch).json() == {"id": batch, "state": "queued"}
    assert Job.objects.filter(kind="import").count() == 1
    assert send(manager, batch, radiograph(2)).status_code == 409
    work()

    status = manager.get(f"/api/v1/imports/{batch}/").json()
    assert (status["state"], status["n_files"], status["n_done"], status["error"]) == ("done", 3, 3, None)
    assert {(row["outcome"], row["code"]): row["n"] for row in status["counts"]} == {
        ("accepted", "ok"): 1,
        ("rejected", "not_an_image"): 1,
        ("rejected", "empty_file"): 1,
    }
    assert all(row["message"].endswith(".") for row in status["counts"])
    files = manager.get(f"/api/v1/imports/{batch}/files/").json()
    assert [file["path"] for file in files["results"]] == ["notes.txt", "empty.dcm", "series/film 1.dcm"]
    assert files["next"] is None
    rejected = manager.get(f"/api/v1/imports/{batch}/files/?outcome=rejected").json()["results"]
    assert [file["code"] for file in rejected] == ["not_an_image", "empty_file"]
    assert Job.objects.get(kind="import").state == Job.State.SUCCEEDED
    assert finish(manager, batch).status_code == 409
    listed = manager.get(f"/api/v1/projects/{project.slug}/imports/").json()["results"]
    assert [(row["id"], row["state"]) for row in listed] == [(batch, "done")]


def test_the_list_of_files_is_paged(project: Project, manager: APIClient) -> None:
    batch = begin(manager, project)
    ImportFile.objects.bulk_create(
        ImportFile(batch_id=batch, position=n, path=f"{n}.dcm") for n in range(150)
    )
    first = manager.get(f"/api/v1/imports/{batch}/files/").json()
    second = manager.get(f"/api/v1/imports/{batch}/files/", {"cursor": first["next"]}).json()
    paths = [file["path"] for page in (first, second) for file in page["results"]]
    assert paths == [f"{n}.dcm" for n in range(150)] and second["next"] is None


def test_rejected_files_come_first_then_those_with_warnings(project: Project, manager: APIClient) -> None:
    batch = begin(manager, project)
    kinds = [("accepted", []), ("accepted", ["object_only"]), ("rejected", ["no_spacing"]), ("staged", [])]
    ImportFile.objects.bulk_create(
        ImportFile(batch_id=batch, position=n, path=str(n), outcome=kinds[n % 4][0], warnings=kinds[n % 4][1])
        for n in range(404)
    )
    by_kind = [[n for n in range(404) if n % 4 == kind] for kind in range(4)]
    rest = sorted([*by_kind[0], *by_kind[3]])
    for outcome, expected in (
        ("", [*by_kind[2], *by_kind[1], *rest]),
        ("accepted", [*by_kind[1], *by_kind[0]]),
        ("rejected", by_kind[2]),
        ("duplicate", []),
    ):
        found, cursor = [], ""
        while cursor is not None:
            page = manager.get(
                f"/api/v1/imports/{batch}/files/", {"outcome": outcome, "cursor": cursor}
            ).json()
            found += [int(file["path"]) for file in page["results"]]
            cursor = page["next"]
        assert found == expected, outcome


def test_the_order_tells_a_maker_who_no_longer_manages_nothing(
    project: Project, manager: APIClient, people: People
) -> None:
    batch = begin(manager, project)
    ImportFile.objects.bulk_create(
        ImportFile(batch_id=batch, position=n, path=str(n), outcome="accepted", warnings=warnings)
        for n, warnings in enumerate([[]] * 99 + [["labels_kept"]] * 2)
    )
    Membership.objects.filter(user=people.manager, role="manager").update(role="reader")
    first = manager.get(f"/api/v1/imports/{batch}/files/").json()
    second = manager.get(f"/api/v1/imports/{batch}/files/", {"cursor": first["next"]}).json()
    rows = [*first["results"], *second["results"]]
    assert [(row["path"], row["warnings"]) for row in rows] == [(str(n), []) for n in range(101)]
    assert decode_cursor(first["next"], 2) == [0, 99]


@pytest.mark.parametrize("query", ["?cursor=x", "?outcome=odd", "?colour=red", "?cursor=WyJhIl0="])
def test_a_wrong_query_is_malformed(project: Project, manager: APIClient, query: str) -> None:
    batch = begin(manager, project)
    assert manager.get(f"/api/v1/imports/{batch}/files/{query}").status_code == 400


def test_a_path_is_text_and_never_a_place_on_the_server(project: Project, manager: APIClient) -> None:
    batch = begin(manager, project)
    for path in ("../../../etc/passwd", "/etc/passwd", "a\nb\u202ec", "x" * 3000):
        assert send(manager, batch, b"x", path).status_code == 201
    folder = upload_path(batch)
    assert {len(path.name) for path in folder.iterdir()} == {32}
    assert all(file.path.isprintable() and len(file.path) <= 1000 for file in ImportFile.objects.all())


def test_a_file_above_the_limit_is_refused_before_it_is_read(
    project: Project, manager: APIClient, settings: Any
) -> None:
    settings.IMPORT_FILE_LIMIT_BYTES = 1000
    batch = begin(manager, project)
    answer = send(manager, batch, b"x" * 70_000)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert not ImportFile.objects.exists()


@pytest.mark.parametrize("form", [{}, {"relative_path": "film.dcm"}, {"file": "text"}])
def test_a_form_without_a_file_is_malformed(
    project: Project, manager: APIClient, form: dict[str, str]
) -> None:
    batch = begin(manager, project)
    answer = manager.post(f"/api/v1/imports/{batch}/files/", form, format="multipart")
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


def test_only_the_manager_begins_an_import_and_a_stranger_sees_none(
    project: Project, people: People, manager: APIClient, client_of: ClientOf
) -> None:
    batch = begin(manager, project)
    for user, status in (
        (people.reader, 403),
        (people.stranger, 404),
        (make_people(make_project()).manager, 404),
    ):
        assert client_of(user).post(f"/api/v1/projects/{project.slug}/imports/").status_code == status
        assert client_of(user).get(f"/api/v1/imports/{batch}/").status_code == 404
        assert send(client_of(user), batch, b"x").status_code == 404


def test_a_browser_without_its_csrf_token_sends_nothing(project: Project, people: People) -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(people.manager)
    batch = ImportBatch.objects.create(project=project, created_by=people.manager)
    assert send(client, str(batch.id), b"x").status_code == 403
    client.get("/api/v1/session/")
    token = client.cookies["csrftoken"].value
    assert send(client, str(batch.id), b"x", HTTP_X_CSRFTOKEN=token).status_code == 201


def test_a_job_that_gave_up_shows_as_a_failed_import_that_can_go_on(
    project: Project, manager: APIClient
) -> None:
    batch = begin(manager, project)
    send(manager, batch, radiograph(1))
    finish(manager, batch)
    ImportBatch.objects.filter(id=batch).update(state=ImportBatch.State.RUNNING)
    Job.objects.update(
        state=Job.State.FAILED,
        error_code="worker_lost",
        error_message="The worker died.",
        finished_at=timezone.now(),
    )
    status = manager.get(f"/api/v1/imports/{batch}/").json()
    assert (status["state"], status["error"]["code"]) == ("failed", "worker_lost")
    assert finish(manager, batch).status_code == 200
    work()
    assert manager.get(f"/api/v1/imports/{batch}/").json()["state"] == "done"


def test_a_cancelled_import_says_so_and_can_be_taken_up_again(project: Project, manager: APIClient) -> None:
    batch = begin(manager, project)
    send(manager, batch, radiograph(1))
    finish(manager, batch)
    claimed = jobs.job_claim(Job.objects.get(kind="import").id, owner="test")
    assert claimed is not None
    Job.objects.update(cancel_requested=True)
    with pytest.raises(JobCancelled):
        run_import_job(claimed)
    jobs.job_cancelled(claimed)
    assert manager.get(f"/api/v1/imports/{batch}/").json()["state"] == "failed"
    finish(manager, batch)
    work()
    assert Case.objects.filter(project=project, current_version__isnull=False).count() == 1


def test_a_worker_that_lost_its_lease_stops_and_the_next_one_goes_on(
    project: Project, manager: APIClient
) -> None:
    batch = begin(manager, project)
    for n in (1, 2, 3):
        send(manager, batch, radiograph(n), f"{n}.dcm")
    finish(manager, batch)
    job = Job.objects.get(kind="import")
    first = jobs.job_claim(job.id, owner="first")
    Job.objects.update(lease_until=timezone.now())
    second = jobs.job_claim(job.id, owner="second")
    assert first is not None and second is not None
    with pytest.raises(LostLease):
        run_import_job(first)
    assert ImportBatch.objects.get(id=batch).state == ImportBatch.State.RUNNING
    run_import_job(second)
    assert Case.objects.filter(project=project).count() == 3
    assert Job.objects.get(id=job.id).attempt == 2


def test_a_maker_who_no_longer_manages_does_not_learn_by_warnings_what_the_project_holds(
    project: Project, people: People, manager: APIClient
) -> None:
    batch = begin(manager, project)
    send(manager, batch, radiograph(1))
    finish(manager, batch)
    work()
    kept = ["labels_kept", "read_kept", "bad_date"]
    ImportFile.objects.filter(batch=batch).update(warnings=kept)
    (file,) = manager.get(f"/api/v1/imports/{batch}/files/").json()["results"]
    image = ImportFile.objects.get(batch=batch).instance_id
    assert (file["warnings"], file["instance"]) == (kept, str(image))
    membership_add(actor=None, project=project, user=people.manager, role=Membership.Role.READER)
    Membership.objects.filter(user=people.manager, role=Membership.Role.MANAGER).delete()
    (file,) = manager.get(f"/api/v1/imports/{batch}/files/").json()["results"]
    assert (file["warnings"], file["instance"]) == (["bad_date"], None)
