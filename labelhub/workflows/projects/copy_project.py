"""Create a project that reads and learns as another does."""

from __future__ import annotations

from django.db import transaction

from labelhub.accounts.models import User
from labelhub.core import audit
from labelhub.learning.models import TrainingPolicy
from labelhub.learning.selectors import policy_of
from labelhub.learning.services.policy import policy_update
from labelhub.projects.models import Project
from labelhub.projects.protocols import DEFAULT_PROTOCOL
from labelhub.projects.selectors import protocol_in_force, schema_in_force
from labelhub.workflows.projects.add_member import add_member
from labelhub.workflows.projects.create_project import create_project

POLICY_VALUES = [
    field.name for field in TrainingPolicy._meta.concrete_fields if field.name not in ("project", "version")
]


def copy_project(
    *, actor: User, source: Project, slug: str, name: str, with_members: bool = False
) -> Project:
    """The schema, protocol and policy in force and the split shares of `source`; none of its cases, reads or labels.

    The seed and the pseudonym key are its own: one patient has two pseudonyms in two projects.
    Raises Conflict when the slug is taken, InvalidContent when it is none.
    """
    schema, protocol, policy = schema_in_force(source), protocol_in_force(source), policy_of(source)
    values = {field: getattr(protocol, field) for field in DEFAULT_PROTOCOL}
    # The rule of a finding that the schema has dropped since stays in the protocol, where it says nothing.
    values["finding_rules"] = {
        code: rule for code, rule in protocol.finding_rules.items() if code in schema.codes
    }
    with transaction.atomic():
        project = create_project(
            actor=actor,
            slug=slug,
            name=name,
            findings=schema.findings,
            region_classes=schema.region_classes,
            protocol=values,
            pool_share=source.pool_share,
            validation_share=source.validation_share,
            keep_originals=source.keep_originals,
        )
        audit.record(
            actor_id=actor.id,
            action="project.copied",
            obj=project,
            project_id=project.id,
            data={"source": str(source.id), "with_members": with_members},
        )
        policy_update(
            actor=actor, project=project, values={field: getattr(policy, field) for field in POLICY_VALUES}
        )
        if with_members:
            for member in source.memberships.filter(user__is_active=True).select_related("user"):
                add_member(actor=actor, project=project, user=member.user, role=member.role)
    return project
