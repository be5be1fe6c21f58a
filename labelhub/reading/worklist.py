"""What a reader is offered next (design section 4), in O(log n): each list is walked from her cursor.

Order: sent back to her; slots that were given back; begun cases that lack a read; at a fixed interleave a
validation or test case in seeded random order; the published ranking; cases that no ranking knows, in
seeded random order. Reader, case and round meet once (unique index); the conditional UPDATE in
`services/slots.py` decides between readers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from labelhub.projects.models import ReadingProtocol
from labelhub.reading.models import (
    Assignment,
    CaseRound,
    QueueEntry,
    ReaderCursor,
    ReopenedSlot,
    WorklistState,
)
from labelhub.reading.services.slots import slot_take

WINDOW = 16
Rule = Assignment.Rule


@dataclass(frozen=True)
class Offer:
    """A slot that has been taken for the reader, with the rule that offered it."""

    case_round: CaseRound
    rule: str
    queue_position: int | None = None

    @property
    def is_new(self) -> bool:
        return self.rule in (Rule.EVALUATION, Rule.RANKING, Rule.RANDOM)


def take_next(state: WorklistState, protocol: ReadingProtocol, cursor: ReaderCursor) -> Offer | None:
    """Take a slot for the reader, moving her cursor (the caller saves it). None: nothing for her now."""
    offer = _reopened(state, cursor) or _begun(state, cursor)
    if offer:
        return offer
    turn = protocol.eval_interleave and (cursor.n_new + 1) % protocol.eval_interleave == 0
    lists = [_evaluation, _ranking, _random] if turn else [_ranking, _random, _evaluation]
    for look in lists:
        offer = look(state, protocol, cursor)
        if offer:
            return offer
    return _anything_left(state, protocol, cursor)


def _reopened(state: WorklistState, cursor: ReaderCursor) -> Offer | None:
    rows = (
        ReopenedSlot.objects.filter(round=state.round, id__gt=cursor.reopened_id)
        .select_related("case_round")
        .annotate(mine=_mine(cursor, OuterRef("case_round__case_id")))
        .order_by("id")
    )
    passing = True
    for row in _windows(rows, "id"):
        if row.case_round.n_open == 0:
            ReopenedSlot.objects.filter(id=row.id).delete()
        elif row.mine:
            cursor.reopened_id = row.id if passing else cursor.reopened_id
        elif slot_take(row.case_round, new=row.case_round.begun_seq is None):
            return Offer(row.case_round, Rule.REOPENED)
        else:
            passing = False
    return None


def _begun(state: WorklistState, cursor: ReaderCursor) -> Offer | None:
    rows = (
        CaseRound.objects.filter(round=state.round, n_open__gt=0, begun_seq__gt=cursor.begun_seq)
        .annotate(mine=_mine(cursor, OuterRef("case_id")))
        .order_by("begun_seq")
    )
    passing = True
    for row in _windows(rows, "begun_seq"):
        if row.mine:
            cursor.begun_seq = row.begun_seq if passing else cursor.begun_seq
            continue
        passing = False
        if slot_take(row, new=False):
            return Offer(row, Rule.BEGUN)
    return None


def _evaluation(state: WorklistState, protocol: ReadingProtocol, cursor: ReaderCursor) -> Offer | None:
    if not protocol.eval_interleave or state.round.n_eval_begun >= protocol.eval_target:
        return None
    return _first_new(state, cursor, ["validation", "test"], Rule.EVALUATION)


def _random(state: WorklistState, protocol: ReadingProtocol, cursor: ReaderCursor) -> Offer | None:
    return _first_new(state, cursor, ["pool"], Rule.RANDOM)


def _first_new(state: WorklistState, cursor: ReaderCursor, splits: list[str], rule: str) -> Offer | None:
    """The first case in random order that nobody has begun: begun cases have left this index."""
    per_split = [
        CaseRound.objects.filter(round=state.round, split=split, begun_seq__isnull=True, n_open__gt=0)
        .annotate(mine=_mine(cursor, OuterRef("case_id")))
        .filter(mine=False)
        .order_by("order_key")[:WINDOW]
        for split in splits
    ]
    rows = sorted((row for query in per_split for row in query), key=lambda row: row.order_key)
    for row in rows:
        if slot_take(row, new=True):
            return Offer(row, rule)
    return None


def _ranking(state: WorklistState, protocol: ReadingProtocol, cursor: ReaderCursor) -> Offer | None:
    if state.queue_id is None:
        return None
    if cursor.queue_id != state.queue_id:
        cursor.queue_id, cursor.queue_position = state.queue_id, -1
    rows = (
        QueueEntry.objects.filter(queue_id=state.queue_id, is_open=True, position__gt=cursor.queue_position)
        .annotate(mine=_mine(cursor, OuterRef("case_id")))
        .order_by("position")
    )
    passing = True
    for row in _windows(rows, "position"):
        if row.mine:
            cursor.queue_position = row.position if passing else cursor.queue_position
            continue
        passing = False
        case_round = CaseRound.objects.filter(round=state.round, case_id=row.case_id).first()
        if case_round and slot_take(case_round, new=True):
            return Offer(case_round, Rule.RANKING, row.position)
        QueueEntry.objects.filter(id=row.id).update(is_open=False)
    return None


def _anything_left(state: WorklistState, protocol: ReadingProtocol, cursor: ReaderCursor) -> Offer | None:
    """Before saying 'nothing left': a plain search without cursors, so that no case starves."""
    rows = (
        CaseRound.objects.filter(round=state.round, n_open__gt=0)
        .annotate(mine=_mine(cursor, OuterRef("case_id")))
        .filter(mine=False)
    )
    if not protocol.eval_interleave or state.round.n_eval_begun >= protocol.eval_target:
        rows = rows.exclude(begun_seq__isnull=True, split__in=["validation", "test"])
    for row in rows.order_by("begun_seq", "order_key")[:WINDOW]:
        new = row.begun_seq is None
        if slot_take(row, new=new):
            rule = Rule.BEGUN if not new else Rule.RANDOM if row.split == "pool" else Rule.EVALUATION
            return Offer(row, rule)
    return None


def _mine(cursor: ReaderCursor, case_id: OuterRef) -> Exists:
    return Exists(
        Assignment.objects.filter(round_id=cursor.round_id, reader_id=cursor.reader_id, case_id=case_id)
    )


def _windows(rows: QuerySet[Any], key: str) -> Iterator[Any]:
    """Rows in order, a window at a time (keyset)."""
    after: Any = None
    while True:
        window = list(rows.filter(**{f"{key}__gt": after})[:WINDOW] if after is not None else rows[:WINDOW])
        yield from window
        if len(window) < WINDOW:
            return
        after = getattr(window[-1], key)
