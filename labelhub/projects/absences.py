"""Who is away from a project: paused by its data manager, or on leave between two times."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, Q
from django.utils import timezone

from labelhub.accounts.models import User
from labelhub.core import audit
from labelhub.core.errors import InvalidContent, LabelHubError, StaleVersion
from labelhub.projects.models import Absence, Project


class Away(LabelHubError):
    """Nothing new is given to her. 403, not 409: what she has open stays hers, and her page stays as it is."""

    status = 403
    code = "away"

    def __init__(self, absence: Absence) -> None:
        until = absence.ends_at
        told = (
            "Your data manager has paused you in this project: no new case is given to you until she ends it."
            if until is None
            else "You are on leave in this project: no new case is given to you before it ends."
        )
        super().__init__(f"{told} What you have begun you may finish.", details={"until": until})


class AbsenceChanged(StaleVersion):
    """Somebody changed the absence after the one that was edited."""

    code = "absence_changed"

    def __init__(self, absence: Absence | None) -> None:
        super().__init__(
            "Somebody changed this person's absence meanwhile. Look at what holds now, and save again.",
            details={"absence": str(absence.id) if absence else None},
        )


def is_away(now: datetime, *, user: Any, project: Any) -> Exists:
    """A condition on rows: this person is away from this project at that time. Both are ids, or `OuterRef`s to them."""
    begun = Absence.objects.filter(user_id=user, project_id=project, begins_at__lte=now)
    return Exists(begun.filter(_not_ended(now)))


def absence_of(user_id: UUID, project: Project) -> Absence | None:
    """The person's absence that lasts or is to come."""
    return Absence.objects.filter(_not_ended(timezone.now()), user_id=user_id, project=project).first()


def absences_by_person(project: Project) -> dict[UUID, Absence]:
    """All that last or are to come, by the person's id."""
    rows = Absence.objects.filter(_not_ended(timezone.now()), project=project)
    return {row.user_id: row for row in rows}


def absence_in_force(user_id: UUID, project: Project) -> Absence | None:
    absence = absence_of(user_id, project)
    return absence if absence and absence.begins_at <= timezone.now() else None


def refuse_if_away(user: User, project: Project) -> None:
    """Raise Away."""
    if absence := absence_in_force(user.id, project):
        raise Away(absence)


def absence_set(
    *, actor: User, project: Project, user_id: UUID, begins_at: datetime | None, ends_at: datetime | None
) -> Absence:
    """Instead of what was. `begins_at`: None = now; `ends_at`: None = until somebody ends it.

    Call under the lock of the project's row. Raises InvalidContent for times that are over or in the wrong order.
    """
    now = timezone.now()
    begins = begins_at or now
    if ends_at is not None and ends_at <= max(begins, now):
        raise InvalidContent(
            "Leave ends after it begins, and not in the past. Choose other days.", code="absence_over"
        )
    Absence.objects.filter(project=project, user_id=user_id).delete()
    absence = Absence.objects.create(project=project, user_id=user_id, begins_at=begins, ends_at=ends_at)
    data = {"begins_at": begins.isoformat(), "ends_at": ends_at.isoformat() if ends_at else None}
    _record(actor, "absence.set", absence, data)
    return absence


def absence_end(*, actor: User | None, absence: Absence) -> None:
    """She is here again, or stays. Call under the lock of the project's row."""
    _record(actor, "absence.ended", absence, {})
    absence.delete()


def _not_ended(now: datetime) -> Q:
    return Q(ends_at__isnull=True) | Q(ends_at__gt=now)


def _record(actor: User | None, action: str, absence: Absence, data: dict[str, Any]) -> None:
    audit.record(
        actor_id=actor.id if actor else None,
        action=action,
        obj=absence,
        project_id=absence.project_id,
        data={"user": str(absence.user_id), **data},
    )
