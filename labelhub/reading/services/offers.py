"""What a reader is offered next (design section 4), in O(log n).

Begun cases are walked from her cursor. Cases that nobody has begun have left no assignment behind (see
`case_rounds.unopened_slot_free`), so none of them can be hers, and a begun case leaves the partial indexes they are
found by.

What a data manager has chosen for her is reserved already (`assigning`) and needs no offer.

Order: sent back to her; slots that were given back; begun cases that lack a read; at a fixed interleave a
validation or test case in seeded random order; pool cases that a manager has put first; the published ranking; cases
that no ranking knows, in seeded random order. A case of which she has seen others' reads is never offered. Reader, case
and round meet once (unique index); the conditional UPDATE in `case_rounds.py` decides between readers.

No case starves for a cursor: it passes a begun case only when she has had it, or when it is full, and a full case that
has a free slot again lies among the reopened, beyond her. What becomes visible behind her place there, since its
transaction ended after one with a higher number, is found by `open_slots.slot_behind` before "nothing left" is said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from typing import Any, Protocol
from uuid import UUID

from django.db import transaction

from labelhub.core.prepared import Prepared
from labelhub.imaging.split import EVALUATION
from labelhub.projects.models import Project, ReadingProtocol
from labelhub.projects.selectors import protocol_in_force
from labelhub.reading.models import Assignment, CaseRound, QueueEntry, Round
from labelhub.reading.services.case_rounds import Slot, slot_begin, slot_take
from labelhub.reading.services.locks import round_locked
from labelhub.reading.services.open_slots import (
    BEGUN,
    FAR_WINDOW,
    FREE,
    NEW_WINDOW,
    NOT_BEGUN,
    PLACES,
    PUT_FIRST,
    RANKED,
    REOPENED,
    WINDOW,
    not_begun,
    open_cases,
    put_first,
    ranked,
)
from labelhub.reading.services.seen import not_seen, seen_among

N_NEAR = 4
Rule = Assignment.Rule


class OpenCursor(Protocol):
    """A reader's cursor as `claims` finds it: with the queue in force, and whether there are cases that a manager has
    put first, and any that she has seen.
    """

    round_id: UUID
    reader_id: UUID
    reopened_id: int
    begun_seq: int
    n_new: int
    queue_in_force: UUID | None
    has_put_first: bool
    has_seen: bool


@dataclass(frozen=True)
class Offer:
    """A slot that has been taken for the reader, with the rule that offered it."""

    slot: Slot
    rule: str
    queue_position: int | None = None

    @property
    def is_new(self) -> bool:
        return self.rule in (Rule.READ_FIRST, Rule.EVALUATION, Rule.RANKING, Rule.RANDOM)


def take_next(cursor: OpenCursor, project: Project) -> Offer | None:
    """Take a slot of the cursor's round for its reader, moving it (the caller saves it). None: nothing for her now."""
    offer = _reopened(cursor)
    if offer:
        return offer
    begun = _begun(cursor)
    offer = _first_free(cursor, begun) if begun else None
    if offer:
        return offer
    protocol = protocol_in_force(project)
    # Looking only once the round is locked: readers who look at the same time do not take one another's case.
    round_ = round_locked(cursor.round_id)
    for offer in _new_offers(cursor, round_, protocol):
        if slot_begin(round_, offer.slot):
            return offer
    return _waited_for(cursor, begun) if begun else None


def _reopened(cursor: OpenCursor) -> Offer | None:
    passing = True
    for row, is_hers in _windows(REOPENED, "id", cursor, cursor.reopened_id):
        case_round = row.case_round
        # A slot that is free again has a new row, beyond this one: a full case may be passed for good.
        if is_hers or case_round.n_open == 0:
            cursor.reopened_id = row.id if passing else cursor.reopened_id
        elif _taken(slot := Slot.of(case_round)):
            return Offer(slot, Rule.REOPENED)
        else:
            passing = False
    return None


def _taken(slot: Slot) -> bool:
    """Take it. A case that turns out to be full is not kept locked: a round may have to be locked next (`locks`)."""
    before = transaction.savepoint()
    taken = slot_take(slot)
    (transaction.savepoint_commit if taken else transaction.savepoint_rollback)(before)
    return taken


def _begun(cursor: OpenCursor) -> list[UUID]:
    """Rows of the next begun cases that lack a read and that she may read, a few of them."""
    passing, others = True, []
    for row, is_hers in _windows(BEGUN, "begun_seq", cursor, cursor.begun_seq):
        if not is_hers:
            # Full cases before this one never come back here: a slot that is freed lies among the reopened.
            cursor.begun_seq = row.begun_seq - 1 if passing else cursor.begun_seq
            passing = False
            others.append(row.id)
        elif passing:
            cursor.begun_seq = row.begun_seq
        if len(others) == WINDOW:
            break
    return others


