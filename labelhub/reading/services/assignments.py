"""Assignments: the only code that makes one or changes its state."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from labelhub.core.prepared import PreparedInsert
from labelhub.core.states import advance, try_advance
from labelhub.imaging.models import Case
from labelhub.reading.models import Assignment
from labelhub.reading.services.case_rounds import Slot
from labelhub.reading.states import ASSIGNMENT

S = Assignment.State
ASSIGNMENTS = PreparedInsert(
    Assignment,
    case_version_id=lambda row: Case.objects.filter(id=row["case_id"]).values("current_version_id"),
)


def assignment_create(
    slot: Slot, *, now: datetime, lease_until: datetime, is_open: bool = True, **fields: Any
) -> Assignment:
    """Give the case of a slot that was taken to a reader, opened or reserved. `fields` are its other columns.

    She is given the version that is in force now: whoever seals one holds the slots of its case, which this may have
    waited for.
    """
    row = Assignment(
        round_id=slot.round_id,
        case_id=slot.case_id,
        state=S.OPEN if is_open else S.RESERVED,
        lease_until=lease_until,
        reserved_at=now,
        opened_at=now if is_open else None,
        **fields,
    )
    ASSIGNMENTS.run(row)
    return row


def assignment_unsaved(*, case: Case, now: datetime, **fields: Any) -> Assignment:
    """An opened assignment that is never stored: the case as a reader would be given it."""
    return Assignment(
        case=case,
        case_version=case.version_in_force,
        state=S.OPEN,
        rule=Assignment.Rule.RANDOM,
        reader_position=1,
        reserved_at=now,
        opened_at=now,
        **fields,
    )


def assignment_advance(row: Assignment, event: str, **values: Any) -> None:
    """Apply an event of the table, with other columns beside the state. Raises InvalidTransition (409)."""
    advance(row, ASSIGNMENT, event, subject="case", **values)


def assignment_try(row: Assignment, event: str, *, fence: Mapping[str, Any], **values: Any) -> bool:
    """As `assignment_advance`, only while the row is as `fence` says; False when it is not, or not allowed."""
    return try_advance(row, ASSIGNMENT, event, fence=fence, **values)


def lease_renew(assignment_id: UUID, until: datetime) -> bool:
    """Hold a case longer for her who reads it; False when it is no longer hers to read."""
    held = Assignment.objects.filter(id=assignment_id, state__in=[S.OPEN, S.RETURNED])
    return bool(held.update(lease_until=until))
