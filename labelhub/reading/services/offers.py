"""What a reader is offered next (design section 4), in O(log n).

Begun cases are walked from her cursor. Cases that nobody has begun have left no assignment behind (see
`case_rounds.unopened_slot_free`), so none of them can be hers, and a begun case leaves the partial indexes they are
found by.

Order: sent back to her; slots that were given back; begun cases that lack a read; at a fixed interleave a
validation or test case in seeded random order; the published ranking; cases that no ranking knows, in
seeded random order. Reader, case and round meet once (unique index); the conditional UPDATE in
`case_rounds.py` decides between readers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet

from labelhub.projects.models import Project, ReadingProtocol
from labelhub.projects.selectors import protocol_in_force
from labelhub.reading.models import (
    Assignment,
    CaseRound,
    QueueEntry,
    ReaderCursor,
    ReopenedSlot,
    Round,
    WorklistState,
)
from labelhub.reading.services.case_rounds import Slot, slot_begin, slot_take
from labelhub.reading.services.locks import round_locked

WINDOW = 8
NEW_WINDOW = 2
Rule = Assignment.Rule


@dataclass(frozen=True)
class Offer:
    """A slot that has been taken for the reader, with the rule that offered it."""

    slot: Slot
    rule: str
    queue_position: int | None = None

    @property
    def is_new(self) -> bool:
        return self.rule in (Rule.EVALUATION, Rule.RANKING, Rule.RANDOM)


def take_next(state: WorklistState, project: Project, cursor: ReaderCursor) -> Offer | None:
    """Take a slot for the reader, moving her cursor (the caller saves it). None: nothing for her now."""
    offer = _reopened(state, cursor) or _begun(state, cursor)
    if offer:
        return offer
    protocol = protocol_in_force(project)
    # Looking only once the round is locked: readers who look at the same time do not take one another's case.
    round_ = round_locked(state.round_id)
    turn = protocol.eval_interleave and (cursor.n_new + 1) % protocol.eval_interleave == 0
    evaluation = _evaluation(round_, protocol)
    pool = chain(_ranking(state), _random(state))
    for offer in chain(evaluation, pool) if turn else chain(pool, evaluation):
        if slot_begin(round_, offer.slot):
            return offer
    return _anything_left(round_, protocol, cursor)


def _reopened(state: WorklistState, cursor: ReaderCursor) -> Offer | None:
    rows = (
        ReopenedSlot.objects.filter(round_id=state.round_id, id__gt=cursor.reopened_id)
        .prefetch_related("case_round__case")  # no join: there are hardly ever any
        .order_by("id")
    )
    passing = True
    for row, is_hers in _windows(rows, "id", cursor, lambda row: row.case_round.case_id):
        case_round = row.case_round
        # A slot that is free again has a new row, beyond this one: a full case may be passed for good.
        if is_hers or case_round.n_open == 0:
            cursor.reopened_id = row.id if passing else cursor.reopened_id
        elif slot_take(slot := Slot.of(case_round, case_round.case.current_version_id)):
            return Offer(slot, Rule.REOPENED)
        else:
            passing = False
    return None


def _begun(state: WorklistState, cursor: ReaderCursor) -> Offer | None:
    rows = (
        CaseRound.objects.filter(round_id=state.round_id, n_open__gt=0, begun_seq__gt=cursor.begun_seq)
        .only("case_id", "begun_seq")
        .order_by("begun_seq")
    )
    passing, others = True, []
    for row, is_hers in _windows(rows, "begun_seq", cursor, lambda row: row.case_id):
        if not is_hers:
            # Full cases before this one never come back here: a slot that is freed lies among the reopened.
            cursor.begun_seq = row.begun_seq - 1 if passing else cursor.begun_seq
            passing = False
            others.append(row.id)
        elif passing:
            cursor.begun_seq = row.begun_seq
        if len(others) == WINDOW:
            break
    # A case that somebody is just taking or submitting is passed over, not waited for.
    free = _cases(state.round_id).filter(id__in=others).order_by("begun_seq")
    row = free.select_for_update(skip_locked=True, no_key=True, of=("self",)).first() if others else None
    if row is None:
        return None
    slot = Slot.of(row, row.version_id)
    return Offer(slot, Rule.BEGUN) if slot_take(slot) else None


def _evaluation(round_: Round, protocol: ReadingProtocol) -> Iterator[Offer]:
    """Validation and test cases in their common seeded random order, up to the protocol's number."""
    if not protocol.eval_interleave or round_.n_eval_begun >= protocol.eval_target:
        return
    new = [_new(round_.id, split)[:NEW_WINDOW] for split in ("validation", "test")]
    for row in sorted(chain(*new), key=lambda row: row.order_key):
        yield Offer(Slot.of(row, row.version_id), Rule.EVALUATION)


