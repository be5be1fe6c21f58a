"""Taking, freeing and counting the slots of cases: the only code that writes those of a CaseRound.

Slots are taken by a conditional UPDATE, which decides between readers. Lock order: `locks.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import (
    BigIntegerField,
    DateTimeField,
    F,
    PositiveSmallIntegerField,
    QuerySet,
    UUIDField,
)
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from labelhub.core import jobs
from labelhub.core.prepared import Prepared, PreparedUpdate
from labelhub.imaging.models import Case, Split
from labelhub.imaging.split import EVALUATION
from labelhub.reading.models import Assignment, CaseRound, QueueEntry, ReopenedSlot, Round
from labelhub.reading.services.listed_rows import list_by_newest
from labelhub.reading.services.locks import case_round_locked, round_locked
from labelhub.reading.slots import Slots

CHUNK = 2_000


@dataclass(frozen=True)
class Slot:
    """A case of a round, as far as taking one of its slots needs to know it."""

    round_id: UUID
    case_id: UUID
    split: str
    is_begun: bool

    @classmethod
    def of(cls, row: CaseRound) -> Slot:
        return cls(row.round_id, row.case_id, row.split, is_begun=row.begun_seq is not None)


def case_rounds_insert(round_: Round, cases: Iterable[Case], *, n_needed: int) -> int:
    """Give each case its slots in the round; a case that has them is left alone."""
    rows = [
        CaseRound(
            round=round_,
            case=case,
            split=case.split,
            order_key=case.random_key,
            n_needed=n_needed,
            n_open=n_needed,
            case_number=case.number,
            listed_in_id=round_.project_id if round_.is_standing else None,
        )
        for case in cases
    ]
    CaseRound.objects.bulk_create(rows, batch_size=CHUNK, ignore_conflicts=True)
    if not round_.is_standing and round_.purpose == Round.Purpose.LABELS:
        list_by_newest([row.case_id for row in rows], round_.project_id)
    return len(rows)


def slot_take(slot: Slot) -> bool:
    """Take one slot if the case still stands as `slot` says. False: somebody was quicker."""
    if slot.is_begun:
        return begun_slot_take(slot.round_id, slot.case_id)
    return slot_begin(round_locked(slot.round_id), slot)


def begun_slot_take(round_id: UUID, case_id: UUID) -> bool:
    """Take one slot of a case that was begun. False: none is free."""
    return bool(TAKE_BEGUN.run(round=round_id, case=case_id))


def slot_take_late(round_id: UUID, case_id: UUID) -> None:
    """Take a slot for a late read that is accepted: a free one, else one more than was asked for.

    Whoever reads the case now keeps hers. If she gives it back, a job withdraws it, as in `slot_free`.
    """
    row = case_round_locked(round_id, case_id)
    if not begun_slot_take(round_id, case_id):
        CaseRound.objects.filter(id=row.id).update(n_needed=F("n_needed") + 1, n_extra=F("n_extra") + 1)


def slot_begin(round_: Round, slot: Slot) -> bool:
    """Take the first slot of a case that nobody has begun. False: somebody has.

    `round_` is locked until commit, so that begun_seq grows in commit order and a reader's cursor never passes a
    case that becomes visible later.
    """
    if not TAKE_NEW.run(round=slot.round_id, case=slot.case_id, seq=round_.n_begun + 1):
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


def slot_free(case_round: CaseRound) -> None:
    """Give back the slot of a case that was opened: it is offered before all that is new.

    One above the protocol's number was kept only for her who had it: a job withdraws it.
    """
    _free_one(case_round)
    _offer_again(case_round)
    if case_round.n_extra:
        slots_change_request(case_round.round.project_id)


def unopened_slot_free(round_: Round, case_round: CaseRound) -> None:
    """Give back a slot whose case was not opened. A case that nobody has opened returns to its place.

    `round_` is locked. One above the protocol's number is withdrawn, as in `slot_free`.
    """
    _free_one(case_round)
    if case_round.n_extra:
        slots_change_request(round_.project_id)
    opened = Assignment.objects.filter(round=round_, case_id=case_round.case_id).exclude(
        state=Assignment.State.RESERVED
    )
    untouched = CaseRound.objects.filter(id=case_round.id, n_open=F("n_needed"))
    if opened.exists() or not untouched.update(begun_seq=None):
        _offer_again(case_round)
        return
    # There is one if two had reserved the case and the other gave it up first: it would be offered before its place.
    ReopenedSlot.objects.filter(case_round=case_round).delete()
    if case_round.split in EVALUATION:
        Round.objects.filter(id=round_.id).update(n_eval_begun=F("n_eval_begun") - 1)
    elif case_round.split == Split.POOL and round_.is_standing:
        QueueEntry.objects.filter(case_id=case_round.case_id, is_open=False).update(is_open=True)


def slots_of(case_round: CaseRound) -> Slots:
    return Slots(case_round.n_needed, case_round.n_extra, case_round.n_open, case_round.n_submitted)


def slots_adjust(case_round: CaseRound, n_unreadable: int, *, wanted: int | None = None) -> None:
    """Bring the slots in line with what its reads say of it; `wanted`: also with the protocol's new number.

    `case_round` is locked, and is brought up to date. An excluded case asks nobody.
    """
    if case_round.split == Split.EXCLUDED:
        return
    before = slots_of(case_round)
    after = before.under(before.n_wanted if wanted is None else wanted, n_unreadable)
    case_round.n_needed, case_round.n_extra, case_round.n_open = after.n_needed, after.n_extra, after.n_open
    case_round.save(update_fields=["n_needed", "n_extra", "n_open"])
    if after.n_open > before.n_open:
        _offer_again(case_round)


def free_slots_withdraw(case_ids: Collection[UUID]) -> None:
    """Ask nobody any more of these cases: they need no more than what is taken of them. Their rows are locked."""
    rows = CaseRound.objects.filter(case_id__in=case_ids)
    rows.update(n_needed=F("n_needed") - F("n_open"), n_open=0)


def unbegun_slots_set(case_ids: Iterable[UUID], round_id: UUID, wanted: int) -> None:
    """The protocol's new number for cases of which nobody has begun one by then. Call in a transaction.

    The round is locked: who locks several of its cases (`locks.cases_locked`) waits there, not between two of them.
    """
    round_locked(round_id)
    rows = CaseRound.objects.filter(round_id=round_id, case_id__in=list(case_ids), begun_seq__isnull=True)
    rows.exclude(split=Split.EXCLUDED).update(n_needed=wanted, n_extra=0, n_open=wanted)


def read_count(round_id: UUID, case_id: UUID, at: datetime) -> CaseRound:
    """Count one more first read of the case, made then, and return its row, locked, as it now stands."""
    COUNT_READ.run(round=round_id, case=case_id, at=at)
    return OF_CASE.all(round=round_id, case=case_id)[0]


def case_settle(
    case_round: CaseRound, *, schema_id: UUID, protocol_id: UUID, is_closed: bool, n_discordant: int = 0
) -> None:
    """Keep the versions under which the case was settled; closed: every finding has its consensus.

    `case_round` is locked and up to date, so that nothing is written where nothing changes. A case that was closed
    keeps its time.
    """
    before = _settled(case_round)
    case_round.settled_schema_id, case_round.settled_protocol_id = schema_id, protocol_id
    case_round.closed_at = (case_round.closed_at or timezone.now()) if is_closed else None
    case_round.n_discordant = n_discordant
    if before != _settled(case_round):
        SETTLE.run(
            id=case_round.id,
            schema=schema_id,
            protocol=protocol_id,
            closed_at=case_round.closed_at,
            n_discordant=n_discordant,
        )


def _free(round: Any, case: Any) -> QuerySet[CaseRound]:
    return CaseRound.objects.filter(round_id=round, case_id=case, n_open__gt=0)


KEY = {"round": UUIDField(), "case": UUIDField()}
OF_CASE = Prepared(lambda round, case: CaseRound.objects.filter(round_id=round, case_id=case), **KEY)
TAKE_BEGUN = PreparedUpdate(
    lambda round, case: (_free(round, case).filter(begun_seq__isnull=False), {"n_open": F("n_open") - 1}),
    **KEY,
)
TAKE_NEW = PreparedUpdate(
    lambda round, case, seq: (
        _free(round, case).filter(begun_seq__isnull=True),
        {"n_open": F("n_open") - 1, "begun_seq": seq},
    ),
    **KEY,
    seq=BigIntegerField(),
)
COUNT_READ = PreparedUpdate(
    lambda round, case, at: (
        CaseRound.objects.filter(round_id=round, case_id=case),
        {
            "n_submitted": F("n_submitted") + 1,
            # Reads that were made elsewhere come in any order.
            "newest_read_at": Greatest(Coalesce(F("newest_read_at"), at), at),
        },
    ),
    **KEY,
    at=DateTimeField(),
)
SETTLE = PreparedUpdate(
    lambda id, schema, protocol, closed_at, n_discordant: (
        CaseRound.objects.filter(id=id),
        {
            "settled_schema": schema,
            "settled_protocol": protocol,
            "closed_at": closed_at,
            "n_discordant": n_discordant,
        },
    ),
    id=UUIDField(),
    schema=UUIDField(),
    protocol=UUIDField(),
    closed_at=DateTimeField(),
    n_discordant=PositiveSmallIntegerField(),
)
COUNT_BEGUN = PreparedUpdate(
    lambda id, n_begun, n_eval_begun: (
        Round.objects.filter(id=id),
        {"n_begun": n_begun, "n_eval_begun": n_eval_begun},
    ),
    id=UUIDField(),
    n_begun=BigIntegerField(),
    n_eval_begun=BigIntegerField(),
)
CLOSE_ENTRIES = PreparedUpdate(
    lambda case: (QueueEntry.objects.filter(case_id=case, is_open=True), {"is_open": False}),
    case=UUIDField(),
)


def slots_change_request(project_id: UUID, actor_id: UUID | None = None) -> None:
    """Have a job bring the slots of cases that are not closed in line with the protocol.

    One that runs may have passed the case in question: another follows it.
    """
    jobs.job_enqueue(
        kind="slots",
        dedupe_key=f"slots:{project_id}",
        params={"project": str(project_id)},
        project_id=project_id,
        actor_id=actor_id,
        again=True,
    )


def case_round_of(assignment: Assignment) -> CaseRound:
    return CaseRound.objects.get(round_id=assignment.round_id, case_id=assignment.case_id)


def _settled(case_round: CaseRound) -> tuple[Any, ...]:
    return (
        case_round.settled_schema_id,
        case_round.settled_protocol_id,
        case_round.closed_at,
        case_round.n_discordant,
    )


def _free_one(case_round: CaseRound) -> None:
    """One of an excluded case is withdrawn: it asks nobody."""
    rows = CaseRound.objects.filter(id=case_round.id, n_open__lt=F("n_needed"))
    if not rows.exclude(split=Split.EXCLUDED).update(n_open=F("n_open") + 1):
        rows.filter(split=Split.EXCLUDED).update(n_needed=F("n_needed") - 1)


def _offer_again(case_round: CaseRound) -> None:
    """A new row each time, so that it lies beyond every reader's cursor."""
    ReopenedSlot.objects.filter(case_round=case_round).delete()
    ReopenedSlot.objects.create(round_id=case_round.round_id, case_round=case_round)


def _count_begun(round_: Round, slot: Slot) -> None:
    round_.n_begun, round_.n_eval_begun = round_.n_begun + 1, round_.n_eval_begun + int(slot.split != "pool")
    COUNT_BEGUN.run(id=round_.id, n_begun=round_.n_begun, n_eval_begun=round_.n_eval_begun)
    if round_.is_standing:
        CLOSE_ENTRIES.run(case=slot.case_id)
