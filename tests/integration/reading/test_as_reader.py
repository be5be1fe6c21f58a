"""A manager sees cases as a reader would: the same payload, and nothing is stored but that she looked."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.core import serializers as rows_as
from rest_framework.test import APIClient

from labelhub.core.models import AuditEvent
from labelhub.imaging.models import Case
from labelhub.projects.models import Project
from labelhub.reading.models import CaseRound
from tests.factories.cases import make_case, make_cases
from tests.factories.projects import People, make_project
from tests.factories.reading import claim, document, read_case


def see(client: APIClient, project: Project, **query: Any) -> Any:
    return client.get(f"/api/v1/projects/{project.slug}/as-reader/", query)


def stored() -> dict[str, str]:
    """Every row of the database, but the audit trail."""
    return {
        model._meta.label: rows_as.serialize("json", model._default_manager.order_by("pk"))
        for model in apps.get_models()
        if model is not AuditEvent
    }


@pytest.fixture
def manager(people: People, client_of: Any) -> APIClient:
    client: APIClient = client_of(people.manager)
    return client


def test_nothing_changes_but_that_she_looked(project: Project, people: People, manager: APIClient) -> None:
    (case, *_) = make_cases(project, 3)
    read_case(people.reader, project)
    claim(people.second_reader, project)
    see(manager, project)  # signed in, and whatever is made once is made
    before, events = stored(), AuditEvent.objects.count()
    answer = see(manager, project, case=case.number)
    assert answer.status_code == 200 and stored() == before
    (event,) = AuditEvent.objects.order_by("id")[events:]
    assert (event.action, event.object_id, event.actor_id) == (
        "case.seen_as_reader",
        str(case.id),
        people.manager.id,
    )
    assert event.data == {}


def test_it_is_what_a_reader_is_given(
    project: Project, people: People, manager: APIClient, client_of: Any
) -> None:
    (case,) = make_cases(project, 1)
    assignment = claim(people.reader, project)
    assert assignment is not None
    theirs = client_of(people.reader).post(f"/api/v1/assignments/{assignment.id}/open/").json()
    mine = see(manager, project, case=case.number).json()["workspace"]
    for part in (
        "schema",
        "protocol",
        "context",
        "images",
        "draft",
        "draft_aside",
        "flags",
        "allowed_actions",
        "project",
    ):
        assert mine[part] == theirs[part], part
    own = {"id", "lease_until"}
    assert {key: value for key, value in mine["assignment"].items() if key not in own} == {
        key: value for key, value in theirs["assignment"].items() if key not in own
    }
    assert mine["assignment"]["lease_until"] is None


def test_what_others_have_read_makes_no_difference(
    project: Project, people: People, manager: APIClient
) -> None:
    (case, _) = make_cases(project, 2)
    before = see(manager, project, case=case.number).json()["workspace"]
    for reader in (people.reader, people.second_reader):
        while case.id not in set(reader.assignments.values_list("case_id", flat=True)):
            read_case(reader, project, document({"nodule": "present"}))
    after = see(manager, project, case=case.number).json()["workspace"]
    for workspace in (before, after):
        workspace["assignment"].pop("id")
    assert before == after


def test_the_walk_goes_through_what_nobody_has_begun_in_the_order_of_offers(
    project: Project, people: People, manager: APIClient
) -> None:
    cases = make_cases(project, 4)
    test_case = make_case(project, split="test")
    excluded = make_case(project, split="excluded")
    begun = claim(people.reader, project)
    assert begun is not None
    left = CaseRound.objects.filter(begun_seq__isnull=True, split="pool").order_by("order_key")
    order = [row.case.number for row in left] + [test_case.number]
    if begun.case_id == test_case.id:
        order.remove(test_case.number)
    walked, answer = [], see(manager, project).json()
    while answer["number"] is not None:
        walked.append(answer["number"])
        following = answer["next"]
        answer = see(manager, project, after=answer["number"]).json()
        assert answer["number"] == following
    assert walked == order and excluded.number not in walked and len(cases) == 4
    assert answer == {"number": None, "next": None, "message": answer["message"], "workspace": None}
    assert "Choose one" in answer["message"]


def test_a_reader_is_offered_what_she_would_have_been(
    project: Project, people: People, manager: APIClient
) -> None:
    make_cases(project, 3)
    first = CaseRound.objects.filter(begun_seq__isnull=True, split="pool").order_by("order_key")[0]
    assert see(manager, project).json()["number"] == first.case.number
    assignment = claim(people.reader, project)
    assert assignment is not None and assignment.case_id == first.case_id


@pytest.mark.parametrize(
    ("query", "status"),
    [({"case": 99}, 404), ({"case": "x"}, 400), ({"after": -1}, 400), ({"number": 1}, 400)],
)
def test_a_case_that_is_not_there(
    query: dict[str, Any], status: int, project: Project, manager: APIClient
) -> None:
    make_cases(project, 1)
    assert see(manager, project, **query).status_code == status
    assert not AuditEvent.objects.filter(action="case.seen_as_reader").exists()


@pytest.mark.parametrize("role", ["reader", "adjudicator", "engineer", "stranger"])
def test_only_a_manager(role: str, project: Project, people: People, client_of: Any) -> None:
    (case,) = make_cases(project, 1)
    answer = see(client_of(getattr(people, role)), project, case=case.number)
    assert answer.status_code == (404 if role == "stranger" else 403)


def test_a_case_of_another_project_is_not_found(project: Project, manager: APIClient) -> None:
    (other,) = make_cases(make_project(), 1)
    assert Case.objects.filter(number=other.number).count() == 1
    assert see(manager, project, case=other.number).status_code == 404
