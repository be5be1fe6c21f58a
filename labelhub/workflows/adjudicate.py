"""Adjudication: claim, decide, give back, and expiry of claims. Asking a reader is `ask_reader`.

Claimed and leased like a read. By default nobody adjudicates a case they read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from labelhub.accounts.models import User
from labelhub.consensus.models import Adjudication, AdjudicationDecision, Discordance
from labelhub.consensus.services.settle import settle_case, settled_under
from labelhub.consensus.states import ADJUDICATION
from labelhub.core import audit
from labelhub.core.errors import Conflict, InvalidContent, NotAllowed
from labelhub.core.states import next_state
from labelhub.learning.services import training_due_check
from labelhub.marks import ImageSize
from labelhub.projects.models import LabelSchema, Project
from labelhub.projects.selectors import protocol_in_force
from labelhub.questions import question_of
from labelhub.reading.documents import parse_marks
from labelhub.reading.models import Assignment, CaseRound, Seen
from labelhub.reading.services.locks import case_round_locked
from labelhub.reading.services.seen import cases_seen
from labelhub.reading.submissions import image_sizes

LEASE = timedelta(minutes=30)
GRACE = timedelta(minutes=2)
S = Adjudication.State


@dataclass(frozen=True)
class FindingDecision:
    """The adjudicator's answer on one finding."""

    finding: str
    value: str
    reason: str
    annotations: list[dict[str, Any]]


def adjudications_for(user: User, project: Project) -> QuerySet[Adjudication]:
    """The adjudications this person may decide: without those of her own reads, unless the protocol allows it."""
    rows = Adjudication.objects.filter(project=project)
    if protocol_in_force(project).adjudicate_own_reads:
        return rows
    own = Assignment.objects.filter(
        reader=user, round_id=OuterRef("case_round__round_id"), case_id=OuterRef("case_round__case_id")
    )
    return rows.exclude(Exists(own))


def refuse_own_read(user: User, adjudication: Adjudication) -> None:
    """Raise NotAllowed when she has read the case herself and the protocol leaves such cases to others."""
    if not adjudications_for(user, adjudication.project).filter(id=adjudication.id).exists():
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
    """Her claimed adjudication, else the oldest open one. None: nothing waits."""
    with transaction.atomic():
        mine = adjudications_for(actor, project).filter(state=S.CLAIMED, adjudicator=actor).first()
        if mine:
            return mine
        oldest = adjudications_for(actor, project).filter(state=S.OPEN).order_by("created_at")
        for row in oldest[:16]:
            if _take(row, actor):
                return row
    return None


def claim_adjudication(*, actor: User, adjudication: Adjudication) -> Adjudication:
    """Claim this one. Raises Conflict when another adjudicator has it, NotAllowed for her own reads."""
    with transaction.atomic():
        refuse_own_read(actor, adjudication)
        _reads_seen(actor, adjudication)
        row = Adjudication.objects.select_for_update(no_key=True).get(id=adjudication.id)
        if row.state == S.CLAIMED and row.adjudicator_id == actor.id:
            adjudication_heartbeat(actor=actor, adjudication=row)
            _record(actor, "adjudication.viewed", row)
            return row
        next_state(ADJUDICATION, row.state, "claim", subject="adjudication")
        if not _take(row, actor):
            raise Conflict("Another adjudicator has just taken this case.", code="claimed_by_another")
        return row


def adjudication_heartbeat(*, actor: User, adjudication: Adjudication) -> Adjudication:
    until = timezone.now() + LEASE
    mine = Adjudication.objects.filter(id=adjudication.id, state=S.CLAIMED, adjudicator=actor)
    if not mine.update(lease_until=until):
        raise Conflict("This case is no longer held for you. Claim it again.", code="lease_lost")
    adjudication.lease_until = until
    return adjudication


def decide_adjudication(
    *,
    actor: User,
    adjudication: Adjudication,
    client_uuid: UUID,
    decisions: list[FindingDecision],
    decided_at: datetime | None = None,
) -> Adjudication:
    """Record a decision on each finding that waits for one, and settle the case. `decided_at`: of one made elsewhere.

    Raises InvalidContent `incomplete` naming what is missing; Conflict `id_reused` for a known id with
    other content. Only the findings set to 'adjudicate' that differ may be decided.
    """
    with transaction.atomic():
        case_round = adjudication.case_round
        case_round = case_round_locked(case_round.round_id, case_round.case_id)
        row = (
            Adjudication.objects.select_for_update(no_key=True, of=("self",))
            .select_related("project")
            .get(id=adjudication.id)
        )
        sha256 = _content_hash(decisions)
        earlier = AdjudicationDecision.objects.filter(adjudication=row, client_uuid=client_uuid).first()
        if earlier:
            if earlier.content_sha256 != sha256:
                raise Conflict("This decision's id was used before for other content.", code="id_reused")
            return row
        if row.adjudicator_id != actor.id:
            raise Conflict("This case is not held for you. Claim it first.", code="lease_lost")
        after = next_state(ADJUDICATION, row.state, "decide", subject="adjudication")
        decisions = _checked(row, decisions)
        now = decided_at or timezone.now()
        AdjudicationDecision.objects.bulk_create(
            AdjudicationDecision(
                adjudication=row,
                client_uuid=client_uuid,
                finding=decision.finding,
                value=decision.value,
                reason=decision.reason,
                annotations=decision.annotations,
                decided_by=actor,
                decided_at=now,
                content_sha256=sha256,
            )
            for decision in decisions
        )
        row.state, row.lease_until, row.decided_at = after, None, now
        row.save(update_fields=["state", "lease_until", "decided_at"])
        _record(actor, "adjudication.decided", row, {"findings": [d.finding for d in decisions]})
        _settle(case_round, row.project)
        row.refresh_from_db()
    return row