def _random(state: WorklistState) -> Iterator[Offer]:
    for row in _new(state.round_id, "pool")[:NEW_WINDOW]:
        yield Offer(Slot.of(row, row.version_id), Rule.RANDOM)


def _ranking(state: WorklistState) -> Iterator[Offer]:
    """The pool in the published order. An entry whose case turns out to be begun is closed."""
    if state.queue_id is None:
        return
    rows = (
        QueueEntry.objects.filter(queue_id=state.queue_id, is_open=True)
        .annotate(split=F("case__split"), version_id=F("case__current_version_id"))
        .order_by("position")
    )
    while window := list(rows[:NEW_WINDOW]):
        for row in window:
            slot = Slot(state.round_id, row.case_id, row.version_id, row.split, is_begun=False)
            yield Offer(slot, Rule.RANKING, row.position)
            QueueEntry.objects.filter(id=row.id).update(is_open=False)


def _anything_left(round_: Round, protocol: ReadingProtocol, cursor: ReaderCursor) -> Offer | None:
    """Before saying 'nothing left': a plain search without cursors, so that no case starves."""
    hers = Assignment.objects.filter(
        round_id=cursor.round_id, reader_id=cursor.reader_id, case_id=OuterRef("case_id")
    )
    rows = _cases(round_.id).exclude(Exists(hers))
    if not protocol.eval_interleave or round_.n_eval_begun >= protocol.eval_target:
        rows = rows.exclude(begun_seq__isnull=True, split__in=["validation", "test"])
    for row in rows.order_by("begun_seq", "order_key")[:WINDOW]:
        slot = Slot.of(row, row.version_id)
        if slot_take(slot):
            rule = Rule.BEGUN if slot.is_begun else Rule.RANDOM if row.split == "pool" else Rule.EVALUATION
            return Offer(slot, rule)
    return None


def _new(round_id: UUID, split: str) -> QuerySet[Any]:
    return _cases(round_id).filter(begun_seq__isnull=True, split=split).order_by("order_key")


def _cases(round_id: UUID) -> QuerySet[Any]:
    """Cases of the round with an open slot, each with the version in force as `version_id`."""
    return CaseRound.objects.filter(round_id=round_id, n_open__gt=0).annotate(
        version_id=F("case__current_version_id")
    )


def _windows(
    rows: QuerySet[Any], key: str, cursor: ReaderCursor, case_id: Callable[[Any], UUID]
) -> Iterator[tuple[Any, bool]]:
    """Rows in order with whether the reader has had the case, a window at a time (keyset)."""
    window = list(rows[:WINDOW])
    while window:
        hers = Assignment.objects.filter(round_id=cursor.round_id, reader_id=cursor.reader_id)
        had = set(hers.filter(case_id__in=[case_id(row) for row in window]).values_list("case_id", flat=True))
        yield from ((row, case_id(row) in had) for row in window)
        if len(window) < WINDOW:
            return
        window = list(rows.filter(**{f"{key}__gt": getattr(window[-1], key)})[:WINDOW])
