"""Asking for a project's deletion and taking it back: by whom, what is refused, what is seen meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from labelhub.accounts.models import User
from labelhub.accounts.services import administrator_make
from labelhub.core.errors import NotFound
from labelhub.core.models import AuditEvent, Job
from labelhub.projects.deletions import deletion_begin
from labelhub.projects.models import Membership, Project, ProjectDeletion
from labelhub.projects.services import membership_add, project_archive, project_bring_back
from tests.factories.accounts import make_user
from tests.factories.invitations import invite
from tests.factories.projects import People
from tests.factories.routes import METHODS, api_routes
from tests.factories.world import make_world

Clients = Callable[..., APIClient]
DELETIONS = "/api/v1/administration/deletions/"


def ask(client: APIClient, project: Project, **body: str) -> Any:
    content = {"name": project.name, "reason": "The study has ended.", **body}
    return client.post(f"/api/v1/projects/{project.slug}/delete/", content, format="json")


@pytest.fixture
def archived(project: Project, people: People) -> Project:
    return project_archive(actor=people.manager, project=project)


@pytest.fixture
def admin(db: Any, client_of: Clients) -> APIClient:
    user = make_user("admin")
    administrator_make(actor=None, user=user)
    return client_of(User.objects.get(id=user.id))


@pytest.mark.parametrize(
    ("name", "status"),
    [("Chest Pilot", 200), ("chest pilot", 422), (" Chest Pilot", 422), ("Chest Pilot ", 422)],
)
def test_its_name_is_typed_to_the_letter(
    name: str, status: int, archived: Project, people: People, client_of: Clients
) -> None:
    Project.objects.update(name="Chest Pilot")
    answer = ask(client_of(people.manager), archived, name=name)
    assert answer.status_code == status
    assert ProjectDeletion.objects.count() == (status == 200)
    if status == 422:
        assert answer.json()["code"] == "wrong_name"


def test_a_project_at_work_is_not_deleted(project: Project, people: People, client_of: Clients) -> None:
    refused = ask(client_of(people.manager), project)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_archived")


@pytest.mark.parametrize("what", ["job", "demonstration"])
def test_what_still_runs_keeps_it(
    what: str, archived: Project, people: People, client_of: Clients, settings: Any
) -> None:
    settings.DEMO = what == "demonstration"
    if what == "job":
        Job.objects.create(kind="import", project_id=archived.id, dedupe_key="x")
    refused = ask(client_of(people.manager), archived)
    code = "demonstration" if what == "demonstration" else "job_active"
    assert (refused.status_code, refused.json()["code"]) == (409, code)


@pytest.mark.parametrize("role", ["reader", "adjudicator", "engineer", "stranger"])
def test_nobody_but_its_manager_deletes_it(
    role: str, archived: Project, people: People, client_of: Clients
) -> None:
    assert ask(client_of(getattr(people, role)), archived).status_code in (403, 404)
    assert not ProjectDeletion.objects.exists()


def test_a_reason_is_given(archived: Project, people: People, client_of: Clients) -> None:
    assert ask(client_of(people.manager), archived, reason=" ").status_code == 400


def test_from_then_on_it_is_absent_for_everybody(
    project: Project, people: People, client_of: Clients
) -> None:
    world = make_world(project, people)
    Job.objects.update(state=Job.State.SUCCEEDED)
    project_archive(actor=people.manager, project=project)
    assert ask(client_of(people.manager), project).status_code == 200
    everybody = (people.manager, people.reader, people.adjudicator, people.engineer)
    for person in everybody:
        client = client_of(person)
        assert client.get("/api/v1/session/").json()["projects"] == []
        for route in api_routes():
            if not route.arguments:
                continue
            for method in METHODS:
                answer = getattr(client, method)(route.url(world.arguments), {}, format="json")
                assert answer.status_code == 404, (route.name, method)


def test_no_way_leads_back_into_it(project: Project, people: People, client_of: Clients) -> None:
    (made,) = invite(people.manager, project)
    project = project_archive(actor=people.manager, project=project)
    ask(client_of(people.manager), project)
    accepted = client_of(people.stranger).post(
        "/api/v1/invitation/accept/", {"token": made.token}, format="json"
    )
    assert accepted.status_code == 404
    with pytest.raises(NotFound):
        membership_add(actor=None, project=project, user=people.stranger, role="manager")
    with pytest.raises(NotFound):
        project_bring_back(actor=people.manager, project=project)
    with pytest.raises(CommandError):
        call_command("create_user", "somebody", "--project", project.slug, "--role", "manager")
    assert not Membership.objects.exists()


def test_an_administrator_takes_it_back_as_it_was(
    project: Project, people: People, client_of: Clients, admin: APIClient
) -> None:
    manager = client_of(people.manager)
    project = project_archive(actor=people.manager, project=project)
    before = manager.get(f"/api/v1/projects/{project.slug}/").json()
    members = list(Membership.objects.order_by("id").values())
    due_at = ask(manager, project).json()["due_at"]
    (row,) = admin.get(DELETIONS).json()["results"]
    assert (row["name"], row["state"], row["due_at"]) == (project.name, "waiting", due_at)
    assert (row["asked_by"], row["reason"]) == (people.manager.display_name, "The study has ended.")
    assert row["allowed_actions"] == ["take_back"]
    for _ in range(2):
        taken = admin.post(f"{DELETIONS}{row['id']}/take-back/")
        assert (taken.status_code, taken.json()["state"]) == (200, "taken_back")
    assert manager.get(f"/api/v1/projects/{project.slug}/").json() == before
    assert list(Membership.objects.order_by("id").values()) == members
    events = AuditEvent.objects.filter(object_type="projects.projectdeletion").order_by("id")
    assert [event.action for event in events] == ["project.deletion_asked", "project.deletion_taken_back"]
    # It may be asked for again.
    assert ask(manager, project).status_code == 200


def test_once_begun_it_is_not_taken_back(
    archived: Project, people: People, client_of: Clients, admin: APIClient
) -> None:
    ask(client_of(people.manager), archived)
    deletion = ProjectDeletion.objects.get()
    assert deletion_begin(str(deletion.id)) is not None
    refused = admin.post(f"{DELETIONS}{deletion.id}/take-back/")
    assert (refused.status_code, refused.json()["code"]) == (409, "deletion_begun")
    assert admin.get(DELETIONS).json()["results"][0]["state"] == "running"


def test_taken_back_it_is_not_begun(
    archived: Project, people: People, client_of: Clients, admin: APIClient
) -> None:
    ask(client_of(people.manager), archived)
    deletion = ProjectDeletion.objects.get()
    admin.post(f"{DELETIONS}{deletion.id}/take-back/")
    assert deletion_begin(str(deletion.id)) is None


def test_a_member_who_is_no_administrator_takes_nothing_back(
    archived: Project, people: People, client_of: Clients
) -> None:
    ask(client_of(people.manager), archived)
    deletion = ProjectDeletion.objects.get()
    for person in (people.manager, people.stranger):
        assert client_of(person).post(f"{DELETIONS}{deletion.id}/take-back/").status_code == 404
        assert client_of(person).get(DELETIONS).status_code == 404
