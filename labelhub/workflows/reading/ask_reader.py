"""An adjudicator asks a reader: the case goes back to her with a question, and can be taken back again."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from labelhub.accounts.models import User
from labelhub.consensus.anonymity import letters
from labelhub.consensus.models import Adjudication
from labelhub.consensus.services.adjudications import adjudication_advance
from labelhub.core import audit
from labelhub.core.errors import Conflict, InvalidContent
from labelhub.reading.models import Assignment
from labelhub.reading.services.assignments import assignment_advance
from labelhub.reading.services.seen import outcome_seen
from labelhub.workflows.consensus.adjudicate import refuse_own_read


def return_to_reader(*, actor: User, adjudication: Adjudication, letter: str, note: str) -> None:
    """Send the case back to the reader behind a letter with a question. Her amended read reopens it.

    Raises InvalidContent without a question or for an unknown letter; Conflict: `lease_lost`, `has_seen` for a reader
    who has seen what others said of the case.
    """
    if not note.strip():
        raise InvalidContent("Write the question for the reader.", details={"field": "note"})
    with transaction.atomic():
        ids = [pk for pk, shown in letters(adjudication).items() if shown == letter]
        assignments, row = _locked(adjudication, id__in=ids)
        if row.adjudicator_id != actor.id:
            raise Conflict("This case is not held for you. Open it first.", code="lease_lost")
        if not assignments:
            raise InvalidContent("There is no such read.", details={"field": "label"})
        (assignment,) = assignments
        if outcome_seen(assignment):
            raise Conflict(
                "This reader has seen what others said of the case, so that her read stands. Ask another reader, or "
                "decide.",
                code="has_seen",
            )
        assignment_advance(assignment, "return", return_note=note.strip()[:500])
        adjudication_advance(row, "return", lease_until=None)
        _record(actor, "adjudication.sent_back", row, {"assignment": str(assignment.id)})


def recall_from_reader(*, actor: User, adjudication: Adjudication) -> None:
    """Take a case back from whoever was asked and does not answer: the reads stand, and the case waits again.

    What a reader has begun to change stays in her draft, which she is shown as a correction to submit. Raises
    InvalidTransition when she has answered meanwhile, NotAllowed for a case that the actor has read herself.
    """
    with transaction.atomic():
        refuse_own_read(actor, adjudication)
        assignments, row = _locked(adjudication, state=Assignment.State.RETURNED)
        adjudication_advance(row, "recall", lease_until=None)
        for assignment in assignments:
            assignment_advance(assignment, "recall")
        _record(actor, "adjudication.recalled", row, {"assignments": [str(each.id) for each in assignments]})


def _locked(adjudication: Adjudication, **which: Any) -> tuple[list[Assignment], Adjudication]:
    """The readers' rows before the adjudication, as when they submit: that order avoids deadlocks."""
    case_round = adjudication.case_round
    of_case = Assignment.objects.filter(round_id=case_round.round_id, case_id=case_round.case_id)
    assignments = list(of_case.select_for_update(no_key=True).filter(**which).order_by("id"))
    return assignments, Adjudication.objects.select_for_update(no_key=True).get(id=adjudication.id)


def _record(actor: User, action: str, row: Adjudication, data: dict[str, Any]) -> None:
    audit.record(actor_id=actor.id, action=action, obj=row, project_id=row.project_id, data=data)
