"""The order in which rows are locked, and the functions that lock them.

Everybody takes these locks in this order and leaves out what he does not need; two transactions then never wait for
each other in a circle:

1. the job that works, the project's row (new versions of schema and protocol, memberships), then the identifiers of
   patients (`imaging/services/arranging.py`): who waits for a long arranging must not hold what a claim waits for,
2. the reader's cursors (her own claims, one after another), by the reader's id where there are several,
3. the rounds, newest first (beginning a case, giving an unopened one back, publishing),
4. assignments, by id where there are several,
5. the case's row in the round (`CaseRound`: taking a slot, counting a read, settling),
6. the case's adjudication,
7. studies, patients, cases (what is imported; several of a kind by id, in one statement). An import that adds a file
   locks its study, and before a new one the identifier (1).

A request for a job (`job_enqueue`) comes last, and may wait for one that is just ending: a job that can be asked for
again takes none of these locks in the transaction in which it ends.
A new assignment is inserted after its case's slot was taken (5): nobody else can wait for a row that nobody sees.
A row of `ReopenedSlot`, `QueueEntry` or a draft is changed only under the lock of its round, case or assignment.

`no_key`: PostgreSQL's check of a foreign key to a locked row need not wait, and cannot deadlock.
A statement that waits for a lock answers, but for the locked row's own columns, as of the time before it waited (READ
COMMITTED): subqueries and joined rows are asked for by another statement, after the lock.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import UUIDField

from labelhub.core.errors import NotFound
from labelhub.core.prepared import Prepared
from labelhub.reading.models import Assignment, CaseRound, ReaderCursor, Round
from labelhub.reading.seen_by import seen_by_reader

CURSORS = Prepared(
    lambda project, reader: (
        ReaderCursor.objects.select_for_update(no_key=True, of=("self",))
        .filter(reader_id=reader, round__project_id=project)
        .order_by("-round__number")
        .only("id")
    ),
    project=UUIDField(),
    reader=UUIDField(),
)
ROUND = Prepared(lambda id: Round.objects.select_for_update(no_key=True).filter(id=id), id=UUIDField())
ASSIGNMENT = Prepared(
    lambda id: (
        Assignment.objects.select_for_update(no_key=True)
        .filter(id=id)
        .annotate(has_seen=seen_by_reader(reader="reader_id", case="case_id"))
    ),
    id=UUIDField(),
)


def cursors_locked(reader_ids: Iterable[UUID], project_id: UUID) -> None:
    """The readers' cursors, locked until commit (2): their claims wait, or are through."""
    for reader_id in sorted(reader_ids):
        CURSORS.all(project=project_id, reader=reader_id)


def round_locked(round_id: UUID) -> Round:
    """The round, locked until commit (3)."""
    return ROUND.all(id=round_id)[0]


def assignment_locked(assignment: Assignment) -> Assignment:
    """The row as it now stands, locked until commit (4). What never changes is kept, not fetched again.

    `has_seen` of the row: whether its reader has seen what others said of the case.

    Raises NotFound for a reservation that was given up meanwhile.
    """
    row = ASSIGNMENT.first(id=assignment.id)
    if row is None:
        raise NotFound()
    row.case, row.round = assignment.case, assignment.round
    if row.schema_id == assignment.schema_id and row.protocol_id == assignment.protocol_id:
        row.schema, row.protocol = assignment.schema, assignment.protocol
    return row


def case_round_locked(round_id: UUID, case_id: UUID) -> CaseRound:
    """The case's row in the round, locked until commit (5): two readers' changes are settled in turn."""
    return CaseRound.objects.select_for_update(no_key=True).get(round_id=round_id, case_id=case_id)


def cases_locked(case_ids: Collection[UUID]) -> None:
    """All rows of the cases, locked until commit (3, 4, 5): nobody begins, opens or gives one back meanwhile.

    Cases that are in no round yet cost one statement.
    """
    rounds = Round.objects.filter(case_rounds__case_id__in=case_ids).order_by("-number").distinct()
    round_ids = list(rounds.values_list("id", flat=True))
    for round_id in round_ids:
        round_locked(round_id)
    if not round_ids:
        return
    for rows in (Assignment.objects.order_by("id"), CaseRound.objects.order_by("-round__number", "case_id")):
        list(rows.filter(case_id__in=case_ids).select_for_update(no_key=True, of=("self",)).only("id"))
