"""Handing a case that one reader has open to another: its slot goes from the one to the other."""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction

from labelhub.accounts.models import User
from labelhub.consensus.services.counted import n_unreadable
from labelhub.core.errors import Conflict
from labelhub.reading.models import Assignment, CaseRound
from labelhub.reading.services.assigning import WhyNot, assign, barred, refuse_reader
from labelhub.reading.services.case_rounds import Slot, slots_of
from labelhub.reading.services.leases import assignment_hand_on
from labelhub.reading.services.locks import assignment_locked, case_round_locked
from labelhub.reading.services.rounds import claims_wait, place_take


def hand_over(*, actor: User, assignment: Assignment, reader: User) -> Assignment:
    """Take an open case from its reader, whose draft is kept, and reserve it for `reader`: nobody else gets it.

    The same request sent again answers with what the first one did. Raises Conflict `not_open`, those of
    `refuse_reader`, and one with the code of a `WhyNot`.
    """
    with transaction.atomic():
        claims_wait([reader.id], assignment.case.project_id)
        row = assignment_locked(assignment)
        given = Assignment.objects.filter(round=row.round, case=row.case, reader=reader).first()
        if row.state == Assignment.State.RELEASED and given and given.rule == Assignment.Rule.ASSIGNED:
            return given
        if row.state != Assignment.State.OPEN:
            raise Conflict(
                "This case is no longer open with her. Reload to see where it stands.", code="not_open"
            )
        refuse_reader(reader, row.round)
        case_round = case_round_locked(row.round_id, row.case_id)
        reason = barred(reader, row.round, [case_round]).get(row.case_id) or _surplus(case_round)
        if reason:
            raise Conflict(reason.label, code=reason.value)
        assignment_hand_on(actor=actor, row=row, to=reader)
        place = place_take(reader, row.round)
        return assign(actor=actor, reader=reader, round_=row.round, slot=Slot.of(case_round), position=place)


def _surplus(case_round: CaseRound) -> WhyNot | None:
    """Of a slot above the protocol's number, kept only for her who has it: given back, it would be withdrawn."""
    slots = slots_of(case_round)
    freed = replace(slots, n_open=slots.n_open + 1)
    asked = freed.under(freed.n_wanted, n_unreadable(case_round))
    return None if asked.n_open else WhyNot.NO_FREE_SLOT
