"""Claiming the next case: one transaction, one idempotency key, at most one case reserved ahead."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import (
    BigIntegerField,
    DateTimeField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    UUIDField,
)
from django.utils import timezone

from labelhub.accounts.models import User
from labelhub.core import audit
from labelhub.core.errors import Conflict
from labelhub.core.prepared import Prepared, PreparedUpdate
from labelhub.projects.absences import is_away, refuse_if_away
from labelhub.projects.models import Project
from labelhub.projects.selectors import version_ids
from labelhub.reading.models import Assignment, CaseRound, ReaderCursor
from labelhub.reading.services.assignments import assignment_create
from labelhub.reading.services.leases import READING_LEASE, held_open
from labelhub.reading.services.locks import cursors_locked
from labelhub.reading.services.offers import Offer, take_next
from labelhub.reading.services.open_slots import cursors_worth_asking, slot_behind
from labelhub.reading.services.rounds import cursors_create
from labelhub.reading.services.seen import has_seen_any

RESERVATION_LEASE = timedelta(minutes=5)
S = Assignment.State


def claim_next(*, reader: User, project: Project, claim_key: UUID, ahead: bool) -> Assignment | None:
    """The reader's next assignment, or None when nothing is left for her now.

    `ahead` reserves one case for five minutes without opening it. Without it, an open or reserved case of
    hers comes first. The same key gives the same assignment; Conflict `id_reused` for one of another request
    (in another project, or with another `ahead`). Raises Away while she is given nothing new.
    """
    try:
        assignment = _claim(reader, project, claim_key, ahead=ahead)
        if assignment is None and _cursor_set_back(reader, project):
            assignment = _claim(reader, project, claim_key, ahead=ahead)
        return assignment
    except IntegrityError:  # the unique index on reader and key
        repeated = _given_before(reader, project, claim_key, ahead=ahead)
        if repeated is None:
            raise
        return repeated


@transaction.atomic
def _claim(reader: User, project: Project, claim_key: UUID, *, ahead: bool) -> Assignment | None:
    cursors = _locked_cursors(project, reader)
    held = HELD.all(project=project.id, reader=reader.id)
    repeated = _given_before(reader, project, claim_key, ahead=ahead) if held else None
    if repeated:
        return repeated
    mine = _already_hers(held, ahead=ahead)
    if _is_new_to_her(mine) and any(cursor.is_away for cursor in cursors):
        refuse_if_away(reader, project)
    if mine and not ahead and mine.state == S.RESERVED:
        mine = held_open(mine, actor=reader, project=project)
    if mine:
        return mine
    cursor, offer = _next_offer(cursors, project)
    if offer is None and cursors_create(project, reader):
        cursors = _locked_cursors(project, reader)
        cursor, offer = _next_offer(cursors, project)
    if cursor is None or offer is None:
        return _given_before(reader, project, claim_key, ahead=ahead)
    position = 1 + sum(each.n_offered for each in cursors)
    cursor.n_offered += 1
    cursor.n_new += int(offer.is_new)
    _cursor_keep(cursor)
    return _assign(cursor, position, project, claim_key, offer, ahead=ahead)


def _next_offer(cursors: list[Any], project: Project) -> tuple[Any, Offer | None]:
    """The first offer of the rounds that are open, with its cursor: the newest round first.

    A round that was opened for some cases is asked for now; the standing one goes on after it.
    """
    now = timezone.now()
    open_now = [cursor for cursor in cursors if cursor.round.gives_out(now)]
    if len(open_now) > 1:
        worth_asking = cursors_worth_asking(project.id, open_now[0].reader_id)
        open_now = [cursor for cursor in open_now if cursor.id in worth_asking]
    for cursor in open_now:
        offer = take_next(cursor, project)
        if offer:
            return cursor, offer
        _cursor_keep(cursor)
    return None, None


def _cursor_set_back(reader: User, project: Project) -> bool:
    """Before "nothing left": put her cursor before a slot that became visible behind it, for one more look.

    Between two transactions, so that no reader waits for the search.
    """
    slot = slot_behind(project, reader.id)
    if slot is None:
        return False
    hers = ReaderCursor.objects.filter(round_id=slot.round_id, reader=reader)
    return bool(hers.update(reopened_id=slot.id - 1))


def _locked_cursors(project: Project, reader: User) -> list[Any]:
    """The reader's cursors, newest round first, whose locks serialise her own claims.

    Looked at once they are locked: what she has seen while this claim waited is known to it.
    """
    cursors_locked([reader.id], project.id)
    cursors = CURSORS.all(project=project.id, reader=reader.id, now=timezone.now())
    if not cursors and cursors_create(project, reader):
        return _locked_cursors(project, reader)
    return cursors


def _cursors_of(project: Any, reader: Any, now: Any) -> QuerySet[ReaderCursor]:
    in_force = F("round__workliststate__queue_id")
    away = is_away(now, user=reader, project=project)
    first = CaseRound.objects.filter(round=OuterRef("round"), read_first=True, begun_seq__isnull=True)
    return (
        ReaderCursor.objects.filter(reader_id=reader, round__project_id=project)
        .select_related("round")
        .annotate(queue_in_force=in_force, has_put_first=Exists(first), is_away=away)
        .annotate(**has_seen_any(project, reader), **version_ids(project))
        .order_by("-round__number")
    )


CURSORS = Prepared(_cursors_of, project=UUIDField(), reader=UUIDField(), now=DateTimeField())
MOVED = ("reopened_id", "begun_seq", "n_offered", "n_new")
KEEP = PreparedUpdate(
    lambda id, **moved: (ReaderCursor.objects.filter(id=id), moved),
    **{name: BigIntegerField() for name in ("id", *MOVED)},
)


def _cursor_keep(cursor: Any) -> None:
    """Keep how far she has come."""
    KEEP.run(id=cursor.id, **{name: getattr(cursor, name) for name in MOVED})


def _held(project: Any, reader: Any) -> QuerySet[Assignment]:
    """What she holds in any round, longest first: also in one that was closed meanwhile.

    Of what is reserved for her, which may be many cases that were chosen for her, only the first.
    """
    hers = Assignment.objects.filter(round__project_id=project, reader_id=reader)
    reserved = hers.filter(state=S.RESERVED).order_by("reserved_at", "reader_position")
    first = Q(id=Subquery(reserved.values("id")[:1]))
    # The states by themselves, for the index: she may have submitted many thousands.
    held = hers.filter(state__in=[S.RETURNED, S.OPEN, S.RESERVED])
    return held.filter(~Q(state=S.RESERVED) | first).order_by("reserved_at")


HELD = Prepared(_held, project=UUIDField(), reader=UUIDField())


def _given_before(reader: User, project: Project, claim_key: UUID, *, ahead: bool) -> Assignment | None:
    row = Assignment.objects.select_related("round").filter(reader=reader, claim_key=claim_key).first()
    if row is not None and (row.round.project_id, _was_ahead(row)) != (project.id, ahead):
        raise Conflict(
            "This Idempotency-Key was used for another request. Send each claim with a new one.",
            code="id_reused",
        )
    return row


def _was_ahead(row: Assignment) -> bool:
    """A case that was not claimed ahead was opened in the moment in which it was given (`assignment_create`)."""
    return row.opened_at != row.reserved_at


def _is_new_to_her(mine: Assignment | None) -> bool:
    """What she gets was not opened by her before: all but what she may finish while she is away."""
    return mine is None or mine.state == S.RESERVED


def _already_hers(held: list[Assignment], *, ahead: bool) -> Assignment | None:
    order = [S.RESERVED] if ahead else [S.RETURNED, S.OPEN, S.RESERVED]
    for wanted in order:
        for assignment in held:
            if assignment.state == wanted:
                return assignment
    return None


def _assign(
    cursor: Any,
    position: int,
    project: Project,
    claim_key: UUID,
    offer: Offer,
    *,
    ahead: bool,
) -> Assignment:
    now = timezone.now()
    slot = offer.slot
    assignment = assignment_create(
        slot,
        now=now,
        lease_until=now + (RESERVATION_LEASE if ahead else READING_LEASE),
        is_open=not ahead,
        reader_id=cursor.reader_id,
        rule=offer.rule,
        queue_id=cursor.queue_in_force if offer.queue_position is not None else None,
        queue_position=offer.queue_position,
        reader_position=position,
        schema_id=None if ahead else cursor.schema_in_force,
        protocol_id=None if ahead else cursor.protocol_in_force,
        claim_key=claim_key,
    )
    audit.record(
        actor_id=cursor.reader_id,
        action="assignment.reserved" if ahead else "assignment.opened",
        obj=assignment,
        project_id=project.id,
        data={"case": str(slot.case_id), "rule": offer.rule},
    )
    return assignment