def _first_free(cursor: OpenCursor, begun: list[UUID]) -> Offer | None:
    """Take the first of the begun cases that nobody is just taking or submitting: it is passed over, not waited for."""
    places = dict(zip(PLACES, chain(begun, repeat(begun[-1])), strict=False))
    row = FREE.first(round=cursor.round_id, **places)
    if row is None:
        return None
    slot = Slot.of(row)
    return Offer(slot, Rule.BEGUN) if slot_take(slot) else None


def _waited_for(cursor: OpenCursor, begun: list[UUID]) -> Offer | None:
    """Before saying "nothing left": the begun cases that were passed over, whoever has them locked."""
    for row in open_cases(cursor.round_id).filter(id__in=begun).order_by("begun_seq"):
        slot = Slot.of(row)
        if slot_take(slot):
            return Offer(slot, Rule.BEGUN)
    return None


def _new_offers(cursor: OpenCursor, round_: Round, protocol: ReadingProtocol) -> Iterator[Offer]:
    """Cases that nobody has begun. The cases of a round that was opened for some come in random order, all of them."""
    if not round_.is_standing:
        yield from _random(cursor, ("pool", *EVALUATION))
        return
    turn = protocol.eval_interleave and (cursor.n_new + 1) % protocol.eval_interleave == 0
    evaluation = _random(cursor, EVALUATION) if _wants_evaluation(round_, protocol) else iter(())
    pool = chain(_put_first(cursor), _ranking(cursor), _random(cursor, ("pool",)))
    yield from chain(evaluation, pool) if turn else chain(pool, evaluation)


def _wants_evaluation(round_: Round, protocol: ReadingProtocol) -> bool:
    """Validation and test cases are interleaved up to the protocol's number."""
    return bool(protocol.eval_interleave) and round_.n_eval_begun < protocol.eval_target


def _random(cursor: OpenCursor, splits: Collection[str]) -> Iterator[Offer]:
    """New cases of the splits in their common seeded random order."""
    for row in sorted(chain(*(_new(cursor, split) for split in splits)), key=_order_key):
        yield Offer(Slot.of(row), _rule(row))


def _put_first(cursor: OpenCursor) -> Iterator[Offer]:
    """What a manager has put before the ranking, in seeded random order."""
    if not cursor.has_put_first:
        return
    if cursor.has_seen:
        rows = list(not_seen(put_first(cursor.round_id), cursor.reader_id)[:NEW_WINDOW])
    else:
        rows = PUT_FIRST.all(round=cursor.round_id)
    for row in rows:
        yield Offer(Slot.of(row), Rule.READ_FIRST)


def _ranking(cursor: OpenCursor) -> Iterator[Offer]:
    """The pool in the published order. An entry whose case turns out to be begun is closed."""
    if cursor.queue_in_force is None:
        return
    while window := _next_ranked(cursor):
        for row in window:
            slot = Slot(cursor.round_id, row.case_id, row.split, is_begun=False)
            yield Offer(slot, Rule.RANKING, row.position)
            QueueEntry.objects.filter(id=row.id).update(is_open=False)


def _new(cursor: OpenCursor, split: str) -> list[Any]:
    if cursor.has_seen:
        return list(not_seen(not_begun(cursor.round_id, split), cursor.reader_id)[:NEW_WINDOW])
    return NOT_BEGUN.all(round=cursor.round_id, split=split)


def _next_ranked(cursor: OpenCursor) -> list[Any]:
    if cursor.has_seen:
        return list(not_seen(ranked(cursor.queue_in_force), cursor.reader_id)[:NEW_WINDOW])
    return RANKED.all(queue=cursor.queue_in_force)


def _rule(row: CaseRound) -> str:
    return Rule.RANDOM if row.split == "pool" else Rule.EVALUATION


def _order_key(row: CaseRound) -> int:
    return row.order_key


def _windows(
    looks: Sequence[Prepared], key: str, cursor: OpenCursor, after: int
) -> Iterator[tuple[Any, bool]]:
    """Rows in order with whether the case is out of the question for her, a window at a time (keyset).

    It is when she has had it, or has seen what others said of it. Who has many to pass (slots were added to all that
    she has read) passes them in large windows.
    """
    near, far = ((size, look) for size, look in zip((WINDOW, FAR_WINDOW), looks, strict=True))
    for size, look in chain(repeat(near, N_NEAR), repeat(far)):
        window = look.all(round=cursor.round_id, reader=cursor.reader_id, after=after)
        seen = seen_among(cursor.reader_id, [row.of_case for row in window]) if cursor.has_seen else set()
        yield from ((row, row.is_hers or row.of_case in seen) for row in window)
        if len(window) < size:
            return
        after = getattr(window[-1], key)
