"""What a case's split means for its slots: following it, giving none while the case is excluded, and giving them again.

The rows are locked by the caller (`locks.cases_locked`).
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Count, F

from labelhub.imaging.models import Case, Split
from labelhub.imaging.split import EVALUATION
from labelhub.reading.models import CaseRound, QueueEntry, Round
from labelhub.reading.services.case_rounds import free_slots_withdraw, slots_adjust, unbegun_slots_set


def case_rounds_split_set(case: Case) -> None:
    """Follow the case to the split it is in now. One that is excluded is offered to nobody; who has it may finish."""
    if case.split == Split.EXCLUDED:
        cases_exclude([case.id])
        return
    for row in CaseRound.objects.filter(case=case):
        case_round_split_set(row, case.split)
    if case.split != Split.POOL:
        _entries_close([case.id])


def case_round_split_set(case_round: CaseRound, split: str) -> None:
    """The row lies in this split from now on, and counts by it in its round."""
    if case_round.begun_seq is not None:
        change = int(split in EVALUATION) - int(case_round.split in EVALUATION)
        Round.objects.filter(id=case_round.round_id).update(n_eval_begun=F("n_eval_begun") + change)
    case_round.split = split
    case_round.save(update_fields=["split"])


def cases_exclude(case_ids: Collection[UUID]) -> None:
    """Offer these cases no more: they belong to no split any longer. Reads that are in, or under way, stay.

    While a case is excluded it needs no more than what is taken of it.
    """
    rows = CaseRound.objects.filter(case_id__in=case_ids)
    begun = rows.filter(split__in=EVALUATION, begun_seq__isnull=False).order_by()
    for round_id, n in begun.values_list("round_id").annotate(n=Count("id")):
        Round.objects.filter(id=round_id).update(n_eval_begun=F("n_eval_begun") - n)
    rows.update(split=Split.EXCLUDED)
    free_slots_withdraw(case_ids)
    _entries_close(case_ids)


def slots_bring_back(case_round: CaseRound, *, n_unreadable: int, wanted: int) -> None:
    """Ask `wanted` readers of a case that was excluded and has its split again. `case_round` is brought up to date."""
    if case_round.begun_seq is not None:
        slots_adjust(case_round, n_unreadable, wanted=wanted)
        return
    unbegun_slots_set([case_round.case_id], case_round.round_id, wanted)
    case_round.refresh_from_db(fields=["n_needed", "n_extra", "n_open"])
    if case_round.split == Split.POOL and case_round.round.is_standing:
        QueueEntry.objects.filter(case_id=case_round.case_id, is_open=False).update(is_open=True)


def _entries_close(case_ids: Collection[UUID]) -> None:
    QueueEntry.objects.filter(case_id__in=case_ids, is_open=True).update(is_open=False)
