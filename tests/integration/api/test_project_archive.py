"""An archived project: nothing in it is changed by anybody, everything is still shown, and it is brought back whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from rest_framework.test import APIClient

from labelhub.consensus.models import Adjudication
from labelhub.core.models import AuditEvent, Job
from labelhub.learning.models import TrainingPolicy
from labelhub.projects.models import Project
from labelhub.projects.services import project_archive
from labelhub.reading.models import Assignment, Read
from labelhub.reading.services.leases import expire_leases
from labelhub.workflows import run_tick
from labelhub.workflows.consensus.adjudicate import claim_adjudication, expire_claims
from labelhub.workflows.projects.bring_back import bring_back
from tests.factories.cases import make_cases
from tests.factories.projects import People
from tests.factories.reading import claim, document, read_case
from tests.factories.routes import api_routes
from tests.factories.world import make_world

Clients = Callable[..., APIClient]
WRITING = ("post", "put", "patch", "delete")
# Who may look at it is still decided, what runs may be stopped, and it is brought back.
STILL_OPEN = {
    "project-archive",
    "project-bring-back",
    "project-delete",
    "invitations",
    "invitation-withdraw",
    "members",
    "member",
    "member-role",
    "job-cancel",
    "training-run-cancel",
}


# By administrators alone, who are in no project.
OF_NO_PROJECT = {"administration-deactivate", "administration-reactivate", "administration-take-back"}


def address(project: Project, action: str = "") -> str:
    return f"/api/v1/projects/{project.slug}/{action}"


def test_no_route_writes_into_it(project: Project, people: People, client_of: Clients) -> None:
    world = make_world(project, people)
    project_archive(actor=people.manager, project=project)
    reached = set()
    for route in api_routes():
        if not route.arguments or route.name in STILL_OPEN:
            continue
        for person in (people.manager, people.reader, people.adjudicator, people.engineer):
            for method in WRITING:
                answer = getattr(client_of(person), method)(route.url(world.arguments), {}, format="json")
                assert answer.status_code in (403, 404), (route.name, method, answer.status_code)
                if answer.json()["code"] == "project_archived":
                    reached.add(route.name)
    # Somebody is let in everywhere, and refused for this reason alone.
    assert reached == {route.name for route in api_routes() if route.arguments} - STILL_OPEN - OF_NO_PROJECT


def test_it_is_still_shown_and_says_what_may_be_done(
    project: Project, people: People, client_of: Clients
) -> None:
    client = client_of(people.manager)
    before = client.get(address(project)).json()
    archived = client.post(address(project, "archive/")).json()
    assert archived["archived_at"] is not None
    assert archived["allowed_actions"] == ["export", "export_labels", "manage_members", "see_progress"]
    for page in ("", "dashboard/", "cases/", "members/", "protocol/", "schema/"):
        assert client.get(address(project, page)).status_code == 200, page
    mine = client_of(people.reader).get("/api/v1/session/").json()["projects"]
    assert [row["archived_at"] for row in mine] == [archived["archived_at"]]
    assert client.post(address(project, "bring-back/")).json() == before


def test_once_more_changes_nothing(project: Project, people: People, client_of: Clients) -> None:
    client = client_of(people.manager)
    told = [client.post(address(project, "archive/")).json()["archived_at"] for _ in range(2)]
    assert told[0] == told[1]
    for _ in range(2):
        client.post(address(project, "bring-back/"))
    actions = AuditEvent.objects.filter(project_id=project.id, action__startswith="project.").order_by("id")
    assert [row.action for row in actions][-2:] == ["project.archived", "project.brought_back"]
    assert [row.actor_id for row in actions][-2:] == [people.manager.id] * 2


def test_who_has_a_case_open_goes_on_when_it_is_brought_back(
    project: Project, people: People, client_of: Clients
) -> None:
    make_cases(project, 1)
    held = claim(people.reader, project)
    assert held is not None
    client = client_of(people.reader)
    body: dict[str, Any] = {"document": document(), "client_uuid": "7d1f2f9a-91a5-4f0e-9f5c-0a6a3c3d9f10"}
    project = project_archive(actor=people.manager, project=project)
    Assignment.objects.update(lease_until=timezone.now() - timedelta(days=30))
    assert expire_leases() == 0
    submit = f"/api/v1/assignments/{held.id}/submit/"
    refused = client.post(submit, body, format="json", headers={"If-Match": '"0"'})
    assert (refused.status_code, refused.json()["code"]) == (403, "project_archived")
    bring_back(actor=people.manager, project=project)
    assert expire_leases() == 0
    assert client.post(submit, body, format="json", headers={"If-Match": '"0"'}).status_code in (200, 201)
    assert Read.objects.count() == 1


def test_who_decides_a_case_holds_it_still(project: Project, people: People) -> None:
    make_cases(project, 1)
    read_case(people.reader, project, document({"nodule": "present"}))
    read_case(people.second_reader, project)
    row = claim_adjudication(actor=people.adjudicator, adjudication=Adjudication.objects.get())
    project = project_archive(actor=people.manager, project=project)
    Adjudication.objects.update(lease_until=timezone.now() - timedelta(days=30))
    assert expire_claims() == 0
    bring_back(actor=people.manager, project=project)
    assert expire_claims() == 0
    row.refresh_from_db()
    assert (row.state, row.adjudicator) == (Adjudication.State.CLAIMED, people.adjudicator)


@pytest.mark.parametrize("is_archived", [False, True])
def test_the_clock_starts_nothing_there(
    project: Project, people: People, monkeypatch: pytest.MonkeyPatch, is_archived: bool
) -> None:
    asked: list[Project] = []
    monkeypatch.setattr(run_tick, "training_due_check", asked.append)
    TrainingPolicy.objects.update_or_create(project=project, defaults={"is_enabled": True})
    if is_archived:
        project_archive(actor=people.manager, project=project)
    run_tick.start_due_trainings()
    assert asked == ([] if is_archived else [project])
    assert not Job.objects.filter(kind="train").exists()


def test_commands_write_nothing_into_it_either(project: Project, people: People, tmp_path: Path) -> None:
    project_archive(actor=people.manager, project=project)
    with pytest.raises(CommandError, match="archived"):
        call_command("import_images", str(tmp_path), project=project.slug, stdout=StringIO())
    with pytest.raises(CommandError, match="archived"):
        call_command("import_reads", str(tmp_path / "reads.csv"), project=project.slug, stdout=StringIO())
