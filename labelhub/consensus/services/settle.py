"""Settling a case: discordance, consensus labels and the adjudication that follow from its reads.

Derived (design invariant 5): settling again from the same reads and decisions changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from labelhub.consensus.models import Adjudication, AdjudicationDecision, ConsensusLabel, Discordance
from labelhub.consensus.rules import CaseConsensus, Consensus, Decision, decide_case
from labelhub.consensus.services.adjudications import (
    adjudication_advance,
    adjudication_open,
    letters_append,
)
from labelhub.consensus.services.counted import case_reads, finding_rules, newest_reads
from labelhub.core import audit
from labelhub.projects.models import LabelSchema, ReadingProtocol
from labelhub.reading.asked import asked
from labelhub.reading.models import Assignment, CaseRound, Read, Round
from labelhub.reading.services.case_rounds import case_settle

S = Adjudication.State


def settle_case(
    case_round: CaseRound, *, schema: LabelSchema, protocol: ReadingProtocol, is_complete: bool = True
) -> bool:
    """Bring discordance, labels and adjudication in line with the reads. True when the case is closed.

    Call in the transaction that changed the reads or the decisions, once all reads are in, with the case's row
    locked: else two of them would settle without each other's change. `schema` and `protocol` are those that the case
    keeps (`settled_under`), those in force when it was never settled, or those of a person who settles it anew.
    A round that is not for labels is closed without any; of the schema only what the round asks is settled.
    Not `is_complete`: it was settled and lacks a read again, so that whatever followed is taken back.
    """
    if case_round.round.purpose != Round.Purpose.LABELS:
        case_settle(case_round, schema_id=schema.id, protocol_id=protocol.id, is_closed=is_complete)
        return False
    schema = asked(schema, case_round.round)
    # A case that was never settled has nothing to look up: unique indexes would refuse a second settling.
    is_first = case_round.settled_schema_id is None
    known = Adjudication.objects.select_for_update(no_key=True).filter(case_round=case_round)
    adjudication = None if is_first else known.first()
    reads = newest_reads(case_round) if is_complete else []
    result = decide(
        reads, schema=schema, protocol=protocol, adjudication=adjudication if is_complete else None
    )
    if not is_first:
        Discordance.objects.filter(case_round=case_round).delete()
    _write_discordances(case_round, result)
    newest = max(reads, key=lambda read: read.submitted_at, default=None)
    trace = {
        "schema": schema.version,
        "protocol": protocol.version,
        "case_version": str(newest.case_version_id) if newest else None,
    }
    _write_labels(case_round, result, trace, current=[] if is_first else current_labels(case_round))
    is_open = bool(result.to_adjudicate)
    _move_adjudication(case_round, adjudication, reads, is_open=is_open)
    is_closed = is_complete and not is_open
    case_settle(case_round, schema_id=schema.id, protocol_id=protocol.id, is_closed=is_closed)
    return is_closed


def decide(
    reads: Iterable[Read],
    *,
    schema: LabelSchema,
    protocol: ReadingProtocol,
    adjudication: Adjudication | None,
) -> CaseConsensus:
    """What the reads and the newest decisions come to under these versions. Writes nothing."""
    return decide_case(
        case_reads(reads),
        finding_rules(schema, protocol),
        iou_threshold=protocol.iou_threshold,
        decisions=_decisions(adjudication),
    )


def settled_under(case_round: CaseRound) -> tuple[LabelSchema, ReadingProtocol]:
    """The versions that the case keeps: what is amended or decided later is settled under them, too."""
    assert case_round.settled_schema is not None and case_round.settled_protocol is not None
    return case_round.settled_schema, case_round.settled_protocol


def _decisions(adjudication: Adjudication | None) -> dict[str, Decision]:
    """The newest decision on each finding."""
    if adjudication is None:
        return {}
    rows = AdjudicationDecision.objects.filter(adjudication=adjudication).order_by("decided_at", "id")
    return {row.finding: Decision(id=str(row.id), value=row.value) for row in rows}


def _write_discordances(case_round: CaseRound, result: CaseConsensus) -> None:
    opening = {comparison.finding for comparison in result.to_adjudicate}
    Discordance.objects.bulk_create(
        Discordance(
            case_round=case_round,
            finding=comparison.finding,
            kind=comparison.kind.value,
            gap=comparison.gap,
            best_iou=comparison.iou,
            needs_adjudication=comparison.finding in opening,
        )
        for comparison in result.comparisons
        if comparison.kind is not None
    )


def current_labels(case_round: CaseRound) -> list[ConsensusLabel]:
    return list(ConsensusLabel.objects.filter(case_round=case_round, is_current=True))


def _write_labels(
    case_round: CaseRound, result: CaseConsensus, trace: dict[str, Any], *, current: list[ConsensusLabel]
) -> None:
    """Add rows for labels that changed; earlier rows stay, no longer current, so that training can be traced."""
    wanted = {
        label.finding: _row(case_round, label, trace) for label in result.labels if label.method is not None
    }
    outdated = [
        row.id
        for row in current
        if row.finding not in wanted or _content(wanted[row.finding]) != _content(row)
    ]
    if outdated:
        ConsensusLabel.objects.filter(id__in=outdated).update(is_current=False)
    kept = {row.finding for row in current if row.id not in outdated}
    ConsensusLabel.objects.bulk_create(row for code, row in wanted.items() if code not in kept)


def _row(case_round: CaseRound, label: Consensus, trace: dict[str, Any]) -> ConsensusLabel:
    return ConsensusLabel(
        case_round=case_round,
        finding=label.finding,
        value=label.value or "",
        probability=label.probability,
        method=label.method.value if label.method else "",
        provenance={**trace, "reads": sorted(label.reads), "decision": label.adjudication},
    )


def _content(row: ConsensusLabel) -> tuple[Any, ...]:
    return row.value, row.probability, row.method, row.provenance


def _move_adjudication(
    case_round: CaseRound, adjudication: Adjudication | None, reads: Iterable[Read], *, is_open: bool
) -> None:
    assignments = [read.assignment_id for read in reads]
    if adjudication is None:
        if is_open:
            _record(adjudication_open(case_round, assignments), "adjudication.opened")
        return
    letters_append(adjudication, assignments)
    event = {
        (True, S.WAITING): "reopen",
        (True, S.RESOLVED): "reopen",
        (True, S.DECIDED): "reopen",
        (False, S.OPEN): "resolve",
        (False, S.WAITING): "resolve",
        (False, S.CLAIMED): "resolve",
    }.get((is_open, S(adjudication.state)))
    if event is None or (event == "reopen" and adjudication.state == S.WAITING and _is_asked(case_round)):
        return
    adjudication_advance(adjudication, event, lease_until=None)
    _record(adjudication, f"adjudication.{event}")


def _is_asked(case_round: CaseRound) -> bool:
    """A reader has the case back with a question: it goes on waiting for her, whoever else amends meanwhile."""
    of_case = Assignment.objects.filter(round_id=case_round.round_id, case_id=case_round.case_id)
    return of_case.filter(state=Assignment.State.RETURNED).exists()


def _record(adjudication: Adjudication, action: str) -> None:
    audit.record(actor_id=None, action=action, obj=adjudication, project_id=adjudication.project_id)
