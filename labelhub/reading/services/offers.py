"""What a reader is offered next (design section 4), in O(log n).

Begun cases are walked from her cursor. Cases that nobody has begun have left no assignment behind (see
`case_rounds.unopened_slot_free`), so none of them can be hers, and a begun case leaves the partial indexes they are
found by.

Order: sent back to her; slots that were given back; begun cases that lack a read; at a fixed interleave a
validation or test case in seeded random order; the published ranking; cases that no ranking knows, in seeded random
order. A case of which she has seen others' reads is never offered. Reader, case and round meet once (unique index);
the conditional UPDATE in `case_rounds.py` decides between readers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, Protocol
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet

from labelhub.projects.models import Project, ReadingProtocol
from labelhub.projects.selectors import protocol_in_force
from labelhub.reading.models import (
    Assignment,
    CaseRound,
    QueueEntry,
    ReopenedSlot,
    Round,
)
from labelhub.reading.services.case_rounds import Slot, slot_begin, slot_take
from labelhub.reading.services.locks import round_locked
from labelhub.reading.services.seen import not_seen, seen_among

EVALUATION = ("validation", "test")
WINDOW = 8
NEW_WINDOW = 2
Rule = Assignment.Rule


class OpenCursor(Protocol):
    """A reader's cursor as `claims` finds it: with the queue in force, and whether she has seen any case."""

    round_id: UUID
    reader_id: UUID
    reopened_id: int
    begun_seq: int
    n_new: int
    queue_in_force: UUID | None
    has_seen: bool


@dataclass(frozen=True)
class Offer:
    """A slot that has been taken for the reader, with the rule that offered it."""

    slot: Slot
    rule: str
    queue_position: int | None = None

    @property
    def is_new(self) -> bool:
        return self.rule in (Rule.EVALUATION, Rule.RANKING, Rule.RANDOM)


def take_next(cursor: OpenCursor, project: Project) -> Offer | None:
    """Take a slot of the cursor's round for its reader, moving it (the caller saves it). None: nothing for her now."""
    offer = _reopened(cursor) or _begun(cursor)
    if offer:
        return offer
    protocol = protocol_in_force(project)
    # Looking only once the round is locked: readers who look at the same time do not take one another's case.
    round_ = round_locked(cursor.round_id)
    for offer in _new_offers(cursor, round_, protocol):
        if slot_begin(round_, offer.slot):
            return offer
    return _anything_left(cursor, round_, protocol)


