"""An adjudicator decides the findings that differ, or corrects what she decided within ten minutes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from labelhub.accounts.models import User
from labelhub.consensus.models import Adjudication, AdjudicationDecision, Discordance
from labelhub.consensus.policies import correct_until
from labelhub.consensus.selectors import discordant_findings, version_read
from labelhub.consensus.services.adjudications import adjudication_advance
from labelhub.consensus.services.settle import settle_case, settled_under
from labelhub.core import audit
from labelhub.core.errors import Conflict, InvalidContent
from labelhub.imaging.models import CaseVersion
from labelhub.learning.services import training_due_check
from labelhub.marks import ImageSize
from labelhub.projects.models import LabelSchema
from labelhub.projects.selectors import protocol_in_force
from labelhub.questions import question_of
from labelhub.reading.documents import parse_marks
from labelhub.reading.services.locks import case_round_locked
from labelhub.reading.submissions import image_sizes

S = Adjudication.State


@dataclass(frozen=True)
class FindingDecision:
    """The adjudicator's answer on one finding; the reason is the one she gave, or empty."""

    finding: str
    value: str
    reason: str
    annotations: list[dict[str, Any]]


def decide_adjudication(
    *,
    actor: User,
    adjudication: Adjudication,
    client_uuid: UUID,
    decisions: list[FindingDecision],
    decided_at: datetime | None = None,
) -> Adjudication:
    """Record a decision on each finding that waits for one, or correct the last ones, and settle the case.

    `decided_at`: of a decision that was made elsewhere.
    Raises InvalidContent `incomplete` naming what is missing; Conflict `id_reused` for a known id with other content,
    `correction_over` after ten minutes. Only the findings set to 'adjudicate' that differ may be decided; of a case
    that was reopened, what was decided before may be decided again with the rest.
    """
    with transaction.atomic():
        case_round = adjudication.case_round
        case_round = case_round_locked(case_round.round_id, case_round.case_id)
        row = (
            Adjudication.objects.select_for_update(no_key=True, of=("self",))
            .select_related("project")
            .get(id=adjudication.id)
        )
        row.case_round = case_round
        sha256 = _content_hash(decisions)
        earlier = AdjudicationDecision.objects.filter(adjudication=row, client_uuid=client_uuid).first()
        if earlier:
            if earlier.content_sha256 != sha256:
                raise Conflict("This decision's id was used before for other content.", code="id_reused")
            return row
        if row.adjudicator_id != actor.id:
            raise Conflict("This case is not held for you. Open it first.", code="lease_lost")
        event, expected = _expected(row)
        version = version_read(case_round)
        decisions = _checked(row, decisions, expected, version)
        now = decided_at or timezone.now()
        # A correction keeps the time of the decision: it earns no further ten minutes.
        decided_first = row.decided_at if event == "correct" else now
        adjudication_advance(row, event, lease_until=None, decided_at=decided_first)
        AdjudicationDecision.objects.bulk_create(
            AdjudicationDecision(
                adjudication=row,
                client_uuid=client_uuid,
                finding=decision.finding,
                value=decision.value,
                reason=decision.reason,
                case_version=version,
                annotations=decision.annotations,
                decided_by=actor,
                decided_at=now,
                content_sha256=sha256,
            )
            for decision in decisions
        )
        audit.record(
            actor_id=actor.id,
            action="adjudication.decided" if event == "decide" else "adjudication.corrected",
            obj=row,
            project_id=row.project_id,
            data={"findings": [decision.finding for decision in decisions]},
        )
        schema, protocol = settled_under(case_round)
        # A corrected case may lack a read again: an amendment to "not readable" asks one more reader.
        is_complete = case_round.n_submitted >= case_round.n_needed
        if settle_case(case_round, schema=schema, protocol=protocol, is_complete=is_complete):
            training_due_check(row.project)
        row.refresh_from_db()
    return row


def _expected(row: Adjudication) -> tuple[str, set[str]]:
    """The event, and the findings to decide: those that wait, or those she decided since it was last opened."""
    if row.state != S.DECIDED:
        waiting = Discordance.objects.filter(case_round_id=row.case_round_id, needs_adjudication=True)
        return "decide", set(waiting.values_list("finding", flat=True))
    if timezone.now() > correct_until(row):
        raise Conflict(
            "More than ten minutes have passed: the decision stands. Ask the data manager when it is wrong.",
            code="correction_over",
        )
    last = row.decisions.filter(decided_at__gte=row.decided_at)
    return "correct", set(last.values_list("finding", flat=True))


def _checked(
    row: Adjudication,
    decisions: list[FindingDecision],
    expected: set[str],
    version: CaseVersion | None,
) -> list[FindingDecision]:
    """The decisions with their boxes in canonical form. Raises InvalidContent."""
    given = [decision.finding for decision in decisions]
    shown = {each.finding for each in discordant_findings(row)}
    missing, unexpected = (expected & shown) - set(given), set(given) - (expected | shown)
    if missing or unexpected or len(given) != len(set(given)):
        raise InvalidContent(
            "Decide every finding that differs, each once.",
            code="incomplete",
            details={"missing": sorted(missing), "unexpected": sorted(unexpected)},
        )
    if protocol_in_force(row.project).adjudication_reason_required:
        unexplained = [decision.finding for decision in decisions if not decision.reason.strip()]
        if unexplained:
            raise InvalidContent(
                "This project asks for a reason for each decision.",
                code="reason_required",
                details={"missing": unexplained},
            )
    schema, _ = settled_under(row.case_round)
    images = image_sizes(version) if version and any(decision.annotations for decision in decisions) else {}
    return [_checked_decision(decision, schema, images) for decision in decisions]


def _checked_decision(
    decision: FindingDecision, schema: LabelSchema, images: Mapping[str, ImageSize]
) -> FindingDecision:
    field = {"field": decision.finding}
    definition = next((each for each in schema.findings if each["code"] == decision.finding), None)
    if definition is None:
        raise Conflict(
            "The case was settled anew under a schema without this finding: the decision on it cannot be corrected.",
            code="finding_gone",
            details=field,
        )
    question = question_of(definition)
    question.parse({"value": decision.value}, field)
    if decision.annotations and not question.admits_marks(decision.value):
        raise InvalidContent(
            "A finding is marked on the image but decided absent. Remove the mark or change the decision.",
            code="contradiction",
            details=field,
        )
    marks = parse_marks(
        decision.annotations, findings=schema.findings, region_classes=schema.region_classes, images=images
    )
    if any(mark.finding != decision.finding for mark in marks):
        raise InvalidContent("A decision's marks belong to its own finding.", details=field)
    return replace(decision, reason=decision.reason.strip(), annotations=[mark.as_json() for mark in marks])


def _content_hash(decisions: list[FindingDecision]) -> str:
    body = json.dumps(
        [[d.finding, d.value, d.reason, d.annotations] for d in decisions],
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(body.encode()).hexdigest()
