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

from django.db.models import Exists, F, OuterRef, QuerySet

from labelhub.projects.models import Project, ReadingProtocol
from labelhub.projects.selectors import protocol_in_force
from labelhub.reading.models import (
    Assignment,
    CaseRound,
    QueueEntry,
    ReaderCursor,
    ReopenedSlot,
    WorklistState,
)
from labelhub.reading.services.slots import Slot, slot_take

WINDOW = 16
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
    turn = protocol.eval_interleave and (cursor.n_new + 1) % protocol.eval_interleave == 0
    lists = [_evaluation, _ranking, _random] if turn else [_ranking, _random, _evaluation]
    for look in lists:
        offer = look(state, protocol, cursor)
        if offer:
            return offer
    return _anything_left(state, protocol, cursor)


def _reopened(state: WorklistState, cursor: ReaderCursor) -> Offer | None:
    case = "case_round__case"
    rows = (
        ReopenedSlot.objects.filter(round_id=state.round_id, id__gt=cursor.reopened_id)
        .select_related("case_round")
        .annotate(mine=_mine(cursor, f"{case}_id"), version_id=F(f"{case}__current_version_id"))
        .order_by("id")
    )
    passing = True
    for row in _windows(rows, "id"):
        if row.case_round.n_open == 0:
            ReopenedSlot.objects.filter(id=row.id).delete()
        elif row.mine:
            cursor.reopened_id = row.id if passing else cursor.reopened_id
        elif slot_take(slot := Slot.of(row.case_round, row.version_id)):
            return Offer(slot, Rule.REOPENED)
        else:
            passing = False
    return None


def _begun(state: WorklistState, cursor: ReaderCursor) -> Offer | None:
    rows = _cases(state, cursor).filter(begun_seq__gt=cursor.begun_seq).order_by("begun_seq")
    passing = True
    for row in _windows(rows, "begun_seq"):
        if row.mine:
            cursor.begun_seq = row.begun_seq if passing else cursor.begun_seq
            continue
        passing = False
        if slot_take(slot := Slot.of(row, row.version_id)):
            return Offer(slot, Rule.BEGUN)
    return None


def _evaluation(state: WorklistState, protocol: ReadingProtocol, cursor: ReaderCursor) -> Offer | None:
    if not protocol.eval_interleave or state.round.n_eval_begun >= protocol.eval_target:
        return None
    return _first_new(state, cursor, ["validation", "test"], Rule.EVALUATION)


def _random(state: WorklistState, protocol: ReadingProtocol, cursor: ReaderCursor) -> Offer | None:
    return _first_new(state, cursor, ["pool"], Rule.RANDOM)


def _first_new(state: WorklistState, cursor: ReaderCursor, splits: list[str], rule: str) -> Offer | None:
    """The first case in random order that nobody has begun: begun cases have left this index."""
    new = _cases(state, cursor).filter(begun_seq__isnull=True, mine=False).order_by("order_key")
    rows = [row for split in splits for row in new.filter(split=split)[:WINDOW]]
    for row in sorted(rows, key=lambda row: row.order_key):
        if slot_take(slot := Slot.of(row, row.version_id)):
            return Offer(slot, rule)
    return None


def _ranking(state: WorklistState, protocol: ReadingProtocol, cursor: ReaderCursor) -> Offer | None:
    if state.queue_id is None:
        return None
    if cursor.queue_id != state.queue_id:
        cursor.queue_id, cursor.queue_position = state.queue_id, -1
    rows = (
        QueueEntry.objects.filter(queue_id=state.queue_id, is_open=True, position__gt=cursor.queue_position)
        .annotate(
            mine=_mine(cursor, "case_id"), split=F("case__split"), version_id=F("case__current_version_id")
        )
        .order_by("position")
    )
    passing = True
    for row in _windows(rows, "position"):
        if row.mine:
            cursor.queue_position = row.position if passing else cursor.queue_position
            continue
        passing = False
        slot = Slot(state.round_id, row.case_id, row.version_id, row.split, is_begun=False)
        if slot_take(slot):
            return Offer(slot, Rule.RANKING, row.position)
        QueueEntry.objects.filter(id=row.id).update(is_open=False)
    return None


def _anything_left(state: WorklistState, protocol: ReadingProtocol, cursor: ReaderCursor) -> Offer | None:
    """Before saying 'nothing left': a plain search without cursors, so that no case starves."""
    rows = _cases(state, cursor).filter(mine=False)
    if not protocol.eval_interleave or state.round.n_eval_begun >= protocol.eval_target:
        rows = rows.exclude(begun_seq__isnull=True, split__in=["validation", "test"])
    for row in rows.order_by("begun_seq", "order_key")[:WINDOW]:
        slot = Slot.of(row, row.version_id)
        if slot_take(slot):
            rule = Rule.BEGUN if slot.is_begun else Rule.RANDOM if row.split == "pool" else Rule.EVALUATION
            return Offer(slot, rule)
    return None


def _cases(state: WorklistState, cursor: ReaderCursor) -> QuerySet[Any]:
    """Cases of the round with an open slot; `mine`: the reader has had the case; `version_id` in force."""
    return CaseRound.objects.filter(round_id=state.round_id, n_open__gt=0).annotate(
        mine=_mine(cursor, "case_id"), version_id=F("case__current_version_id")
    )


def _mine(cursor: ReaderCursor, case_id: str) -> Exists:
    return Exists(
        Assignment.objects.filter(
            round_id=cursor.round_id, reader_id=cursor.reader_id, case_id=OuterRef(case_id)
        )
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
