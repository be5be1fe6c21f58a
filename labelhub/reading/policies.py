"""Whose assignment is whose. A reader finds her own and nobody else's."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet, UUIDField

from labelhub.accounts.models import User
from labelhub.core.errors import NotFound
from labelhub.core.prepared import Prepared
from labelhub.imaging.models import Split
from labelhub.projects.models import Membership
from labelhub.reading.models import Assignment
from labelhub.reading.states import EDITABLE, LOST
from labelhub.reading.submissions import protocol_of

S = Assignment.State


def own_assignment(user: User, assignment_id: UUID) -> Assignment:
    """The reader's own assignment while she is a reader of the project; else NotFound."""
    found = OWN.first(id=assignment_id, reader=user.id)
    if found is None:
        raise NotFound()
    return found


def _own(id: Any, reader: Any) -> QuerySet[Assignment]:
    still_reads = {
        "case__project__memberships__user_id": reader,
        "case__project__memberships__role": Membership.Role.READER,
    }
    rows = Assignment.objects.select_related("case__project", "schema", "protocol", "round")
    return rows.filter(id=id, reader_id=reader, **still_reads)


OWN = Prepared(_own, id=UUIDField(), reader=UUIDField())


def allowed_actions(assignment: Assignment, *, has_late_read: bool = False) -> list[str]:
    """What the reader may do with it now; the page shows nothing else."""
    actions: list[Any] = []
    if assignment.state in EDITABLE:
        actions += ["save", "submit", "flag"]
    if assignment.state == S.OPEN:
        actions += ["skip", "release"]
    if assignment.state in LOST and not has_late_read:
        actions += ["save", "submit", "open"]
    if assignment.state == S.RESERVED:
        actions += ["open"]
    if assignment.state == S.SKIPPED:
        actions += ["unskip"]
    if assignment.state == S.SUBMITTED:
        actions += ["amend", "flag"]
    return actions


def unreadable_asks_another(assignment: Assignment) -> bool:
    """Whether a read "not readable" asks another reader in its place, as its protocol and its round have it.

    `case_rounds.slots_adjust` does it. How many of the others say so counts there, and is not to be seen here.
    """
    wanted = assignment.round.readers_per_case or protocol_of(assignment).readers_per_case
    is_given_out = assignment.round.closed_at is None and assignment.case.split != Split.EXCLUDED
    return wanted > 1 and is_given_out
