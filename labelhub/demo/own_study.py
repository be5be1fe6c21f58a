"""A study that the reader brought herself (demonstration): she reads it at once, whatever the worklist would offer."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from labelhub.accounts.models import User
from labelhub.core import audit
from labelhub.projects.models import Project
from labelhub.projects.selectors import versions_in_force
from labelhub.reading.models import Assignment, CaseRound
from labelhub.reading.services.assignments import assignment_create
from labelhub.reading.services.case_rounds import Slot, slot_take
from labelhub.reading.services.leases import READING_LEASE, held_open
from labelhub.reading.services.locks import cursors_locked
from labelhub.reading.services.rounds import cursors_create, place_take, worklist_state
from labelhub.reading.services.seen import not_seen

S = Assignment.State


def claim_own_study(*, reader: User, project: Project, cases: Collection[UUID]) -> Assignment | None:
    """Open the first of the cases that she can still read; None when each is read or full, or she saw its reads.

    A case of hers that is under way is given again, so that a repeated click is harmless.
    """
    with transaction.atomic():
        state = worklist_state(project)
        cursors_create(project, reader)
        cursors_locked([reader.id], project.id)
        hers = Assignment.objects.filter(round_id=state.round_id, reader=reader, case_id__in=cases)
        begun = hers.filter(state__in=[S.RETURNED, S.OPEN, S.RESERVED]).order_by("reserved_at").first()
        opened = held_open(begun, actor=reader, project=project) if begun else None
        if opened:
            return opened
        rows = CaseRound.objects.filter(round_id=state.round_id, case_id__in=cases, n_open__gt=0)
        new = not_seen(rows, reader.id).exclude(case_id__in=hers.values("case_id"))
        for row in new.order_by("order_key"):
            slot = Slot.of(row)
            if slot_take(slot):
                return _open(slot, reader, project, position=place_take(reader, state.round))
    return None


def _open(slot: Slot, reader: User, project: Project, *, position: int) -> Assignment:
    now = timezone.now()
    schema_id, protocol_id = versions_in_force(project.id)
    assignment = assignment_create(
        slot,
        now=now,
        lease_until=now + READING_LEASE,
        reader=reader,
        rule=Assignment.Rule.OWN_STUDY,
        reader_position=position,
        schema_id=schema_id,
        protocol_id=protocol_id,
        claim_key=uuid.uuid4(),
    )
    audit.record(
        actor_id=reader.id,
        action="assignment.opened",
        obj=assignment,
        project_id=project.id,
        data={"case": str(slot.case_id), "rule": assignment.rule},
    )
    return assignment
