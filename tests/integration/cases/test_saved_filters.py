"""Filters of the list of cases under a name: shared by those who manage the project, and no more than a query."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from labelhub.core.models import AuditEvent
from labelhub.projects.models import Project, SavedFilter
from labelhub.reading.models import CaseSeen
from labelhub.workflows.cases import saved_filters
from tests.factories.cases import make_cases
from tests.factories.projects import People, make_people, make_project
from tests.factories.reading import document, read_case

ClientOf = Callable[..., APIClient]
TO_CHECK = {
    "name": "To check",
    "query": {"finding": "nodule", "value": "present", "split": ""},
    "order": "-read",
    "view": "sheet",
}


@pytest.fixture
def manager(people: People, client_of: ClientOf) -> APIClient:
    return client_of(people.manager)


def address(project: Project, row: dict[str, Any] | None = None) -> str:
    return f"/api/v1/projects/{project.slug}/case-filters/" + (f"{row['id']}/" if row else "")


def save(client: APIClient, project: Project, **changes: Any) -> Any:
    return client.post(address(project), TO_CHECK | changes, format="json")


def test_one_is_kept_for_all_who_manage_the_project(
    project: Project, people: People, manager: APIClient, client_of: ClientOf
) -> None:
    saved = save(manager, project).json()
    assert saved["query"] == {"finding": "nodule", "value": "present"}
    assert (saved["order"], saved["view"], saved["created_by"]) == (
        "-read",
        "sheet",
        people.manager.display_name or people.manager.username,
    )
    save(manager, project, name="Again", query={})
    for person in (people.manager, people.engineer):
        names = [row["name"] for row in client_of(person).get(address(project)).json()["results"]]
        assert names == ["Again", "To check"]
    assert save(client_of(people.engineer), project, name="Mine").status_code == 403


def test_a_name_is_given_once(project: Project, manager: APIClient) -> None:
    first = save(manager, project)
    again = save(manager, project, name=" To check ")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    for changes in ({"query": {}}, {"order": "number"}, {"view": "table"}):
        refused = save(manager, project, **changes)
        assert (refused.status_code, refused.json()["code"]) == (409, "filter_name_taken")
    assert save(manager, make_project_of(manager)).status_code == 201
    assert SavedFilter.objects.filter(project=project).count() == 1


def make_project_of(client: APIClient) -> Project:
    """Another project, in which the person manages too."""
    project = make_project()
    client.force_login(make_people(project).manager)
    return project


@pytest.mark.parametrize(
    "changes",
    [
        {"query": {"patient": "1"}},
        {"query": {"split": "everything"}},
        {"query": {"value": "present"}},
        {"query": {"find": "a" * 10_001}},
        {"order": "patient"},
        {"view": "list"},
        {"name": "   "},
        {"name": "n" * 81},
    ],
)
def test_what_the_list_would_refuse_is_not_kept(
    project: Project, manager: APIClient, changes: dict[str, Any]
) -> None:
    assert save(manager, project, **changes).status_code in (400, 422)
    assert not SavedFilter.objects.exists()


def test_a_project_keeps_no_more_than_a_menu_holds(
    project: Project, manager: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved_filters, "MOST_FILTERS", 2)
    answers = [save(manager, project, name=name) for name in "abca"]
    assert [answer.status_code for answer in answers] == [201, 201, 409, 201]
    assert answers[2].json()["code"] == "too_many_filters"


def test_it_is_deleted_and_both_are_written_down(
    project: Project, people: People, manager: APIClient
) -> None:
    saved = save(manager, project).json()
    assert manager.delete(address(project, saved)).status_code == 204
    assert manager.delete(address(project, saved)).status_code == 404
    assert manager.get(address(project)).json()["results"] == []
    rows = AuditEvent.objects.filter(object_id=saved["id"]).order_by("id")
    assert [(row.action, row.actor_id, row.data) for row in rows] == [
        ("saved_filter.created", people.manager.id, {}),
        ("saved_filter.deleted", people.manager.id, {}),
    ]


def test_saving_and_choosing_one_shows_nothing_of_a_case(
    project: Project, people: People, manager: APIClient
) -> None:
    make_cases(project, 1)
    read_case(people.reader, project, document({"nodule": "present"}))
    read_case(people.second_reader, project, document({"nodule": "present"}))
    saved = save(manager, project).json()
    manager.get(address(project))
    assert not CaseSeen.objects.filter(user=people.manager).exists()
    manager.get(f"/api/v1/projects/{project.slug}/cases/", saved["query"] | {"order": saved["order"]})
    assert CaseSeen.objects.filter(user=people.manager).exists()
