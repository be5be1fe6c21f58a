"""An adjudicator decides the findings that differ, or corrects what she decided within ten minutes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from labelhub.accounts.models import User
from labelhub.consensus.models import Adjudication, AdjudicationDecision, Discordance
from labelhub.consensus.policies import correct_until
from labelhub.consensus.selectors import discordant_findings, version_read
from labelhub.consensus.services.adjudications import adjudication_advance
from labelhub.consensus.services.counted import newest_reads
from labelhub.consensus.services.settle import decide, settle_case, settled_under
from labelhub.core import audit
from labelhub.core.errors import Conflict, InvalidContent
from labelhub.imaging.models import CaseVersion
from labelhub.learning.services import training_due_check
from labelhub.marks import ImageSize
from labelhub.projects.models import LabelSchema
from labelhub.projects.selectors import protocol_in_force
from labelhub.questions import question_of
from labelhub.reading.asked import asked
from labelhub.reading.documents import parse_marks
from labelhub.reading.models import CaseRound
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


@dataclass(frozen=True)
class TimedDecision:
    """What one adjudicator decided at one time."""

    adjudicator: User
    decided_at: datetime
    decisions: list[FindingDecision]


def decide_adjudication(
    *, actor: User, adjudication: Adjudication, client_uuid: UUID, decisions: list[FindingDecision]
) -> Adjudication:
    """Record a decision on each finding that waits for one, or correct the last ones, and settle the case.

    Raises InvalidContent `incomplete` naming what is missing; Conflict `id_reused` for a known id with other content,
    `correction_over` after ten minutes. Only the findings set to 'adjudicate' that differ may be decided; of a case
    that was reopened, what was decided before may be decided again with the rest.
    """
    with transaction.atomic():
        row = _locked(adjudication)
        sha256 = _content_hash(decisions)
        earlier = AdjudicationDecision.objects.filter(adjudication=row, client_uuid=client_uuid).first()
        if earlier:
            if earlier.content_sha256 != sha256:
                raise Conflict("This decision's id was used before for other content.", code="id_reused")
            return row
        _refuse_unless_held(row, actor)
        event, expected = _expected(row)
        version = version_read(row.case_round)
        _check_findings(row, decisions, expected)
        _require_reasons(row, decisions)
        checked = _checked(row, decisions, version)
        now = timezone.now()
        # A correction keeps the time of the decision: it earns no further ten minutes.
        decided_first = row.decided_at if event == "correct" else now
        adjudication_advance(row, event, lease_until=None, decided_at=decided_first)
        _record(row, TimedDecision(actor, now, checked), client_uuid, sha256, version, event)
        _settle(row)
    return row


def record_exported_decisions(
    *, actor: User, adjudication: Adjudication, made: list[TimedDecision]
) -> Adjudication:
    """Record what was decided elsewhere, in order of time, each with its adjudicator and its time; settle the case.

    `actor` holds the adjudication: who decided last. The newest decision on each finding counts; each is one that waits
    for one, or waited by the reads as they stood when it was decided. The reasons are those that were given: where it
    was decided, none may have been asked for.
    Raises InvalidContent as `decide_adjudication`.
    """
    with transaction.atomic():
        row = _locked(adjudication)
        _refuse_unless_held(row, actor)
        _, expected = _expected(row)
        version = version_read(row.case_round)
        newest = {decision.finding: decision for each in made for decision in each.decisions}
        once = _waited(row.case_round, made)
        # Of a case that was reopened and not decided again, something waits there still, as it does here.
        expected &= newest.keys()
        _check_findings(row, list(newest.values()), expected, once=once)
        adjudication_advance(row, "decide", lease_until=None, decided_at=made[-1].decided_at)
        for each in made:
            checked = replace(each, decisions=_checked(row, each.decisions, version))
            _record(row, checked, uuid4(), _content_hash(each.decisions), version, "decide")
        _settle(row)
    return row


def _locked(adjudication: Adjudication) -> Adjudication:
    case_round = adjudication.case_round
    case_round = case_round_locked(case_round.round_id, case_round.case_id)
    rows = Adjudication.objects.select_for_update(no_key=True, of=("self",)).select_related("project")
    row = rows.get(id=adjudication.id)
    row.case_round = case_round
    return row


def _refuse_unless_held(row: Adjudication, actor: User) -> None:
    if row.adjudicator_id != actor.id:
        raise Conflict("This case is not held for you. Open it first.", code="lease_lost")


def _record(
    row: Adjudication,
    made: TimedDecision,
    client_uuid: UUID,
    sha256: str,
    version: CaseVersion | None,
    event: str,
) -> None:
    AdjudicationDecision.objects.bulk_create(
        AdjudicationDecision(
            adjudication=row,
            client_uuid=client_uuid,
            finding=decision.finding,
            value=decision.value,
            reason=decision.reason,
            case_version=version,
            annotations=decision.annotations,
            decided_by=made.adjudicator,
            decided_at=made.decided_at,
            content_sha256=sha256,
        )
        for decision in made.decisions
    )
    audit.record(
        actor_id=made.adjudicator.id,
        action="adjudication.decided" if event == "decide" else "adjudication.corrected",
        obj=row,
        project_id=row.project_id,
        data={"findings": [decision.finding for decision in made.decisions]},
    )


def _settle(row: Adjudication) -> None:
    schema, protocol = settled_under(row.case_round)
    # A corrected case may lack a read again: an amendment to "not readable" asks one more reader.
    is_complete = row.case_round.n_submitted >= row.case_round.n_needed
    if settle_case(row.case_round, schema=schema, protocol=protocol, is_complete=is_complete):
        training_due_check(row.project)
    row.refresh_from_db()


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


def _waited(case_round: CaseRound, made: list[TimedDecision]) -> set[str]:
    """The findings that the rules of the case left to an adjudicator at the times of these decisions.

    Readers who amended to agreement since have not taken back what was decided.
    """
    schema, protocol = settled_under(case_round)
    schema = asked(schema, case_round.round)
    results = [
        decide(
            newest_reads(case_round, until=each.decided_at),
            schema=schema,
            protocol=protocol,
            adjudication=None,
        )
        for each in made
    ]
    return {each.finding for result in results for each in result.to_adjudicate}


def _check_findings(
    row: Adjudication,
    decisions: list[FindingDecision],
    expected: set[str],
    once: Collection[str] = (),
) -> None:
    """Raise InvalidContent unless each finding that is expected is decided, once.

    `once`: findings that may be decided although they differ no longer.
    """
    given = [decision.finding for decision in decisions]
    shown = {each.finding for each in discordant_findings(row)}
    missing, unexpected = (expected & shown) - set(given), set(given) - (expected | shown).union(once)
    if missing or unexpected or len(given) != len(set(given)):
        raise InvalidContent(
            "Decide every finding that differs, each once.",
            code="incomplete",
            details={"missing": sorted(missing), "unexpected": sorted(unexpected)},
        )


def _require_reasons(row: Adjudication, decisions: list[FindingDecision]) -> None:
    """Raise InvalidContent `reason_required` for decisions without one where the project asks for it."""
    if protocol_in_force(row.project).adjudication_reason_required:
        unexplained = [decision.finding for decision in decisions if not decision.reason.strip()]
        if unexplained:
            raise InvalidContent(
                "This project asks for a reason for each decision.",
                code="reason_required",
                details={"missing": unexplained},
            )


def _checked(
    row: Adjudication, decisions: list[FindingDecision], version: CaseVersion | None
) -> list[FindingDecision]:
    """The decisions with their boxes in canonical form. Raises InvalidContent."""
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
    value = question.parse({"value": decision.value}, field).value
    if decision.annotations and not question.admits_marks(value):
        raise InvalidContent(
            f"A finding is marked on the image but decided {value}. Remove the mark or change the decision.",
            code="contradiction",
            details=field,
        )
    marks = parse_marks(
        decision.annotations, findings=schema.findings, region_classes=schema.region_classes, images=images
    )
    if any(mark.finding != decision.finding for mark in marks):
        raise InvalidContent("A decision's marks belong to its own finding.", details=field)
    annotations = [mark.as_json() for mark in marks]
    return replace(decision, value=value, reason=decision.reason.strip(), annotations=annotations)


def _content_hash(decisions: list[FindingDecision]) -> str:
    body = json.dumps(
        [[d.finding, d.value, d.reason, d.annotations] for d in decisions],
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(body.encode()).hexdigest()
