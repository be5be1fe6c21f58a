"""Taking and freeing slots: the only code that changes CaseRound.n_open, always by a conditional UPDATE."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, QuerySet

from labelhub.core import audit
from labelhub.projects.models import Project
from labelhub.reading.models import Assignment, CaseRound, QueueEntry, ReopenedSlot, Round


@dataclass(frozen=True)
class Slot:
    """A case of a round, as far as taking one of its slots needs to know it."""

    round_id: UUID
    case_id: UUID
    case_version_id: UUID
    split: str
    is_begun: bool

    @classmethod
    def of(cls, row: CaseRound, case_version_id: UUID) -> Slot:
        return cls(row.round_id, row.case_id, case_version_id, row.split, is_begun=row.begun_seq is not None)


def slot_take(slot: Slot) -> bool:
    """Take one slot if the case still stands as `slot` says. False: somebody was quicker."""
    if slot.is_begun:
        return bool(_row(slot).update(n_open=F("n_open") - 1))
    return slot_begin(round_locked(slot.round_id), slot)


def slot_begin(round_: Round, slot: Slot) -> bool:
    """Take the first slot of a case that nobody has begun. False: somebody has.

    `round_` is locked until commit, so that begun_seq grows in commit order and a reader's cursor never passes a
    case that becomes visible later.
    """
    if not _row(slot).update(n_open=F("n_open") - 1, begun_seq=round_.n_begun + 1):
        return False
    _count_begun(round_, slot)
    return True


def case_begin(slot: Slot) -> None:
    """Count a case as begun of which no slot is taken: somebody has read it beside the count.

    Else it would be offered as new, also to her.
    """
    round_ = round_locked(slot.round_id)
    rows = CaseRound.objects.filter(round_id=slot.round_id, case_id=slot.case_id, begun_seq__isnull=True)
    if rows.update(begun_seq=round_.n_begun + 1):
        _count_begun(round_, slot)


def round_locked(round_id: UUID) -> Round:
    """The round, locked until commit. Always before any of its cases: that order avoids deadlocks.

    `no_key` here and elsewhere: PostgreSQL's check of a foreign key to the row need not wait, and cannot deadlock.
    """
    return Round.objects.select_for_update(no_key=True).get(id=round_id)


def slot_free(case_round: CaseRound, *, was_opened: bool) -> None:
    """Give one slot back. A case that nobody has opened returns to its place; else it is offered first."""
    if not was_opened:
        round_locked(case_round.round_id)
    CaseRound.objects.filter(id=case_round.id, n_open__lt=F("n_needed")).update(n_open=F("n_open") + 1)
    nobody = Assignment.objects.filter(round_id=case_round.round_id, case_id=case_round.case_id).exclude(
        state=Assignment.State.RESERVED
    )
    untouched = CaseRound.objects.filter(id=case_round.id, n_open=F("n_needed"))
    if not was_opened and not nobody.exists() and untouched.update(begun_seq=None):
        QueueEntry.objects.filter(case_id=case_round.case_id, is_open=False).update(is_open=True)
        if case_round.split != "pool":
            Round.objects.filter(id=case_round.round_id).update(n_eval_begun=F("n_eval_begun") - 1)
        return
    _offer_again(case_round)


def _offer_again(case_round: CaseRound) -> None:
    """A new row each time, so that it lies beyond every reader's cursor."""
    ReopenedSlot.objects.filter(case_round=case_round).delete()
    ReopenedSlot.objects.create(round_id=case_round.round_id, case_round=case_round)


def _count_begun(round_: Round, slot: Slot) -> None:
    round_.n_begun, round_.n_eval_begun = round_.n_begun + 1, round_.n_eval_begun + int(slot.split != "pool")
    round_.save(update_fields=["n_begun", "n_eval_begun"])
    QueueEntry.objects.filter(case_id=slot.case_id, is_open=True).update(is_open=False)


def slots_adjust(case_round: CaseRound, n_unreadable: int) -> None:
    """Ask one more reader for each read that says 'not readable', until as many say so as reads were wanted.

    `case_round` is locked, and is brought up to date.
    """
    wanted = case_round.n_needed - case_round.n_extra
    taken = case_round.n_needed - case_round.n_open
    extra = n_unreadable if n_unreadable < wanted else 0
    case_round.n_needed = max(wanted + extra, taken)
    case_round.n_extra = case_round.n_needed - wanted
    had_open, case_round.n_open = case_round.n_open, case_round.n_needed - taken
    case_round.save(update_fields=["n_needed", "n_extra", "n_open"])
    if case_round.n_open > had_open:
        _offer_again(case_round)


def _row(slot: Slot) -> QuerySet[CaseRound]:
    return CaseRound.objects.filter(
        round_id=slot.round_id, case_id=slot.case_id, n_open__gt=0, begun_seq__isnull=not slot.is_begun
    )


def case_round_of(assignment: Assignment) -> CaseRound:
    return CaseRound.objects.get(round_id=assignment.round_id, case_id=assignment.case_id)


def case_round_locked(assignment: Assignment) -> CaseRound:
    """The row, locked until commit, as `count_submitted` locks it: two readers' changes are settled in turn."""
    rows = CaseRound.objects.select_for_update(no_key=True)
    return rows.get(round_id=assignment.round_id, case_id=assignment.case_id)


def reservation_give_up(assignment: Assignment) -> bool:
    """Drop a reservation that was never opened, as if it had not been made."""
    # Locked first: `delete` reads the rows and then deletes them by id, whatever became of them in between.
    reserved = Assignment.objects.select_for_update().filter(id=assignment.id)
    row = reserved.filter(state=Assignment.State.RESERVED).first()
    if row is None:
        return False
    row.delete()
    slot_free(case_round_of(assignment), was_opened=False)
    audit.record(
        actor_id=None,
        action="assignment.reservation_given_up",
        obj=assignment,
        project_id=assignment.case.project_id,
        data={"case": str(assignment.case_id), "reader": str(assignment.reader_id)},
    )
    return True


def release_reserved(project: Project) -> int:
    """Give up every reservation of new pool cases: a newer ranking is in force. Call in a transaction."""
    reserved = Assignment.objects.select_related("case").filter(
        round__project=project,
        state=Assignment.State.RESERVED,
        rule__in=[Assignment.Rule.RANKING, Assignment.Rule.RANDOM],
    )
    return sum(reservation_give_up(assignment) for assignment in reserved)
