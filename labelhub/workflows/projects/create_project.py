"""Create a project that can be read and learned from: schema, protocol, first round and training policy."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from labelhub.accounts.models import User
from labelhub.learning.models import TrainingPolicy
from labelhub.projects.models import Membership, Project
from labelhub.projects.services import membership_add, project_create
from labelhub.reading.services.rounds import worklist_state


def create_project(
    *,
    actor: User | None,
    slug: str,
    name: str = "",
    findings: list[dict[str, Any]] | None = None,
    region_classes: list[dict[str, Any]] | None = None,
    protocol: dict[str, Any] | None = None,
    **settings: Any,
) -> Project:
    """Create a project; its maker, if any, becomes its data manager."""
    with transaction.atomic():
        project = project_create(
            actor=actor,
            slug=slug,
            name=name,
            findings=findings,
            region_classes=region_classes,
            protocol=protocol,
            **settings,
        )
        worklist_state(project)
        TrainingPolicy.objects.create(project=project)
        if actor is not None:
            membership_add(actor=actor, project=project, user=actor, role=Membership.Role.MANAGER)
    return project
