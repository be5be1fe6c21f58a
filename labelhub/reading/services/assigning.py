"""Cases that a data manager gives to a reader of her choice: reserved for her until she opens them.

The slot is taken at once, so that nobody else gets it. It goes back as any reservation does: when the time is over,
when she is paused or has seen others' reads, when the round is closed, or when the manager takes it back.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.db import models
from django.utils import timezone

from labelhub.accounts.models import User
from labelhub.core import audit
from labelhub.core.errors import Conflict, InvalidContent
from labelhub.imaging.models import Split
from labelhub.imaging.split import EVALUATION
from labelhub.projects.absences import absence_in_force
from labelhub.projects.models import Membership
from labelhub.reading.models import Assignment, CaseRound, ReaderCursor, Round
from labelhub.reading.services.assignments import assignment_create
from labelhub.reading.services.case_rounds import Slot
from labelhub.reading.services.seen import seen_among

ASSIGNED_LEASE = timedelta(days=30)


class WhyNot(models.TextChoices):
    """Why a reader cannot be given a case. The labels are sentences."""

    EXCLUDED = "excluded", "This case is excluded: nobody new reads it."
    ALREADY_HERS = "already_hers", "She has, or has had, this case in this round: nobody gets a case twice."
    HAS_SEEN = "has_seen", "She has seen what others said of this case: somebody else must read it."
    EVALUATION = (
        "evaluation",
        "This is a validation or test case that nobody has begun. They come by themselves, so that nobody chooses what "
        "models are measured on.",
    )
    NOT_IN_ROUND = "not_in_round", "This case is not in the round."
    NO_FREE_SLOT = "no_free_slot", "No further read of this case is asked for."


def refuse_reader(reader: User, round_: Round) -> None:
    """Raise InvalidContent `not_a_reader`, Conflict `round_closed`, `not_in_round` or `reader_away`."""
    project, name = round_.project, reader.display_name or reader.username
    # Asked of the database: an administrator may have deactivated her since the request began.
    reads_here = Membership.objects.filter(
        project=project, user=reader, user__is_active=True, role=Membership.Role.READER
    )
    if not reads_here.exists():
        raise InvalidContent("Choose a reader of this project.", code="not_a_reader")
    if round_.closed_at is not None:
        raise Conflict("This round is closed: none of its cases is given out.", code="round_closed")
    if not round_.for_all and not ReaderCursor.objects.filter(round=round_, reader=reader).exists():
        raise Conflict(
            f"{name} does not read in round {round_.number}. Choose one of its readers.", code="not_in_round"
        )
    if absence_in_force(reader.id, project):
        raise Conflict(f"{name} is paused or on leave. Choose somebody who is here.", code="reader_away")


def barred(reader: User, round_: Round, rows: Collection[CaseRound]) -> dict[UUID, WhyNot]:
    """Which cases of the round she cannot be given, whether or not a slot is free."""
    ids = [row.case_id for row in rows]
    hers = Assignment.objects.filter(round=round_, reader=reader, case_id__in=ids)
    is_chosen = [
        row for row in rows if round_.is_standing and row.begun_seq is None and row.split in EVALUATION
    ]
    return {
        **{row.case_id: WhyNot.EVALUATION for row in is_chosen},
        **{row.case_id: WhyNot.EXCLUDED for row in rows if row.split == Split.EXCLUDED},
        **dict.fromkeys(seen_among(reader.id, ids), WhyNot.HAS_SEEN),
        **dict.fromkeys(hers.values_list("case_id", flat=True), WhyNot.ALREADY_HERS),
    }


def assign(*, actor: User, reader: User, round_: Round, slot: Slot, position: int) -> Assignment:
    """Reserve a case for her of which a slot was taken, at a place of hers that `place_take` gave."""
    now = timezone.now()
    row = assignment_create(
        slot,
        now=now,
        lease_until=now + ASSIGNED_LEASE,
        is_open=False,
        reader=reader,
        rule=Assignment.Rule.ASSIGNED,
        reader_position=position,
        claim_key=uuid.uuid4(),
    )
    audit.record(
        actor_id=actor.id,
        action="assignment.assigned",
        obj=row,
        project_id=round_.project_id,
        data={"case": str(slot.case_id), "reader": str(reader.id)},
    )
    return row