def _reopened(cursor: OpenCursor) -> Offer | None:
    rows = (
        ReopenedSlot.objects.filter(round_id=cursor.round_id, id__gt=cursor.reopened_id)
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


def _begun(cursor: OpenCursor) -> Offer | None:
    rows = (
        CaseRound.objects.filter(round_id=cursor.round_id, n_open__gt=0, begun_seq__gt=cursor.begun_seq)
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
    free = _cases(cursor).filter(id__in=others).order_by("begun_seq")
    row = free.select_for_update(skip_locked=True, no_key=True, of=("self",)).first() if others else None
    if row is None:
        return None
    slot = Slot.of(row, row.version_id)
    return Offer(slot, Rule.BEGUN) if slot_take(slot) else None


def _new_offers(cursor: OpenCursor, round_: Round, protocol: ReadingProtocol) -> Iterator[Offer]:
    """Cases that nobody has begun. The cases of a round that was opened for some come in random order, all of them."""
    if not round_.is_standing:
        yield from _random(cursor, ("pool", *EVALUATION))
        return
    turn = protocol.eval_interleave and (cursor.n_new + 1) % protocol.eval_interleave == 0
    evaluation = _random(cursor, EVALUATION) if _wants_evaluation(round_, protocol) else iter(())
    pool = chain(_ranking(cursor), _random(cursor, ("pool",)))
    yield from chain(evaluation, pool) if turn else chain(pool, evaluation)


def _wants_evaluation(round_: Round, protocol: ReadingProtocol) -> bool:
    """Validation and test cases are interleaved up to the protocol's number."""
    return bool(protocol.eval_interleave) and round_.n_eval_begun < protocol.eval_target


def _random(cursor: OpenCursor, splits: Collection[str]) -> Iterator[Offer]:
    """New cases of the splits in their common seeded random order."""
    for row in sorted(chain(*(_new(cursor, split)[:NEW_WINDOW] for split in splits)), key=_order_key):
        yield Offer(Slot.of(row, row.version_id), _rule(row))


def _ranking(cursor: OpenCursor) -> Iterator[Offer]:
    """The pool in the published order. An entry whose case turns out to be begun is closed."""
    if cursor.queue_in_force is None:
        return
    rows = (
        QueueEntry.objects.filter(queue_id=cursor.queue_in_force, is_open=True)
        .annotate(split=F("case__split"), version_id=F("case__current_version_id"))
        .order_by("position")
    )
    while window := list(_unseen(rows, cursor)[:NEW_WINDOW]):
        for row in window:
            slot = Slot(cursor.round_id, row.case_id, row.version_id, row.split, is_begun=False)
            yield Offer(slot, Rule.RANKING, row.position)
            QueueEntry.objects.filter(id=row.id).update(is_open=False)


def _anything_left(cursor: OpenCursor, round_: Round, protocol: ReadingProtocol) -> Offer | None:
    """Before saying 'nothing left': a plain search without cursors, so that no case starves."""
    hers = Assignment.objects.filter(
        round_id=cursor.round_id, reader_id=cursor.reader_id, case_id=OuterRef("case_id")
    )
    rows = _unseen(_cases(cursor), cursor).exclude(Exists(hers))
    if round_.is_standing and not _wants_evaluation(round_, protocol):
        rows = rows.exclude(begun_seq__isnull=True, split__in=EVALUATION)
    for row in rows.order_by("begun_seq", "order_key")[:WINDOW]:
        slot = Slot.of(row, row.version_id)
        if slot_take(slot):
            return Offer(slot, Rule.BEGUN if slot.is_begun else _rule(row))
    return None


def _new(cursor: OpenCursor, split: str) -> QuerySet[Any]:
    rows = _cases(cursor).filter(begun_seq__isnull=True, split=split)
    return _unseen(rows, cursor).order_by("order_key")


def _cases(cursor: OpenCursor) -> QuerySet[Any]:
    """Cases of the round with an open slot, each with the version in force as `version_id`."""
    rows = CaseRound.objects.filter(round_id=cursor.round_id, n_open__gt=0)
    return rows.annotate(version_id=F("case__current_version_id"))


def _unseen(rows: QuerySet[Any], cursor: OpenCursor) -> QuerySet[Any]:
    """Without the cases of which she has seen others' reads. Most readers have seen none."""
    return not_seen(rows, cursor.reader_id) if cursor.has_seen else rows


def _rule(row: CaseRound) -> str:
    return Rule.RANDOM if row.split == "pool" else Rule.EVALUATION


def _order_key(row: CaseRound) -> int:
    return row.order_key


def _windows(
    rows: QuerySet[Any], key: str, cursor: OpenCursor, case_id: Callable[[Any], UUID]
) -> Iterator[tuple[Any, bool]]:
    """Rows in order with whether the case is out of the question for her, a window at a time (keyset).

    It is when she has had it, or has seen what others said of it.
    """
    window = list(rows[:WINDOW])
    while window:
        ids = [case_id(row) for row in window]
        hers = Assignment.objects.filter(round_id=cursor.round_id, reader_id=cursor.reader_id)
        had = set(hers.filter(case_id__in=ids).values_list("case_id", flat=True))
        if cursor.has_seen:
            had |= seen_among(cursor.reader_id, ids)
        yield from ((row, case_id(row) in had) for row in window)
        if len(window) < WINDOW:
            return
        window = list(rows.filter(**{f"{key}__gt": getattr(window[-1], key)})[:WINDOW])
