"""Which slots are open to a reader: the queries that `offers` looks through, compiled once where she waits for them."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, CharField, Exists, F, OuterRef, Q, QuerySet, UUIDField
from django.utils import timezone

from labelhub.core.prepared import Prepared
from labelhub.projects.models import Project
from labelhub.reading.models import Assignment, CaseRound, QueueEntry, ReaderCursor, ReopenedSlot
from labelhub.reading.services.seen import not_seen

WINDOW, FAR_WINDOW = 8, 512
NEW_WINDOW = 2


def cursors_worth_asking(project_id: UUID, reader_id: UUID) -> set[int]:
    """Ids of her cursors in open rounds where something lies before them: one statement for any number of rounds."""
    return {row.id for row in WORTH_ASKING.all(project=project_id, reader=reader_id)}


def slot_behind(project: Project, reader_id: UUID) -> ReopenedSlot | None:
    """A slot that was given back, that she could take, and that her cursor has passed. Locks nothing.

    It looks through slots that were given back and not taken again, so that its time does not grow with the cases.
    """
    open_rounds = Q(round__closed_at__isnull=True) & (
        Q(round__not_before__isnull=True) | Q(round__not_before__lte=timezone.now())
    )
    passed = ReopenedSlot.objects.annotate(case_id=F("case_round__case_id")).filter(
        open_rounds,
        round__project=project,
        round__readercursor__reader_id=reader_id,
        round__readercursor__reopened_id__gte=F("id"),
        case_round__n_open__gt=0,
    )
    hers = _hers(OuterRef("round_id"), reader_id, "case_round__case_id")
    return not_seen(passed.exclude(hers), reader_id).order_by("id").first()


def _hers(round: Any, reader: Any, case: str) -> Exists:
    return Exists(Assignment.objects.filter(round_id=round, reader_id=reader, case_id=OuterRef(case)))


def _reopened_slots(size: int, round: Any, reader: Any, after: Any) -> QuerySet[ReopenedSlot]:
    rows = ReopenedSlot.objects.filter(round_id=round, id__gt=after).select_related("case_round")
    hers = _hers(round, reader, "case_round__case_id")
    return rows.annotate(of_case=F("case_round__case_id"), is_hers=hers).order_by("id")[:size]


def _begun_cases(size: int, round: Any, reader: Any, after: Any) -> QuerySet[CaseRound]:
    rows = CaseRound.objects.filter(round_id=round, n_open__gt=0, begun_seq__gt=after).only("begun_seq")
    hers = _hers(round, reader, "case_id")
    return rows.annotate(of_case=F("case_id"), is_hers=hers).order_by("begun_seq")[:size]


def _worth_asking(project: Any, reader: Any) -> QuerySet[ReaderCursor]:
    free = CaseRound.objects.filter(round=OuterRef("round"), n_open__gt=0)
    given_back = ReopenedSlot.objects.filter(
        round=OuterRef("round"), id__gt=OuterRef("reopened_id"), case_round__n_open__gt=0
    )
    return ReaderCursor.objects.filter(
        Exists(free.filter(begun_seq__isnull=True))
        | Exists(free.filter(begun_seq__gt=OuterRef("begun_seq")))
        | Exists(given_back),
        reader_id=reader,
        round__project_id=project,
        round__closed_at__isnull=True,
    )


def _free_cases(round: Any, **ids: Any) -> QuerySet[Any]:
    """The first of these that is begun.

    One whose reservation was given up meanwhile is not: it comes as a new case, under the lock of the round, which is
    not to be waited for with a case locked.
    """
    begun = open_cases(round).filter(id__in=list(ids.values()), begun_seq__isnull=False)
    free = begun.order_by("begun_seq")
    return free.select_for_update(skip_locked=True, no_key=True, of=("self",))[:1]


def ranked(queue: Any) -> QuerySet[Any]:
    rows = QueueEntry.objects.filter(queue_id=queue, is_open=True)
    return rows.annotate(split=F("case__split")).order_by("position")


def open_cases(round: Any) -> QuerySet[Any]:
    """Cases of the round with an open slot."""
    return CaseRound.objects.filter(round_id=round, n_open__gt=0)


def not_begun(round: Any, split: Any) -> QuerySet[Any]:
    return open_cases(round).filter(begun_seq__isnull=True, split=split).order_by("order_key")


def put_first(round: Any) -> QuerySet[Any]:
    """Pool cases that a manager has put before the others."""
    rows = open_cases(round).filter(begun_seq__isnull=True, read_first=True, split="pool")
    return rows.order_by("order_key")


PLACES = [f"id_{place}" for place in range(WINDOW)]
_WINDOW_OF: dict[str, Any] = {"round": UUIDField(), "reader": UUIDField(), "after": BigIntegerField()}
REOPENED, BEGUN = (
    [Prepared(partial(rows, size), **_WINDOW_OF) for size in (WINDOW, FAR_WINDOW)]
    for rows in (_reopened_slots, _begun_cases)
)
WORTH_ASKING = Prepared(_worth_asking, project=UUIDField(), reader=UUIDField())
FREE = Prepared(_free_cases, round=UUIDField(), **{place: UUIDField() for place in PLACES})
RANKED = Prepared(lambda queue: ranked(queue)[:NEW_WINDOW], queue=UUIDField())
PUT_FIRST = Prepared(lambda round: put_first(round)[:NEW_WINDOW], round=UUIDField())
NOT_BEGUN = Prepared(
    lambda round, split: not_begun(round, split)[:NEW_WINDOW], round=UUIDField(), split=CharField()
)
