"""A person's projects, and making one: who may, from what, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from labelhub.accounts.models import User
from labelhub.core.models import AuditEvent
from labelhub.projects.models import Membership, Project
from labelhub.projects.selectors import protocol_in_force, schema_in_force
from labelhub.projects.templates import TEMPLATES, template_named
from tests.factories.accounts import make_user
from tests.factories.projects import People

ADDRESS = "/api/v1/projects/"
Clients = Callable[..., APIClient]


@pytest.fixture
def administrator(db: Any) -> User:
    person = make_user()
    person.is_superuser = True
    person.save()
    return person


def create(client: APIClient, **values: Any) -> Any:
    return client.post(ADDRESS, {"slug": "chest", "name": "Chest", **values}, format="json")


def test_a_project_is_made_from_a_template_and_its_maker_manages_it(
    administrator: User, client_of: Clients
) -> None:
    client = client_of(administrator)
    made = create(client, template="chest_14", readers_per_case=3)
    assert made.status_code == 201, made.json()
    project = Project.objects.get(slug="chest")
    summary = {
        "id": str(project.id),
        "slug": "chest",
        "name": "Chest",
        "description": "",
        "archived_at": None,
        "roles": ["manager"],
    }
    assert made.json() == summary
    assert schema_in_force(project).findings == template_named("chest_14").findings
    assert protocol_in_force(project).readers_per_case == 3
    assert client.get(ADDRESS).json()["results"] == [made.json()]
    assert client.get(f"{ADDRESS}chest/dashboard/").status_code == 200
    created = AuditEvent.objects.get(action="project.created", project_id=project.id)
    assert created.actor_id == administrator.id


@pytest.mark.parametrize("role", ["manager", "reader", "adjudicator", "engineer", "stranger"])
def test_of_members_only_managers_make_projects(role: str, people: People, client_of: Clients) -> None:
    client = client_of(getattr(people, role))
    assert client.get("/api/v1/session/").json()["may_create_projects"] == (role == "manager")
    made = create(client)
    assert made.status_code == (201 if role == "manager" else 403)
    assert Project.objects.filter(slug="chest").exists() == (role == "manager")


@pytest.mark.parametrize(
    ("values", "status", "code"),
    [
        ({"slug": "two words"}, 422, "invalid_slug"),
        ({"slug": ""}, 400, "malformed"),
        ({"name": " "}, 400, "malformed"),
        ({"name": "x" * 201}, 400, "malformed"),
        ({"template": "knee"}, 422, "unknown_template"),
        ({"readers_per_case": 0}, 422, "invalid_protocol"),
        ({"readers_per_case": 21}, 422, "invalid_protocol"),
        ({"pseudonym_key": "00"}, 400, "malformed"),
    ],
    ids=["spaces", "no slug", "no name", "long name", "template", "no reads", "21 reads", "secret"],
)
def test_what_is_not_right_is_refused_and_makes_nothing(
    values: dict[str, Any], status: int, code: str, administrator: User, client_of: Clients
) -> None:
    refused = create(client_of(administrator), **values)
    assert (refused.status_code, refused.json()["code"]) == (status, code), refused.json()
    assert not Project.objects.exists() and not Membership.objects.exists()


def test_a_short_name_is_given_once(project: Project, administrator: User, client_of: Clients) -> None:
    refused = create(client_of(administrator), slug=project.slug)
    assert (refused.status_code, refused.json()["code"]) == (409, "project_exists")
    assert not Membership.objects.filter(user=administrator).exists()


def test_the_templates_are_listed_with_their_findings(people: People, client_of: Clients) -> None:
    rows = client_of(people.manager).get("/api/v1/project-templates/").json()["results"]
    assert [row["code"] for row in rows] == [each.code for each in TEMPLATES]
    assert rows[0]["findings"] == TEMPLATES[0].findings
