"""Claiming the next case: one transaction, one idempotency key, at most one case reserved ahead."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from labelhub.accounts.models import User
from labelhub.core import audit
from labelhub.projects.models import Project
from labelhub.projects.selectors import version_ids
from labelhub.reading.models import Assignment, ReaderCursor, WorklistState
from labelhub.reading.services.assignments import assignment_create
from labelhub.reading.services.leases import READING_LEASE, held_open
from labelhub.reading.services.offers import Offer, take_next
from labelhub.reading.services.rounds import worklist_state

RESERVATION_LEASE = timedelta(minutes=5)
S = Assignment.State


def claim_next(*, reader: User, project: Project, claim_key: UUID, ahead: bool) -> Assignment | None:
    """The reader's next assignment, or None when nothing is left for her now.

    `ahead` reserves one case for five minutes without opening it. Without it, an open or reserved case of
    hers comes first. The same key gives the same assignment.
    """
    try:
        with transaction.atomic():
            return _claim(reader, project, claim_key, ahead=ahead)
    except IntegrityError:  # the unique index on reader and key
        repeated = _given_before(reader, claim_key)
        if repeated is None:
            raise
        return repeated


def _claim(reader: User, project: Project, claim_key: UUID, *, ahead: bool) -> Assignment | None:
    state, cursor = _locked_cursor(project, reader)
    held = _held(state, reader)
    repeated = _given_before(reader, claim_key) if held else None
    if repeated:
        return repeated
    mine = _already_hers(held, ahead=ahead)
    if mine and not ahead and mine.state == S.RESERVED:
        mine = held_open(mine, actor=reader, project=project)
    if mine:
        return mine
    offer = take_next(state, project, cursor)
    if offer is None:
        cursor.save()
        return _given_before(reader, claim_key)
    cursor.n_offered += 1
    cursor.n_new += int(offer.is_new)
    cursor.save()
    return _assign(state, cursor, project, claim_key, offer, ahead=ahead)


def _locked_cursor(project: Project, reader: User) -> tuple[WorklistState, ReaderCursor]:
    """The worklist in force and the reader's cursor, whose lock serialises her own claims."""
    cursor = _cursors(project, reader).first()
    if cursor is None:
        state = worklist_state(project)
        ReaderCursor.objects.get_or_create(round_id=state.round_id, reader=reader)
        cursor = _cursors(project, reader)[0]
    state = WorklistState(project=project, round_id=cursor.round_id, queue_id=cursor.queue_in_force)  # type: ignore[attr-defined]
    return state, cursor


def _cursors(project: Project, reader: User) -> QuerySet[ReaderCursor]:
    in_force = F("round__workliststate__queue_id")
    return (
        ReaderCursor.objects.select_for_update(no_key=True, of=("self",))
        .filter(reader=reader, round__workliststate__project=project)
        .annotate(queue_in_force=in_force, **version_ids(project.id))
    )


def _held(state: WorklistState, reader: User) -> list[Assignment]:
    """What she holds, longest first."""
    active = Assignment.objects.filter(round_id=state.round_id, reader=reader).filter(
        state__in=[S.RETURNED, S.OPEN, S.RESERVED]
    )
    return list(active.order_by("reserved_at"))


def _given_before(reader: User, claim_key: UUID) -> Assignment | None:
    return Assignment.objects.filter(reader=reader, claim_key=claim_key).first()


def _already_hers(held: list[Assignment], *, ahead: bool) -> Assignment | None:
    order = [S.RESERVED] if ahead else [S.RETURNED, S.OPEN, S.RESERVED]
    for wanted in order:
        for assignment in held:
            if assignment.state == wanted:
                return assignment
    return None


def _assign(
    state: WorklistState,
    cursor: Any,
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
        queue_id=state.queue_id if offer.queue_position is not None else None,
        queue_position=offer.queue_position,
        reader_position=cursor.n_offered,
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
