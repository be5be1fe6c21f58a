"""Reservations that were never opened: dropped as if they had not been made."""

from __future__ import annotations

from typing import Any

from labelhub.core import audit
from labelhub.projects.models import Project
from labelhub.reading.models import Assignment, Round
from labelhub.reading.services.case_rounds import case_round_of, unopened_slot_free
from labelhub.reading.services.locks import round_locked


def reservation_give_up(assignment: Assignment, **still: Any) -> bool:
    """Drop it, in the caller's transaction, which holds no assignment yet.

    False when it was opened meanwhile, or is no longer as `still` says.
    """
    return _drop(round_locked(assignment.round_id), assignment, **still)


def reservations_release(project: Project) -> int:
    """Give up every reservation of new pool cases: a newer ranking is in force. Call in a transaction."""
    count = 0
    for round_id in Round.objects.filter(project=project).order_by("-number").values_list("id", flat=True):
        round_ = round_locked(round_id)
        reserved = Assignment.objects.select_related("case").filter(
            round=round_,
            state=Assignment.State.RESERVED,
            rule__in=[Assignment.Rule.RANKING, Assignment.Rule.RANDOM],
        )
        count += sum(_drop(round_, assignment) for assignment in reserved.order_by("id"))
    return count


def _drop(round_: Round, assignment: Assignment, **still: Any) -> bool:
    # Locked first: `delete` reads the rows and then deletes them by id, whatever became of them in between.
    reserved = Assignment.objects.select_for_update().filter(id=assignment.id, **still)
    row = reserved.filter(state=Assignment.State.RESERVED).first()
    if row is None:
        return False
    row.delete()
    unopened_slot_free(round_, case_round_of(assignment))
    audit.record(
        actor_id=None,
        action="assignment.reservation_given_up",
        obj=assignment,
        project_id=assignment.case.project_id,
        data={"case": str(assignment.case_id), "reader": str(assignment.reader_id)},
    )
    return True
