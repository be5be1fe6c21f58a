"""Reads that were made elsewhere: they came with the data, or out of an export."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from labelhub.accounts.models import User
from labelhub.consensus.services.counted import n_unreadable
from labelhub.core.errors import Conflict
from labelhub.imaging.models import Case
from labelhub.projects.selectors import versions_in_force
from labelhub.reading.models import Assignment, CaseRound, Read
from labelhub.reading.services.assignments import assignment_create
from labelhub.reading.services.case_rounds import (
    Slot,
    case_begin,
    slot_take,
    slot_take_late,
    slots_adjust,
)
from labelhub.reading.services.locks import case_round_locked
from labelhub.reading.services.rounds import place_take, worklist_state
from labelhub.reading.services.store_read import newest_version
from labelhub.reading.submissions import parse_submission
from labelhub.workflows.reading.write_read import counts, write_read

S = Assignment.State


@dataclass(frozen=True)
class ImportedRead:
    """One version of a read that was made elsewhere."""

    document: dict[str, Any]
    submitted_at: datetime
    version: int = 1
    reason: str = ""
    active_ms: int = 0
    ai_visible: bool = False


def record_imported_read(*, actor: User | None, case: Case, reader: User, answers: dict[str, str]) -> Read:
    """A read that came with the data, by a named reader."""
    document = {
        "answers": {code: {"value": value, "by_rest": False} for code, value in answers.items()},
        "annotations": [],
        "comment": "",
        "not_readable": False,
    }
    read = ImportedRead(document=document, submitted_at=timezone.now())
    return record_exported_read(actor=actor, case=case, reader=reader, read=read)


def record_exported_read(
    *, actor: User | None, case: Case, reader: User, read: ImportedRead, was_counted: bool = False
) -> Read:
    """Record it. The first version takes a slot as any other read does; a later one amends it.

    An aided read of a test case takes none: it is kept beside the count. `was_counted`: it was one of the case's reads
    where it was made. Among reads that were all imported it is one here too, though none is asked for any more.

    Raises Conflict `already_read` or `no_open_slot`, InvalidContent when the schema does not fit.
    """
    with transaction.atomic():
        row = _imported_assignment(case, reader, read, was_counted=was_counted)
        submission = parse_submission(
            assignment=row,
            client_uuid=uuid.uuid4(),
            document=read.document,
            active_ms=read.active_ms,
            was_taken_before=True,
        )
        return write_read(
            actor or reader,
            row,
            submission,
            event="submit" if row.state == S.OPEN else "amend",
            reason=read.reason,
            now=read.submitted_at,
            ai_visible=read.ai_visible,
        )


def _imported_assignment(case: Case, reader: User, read: ImportedRead, *, was_counted: bool) -> Assignment:
    state = worklist_state(case.project)
    earlier = Assignment.objects.filter(round=state.round, case=case, reader=reader).first()
    if earlier:
        if read.version != newest_version(earlier) + 1 or earlier.state != S.SUBMITTED:
            raise Conflict("This reader has this case already.", code="already_read")
        return earlier
    position = place_take(reader, state.round)
    case_round = CaseRound.objects.get(round=state.round, case=case)
    slot = Slot.of(case_round)
    if not counts(case, ai_visible=read.ai_visible):
        case_begin(slot)
    elif not slot_take(slot) and not (read.document["not_readable"] and _extra_slot_taken(slot)):
        if not (was_counted and _all_imported(slot)):
            raise Conflict("This case has all its reads.", code="no_open_slot")
        slot_take_late(slot.round_id, slot.case_id)
    schema_id, protocol_id = versions_in_force(case.project_id)
    row = assignment_create(
        slot,
        now=read.submitted_at,
        lease_until=read.submitted_at,
        reader=reader,
        rule=Assignment.Rule.IMPORTED,
        reader_position=position,
        schema_id=schema_id,
        protocol_id=protocol_id,
        claim_key=uuid.uuid4(),
    )
    row.case, row.round = case, state.round
    return row


def _all_imported(slot: Slot) -> bool:
    """Nobody reads the case here, or has read it: no label follows from other reads than those that come in."""
    of_case = Assignment.objects.filter(round_id=slot.round_id, case_id=slot.case_id)
    return not of_case.exclude(rule=Assignment.Rule.IMPORTED).exists()


def _extra_slot_taken(slot: Slot) -> bool:
    """Import a read "not readable" of a case that has all its reads already: it asks for one reader more, and takes
    that reader's slot. Elsewhere it was read first, and the reader more is among those that are here.
    """
    case_round = case_round_locked(slot.round_id, slot.case_id)
    slots_adjust(case_round, 1 + n_unreadable(case_round))
    return slot_take(slot)
