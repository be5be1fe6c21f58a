"""A member's roles are set at once: over those that the manager saw, and with what follows for what she held."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from labelhub.consensus.models import Adjudication
from labelhub.core.models import AuditEvent
from labelhub.projects.models import Membership, Project
from labelhub.reading.models import Assignment, ReadDraft
from labelhub.reading.services.drafts import draft_save
from labelhub.workflows.consensus.adjudicate import claim_adjudication
from tests.factories.cases import make_cases
from tests.factories.projects import People
from tests.factories.reading import claim, document, drafted, read_case

Clients = Callable[..., APIClient]
Ask = Callable[..., Any]


@pytest.fixture
def put(project: Project, people: People, client_of: Clients) -> Ask:
    client = client_of(people.manager)

    def ask(user: Any, roles: list[str], edited_from: list[str]) -> Any:
        body = {"roles": roles, "edited_from": edited_from}
        return client.put(f"/api/v1/projects/{project.slug}/members/{user}/", body, format="json")

    return ask


def roles_of(project: Project, user: Any) -> list[str]:
    return sorted(Membership.objects.filter(project=project, user=user).values_list("role", flat=True))


def test_roles_are_set_at_once_and_each_change_is_kept(project: Project, people: People, put: Ask) -> None:
    events = AuditEvent.objects.filter(project_id=project.id, actor_id=people.manager.id)
    for _ in range(2):  # sent again, it changes nothing
        answer = put(people.reader.id, ["adjudicator", "engineer"], ["reader"])
        assert answer.status_code == 200
        shown = {row["user"]["username"]: row["roles"] for row in answer.json()["results"]}
        assert shown[people.reader.username] == ["adjudicator", "engineer"]
    told = [(row.action, row.data["role"]) for row in events.order_by("id")]
    assert told == [
        ("membership.added", "adjudicator"),
        ("membership.added", "engineer"),
        ("membership.removed", "reader"),
    ]


def test_what_another_manager_changed_meanwhile_is_not_overwritten(
    project: Project, people: People, put: Ask
) -> None:
    assert put(people.reader.id, ["reader", "engineer"], ["reader"]).status_code == 200
    answer = put(people.reader.id, ["adjudicator", "reader"], ["reader"])
    assert (answer.status_code, answer.json()["code"]) == (412, "roles_changed")
    assert answer.json()["details"] == {"roles": ["engineer", "reader"]}
    assert roles_of(project, people.reader) == ["engineer", "reader"]


@pytest.mark.parametrize("is_other_active", [False, True])
def test_the_last_manager_cannot_take_her_own_role_away(
    project: Project, people: People, put: Ask, is_other_active: bool
) -> None:
    """One who cannot sign in is no manager to be left with."""
    people.stranger.is_active = is_other_active
    people.stranger.save()
    Membership.objects.create(project=project, user=people.stranger, role="manager")
    answer = put(people.manager.id, ["reader"], ["manager"])
    assert answer.status_code == (200 if is_other_active else 409)
    assert roles_of(project, people.manager) == (["reader"] if is_other_active else ["manager"])
    if not is_other_active:
        assert answer.json()["code"] == "last_manager"


def test_whoever_is_left_without_a_role_is_no_member(project: Project, people: People, put: Ask) -> None:
    for _ in range(2):
        answer = put(people.engineer.id, [], ["engineer"])
        assert answer.status_code == 200
        assert people.engineer.username not in str(answer.json())
    assert put(people.engineer.id, ["reader"], ["engineer"]).status_code == 404
    assert put(uuid.uuid4(), ["reader"], []).status_code == 404
    assert put(people.reader.id, ["chief"], ["reader"]).status_code == 400


@pytest.mark.parametrize("by_one_role", [False, True])
def test_what_a_reader_holds_is_free_when_she_reads_no_more(
    project: Project, people: People, put: Ask, client_of: Clients, by_one_role: bool
) -> None:
    make_cases(project, 2)
    opened = claim(people.reader, project)
    assert opened is not None and claim(people.reader, project, ahead=True) is not None
    draft_save(assignment=opened, version=0, document=drafted(opened, document({"nodule": "present"})))
    if by_one_role:
        client = client_of(people.manager)
        address = f"/api/v1/projects/{project.slug}/members/{people.reader.id}/reader/"
        assert client.delete(address).status_code == 204
    else:
        assert put(people.reader.id, [], ["reader"]).status_code == 200
    hers = Assignment.objects.filter(reader=people.reader)
    assert [row.state for row in hers] == [Assignment.State.RELEASED]
    assert ReadDraft.objects.filter(assignment=opened).exists()
    for reader in (people.second_reader, people.third_reader):
        assert {read_case(reader, project) is not None for _ in range(2)} == {True}


def test_what_an_adjudicator_has_claimed_waits_for_another(
    project: Project, people: People, put: Ask
) -> None:
    make_cases(project, 1)
    read_case(people.reader, project, document({"nodule": "present"}))
    read_case(people.second_reader, project)
    row = claim_adjudication(actor=people.adjudicator, adjudication=Adjudication.objects.get())
    assert put(people.adjudicator.id, ["engineer"], ["adjudicator"]).status_code == 200
    row.refresh_from_db()
    assert (row.state, row.adjudicator) == (Adjudication.State.OPEN, None)
