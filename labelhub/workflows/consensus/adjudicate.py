"""Adjudication: claim, give back, and expiry of claims. Deciding is `decide`, asking a reader `ask_reader`.

Claimed and leased like a read. By default nobody adjudicates a case they read.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from labelhub.accounts.models import User
from labelhub.consensus.models import Adjudication
from labelhub.consensus.services.adjudications import GIVEN_BACK, adjudication_advance, adjudication_try
from labelhub.consensus.visibility import adjudications_for, adjudications_to_claim
from labelhub.core import audit
from labelhub.core.errors import Conflict, NotAllowed
from labelhub.imaging.models import Split
from labelhub.projects.absences import refuse_if_away
from labelhub.projects.models import Project
from labelhub.reading.models import CaseRound, Seen
from labelhub.reading.services.seen import cases_seen

LEASE = timedelta(minutes=30)
GRACE = timedelta(minutes=2)
EXCLUDED = "The data manager has excluded this case: it needs no decision. The next case is on your list."
S = Adjudication.State


def refuse_own_read(user: User, adjudication: Adjudication) -> None:
    """Raise NotAllowed when she has read the case herself and the protocol leaves such cases to others."""
    if not adjudications_for(user).filter(id=adjudication.id).exists():
        raise NotAllowed(
            "You have read this case yourself; somebody else must adjudicate it.", code="own_read"
        )


def view_adjudication(*, actor: User, adjudication: Adjudication) -> None:
    """Note that she looks at the reads. Raises NotAllowed for a case of her own reads."""
    refuse_own_read(actor, adjudication)
    with transaction.atomic():
        _record(actor, "adjudication.viewed", adjudication)
        _reads_seen(actor, adjudication)


def claim_next_adjudication(*, actor: User, project: Project) -> Adjudication | None:
    """Her claimed adjudication, else the oldest open one. None: nothing waits. Raises Away."""
    with transaction.atomic():
        mine = adjudications_for(actor).filter(project=project, state=S.CLAIMED, adjudicator=actor).first()
        if mine:
            return mine
        refuse_if_away(actor, project)
        oldest = adjudications_to_claim(actor).filter(project=project).order_by("created_at")
        for row in oldest[:16]:
            if _take(row, actor):
                return row
    return None


def claim_adjudication(*, actor: User, adjudication: Adjudication) -> Adjudication:
    """Claim this one. Raises Conflict when another adjudicator has it, NotAllowed for her own reads, Away."""
    with transaction.atomic():
        refuse_own_read(actor, adjudication)
        if adjudication.adjudicator_id != actor.id:
            refuse_if_away(actor, adjudication.project)
        _reads_seen(actor, adjudication)
        row = Adjudication.objects.select_for_update(no_key=True).get(id=adjudication.id)
        if row.state == S.CLAIMED and row.adjudicator_id == actor.id:
            adjudication_heartbeat(actor=actor, adjudication=row)
            _record(actor, "adjudication.viewed", row)
            return row
        if row.state == S.CLAIMED:
            raise Conflict("Another adjudicator has just taken this case.", code="claimed_by_another")
        if _is_excluded(row):
            raise Conflict(EXCLUDED, code="case_excluded")
        adjudication_advance(row, "claim", adjudicator=actor, lease_until=timezone.now() + LEASE)
        _record(actor, "adjudication.claimed", row)
        return row


def adjudication_heartbeat(*, actor: User, adjudication: Adjudication) -> Adjudication:
    until = timezone.now() + LEASE
    mine = Adjudication.objects.filter(id=adjudication.id, state=S.CLAIMED, adjudicator=actor)
    if not mine.update(lease_until=until):
        raise Conflict("This case is no longer held for you. Open it again.", code="lease_lost")
    adjudication.lease_until = until
    return adjudication


def release_adjudication(*, actor: User, adjudication: Adjudication) -> None:
    with transaction.atomic():
        row = Adjudication.objects.select_for_update(no_key=True).get(id=adjudication.id)
        if row.adjudicator_id != actor.id:
            raise Conflict("This case is not held for you.", code="lease_lost")
        adjudication_advance(row, "release", **GIVEN_BACK)
        _record(actor, "adjudication.released", row)


def adjudications_give_back(*, actor: User | None, project: Project, adjudicator_id: UUID) -> None:
    """Give back all that she has claimed: she decides nothing here any longer. Call in a transaction."""
    hers = Adjudication.objects.filter(project=project, state=S.CLAIMED, adjudicator_id=adjudicator_id)
    for row in hers.order_by("id"):
        adjudication_give_back(actor=actor, adjudication=row)


def adjudication_give_back(*, actor: User | None, adjudication: Adjudication) -> None:
    """Take a claimed case from whoever decides it: it waits for another. One that is not claimed stays as it is."""
    with transaction.atomic():
        row = Adjudication.objects.select_for_update(no_key=True).get(id=adjudication.id)
        if row.state == S.CLAIMED:
            adjudication_advance(row, "release", **GIVEN_BACK)
            _record(actor, "adjudication.released", row)


def expire_claims(limit: int = 100) -> int:
    """Give back claims whose lease ran out more than two minutes ago; in an archived project nothing changes."""
    count = 0
    overdue = Adjudication.objects.filter(
        state=S.CLAIMED, lease_until__lt=timezone.now() - GRACE, project__archived_at=None
    )
    for found in overdue[:limit]:
        with transaction.atomic():
            row = Adjudication.objects.select_for_update(no_key=True).get(id=found.id)
            if row.state == S.CLAIMED and row.lease_until and row.lease_until < timezone.now() - GRACE:
                adjudication_advance(row, "expire", **GIVEN_BACK)
                _record(None, "adjudication.expired", row)
                count += 1
    return count


def claims_begin_anew(project: Project) -> None:
    """Whoever decides a case there has her whole time again."""
    held = Adjudication.objects.filter(project=project, state=S.CLAIMED)
    held.update(lease_until=timezone.now() + LEASE)


def _reads_seen(actor: User, row: Adjudication) -> None:
    cases_seen(actor, row.project_id, [row.case_round.case_id], Seen.ADJUDICATION)


def _take(row: Adjudication, actor: User) -> bool:
    """Claim it, unless somebody was quicker, or it was excluded while this looked."""
    before = transaction.savepoint()
    taken = adjudication_try(row, "claim", adjudicator=actor, lease_until=timezone.now() + LEASE)
    if not taken or _is_excluded(row):
        transaction.savepoint_rollback(before)
        return False
    transaction.savepoint_commit(before)
    _record(actor, "adjudication.claimed", row)
    return True


def _is_excluded(row: Adjudication) -> bool:
    return CaseRound.objects.filter(id=row.case_round_id, split=Split.EXCLUDED).exists()


def _record(actor: User | None, action: str, row: Adjudication, data: dict[str, Any] | None = None) -> None:
    audit.record(
        actor_id=actor.id if actor else None, action=action, obj=row, project_id=row.project_id, data=data
    )
