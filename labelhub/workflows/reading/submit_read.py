"""Submitting and amending a read, and what follows: discordance, consensus, adjudication, training.

One transaction. A repeat with the same id and content gives the same answer; other content is refused.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from labelhub.accounts.models import User
from labelhub.consensus.services.counted import n_unreadable
from labelhub.consensus.services.settle import settle_case, settled_under
from labelhub.core import audit
from labelhub.core.errors import Conflict
from labelhub.core.states import next_state
from labelhub.imaging.models import Case
from labelhub.imaging.split import needs_ai_hidden
from labelhub.learning.services import training_due_check
from labelhub.projects.models import LabelSchema, ReadingProtocol
from labelhub.projects.selectors import versions_in_force
from labelhub.reading.models import Assignment, CaseRound, LateRead, LateReadDecision, Read
from labelhub.reading.services.assignments import assignment_advance, assignment_create
from labelhub.reading.services.case_rounds import (
    Slot,
    case_begin,
    read_count,
    slot_take,
    slot_take_late,
    slots_adjust,
)
from labelhub.reading.services.flags import unreadable_withdraw
from labelhub.reading.services.leases import assignment_release, revive_if_free
from labelhub.reading.services.locks import assignment_locked, case_round_locked
from labelhub.reading.services.rounds import worklist_state
from labelhub.reading.services.seen import others_reads_seen
from labelhub.reading.services.store_read import (
    REASON_LENGTH,
    amendment_reason,
    id_reused,
    late_read_keep,
    newest_version,
    read_write,
    repeated_read,
)
from labelhub.reading.states import ASSIGNMENT, LOST
from labelhub.reading.submissions import Submission, parse_submission, protocol_of, schema_of
from labelhub.workflows.consensus.outcomes import read_stands

S = Assignment.State


@dataclass(frozen=True)
class Submitted:
    """The read that stands, or the late read that was kept instead."""

    read: Read | None
    late: LateRead | None


def submit_read(*, actor: User, assignment: Assignment, submission: Submission) -> Submitted:
    """Store the read; when the case has all its reads, settle it.

    It is kept as a late read instead where her time had run out and another reader has the case, or where she has
    seen others' reads of it since she opened it.

    Raises Conflict `id_reused`, InvalidTransition.
    """
    try:
        return _submit(actor, assignment, submission)
    except IntegrityError:
        if any(model.objects.filter(id=submission.client_uuid).exists() for model in (Read, LateRead)):
            raise id_reused() from None
        raise


def _submit(actor: User, assignment: Assignment, submission: Submission) -> Submitted:
    with transaction.atomic():
        row = assignment_locked(assignment)
        earlier = repeated_read(submission, assignment=row) if row.submitted_at else None
        if earlier:
            return Submitted(earlier, None)
        if row.state == S.OPEN and row.has_seen and others_reads_seen(row):  # type: ignore[attr-defined]
            # She opened it blinded, and has looked at others' reads since: somebody else's is asked for.
            assignment_release(actor=actor, assignment=row)
            return Submitted(None, _keep_late(actor, row, submission))
        if row.state in LOST and not revive_if_free(row):
            return Submitted(None, _keep_late(actor, row, submission))
        note = row.return_note or "sent back by the adjudicator"
        reason = note[:REASON_LENGTH] if row.state == S.RETURNED else ""
        read = _write(actor, row, submission, event="submit", reason=reason, now=timezone.now())
        return Submitted(read, None)


def amend_read(*, actor: User, assignment: Assignment, submission: Submission) -> Read:
    """Add a new version with a reason. Agreement keeps the first version; consensus takes the newest.

    Raises Conflict `outcome_shown` once she has seen what others said, or could have for longer than a slip takes.
    """
    with transaction.atomic():
        row = assignment_locked(assignment)
        earlier = repeated_read(submission, assignment=row)
        if earlier and earlier.reason != submission.reason[:REASON_LENGTH]:
            raise id_reused()
        if earlier:
            return earlier
        next_state(ASSIGNMENT, row.state, "amend", subject="case")
        if read_stands(row):
            raise Conflict(
                "You have seen what others said of this case, or may see it: your read stands as it is.",
                code="outcome_shown",
            )
        reason = amendment_reason(submission, assignment=row)
        return _write(actor, row, submission, event="amend", reason=reason, now=timezone.now())


def accept_late_read(*, actor: User, late_read: LateRead) -> Read:
    """The manager takes a late read into the count. It fills a slot that is free, else one of its own."""
    with transaction.atomic():
        row = assignment_locked(late_read.assignment)
        if LateReadDecision.objects.filter(late_read=late_read).exists():
            raise Conflict("This late read was accepted before.", code="already_accepted")
        LateReadDecision.objects.create(late_read=late_read, accepted_by=actor)
        slot_take_late(row.round_id, row.case_id)
        submission = parse_submission(
            assignment=row,
            client_uuid=late_read.id,
            document=late_read.document,
            active_ms=late_read.active_ms,
            display_state=late_read.display_state,
            was_taken_before=True,
        )
        return _write(actor, row, submission, event="accept_late", reason="", now=late_read.submitted_at)


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


def record_exported_read(*, actor: User | None, case: Case, reader: User, read: ImportedRead) -> Read:
    """Record it. The first version takes a slot as any other read does; a later one amends it.

    An aided read of a test case takes none: it is kept beside the count.

    Raises Conflict `already_read` or `no_open_slot`, InvalidContent when the schema does not fit.
    """
    with transaction.atomic():
        row = _imported_assignment(case, reader, read)
        submission = parse_submission(
            assignment=row,
            client_uuid=uuid.uuid4(),
            document=read.document,
            active_ms=read.active_ms,
            was_taken_before=True,
        )
        return _write(
            actor or reader,
            row,
            submission,
            event="submit" if row.state == S.OPEN else "amend",
            reason=read.reason,
            now=read.submitted_at,
            ai_visible=read.ai_visible,
        )


def _imported_assignment(case: Case, reader: User, read: ImportedRead) -> Assignment:
    state = worklist_state(case.project)
    earlier = Assignment.objects.filter(round=state.round, case=case, reader=reader).first()
    if earlier:
        if read.version != newest_version(earlier) + 1 or earlier.state != S.SUBMITTED:
            raise Conflict("This reader has this case already.", code="already_read")
        return earlier
    case_round = CaseRound.objects.get(round=state.round, case=case)
    slot = Slot.of(case_round)
    if not _counts(case, ai_visible=read.ai_visible):
        case_begin(slot)
    elif not slot_take(slot) and not (read.document["not_readable"] and _extra_slot_taken(slot)):
        raise Conflict("This case has all its reads.", code="no_open_slot")
    position = Assignment.objects.filter(round=state.round, reader=reader).count() + 1
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


def _write(
    actor: User,
    row: Assignment,
    submission: Submission,
    *,
    event: str,
    reason: str,
    now: datetime,
    ai_visible: bool = False,
) -> Read:
    """Write the read and settle its case. `ai_visible`: made elsewhere, with something of a model on the screen."""
    version = newest_version(row) + 1 if row.submitted_at else 1
    assignment_advance(row, event, submitted_at=row.submitted_at or now, lease_until=None)
    # Who has once read the case with the model's help has not read it without, whatever she amends.
    ai_visible = ai_visible or (version > 1 and Read.objects.filter(assignment=row, ai_visible=True).exists())
    read = read_write(
        submission,
        assignment=row,
        version=version,
        reason=reason,
        now=now,
        ai_visible=ai_visible,
    )
    if version > 1 and not read.is_not_readable:
        unreadable_withdraw(actor=actor, assignment=row)
    is_counted = version == 1 and _counts(row.case, ai_visible=ai_visible)
    count = read_count if is_counted else case_round_locked
    case_round = count(row.round_id, row.case_id)
    case_round.case, case_round.round = row.case, row.round
    audit.record(
        actor_id=actor.id,
        action="read.submitted" if version == 1 else "read.amended",
        obj=read,
        project_id=row.case.project_id,
        data={"assignment": str(row.id), "version": version, "sha256": read.document_sha256},
    )
    was_complete = version > 1 and case_round.n_submitted >= case_round.n_needed
    if version > 1 or read.is_not_readable or case_round.n_extra:
        slots_adjust(case_round, n_unreadable(case_round))
    is_complete = case_round.n_submitted >= case_round.n_needed
    if is_complete or was_complete:
        schema, protocol = _settling_versions(case_round, row)
        if settle_case(case_round, schema=schema, protocol=protocol, is_complete=is_complete):
            training_due_check(row.case.project)
    return read


def _extra_slot_taken(slot: Slot) -> bool:
    """Import a read "not readable" of a case that has all its reads already: it asks for one reader more, and takes
    that reader's slot. Elsewhere it was read first, and the reader more is among those that are here.
    """
    case_round = case_round_locked(slot.round_id, slot.case_id)
    slots_adjust(case_round, 1 + n_unreadable(case_round))
    return slot_take(slot)


def _settling_versions(case_round: CaseRound, row: Assignment) -> tuple[LabelSchema, ReadingProtocol]:
    """The versions that the case keeps; at its first settling those in force now, as its last read comes in.

    As a rule it was read under them, and they are at hand.
    """
    if case_round.settled_schema_id is not None:
        return settled_under(case_round)
    schema_id, protocol_id = versions_in_force(row.case.project_id)
    if (schema_id, protocol_id) == (row.schema_id, row.protocol_id):
        return schema_of(row), protocol_of(row)
    return LabelSchema.objects.get(id=schema_id), ReadingProtocol.objects.get(id=protocol_id)


def _counts(case: Case, *, ai_visible: bool) -> bool:
    """Whether a read fills a slot. A test case needs its reads made with AI hidden (design invariant 6)."""
    return not (ai_visible and needs_ai_hidden(case.split))


def _keep_late(actor: User, row: Assignment, submission: Submission) -> LateRead:
    late = late_read_keep(submission, assignment=row, now=timezone.now())
    audit.record(
        actor_id=actor.id,
        action="read.kept_late",
        obj=late,
        project_id=row.case.project_id,
        data={"assignment": str(row.id), "has_seen": others_reads_seen(row)},
    )
    return late
