"""Reservations that were never opened: dropped as if they had not been made."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import OuterRef, QuerySet
from django.utils import timezone

from labelhub.accounts.models import User
from labelhub.core import audit
from labelhub.projects.absences import is_away
from labelhub.projects.models import Project
from labelhub.reading.models import Assignment, Round
from labelhub.reading.services.case_rounds import case_round_of, unopened_slot_free
from labelhub.reading.services.locks import round_locked


def reservation_give_up(assignment: Assignment, *, actor: User | None = None, **still: Any) -> bool:
    """Drop it, in the caller's transaction, which holds no assignment yet. `actor`: the person who wants it so.

    False when it was opened meanwhile, or is no longer as `still` says.
    """
    return _drop(round_locked(assignment.round_id), assignment, actor, **still)


def reservations_release(project: Project) -> int:
    """Give up every reservation of new pool cases: a newer ranking is in force. Call in a transaction."""
    rounds = Round.objects.filter(project=project).order_by("-number").values_list("id", flat=True)
    rules = [Assignment.Rule.RANKING, Assignment.Rule.RANDOM]
    return _drop_all(rounds, Assignment.objects.filter(rule__in=rules))


def reservations_of_round_release(round_: Round) -> None:
    """Give up every reservation of a round that is closed. Call in a transaction that holds nothing but rounds."""
    _drop_all([round_.id], Assignment.objects.filter(round=round_))


def reservations_of_cases_give_up(case_ids: Collection[UUID]) -> None:
    """Drop what is reserved of these cases, all of whose rows are locked (`locks.cases_locked`)."""
    reserved = Assignment.objects.filter(case_id__in=case_ids, state=Assignment.State.RESERVED)
    rounds = reserved.order_by("-round__number").values_list("round_id", flat=True).distinct()
    _drop_all(list(rounds), reserved)


def reservations_give_up(reader_ids: Collection[UUID], *, actor: User | None = None, **which: Any) -> None:
    """Drop what is reserved for these readers. Call in a transaction that holds nothing that comes after a round."""
    theirs = Assignment.objects.filter(reader_id__in=reader_ids, **which)
    reserved = theirs.filter(state=Assignment.State.RESERVED)
    rounds = reserved.order_by("-round__number").values_list("round_id", flat=True).distinct()
    _drop_all(rounds, theirs, actor)


def reservations_of_the_absent_give_up(limit: int = 500) -> int:
    """Drop what is reserved for people whose leave has begun. Any process may call this.

    In an archived project nothing changes.
    """
    away = is_away(timezone.now(), user=OuterRef("reader_id"), project=OuterRef("case__project_id"))
    reserved = Assignment.objects.filter(
        away, state=Assignment.State.RESERVED, case__project__archived_at=None
    ).select_related("case")
    count = 0
    for row in reserved.order_by("lease_until")[:limit]:
        with transaction.atomic():
            count += reservation_give_up(row)
    return count


def _drop_all(round_ids: Iterable[UUID], assignments: QuerySet[Assignment], actor: User | None = None) -> int:
    """Drop those of the assignments that are reserved, once all the rounds, newest first, are locked."""
    rounds = {round_id: round_locked(round_id) for round_id in round_ids}
    reserved = assignments.select_related("case").filter(
        round_id__in=list(rounds), state=Assignment.State.RESERVED
    )
    return sum(_drop(rounds[row.round_id], row, actor) for row in reserved.order_by("id"))


def _drop(round_: Round, assignment: Assignment, actor: User | None, **still: Any) -> bool:
    # Locked first: `delete` reads the rows and then deletes them by id, whatever became of them in between.
    reserved = Assignment.objects.select_for_update().filter(id=assignment.id, **still)
    row = reserved.filter(state=Assignment.State.RESERVED).first()
    if row is None:
        return False
    row.delete()
    unopened_slot_free(round_, case_round_of(assignment))
    audit.record(
        actor_id=actor.id if actor else None,
        action="assignment.reservation_given_up",
        obj=assignment,
        project_id=assignment.case.project_id,
        data={"case": str(assignment.case_id), "reader": str(assignment.reader_id)},
    )
    return True
