"""A reader looks at what became of her closed case; from then on her read of it stands."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from labelhub.accounts.models import User
from labelhub.consensus.selectors import case_outcome
from labelhub.core import audit
from labelhub.core.errors import NotFound
from labelhub.projects.selectors import protocol_in_force
from labelhub.reading.models import Assignment, CaseRound, Seen
from labelhub.reading.services.locks import assignment_locked
from labelhub.reading.services.seen import OUTCOME_VIEWED, cases_seen, outcome_seen
from labelhub.reading.services.store_read import within_slip_window


def look_at_outcome(*, actor: User, assignment: Assignment) -> dict[str, Any]:
    """The consensus and the reads of her case; the look is on record. Raises NotFound while there is none to see."""
    with transaction.atomic():
        # Noted first: a reservation that she loses by it lies in a round, whose lock comes before her assignment's.
        cases_seen(actor, assignment.case.project_id, [assignment.case_id], Seen.OUTCOME)
        # Locked as when she amends, so that she cannot do so while she looks.
        row = assignment_locked(assignment)
        if not outcome_visible(row):
            raise NotFound()
        audit.record(actor_id=actor.id, action=OUTCOME_VIEWED, obj=row, project_id=row.case.project_id)
        return case_outcome(row)


def outcome_visible(assignment: Assignment) -> bool:
    """The reader may see what became of her case: submitted, closed, and the protocol says so."""
    if assignment.state != Assignment.State.SUBMITTED:
        return False
    if not protocol_in_force(assignment.case.project).show_outcome_when_closed:
        return False
    return CaseRound.objects.filter(
        round_id=assignment.round_id, case_id=assignment.case_id, closed_at__isnull=False
    ).exists()


def read_stands(assignment: Assignment) -> bool:
    """Whether she may no longer amend it: she has seen what others said, or ten minutes have passed on a shown outcome.

    Until she looks, a slip can be corrected although the case has closed.
    """
    if outcome_seen(assignment):
        return True
    return outcome_visible(assignment) and not within_slip_window(assignment)
