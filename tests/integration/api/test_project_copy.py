"""A project made as another is: what comes along, what never does, and who may ask."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from typing import Any

import pytest
from rest_framework.test import APIClient

from labelhub.core.models import AuditEvent
from labelhub.imaging.models import Case
from labelhub.learning.models import TrainingPolicy
from labelhub.learning.services.policy import policy_update
from labelhub.projects.models import Membership, Project
from labelhub.projects.protocols import DEFAULT_PROTOCOL
from labelhub.projects.selectors import protocol_in_force, schema_in_force
from labelhub.projects.services import protocol_create_version, schema_create_version
from labelhub.workflows.projects.copy_project import POLICY_VALUES
from tests.factories.projects import FINDINGS, People
from tests.factories.world import make_world

Clients = Callable[..., APIClient]


def copy(client: APIClient, source: Project, **values: Any) -> Any:
    body = {"slug": "second", "name": "Second", "copy_of": source.slug, **values}
    return client.post("/api/v1/projects/", body, format="json")


def test_a_copy_reads_and_learns_as_its_source_and_has_none_of_its_cases(
    project: Project, people: People, client_of: Clients
) -> None:
    make_world(project, people)
    protocol_create_version(
        actor=None,
        project=project,
        values={
            "readers_per_case": 4,
            "iou_threshold": 0.6,
            "finding_rules": {"nodule": {"rule": "majority"}, "effusion": {"rule": "soft"}},
        },
    )
    schema_create_version(actor=None, project=project, findings=FINDINGS[:1], region_classes=[])
    values = {"network": "small", "every_n_labels": 40, "daily_at": time(3, 30), "random_share": 0.3}
    policy_update(actor=None, project=project, values=values)
    made = copy(client_of(people.manager), project)
    assert made.status_code == 201, made.json()
    second = Project.objects.get(slug="second")
    assert schema_in_force(second).findings == schema_in_force(project).findings
    theirs, its = protocol_in_force(project), protocol_in_force(second)
    for field in set(DEFAULT_PROTOCOL) - {"finding_rules"}:
        assert getattr(its, field) == getattr(theirs, field), field
    assert its.finding_rules == {"nodule": {"rule": "majority"}}  # the other finding is not asked any more
    source_policy, policy = project.training_policy, TrainingPolicy.objects.get(project=second)
    source_policy.refresh_from_db()
    for field in POLICY_VALUES:
        assert getattr(policy, field) == getattr(source_policy, field), field
    assert Case.objects.filter(project=project).exists()
    assert not Case.objects.filter(project=second).exists()
    assert second.split_seed != project.split_seed
    assert second.pseudonym_key != project.pseudonym_key
    assert [(row.user_id, row.role) for row in second.memberships.all()] == [(people.manager.id, "manager")]
    copied = AuditEvent.objects.get(action="project.copied")
    assert (copied.actor_id, copied.project_id) == (people.manager.id, second.id)
    assert copied.data == {"source": str(project.id), "with_members": False}


def test_members_who_can_sign_in_come_along_when_asked_for(
    project: Project, people: People, client_of: Clients
) -> None:
    people.third_reader.is_active = False
    people.third_reader.save()
    assert copy(client_of(people.manager), project, with_members=True).status_code == 201

    def members(of: Project) -> set[tuple[Any, str]]:
        return set(Membership.objects.filter(project=of).values_list("user_id", "role"))

    assert members(Project.objects.get(slug="second")) == members(project) - {
        (people.third_reader.id, "reader")
    }


@pytest.mark.parametrize(
    ("role", "status"),
    [("reader", 403), ("adjudicator", 403), ("engineer", 403), ("stranger", 404)],
)
def test_only_a_project_that_one_manages_is_copied(
    role: str, status: int, project: Project, people: People, client_of: Clients
) -> None:
    person = getattr(people, role)
    own = client_of(people.manager).post("/api/v1/projects/", {"slug": "own", "name": "Own"}, format="json")
    assert own.status_code == 201
    Membership.objects.create(project=Project.objects.get(slug="own"), user=person, role="manager")
    assert copy(client_of(person), project).status_code == status
    assert not Project.objects.filter(slug="second").exists()


@pytest.mark.parametrize(
    "values",
    [{"template": "chest_14"}, {"readers_per_case": 3}, {"copy_of": None}, {"copy_of": ""}],
    ids=["template", "readers", "null", "empty"],
)
def test_a_copy_has_what_its_source_has_and_nothing_else(
    values: dict[str, Any], project: Project, people: People, client_of: Clients
) -> None:
    refused = copy(client_of(people.manager), project, **values)
    assert (refused.status_code, refused.json()["code"]) == (400, "malformed")
    assert not Project.objects.filter(slug="second").exists()


def test_members_come_only_with_a_source(people: People, client_of: Clients) -> None:
    body = {"slug": "second", "name": "Second", "with_members": True}
    refused = client_of(people.manager).post("/api/v1/projects/", body, format="json")
    assert (refused.status_code, refused.json()["code"]) == (400, "malformed")
