"""Leases: opening, heartbeat, release, skip, expiry and reviving."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from labelhub.accounts.models import User
from labelhub.core import audit
from labelhub.core.errors import Conflict, InvalidContent
from labelhub.imaging.models import Case
from labelhub.projects.absences import is_away, refuse_if_away
from labelhub.projects.models import Project
from labelhub.projects.selectors import version_ids
from labelhub.reading.models import Assignment, LateRead
from labelhub.reading.services.assigning import ASSIGNED_LEASE
from labelhub.reading.services.assignments import assignment_advance, assignment_try, lease_renew
from labelhub.reading.services.case_rounds import begun_slot_take, case_round_of, slot_free
from labelhub.reading.services.locks import assignment_locked
from labelhub.reading.services.reservations import reservation_give_up
from labelhub.reading.services.seen import seen_among
from labelhub.reading.services.store_read import late_read_exists
from labelhub.reading.states import LOST

READING_LEASE = timedelta(minutes=30)
GRACE = timedelta(minutes=2)
SKIP_REASONS = ("not_my_area", "poor_quality", "conflict", "other")
S = Assignment.State
SUBMIT_LATE = "What you have written is kept: submit it and the data manager will see it as a late read."


def assignment_open(*, actor: User, assignment: Assignment) -> Assignment:
    """Open a reserved case, go on with an open one, or look at a submitted one again.

    A case whose lease had run out is revived when its slot is still free; else Conflict `slot_given_away`.
    """
    try:
        with transaction.atomic():
            row = assignment_locked(assignment)
            project = row.case.project
            if row.state in LOST:
                _revive(row)
            if row.state == S.SUBMITTED:
                _record(actor, "assignment.viewed", row)
            else:
                mark_opened(row, actor=actor, project=project)
            return row
    except Conflict:
        # Her page shows her what she has written all the same, on its images.
        if assignment.state in LOST:
            with transaction.atomic():
                _record(actor, "assignment.viewed", assignment)
        raise


def held_open(row: Assignment, *, actor: User, project: Project) -> Assignment | None:
    """Open what a reader holds, as it stands once locked; None when it was given up or submitted meanwhile."""
    held = [S.RESERVED, S.OPEN, S.RETURNED]
    fresh = Assignment.objects.select_for_update(no_key=True).filter(id=row.id, state__in=held).first()
    if fresh is not None:
        mark_opened(fresh, actor=actor, project=project)
    return fresh


def mark_opened(row: Assignment, *, actor: User, project: Project) -> None:
    """Begin or renew the reading lease and audit the opening.

    The case is read in the version, and under the schema and protocol, that are in force when it is first opened.
    Raises Away when that is while she is given nothing new.
    """
    now = timezone.now()
    values: dict[str, Any] = {"lease_until": now + READING_LEASE}
    if row.opened_at is None:
        case: Any = (
            Case.objects.only("current_version_id")
            .annotate(away=is_away(now, user=row.reader_id, project=project.id), **version_ids(project.id))
            .get(id=row.case_id)
        )
        if case.away:
            refuse_if_away(actor, project)
        values |= {
            "opened_at": now,
            "case_version_id": case.current_version_id,
            "schema_id": case.schema_in_force,
            "protocol_id": case.protocol_in_force,
        }
    assignment_advance(row, "resume" if row.state == S.RETURNED else "open", **values)
    audit.record(actor_id=actor.id, action="assignment.opened", obj=row, project_id=project.id)


def assignment_heartbeat(*, assignment: Assignment) -> Assignment:
    """Renew the lease of a case that is being read."""
    until = timezone.now() + READING_LEASE
    if not lease_renew(assignment.id, until):
        raise Conflict(
            "This case is no longer held for you. Your draft is kept; reload to see where it stands.",
            code="lease_lost",
        )
    assignment.lease_until = until
    return assignment


def assignment_skip(*, actor: User, assignment: Assignment, reason: str, text: str) -> None:
    """Put a case aside for good: another reader gets the slot, never the same one."""
    if reason not in SKIP_REASONS:
        raise InvalidContent("Choose a reason for skipping.", details={"allowed": list(SKIP_REASONS)})
    with transaction.atomic():
        row = assignment_locked(assignment)
        if row.state == S.SKIPPED:
            return
        assignment_advance(row, "skip", skip_reason=reason, skip_text=text, lease_until=None)
        slot_free(case_round_of(row))
        _record(actor, "assignment.skipped", row, {"reason": reason})


def assignment_unskip(*, actor: User, assignment: Assignment) -> None:
    """Take a skipped case back while nobody else has its slot. The reasons for skipping stay in the audit trail."""
    with transaction.atomic():
        row = assignment_locked(assignment)
        if row.state == S.OPEN:
            return
        if row.state == S.SKIPPED:
            _check_not_seen(row)
            if not begun_slot_take(row.round_id, row.case_id):
                raise Conflict(
                    "Another reader has this case by now, so it cannot be taken back.", code="slot_given_away"
                )
        assignment_advance(
            row, "unskip", lease_until=timezone.now() + READING_LEASE, skip_reason="", skip_text=""
        )
        mark_opened(row, actor=actor, project=row.case.project)
        _record(actor, "assignment.skip_taken_back", row)


def assignment_release(*, actor: User | None, assignment: Assignment) -> None:
    """Give an open case back (the reader herself, or the manager for her). The draft is kept.

    One that was given back, or whose time ran out, stays so. Raises InvalidTransition, NotFound.
    """
    with transaction.atomic():
        if assignment.state == S.RESERVED and reservation_give_up(assignment, actor=actor):
            return
        row = assignment_locked(assignment)
        if row.state in LOST:
            return
        assignment_advance(row, "release", lease_until=None)
        slot_free(case_round_of(row))
        _record(actor, "assignment.released", row)


def assignment_hand_on(*, actor: User, row: Assignment, to: User) -> None:
    """Take an open case from its reader for another, who gets its slot. The draft is kept. `row` is locked."""
    assignment_advance(row, "release", lease_until=None)
    _record(actor, "assignment.handed_over", row, {"to": str(to.id)})


def expire_leases(limit: int = 500) -> int:
    """Free the slots of leases that ran out more than two minutes ago. Any process may call this.

    In an archived project nobody can renew her lease, and nothing changes.
    """
    now = timezone.now()
    overdue = Assignment.objects.filter(
        state__in=[S.RESERVED, S.OPEN], lease_until__lt=now - GRACE, case__project__archived_at=None
    )
    count = 0
    for row in overdue.select_related("case").order_by("lease_until")[:limit]:
        with transaction.atomic():
            count += _expire(row)
    return count


def leases_begin_anew(project: Project) -> None:
    """Whoever has a case open there, or was given it to read, has her whole time again."""
    held, now = Assignment.objects.filter(case__project=project), timezone.now()
    held.filter(state=S.OPEN).update(lease_until=now + READING_LEASE)
    given = held.filter(state=S.RESERVED, rule=Assignment.Rule.ASSIGNED)
    given.update(lease_until=now + ASSIGNED_LEASE)


def _expire(row: Assignment) -> int:
    overdue: dict[str, Any] = {"lease_until__lt": timezone.now() - GRACE}
    if row.state == S.RESERVED:
        return int(reservation_give_up(row, **overdue))
    if not assignment_try(row, "expire", fence=overdue, lease_until=None):
        return 0
    slot_free(case_round_of(row))
    _record(None, "assignment.expired", row)
    return 1


def _revive(row: Assignment) -> None:
    """Take the slot again if nobody else has it (compare-and-set on the slot), and nothing was submitted late."""
    if LateRead.objects.filter(assignment=row).exists():
        raise late_read_exists()
    _check_not_seen(row, then=SUBMIT_LATE)
    if not begun_slot_take(row.round_id, row.case_id):
        raise Conflict(
            f"The time for this case ran out and it was given to another reader. {SUBMIT_LATE}",
            code="slot_given_away",
        )
    assignment_advance(row, "revive", lease_until=timezone.now() + READING_LEASE)


def _check_not_seen(row: Assignment, *, then: str = "") -> None:
    if seen_among(row.reader_id, [row.case_id]):
        told = "You have seen what others said of this case meanwhile: it is read by somebody else."
        raise Conflict(f"{told} {then}".strip(), code="has_seen")


def revive_if_free(row: Assignment) -> bool:
    """As `_revive`, answering False instead of raising."""
    try:
        _revive(row)
    except Conflict:
        return False
    return True


def _record(actor: User | None, action: str, row: Assignment, data: dict[str, str] | None = None) -> None:
    audit.record(
        actor_id=actor.id if actor else None,
        action=action,
        obj=row,
        project_id=row.case.project_id,
        data=data,
    )
