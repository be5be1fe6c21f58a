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

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import chain, repeat
from typing import Any, Protocol
from uuid import UUID

from django.db.models import BigIntegerField, CharField, Exists, F, OuterRef, QuerySet, UUIDField

from labelhub.core.prepared import Prepared
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
    passing = True
    for row, is_hers in _windows(REOPENED, "id", cursor, cursor.reopened_id):
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
    # A case that somebody is just taking or submitting is passed over, not waited for.
    places = dict(zip(_PLACES, chain(others, repeat(others[-1])), strict=False)) if others else {}
    row = FREE.first(round=cursor.round_id, **places) if others else None
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
    for row in sorted(chain(*(_new(cursor, split) for split in splits)), key=_order_key):
        yield Offer(Slot.of(row, row.version_id), _rule(row))


def _ranking(cursor: OpenCursor) -> Iterator[Offer]:
    """The pool in the published order. An entry whose case turns out to be begun is closed."""
    if cursor.queue_in_force is None:
        return
    while window := _next_ranked(cursor):
        for row in window:
            slot = Slot(cursor.round_id, row.case_id, row.version_id, row.split, is_begun=False)
            yield Offer(slot, Rule.RANKING, row.position)
            QueueEntry.objects.filter(id=row.id).update(is_open=False)


def _anything_left(cursor: OpenCursor, round_: Round, protocol: ReadingProtocol) -> Offer | None:
    """Before saying 'nothing left': a plain search without cursors, so that no case starves."""
    hers = Assignment.objects.filter(
        round_id=cursor.round_id, reader_id=cursor.reader_id, case_id=OuterRef("case_id")
    )
    rows = not_seen(_open_cases(cursor.round_id), cursor.reader_id).exclude(Exists(hers))
    if round_.is_standing and not _wants_evaluation(round_, protocol):
        rows = rows.exclude(begun_seq__isnull=True, split__in=EVALUATION)
    for row in rows.order_by("begun_seq", "order_key")[:WINDOW]:
        slot = Slot.of(row, row.version_id)
        if slot_take(slot):
            return Offer(slot, Rule.BEGUN if slot.is_begun else _rule(row))
    return None


def _new(cursor: OpenCursor, split: str) -> list[Any]:
    if cursor.has_seen:
        return list(not_seen(_not_begun(cursor.round_id, split), cursor.reader_id)[:NEW_WINDOW])
    return NOT_BEGUN.all(round=cursor.round_id, split=split)


def _next_ranked(cursor: OpenCursor) -> list[Any]:
    if cursor.has_seen:
        return list(not_seen(_ranked(cursor.queue_in_force), cursor.reader_id)[:NEW_WINDOW])
    return RANKED.all(queue=cursor.queue_in_force)


def _rule(row: CaseRound) -> str:
    return Rule.RANDOM if row.split == "pool" else Rule.EVALUATION


def _order_key(row: CaseRound) -> int:
    return row.order_key


def _windows(look: Prepared, key: str, cursor: OpenCursor, after: int) -> Iterator[tuple[Any, bool]]:
    """Rows in order with whether the case is out of the question for her, a window at a time (keyset).

    It is when she has had it, or has seen what others said of it.
    """
    while window := look.all(round=cursor.round_id, reader=cursor.reader_id, after=after):
        seen = seen_among(cursor.reader_id, [row.of_case for row in window]) if cursor.has_seen else set()
        yield from ((row, row.is_hers or row.of_case in seen) for row in window)
        if len(window) < WINDOW:
            return
        after = getattr(window[-1], key)


def _hers(round: Any, reader: Any, case: str) -> Exists:
    return Exists(Assignment.objects.filter(round_id=round, reader_id=reader, case_id=OuterRef(case)))


def _reopened_slots(round: Any, reader: Any, after: Any) -> QuerySet[ReopenedSlot]:
    rows = ReopenedSlot.objects.filter(round_id=round, id__gt=after).select_related("case_round__case")
    hers = _hers(round, reader, "case_round__case_id")
    return rows.annotate(of_case=F("case_round__case_id"), is_hers=hers).order_by("id")[:WINDOW]


def _begun_cases(round: Any, reader: Any, after: Any) -> QuerySet[CaseRound]:
    rows = CaseRound.objects.filter(round_id=round, n_open__gt=0, begun_seq__gt=after).only("begun_seq")
    hers = _hers(round, reader, "case_id")
    return rows.annotate(of_case=F("case_id"), is_hers=hers).order_by("begun_seq")[:WINDOW]


def _free_cases(round: Any, **ids: Any) -> QuerySet[Any]:
    free = _open_cases(round).filter(id__in=list(ids.values())).order_by("begun_seq")
    return free.select_for_update(skip_locked=True, no_key=True, of=("self",))[:1]


def _ranked(queue: Any) -> QuerySet[Any]:
    rows = QueueEntry.objects.filter(queue_id=queue, is_open=True)
    versions = rows.annotate(split=F("case__split"), version_id=F("case__current_version_id"))
    return versions.order_by("position")


def _open_cases(round: Any) -> QuerySet[Any]:
    """Cases of the round with an open slot, each with the version in force as `version_id`."""
    rows = CaseRound.objects.filter(round_id=round, n_open__gt=0)
    return rows.annotate(version_id=F("case__current_version_id"))


def _not_begun(round: Any, split: Any) -> QuerySet[Any]:
    return _open_cases(round).filter(begun_seq__isnull=True, split=split).order_by("order_key")


_PLACES = [f"id_{place}" for place in range(WINDOW)]
_WINDOW_OF: dict[str, Any] = {"round": UUIDField(), "reader": UUIDField(), "after": BigIntegerField()}
REOPENED = Prepared(_reopened_slots, **_WINDOW_OF)
BEGUN = Prepared(_begun_cases, **_WINDOW_OF)
FREE = Prepared(_free_cases, round=UUIDField(), **{place: UUIDField() for place in _PLACES})
RANKED = Prepared(lambda queue: _ranked(queue)[:NEW_WINDOW], queue=UUIDField())
NOT_BEGUN = Prepared(
    lambda round, split: _not_begun(round, split)[:NEW_WINDOW], round=UUIDField(), split=CharField()
)
