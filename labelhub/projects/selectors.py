"""Reading projects, schemas and protocols."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Subquery, UUIDField

from labelhub.core.prepared import Prepared
from labelhub.projects.models import LabelSchema, Project, ReadingProtocol

DEFAULT_RULE = {"rule": "adjudicate", "present_uncertain": True, "uncertain_absent": True}


def schema_in_force(project: Project) -> LabelSchema:
    return LabelSchema.objects.filter(project=project).order_by("-version")[0]


def protocol_in_force(project: Project) -> ReadingProtocol:
    return PROTOCOL.all(project=project.id)[0]


def versions_in_force(project_id: UUID) -> tuple[UUID, UUID]:
    """Ids of the schema and the protocol in force."""
    row = VERSIONS.all(project=project_id)[0]
    return row.schema_in_force, row.protocol_in_force


def version_ids(project_id: Any) -> dict[str, Subquery]:
    """What `versions_in_force` gives, as annotations of another query."""
    schemas = LabelSchema.objects.filter(project_id=project_id).order_by("-version")
    protocols = ReadingProtocol.objects.filter(project_id=project_id).order_by("-version")
    return {
        "schema_in_force": Subquery(schemas.values("id")[:1]),
        "protocol_in_force": Subquery(protocols.values("id")[:1]),
    }


PROTOCOL = Prepared(
    lambda project: ReadingProtocol.objects.filter(project_id=project).order_by("-version")[:1],
    project=UUIDField(),
)
VERSIONS = Prepared(
    lambda project: Project.objects.only("id").annotate(**version_ids(project)).filter(id=project),
    project=UUIDField(),
)


def finding_rule(protocol: ReadingProtocol, code: str) -> dict[str, object]:
    """The protocol's rule for a finding: what follows from a difference, and which pairs count as one."""
    return {**DEFAULT_RULE, **protocol.finding_rules.get(code, {})}
