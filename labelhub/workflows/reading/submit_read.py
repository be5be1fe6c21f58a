"""Submitting and amending a read, and taking a late one.

One transaction. A repeat with the same id and content gives the same answer; other content is refused.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from labelhub.accounts.models import User
from labelhub.core import audit
from labelhub.core.errors import Conflict
from labelhub.core.states import next_state
from labelhub.reading.models import Assignment, LateRead, LateReadDecision, Read
from labelhub.reading.services.case_rounds import slot_take_late
from labelhub.reading.services.leases import assignment_release, revive_if_free
from labelhub.reading.services.locks import assignment_locked
from labelhub.reading.services.seen import others_reads_seen
from labelhub.reading.services.store_read import (
    REASON_LENGTH,
    amendment_reason,
    id_reused,
    late_read_keep,
    repeated_read,
)
from labelhub.reading.states import ASSIGNMENT, LOST
from labelhub.reading.submissions import Submission, parse_submission
from labelhub.workflows.consensus.outcomes import read_stands
from labelhub.workflows.reading.write_read import write_read

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

    Raises Conflict: `id_reused`; `outcome_shown` for the answer to an adjudicator's question once she has seen what
    others said. InvalidTransition.
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
        if row.state == S.RETURNED and read_stands(row):
            raise _stands()
        note = row.return_note or "sent back by the adjudicator"
        reason = note[:REASON_LENGTH] if row.state == S.RETURNED else ""
        read = write_read(actor, row, submission, event="submit", reason=reason, now=timezone.now())
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
            raise _stands()
        reason = amendment_reason(submission, assignment=row)
        return write_read(actor, row, submission, event="amend", reason=reason, now=timezone.now())


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
        return write_read(actor, row, submission, event="accept_late", reason="", now=late_read.submitted_at)


def _stands() -> Conflict:
    return Conflict(
        "You have seen what others said of this case, or may see it: your read stands as it is.",
        code="outcome_shown",
    )


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