def release_adjudication(*, actor: User, adjudication: Adjudication) -> None:
    with transaction.atomic():
        row = Adjudication.objects.select_for_update(no_key=True).get(id=adjudication.id)
        if row.adjudicator_id != actor.id:
            raise Conflict("This case is not held for you.", code="lease_lost")
        _give_back(row, "release")
        _record(actor, "adjudication.released", row)


def expire_claims(limit: int = 100) -> int:
    """Give back claims whose lease ran out more than two minutes ago."""
    count = 0
    overdue = Adjudication.objects.filter(state=S.CLAIMED, lease_until__lt=timezone.now() - GRACE)
    for found in overdue[:limit]:
        with transaction.atomic():
            row = Adjudication.objects.select_for_update(no_key=True).get(id=found.id)
            if row.state == S.CLAIMED and row.lease_until and row.lease_until < timezone.now() - GRACE:
                _give_back(row, "expire")
                _record(None, "adjudication.expired", row)
                count += 1
    return count


def _reads_seen(actor: User, row: Adjudication) -> None:
    cases_seen(actor, row.project_id, [row.case_round.case_id], Seen.ADJUDICATION)


def _take(row: Adjudication, actor: User) -> bool:
    until = timezone.now() + LEASE
    taken = Adjudication.objects.filter(id=row.id, state=S.OPEN).update(
        state=S.CLAIMED, adjudicator=actor, lease_until=until
    )
    if taken:
        row.state, row.adjudicator, row.lease_until = S.CLAIMED, actor, until
        _record(actor, "adjudication.claimed", row)
    return bool(taken)


def _give_back(row: Adjudication, event: str) -> None:
    row.state = next_state(ADJUDICATION, row.state, event, subject="adjudication")
    row.adjudicator, row.lease_until = None, None
    row.save(update_fields=["state", "adjudicator", "lease_until"])


def _checked(row: Adjudication, decisions: list[FindingDecision]) -> list[FindingDecision]:
    """The decisions with their boxes in canonical form. Raises InvalidContent."""
    waiting = set(
        Discordance.objects.filter(case_round_id=row.case_round_id, needs_adjudication=True).values_list(
            "finding", flat=True
        )
    )
    given = [decision.finding for decision in decisions]
    if sorted(given) != sorted(waiting):
        raise InvalidContent(
            "Decide every finding that differs, each once.",
            code="incomplete",
            details={"missing": sorted(waiting - set(given)), "unexpected": sorted(set(given) - waiting)},
        )
    schema, _ = settled_under(row.case_round)
    version = row.case_round.case.current_version
    images = image_sizes(version) if version and any(decision.annotations for decision in decisions) else {}
    return [_checked_decision(decision, schema, images) for decision in decisions]


def _checked_decision(
    decision: FindingDecision, schema: LabelSchema, images: Mapping[str, ImageSize]
) -> FindingDecision:
    field = {"field": decision.finding}
    schema_finding = next(finding for finding in schema.findings if finding["code"] == decision.finding)
    question = question_of(schema_finding)
    question.parse({"value": decision.value}, field)
    if not decision.reason.strip():
        raise InvalidContent("Give a reason for each decision.", details=field)
    if decision.annotations and not question.admits_marks(decision.value):
        raise InvalidContent(
            "A finding is marked on the image but decided absent. Remove the mark or change the decision.",
            code="contradiction",
            details=field,
        )
    marks = parse_marks(
        decision.annotations,
        findings=schema.findings,
        region_classes=schema.region_classes,
        images=images,
    )
    if any(mark.finding != decision.finding for mark in marks):
        raise InvalidContent("A decision's marks belong to its own finding.", details=field)
    return replace(decision, annotations=[mark.as_json() for mark in marks])


def _settle(case_round: CaseRound, project: Project) -> None:
    schema, protocol = settled_under(case_round)
    if settle_case(case_round, schema=schema, protocol=protocol):
        training_due_check(project)


def _content_hash(decisions: list[FindingDecision]) -> str:
    body = json.dumps(
        [[d.finding, d.value, d.reason, d.annotations] for d in decisions],
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(body.encode()).hexdigest()


def _record(actor: User | None, action: str, row: Adjudication, data: dict[str, Any] | None = None) -> None:
    audit.record(
        actor_id=actor.id if actor else None, action=action, obj=row, project_id=row.project_id, data=data
    )
