"""Projects, versions of schemas and protocols, and roles."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from labelhub.core.errors import Conflict, InvalidContent
from labelhub.core.models import AuditEvent
from labelhub.projects.models import LabelSchema, Membership, Project
from labelhub.projects.selectors import protocol_in_force, schema_in_force
from labelhub.projects.services import (
    membership_add,
    project_create,
    protocol_create_version,
    schema_create_version,
)
from tests.factories.accounts import make_user


def test_each_version_is_numbered_and_the_newest_is_in_force(project: Project) -> None:
    findings = [{"code": "mass", "name": "Mass", "hotkey": "1"}]
    schema = schema_create_version(actor=None, project=project, findings=findings, region_classes=[])
    assert (schema.version, schema_in_force(project)) == (2, schema)
    protocol = protocol_create_version(actor=None, project=project, values={"readers_per_case": 4})
    assert (protocol.version, protocol_in_force(project).readers_per_case) == (2, 4)
    assert AuditEvent.objects.filter(project_id=project.id, action="schema.created").count() == 2


def test_a_schema_that_is_in_use_cannot_be_changed(project: Project) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        LabelSchema.objects.filter(project=project).update(findings=[])


def test_a_protocol_may_name_only_findings_of_the_schema_in_force(project: Project) -> None:
    with pytest.raises(InvalidContent):
        protocol_create_version(
            actor=None, project=project, values={"finding_rules": {"mass": {"rule": "soft"}}}
        )


@pytest.mark.parametrize("slug", ["", "two words", "a/b", "../x", "x" * 65])
def test_a_slug_that_does_not_fit_in_an_address_is_refused(db: None, slug: str) -> None:
    with pytest.raises(InvalidContent):
        project_create(actor=None, slug=slug)
    assert not Project.objects.exists()


def test_a_project_that_is_refused_leaves_nothing_behind(db: None) -> None:
    with pytest.raises(InvalidContent):
        project_create(actor=None, slug="chest", findings=[])
    assert not Project.objects.exists() and not AuditEvent.objects.exists()


def test_two_projects_cannot_share_a_slug(project: Project) -> None:
    with pytest.raises(Conflict):
        project_create(actor=None, slug=project.slug)


def test_a_role_is_held_once(project: Project) -> None:
    anna = make_user()
    first = membership_add(actor=None, project=project, user=anna, role=Membership.Role.READER)
    assert membership_add(actor=None, project=project, user=anna, role=Membership.Role.READER) == first
    with pytest.raises(InvalidContent):
        membership_add(actor=None, project=project, user=anna, role="owner")
    assert AuditEvent.objects.filter(action="membership.added", object_id=str(first.id)).count() == 1
