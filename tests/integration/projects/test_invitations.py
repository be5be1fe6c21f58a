"""Inviting by link: who may, what is stored, what is shown once, and what becomes of a link."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from labelhub.accounts.models import User
from labelhub.core.models import AuditEvent
from labelhub.projects.models import Invitation, Membership, Project
from labelhub.workflows.projects.accept_invitation import accept_invitation
from tests.factories.accounts import make_user
from tests.factories.invitations import invite
from tests.factories.projects import People, make_project

Clients = Callable[..., APIClient]
ROLES = [{"roles": ["reader"]}, {"note": "Dr. Vogt", "roles": ["adjudicator", "reader"]}]


def post(client: APIClient, project: Project, **values: Any) -> Any:
    body = {"client_uuid": str(uuid.uuid4()), "invitations": ROLES, **values}
    return client.post(f"/api/v1/projects/{project.slug}/invitations/", body)


def listed(client: APIClient, project: Project, query: str = "") -> Any:
    return client.get(f"/api/v1/projects/{project.slug}/invitations/{query}")


def withdraw(client: APIClient, id: Any) -> Any:
    return client.post(f"/api/v1/invitations/{id}/withdraw/")


@pytest.fixture
def manager(people: People, client_of: Clients) -> APIClient:
    return client_of(people.manager)


def test_each_link_is_shown_once_and_only_its_hash_is_kept(
    project: Project, people: People, manager: APIClient
) -> None:
    answer = post(manager, project)
    assert answer.status_code == 201
    assert "no-store" in answer["Cache-Control"]
    first, second = answer.json()["results"]
    assert (first["note"], first["roles"]) == ("", ["reader"])
    assert (second["note"], second["roles"]) == ("Dr. Vogt", ["reader", "adjudicator"])
    tokens = [first["token"], second["token"]]
    assert len(set(tokens)) == 2 and min(map(len, tokens)) >= 43  # 256 bits
    stored = set(Invitation.objects.values_list("sha256", flat=True))
    assert stored == {hashlib.sha256(token.encode()).hexdigest() for token in tokens}
    later = listed(manager, project).content.decode()
    rows = str(list(Invitation.objects.values())) + str(list(AuditEvent.objects.values()))
    for secret in (*tokens, *stored):
        assert secret not in later
    assert not [token for token in tokens if token in rows]


def test_the_audit_names_ids_and_roles_only(project: Project, people: People, manager: APIClient) -> None:
    made = post(manager, project).json()["results"]
    withdraw(manager, made[0]["id"])
    guest = make_user()
    accept_invitation(user=guest, token=made[1]["token"])
    events = AuditEvent.objects.filter(action__startswith="invitation.").order_by("id")
    assert [(each.action, each.actor_id, each.project_id) for each in events] == [
        ("invitation.created", people.manager.id, project.id),
        ("invitation.created", people.manager.id, project.id),
        ("invitation.withdrawn", people.manager.id, project.id),
        ("invitation.accepted", guest.id, project.id),
    ]
    assert [each.data for each in events] == [
        {"roles": ["reader"], "days": 7},
        {"roles": ["reader", "adjudicator"], "days": 7},
        {},
        {"roles": ["reader", "adjudicator"], "invited_by": str(people.manager.id)},
    ]


@pytest.mark.parametrize("days", [1, 7, 30])
def test_a_link_ends_when_its_maker_said(project: Project, manager: APIClient, days: int) -> None:
    (row, _) = post(manager, project, days=days).json()["results"]
    left = Invitation.objects.get(id=row["id"]).expires_at - timezone.now()
    assert timedelta(days=days) - timedelta(minutes=5) < left <= timedelta(days=days)


@pytest.mark.parametrize(
    "values",
    [
        {"days": 8},
        {"invitations": []},
        {"invitations": [{"roles": []}]},
        {"invitations": [{"roles": ["owner"]}]},
        {"invitations": [{"roles": ["reader"], "note": "x" * 201}]},
        {"invitations": [{"roles": ["reader"], "email": "a@b.c"}]},
        {"invitations": [{"roles": ["reader"]}] * 51},
        {"client_uuid": "one"},
    ],
)
def test_what_is_no_invitation_is_refused(project: Project, manager: APIClient, values: Any) -> None:
    assert post(manager, project, **values).status_code == 400
    assert not Invitation.objects.exists()


def test_a_request_that_is_sent_again_makes_no_second_set(
    project: Project, people: People, manager: APIClient
) -> None:
    client_uuid = str(uuid.uuid4())
    assert post(manager, project, client_uuid=client_uuid).status_code == 201
    again = post(manager, project, client_uuid=client_uuid)
    assert (again.status_code, again.json()["code"]) == (409, "invitations_already_made")
    assert Invitation.objects.count() == 2


def test_the_list_says_what_became_of_each(
    project: Project, people: People, manager: APIClient, client_of: Clients
) -> None:
    other = make_user(display_name="Dr. Other")
    Membership.objects.create(project=project, user=other, role="manager")
    made = {
        name: invite(actor, project)[0]
        for name, actor in {
            "open": people.manager,
            "accepted": people.manager,
            "withdrawn": people.manager,
            "expired": people.manager,
            "lapsed": other,
        }.items()
    }
    guest = make_user(display_name="Dr. Guest")
    accept_invitation(user=guest, token=made["accepted"].token)
    assert withdraw(manager, made["withdrawn"].invitation.id).status_code == 204
    Invitation.objects.filter(id=made["expired"].invitation.id).update(expires_at=timezone.now())
    Membership.objects.filter(user=other).delete()
    rows = {row["id"]: row for row in listed(manager, project).json()["results"]}
    assert {name: rows[str(each.invitation.id)]["state"] for name, each in made.items()} == {
        name: name for name in made
    }
    row = rows[str(made["accepted"].invitation.id)]
    assert (row["accepted_by"], row["created_by"]) == ("Dr. Guest", people.manager.username)
    assert rows[str(made["lapsed"].invitation.id)]["created_by"] == "Dr. Other"


def test_the_list_is_paged_and_its_queries_do_not_grow(
    project: Project, people: People, manager: APIClient
) -> None:
    invite(people.manager, project)
    with CaptureQueriesContext(
        connection,
    ) as few:
        listed(manager, project)
    for _ in range(2):
        invite(people.manager, project, n=50)
    with CaptureQueriesContext(connection) as many:
        first = listed(manager, project).json()
    assert len(many) == len(few)
    seen, page = [row["id"] for row in first["results"]], first
    while page["next"]:
        assert len(page["results"]) == 50
        page = listed(manager, project, f"?cursor={page['next']}").json()
        seen += [row["id"] for row in page["results"]]
    assert len(seen) == len(set(seen)) == 101
    assert listed(manager, project, "?cursor=x").status_code == 400
    assert listed(manager, project, "?state=open").status_code == 400


def test_withdrawing_twice_is_once_and_an_accepted_one_stays(
    project: Project, people: People, manager: APIClient
) -> None:
    kept, used = invite(people.manager, project, n=2)
    for _ in range(2):
        assert withdraw(manager, kept.invitation.id).status_code == 204
    assert AuditEvent.objects.filter(action="invitation.withdrawn").count() == 1
    accept_invitation(user=make_user(), token=used.token)
    answer = withdraw(manager, used.invitation.id)
    assert (answer.status_code, answer.json()["code"]) == (409, "invitation_used")


@pytest.mark.parametrize("role", ["reader", "adjudicator", "engineer", "stranger"])
def test_only_a_manager_of_the_project_invites_lists_or_withdraws(
    role: str, project: Project, people: People, client_of: Clients
) -> None:
    (made,) = invite(people.manager, project)
    person: User = getattr(people, role)
    client = client_of(person)
    refused = 404 if role == "stranger" else 403
    assert post(client, project).status_code == refused
    assert listed(client, project).status_code == refused
    assert withdraw(client, made.invitation.id).status_code == 404
    Membership.objects.create(project=make_project(), user=person, role="manager")
    assert withdraw(client, made.invitation.id).status_code == 404
    assert Invitation.objects.get().withdrawn_at is None
