"""A new label schema: not one by which a round that is open would ask nothing."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from labelhub.accounts.models import User
from labelhub.core.errors import Conflict
from labelhub.projects.models import LabelSchema, Project
from labelhub.projects.services import schema_create_version
from labelhub.reading.asked import asked
from labelhub.reading.models import Round


def change_schema(
    *, actor: User, project: Project, findings: Any, region_classes: Any, edited_from: int | None
) -> LabelSchema:
    """Put a new version in force.

    Raises as `schema_create_version`; Conflict `round_without_findings` where an open round asks only findings that
    are left out: its cases would be opened with nothing to answer, and be closed without a label.
    """
    with transaction.atomic():
        # The project's row is the lock of its versions and of its rounds' numbers.
        schema = schema_create_version(
            actor=actor,
            project=project,
            findings=findings,
            region_classes=region_classes,
            edited_from=edited_from,
        )
        refuse_empty_rounds(project, schema)
    return schema


def refuse_empty_rounds(project: Project, schema: LabelSchema) -> None:
    """Raise Conflict `round_without_findings` when an open round would ask nothing of this schema."""
    rounds = Round.objects.filter(project=project, closed_at__isnull=True).order_by("number")
    empty = [round_.number for round_ in rounds if not asked(schema, round_).findings]
    if empty:
        raise Conflict(
            f"Round {empty[0]} is open and asks only findings that are left out here. Close the round first, or "
            "keep one of its findings.",
            code="round_without_findings",
            details={"rounds": empty},
        )
