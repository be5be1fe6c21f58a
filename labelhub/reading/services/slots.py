"""Taking and freeing slots: the only code that changes CaseRound.n_open, always by a conditional UPDATE."""

from __future__ import annotations

from django.db.models import F

from labelhub.core import audit
from labelhub.projects.models import Project
from labelhub.reading.models import Assignment, CaseRound, QueueEntry, ReopenedSlot, Round


def slot_take(case_round: CaseRound, *, new: bool) -> bool:
    """Take one slot; `new` means the case must not be begun yet. False: somebody was quicker.

    The counter row of the round is locked until commit, so that begun_seq grows in commit order and a
    reader's cursor never passes a case that becomes visible later.
    """
    if not new:
        return bool(_open(case_round).filter(begun_seq__isnull=False).update(n_open=F("n_open") - 1))
    if not _open(case_round).filter(begun_seq__isnull=True).update(n_open=F("n_open") - 1, begun_seq=0):
        return False
    is_evaluation = int(case_round.split != "pool")
    Round.objects.filter(id=case_round.round_id).update(
        n_begun=F("n_begun") + 1, n_eval_begun=F("n_eval_begun") + is_evaluation
    )
    seq = Round.objects.values_list("n_begun", flat=True).get(id=case_round.round_id)
    CaseRound.objects.filter(id=case_round.id).update(begun_seq=seq)
    QueueEntry.objects.filter(case_id=case_round.case_id, is_open=True).update(is_open=False)
    return True


def slot_free(case_round: CaseRound, *, was_opened: bool) -> None:
    """Give one slot back. A case that nobody has opened returns to its place; else it is offered first."""
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
    # A new row each time, so that it lies beyond every reader's cursor.
    ReopenedSlot.objects.filter(case_round=case_round).delete()
    ReopenedSlot.objects.create(round_id=case_round.round_id, case_round=case_round)


def case_round_of(assignment: Assignment) -> CaseRound:
    return CaseRound.objects.get(round_id=assignment.round_id, case_id=assignment.case_id)


def reservation_give_up(assignment: Assignment) -> bool:
    """Drop a reservation that was never opened, as if it had not been made."""
    deleted, _ = Assignment.objects.filter(id=assignment.id, state=Assignment.State.RESERVED).delete()
    if not deleted:
        return False
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


def _open(case_round: CaseRound):  # type: ignore[no-untyped-def]
    return CaseRound.objects.filter(id=case_round.id, n_open__gt=0)
