"""The administrator's page: hers alone, in bounded queries, and true about what it shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from labelhub.accounts.models import User
from labelhub.accounts.services import administrator_make, person_deactivate
from labelhub.core import audit, dispatch, jobs
from labelhub.core.models import Job
from labelhub.projects.models import Project
from labelhub.projects.services import membership_add, project_archive
from labelhub.workflows.administration import server
from labelhub.workflows.run_tick import ensure_sealer
from tests.factories.accounts import make_user
from tests.factories.cases import make_cases
from tests.factories.projects import People, make_project
from tests.factories.routes import METHODS, api_routes

Clients = Callable[..., APIClient]
BASE = "/api/v1/administration/"
PANELS = [
    "people",
    "projects",
    "deletions",
    "workers",
    "queues",
    "store",
    "database",
    "versions",
    "disk",
    "seals",
]


@pytest.fixture
def administrator(db: Any) -> User:
    user = make_user("admin")
    administrator_make(actor=None, user=user)
    return User.objects.get(id=user.id)


@pytest.fixture
def client(administrator: User, client_of: Clients) -> APIClient:
    return client_of(administrator)


def test_to_everybody_else_it_does_not_exist(people: People, client_of: Clients) -> None:
    routes = [route for route in api_routes() if route.name.startswith("administration-")]
    assert len(routes) >= len(PANELS) + 2
    for person in (people.manager, people.engineer, people.reader, people.stranger):
        client = client_of(person)
        for route in routes:
            for method in METHODS:
                answer = getattr(client, method)(
                    route.url({"user_id": people.reader.id, "deletion_id": people.reader.id})
                )
                assert answer.status_code == 404, (route.name, method)
    assert User.objects.get(id=people.reader.id).is_active


@pytest.mark.parametrize("panel", PANELS)
def test_each_panel_answers_in_few_queries(panel: str, client: APIClient, people: People) -> None:
    def n_queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(f"{BASE}{panel}/").status_code == 200
        return len(asked)

    few = n_queries()
    for number in range(5):
        project = make_project()
        membership_add(actor=None, project=project, user=people.manager, role="manager")
        Job.objects.create(kind="train", project_id=project.id, dedupe_key=f"train:{number}")
    assert n_queries() == few <= 16


def test_people_are_found_by_the_beginning_of_a_name_and_paged(
    client: APIClient, administrator: User, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_user("zoe-b", display_name="Anna Z.")
    make_user("zoe-a")
    found = client.get(f"{BASE}people/?prefix=ZOE").json()
    assert [row["username"] for row in found["results"]] == ["zoe-a", "zoe-b"]
    assert [row["username"] for row in client.get(f"{BASE}people/?prefix=anna").json()["results"]] == [
        "zoe-b"
    ]
    assert client.get(f"{BASE}people/?prefix=nobody").json() == {"results": [], "next": None}

    whole = [row["username"] for row in client.get(f"{BASE}people/").json()["results"]]
    monkeypatch.setattr("labelhub.workflows.administration.people.PAGE", 3)
    seen, cursor = [], ""
    while cursor is not None:
        page = client.get(f"{BASE}people/", {"cursor": cursor} if cursor else {}).json()
        seen += [row["username"] for row in page["results"]]
        cursor = page["next"]
    assert seen == whole == sorted(User.objects.values_list("username", flat=True))


def test_a_person_is_shown_with_roles_and_last_sign_in(
    client: APIClient, administrator: User, project: Project, people: People, client_of: Clients
) -> None:
    other = make_project()
    for role in ("reader", "manager"):
        membership_add(actor=None, project=other, user=people.reader, role=role)
    row = client.get(f"{BASE}people/?prefix={people.reader.username}").json()["results"][0]
    assert row["n_projects"] == 2
    assert row["roles"] == [{"role": "manager", "n_projects": 1}, {"role": "reader", "n_projects": 2}]
    assert (row["is_active"], row["is_administrator"], row["last_sign_in"]) == (True, False, None)
    assert row["allowed_actions"] == ["deactivate"]
    APIClient().post(
        "/api/v1/session/", {"username": people.reader.username, "password": "a long test password"}
    )
    assert client.get(f"{BASE}people/?prefix={people.reader.username}").json()["results"][0]["last_sign_in"]
    # Herself, and the last administrator: nothing may be done.
    assert client.get(f"{BASE}people/?prefix=admin").json()["results"][0]["allowed_actions"] == []


def test_projects_are_listed_without_what_is_in_them(
    client: APIClient, project: Project, people: People
) -> None:
    make_cases(project, 2)
    project_archive(actor=people.manager, project=project)
    row = next(
        row for row in client.get(f"{BASE}projects/").json()["results"] if row["id"] == str(project.id)
    )
    assert row["n_cases"] == 2 and row["archived_at"] is not None
    assert row["managers"] == [people.manager.display_name]
    assert client.get(f"/api/v1/projects/{project.slug}/").status_code == 404
    assert client.get(f"{BASE}projects/?prefix={project.slug.upper()}").json()["results"] == [row]
    person_deactivate(actor=None, user=people.manager)
    assert client.get(f"{BASE}projects/?prefix={project.slug}").json()["results"][0]["managers"] == []
    for cursor in ("x", "WzFd", "WzEsMl0="):
        assert client.get(f"{BASE}projects/?cursor={cursor}").status_code == 400


def test_workers_are_known_by_their_jobs(client: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def told() -> dict[str, Any]:
        return {row["name"]: row for row in client.get(f"{BASE}workers/").json()["results"]}

    assert {name: row["state"] for name, row in told().items()} == dict.fromkeys(
        ("clock", "interactive", "learning"), "idle"
    )
    job, _ = jobs.job_enqueue(kind="train", dedupe_key="train:x", params={})
    claimed = jobs.job_claim(job.id, owner="machine:7")
    assert claimed is not None
    learning = told()["learning"]
    assert (learning["state"], learning["n_running"], learning["heard_from"]) == ("working", 1, "machine:7")
    jobs.job_fail(claimed, code="no_labels", message="There are no labels yet.", retry=False)
    assert told()["learning"]["state"] == "heard"
    long_ago = timezone.now() - timedelta(hours=1)
    Job.objects.update(heartbeat_at=long_ago)
    assert told()["learning"]["state"] == "idle"
    jobs.job_enqueue(kind="score", dedupe_key="score:x", params={})
    Job.objects.filter(kind="score").update(created_at=long_ago)
    silent = told()["learning"]
    assert (silent["state"], silent["n_waiting"]) == ("silent", 1)
    assert silent["heard_at"] is not None and silent["waiting_since"] is not None
    # The clock always has something to do.
    ensure_sealer()
    Job.objects.filter(kind="seal").update(created_at=long_ago)
    assert told()["clock"]["state"] == "silent"


def test_queues_show_what_waits_and_why_something_failed(client: APIClient, project: Project) -> None:
    ensure_sealer()
    Job.objects.filter(kind="seal").update(rung_at=timezone.now())
    jobs.job_enqueue(kind="train", dedupe_key="train:a", params={}, project_id=project.id)
    failing, _ = jobs.job_enqueue(kind="score", dedupe_key="score:a", params={}, project_id=project.id)
    claimed = jobs.job_claim(failing.id, owner="machine:7")
    assert claimed is not None
    jobs.job_fail(claimed, code="no_space", message="The disk is full: make room.", retry=False)
    told = client.get(f"{BASE}queues/").json()
    assert told["ticked_at"] is not None
    rows = {row["kind"]: row for row in told["results"]}
    assert set(rows) == {"train", "score"}  # the sealer rests: it does not wait
    assert rows["train"]["n_waiting"] == 1 and rows["train"]["waiting_since"] is not None
    assert (rows["train"]["queue"], rows["score"]["n_failed"]) == (dispatch.LEARNING, 1)
    (failed,) = told["failed"]
    assert (failed["project"], failed["message"]) == (project.name, "The disk is full: make room.")
    Job.objects.filter(id=failing.id).update(finished_at=timezone.now() - timedelta(days=8))
    assert client.get(f"{BASE}queues/").json()["failed"] == []


def test_versions_and_database(client: APIClient) -> None:
    told = client.get(f"{BASE}versions/").json()
    assert told["database"].split()[0] in ("SQLite", "PostgreSQL")
    assert all(told[name] for name in ("labelhub", "python", "django"))
    shown = client.get(f"{BASE}database/").json()
    assert shown["size"] > 100_000 and shown["n_migrations_waiting"] == 0
    assert shown["migrations_waiting"] == []


def test_a_migration_that_waits_is_named(client: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "django.db.migrations.recorder.MigrationRecorder.applied_migrations", lambda recorder: {}
    )
    shown = client.get(f"{BASE}database/").json()
    assert shown["n_migrations_waiting"] > len(shown["migrations_waiting"]) == 20


def test_a_disk_that_is_nearly_full_is_named(client: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def usage(free: int) -> Any:
        return lambda path: type("Usage", (), {"total": 1000, "free": free})

    for free, is_low in ((100, False), (99, True)):
        monkeypatch.setattr(server.shutil, "disk_usage", usage(free))
        rows = client.get(f"{BASE}disk/").json()["results"]
        assert {row["name"] for row in rows} >= {"data", "uploads", "work", "objects"}
        assert [row["is_low"] for row in rows] == [is_low] * len(rows)


def test_the_store_is_written_to_and_left_as_it_was(
    client: APIClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = sorted(Path(default_storage.path("")).rglob("*"))
    told = client.get(f"{BASE}store/").json()
    assert (told["kind"], told["is_writable"], told["trouble"]) == ("local", True, "")
    assert sorted(Path(default_storage.path("")).rglob("*")) == before

    def full(*args: Any, **kwargs: Any) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(server.tempfile, "TemporaryFile", full)
    told = client.get(f"{BASE}store/").json()
    assert (told["is_writable"], told["trouble"]) == (False, "No space left on device")


def test_the_seals_tell_how_far_they_are(client: APIClient, project: Project) -> None:
    before = client.get(f"{BASE}seals/").json()
    assert before["n_sealed"] == 0 and before["n_unsealed"] > 0 and before["unsealed_since"] is not None
    audit.seal_new_events()
    after = client.get(f"{BASE}seals/").json()
    assert (after["n_sealed"], after["n_unsealed"]) == (before["n_unsealed"], 0)
    assert after["head"] == audit.verify_chain().head and after["sealed_until"] is not None
