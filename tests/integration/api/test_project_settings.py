"""A project's name and description: who changes them, what is kept, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from labelhub.core.models import AuditEvent
from labelhub.projects.models import Project
from tests.factories.projects import People

Clients = Callable[..., APIClient]


def address(project: Project) -> str:
    return f"/api/v1/projects/{project.slug}/"


def change(client: APIClient, project: Project, **values: Any) -> Any:
    return client.patch(address(project), values, format="json")


def test_the_manager_renames_and_describes_and_the_address_stays(
    project: Project, people: People, client_of: Clients
) -> None:
    client, slug, name = client_of(people.manager), project.slug, project.name
    told = change(client, project, name="Chest, second site", description="Films of 2024.\nTwo readers.")
    assert told.status_code == 200, told.json()
    assert told.json() == client.get(address(project)).json()
    project.refresh_from_db()
    assert (project.slug, project.name) == (slug, "Chest, second site")
    mine = client_of(people.reader).get("/api/v1/session/").json()["projects"]
    assert [(row["name"], row["description"]) for row in mine] == [
        ("Chest, second site", "Films of 2024.\nTwo readers.")
    ]
    row = AuditEvent.objects.get(action="project.described", project_id=project.id)
    assert row.actor_id == people.manager.id
    assert row.data == {
        "name": {"old": name, "new": "Chest, second site"},
        "description": {"old": "", "new": "Films of 2024.\nTwo readers."},
    }


def test_what_is_left_out_stays_and_the_same_again_is_no_change(
    project: Project, people: People, client_of: Clients
) -> None:
    client, name = client_of(people.manager), project.name
    for _ in range(2):
        assert change(client, project, description="Pilot.").json()["name"] == name
    assert change(client, project).json()["description"] == "Pilot."
    assert change(client, project, description="").json()["description"] == ""
    rows = AuditEvent.objects.filter(action="project.described").order_by("id")
    assert [row.data for row in rows] == [
        {"description": {"old": "", "new": "Pilot."}},
        {"description": {"old": "Pilot.", "new": ""}},
    ]


@pytest.mark.parametrize("role", ["reader", "adjudicator", "engineer", "stranger"])
def test_nobody_but_the_manager_changes_them(
    role: str, project: Project, people: People, client_of: Clients
) -> None:
    refused = change(client_of(getattr(people, role)), project, name="Mine")
    assert refused.status_code == (404 if role == "stranger" else 403)
    assert Project.objects.get(id=project.id).name == project.name


@pytest.mark.parametrize(
    "values",
    [{"name": " "}, {"name": "x" * 201}, {"description": "x" * 2001}, {"slug": "other"}, {"split_seed": 1}],
    ids=["no name", "long name", "long description", "slug", "seed"],
)
def test_what_is_not_right_is_refused_and_changes_nothing(
    values: dict[str, Any], project: Project, people: People, client_of: Clients
) -> None:
    refused = change(client_of(people.manager), project, **values)
    assert (refused.status_code, refused.json()["code"]) == (400, "malformed")
    kept = Project.objects.get(id=project.id)
    assert (kept.name, kept.description, kept.slug) == (project.name, "", project.slug)
    assert not AuditEvent.objects.filter(action="project.described").exists()
