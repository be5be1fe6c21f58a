"""Pausing a person, noting her leave, and having her back: what is reserved for her goes back when it begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from labelhub.accounts.models import User
from labelhub.core.errors import NotFound
from labelhub.projects.absences import AbsenceChanged, absence_end, absence_of, absence_set
from labelhub.projects.models import Absence, Membership, Project
from labelhub.reading.services.reservations import reservations_give_up
from labelhub.reading.services.rounds import claims_wait


@dataclass(frozen=True)
class Wanted:
    """`begins_at`: None = now; `ends_at`: None = until somebody ends it."""

    begins_at: datetime | None
    ends_at: datetime | None


def set_absence(
    *, actor: User, project: Project, user_id: UUID, wanted: Wanted | None, edited_from: UUID | None
) -> None:
    """Let a member be away as `wanted`; None: she is here. `edited_from`: the absence that was edited, if any.

    What she has open stays hers to finish. The same request sent again changes nothing. Raises NotFound,
    AbsenceChanged, InvalidContent.
    """
    with transaction.atomic():
        # The project's row is the lock: two managers who change the same person do it one after the other.
        Project.objects.select_for_update(no_key=True).get(id=project.id)
        if not Membership.objects.filter(project=project, user_id=user_id).exists():
            raise NotFound()
        before = absence_of(user_id, project)
        if _is_so(before, wanted):
            return
        if edited_from != (before.id if before else None):
            raise AbsenceChanged(before)
        if wanted is None:
            assert before is not None
            absence_end(actor=actor, absence=before)
            return
        # Claims of hers that are under way come to their end first; later ones find her away.
        claims_wait([user_id], project.id)
        absence = absence_set(
            actor=actor,
            project=project,
            user_id=user_id,
            begins_at=wanted.begins_at,
            ends_at=wanted.ends_at,
        )
        if absence.begins_at <= timezone.now():
            reservations_give_up([user_id], actor=actor, round__project=project)


def _is_so(absence: Absence | None, wanted: Wanted | None) -> bool:
    if absence is None or wanted is None:
        return absence is None and wanted is None
    has_begun = absence.begins_at <= timezone.now()
    begins_so = has_begun if wanted.begins_at is None else absence.begins_at == wanted.begins_at
    return begins_so and absence.ends_at == wanted.ends_at
