"""Settling a case: discordance, consensus labels and the adjudication that follow from its reads.

Derived (design invariant 5): settling again from the same reads and decisions changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from labelhub.consensus.discordance import CaseRead, Comparison, FindingRule, compare_case, n_pairs_of_marks
from labelhub.consensus.models import Adjudication, AdjudicationDecision, ConsensusLabel, Discordance
from labelhub.consensus.rules import CaseConsensus, Consensus, Decision, decide_case, label_case
from labelhub.consensus.services.adjudications import (
    adjudication_advance,
    adjudication_open,
    letters_append,
)
from labelhub.consensus.services.counted import (
    case_reads,
    finding_rules,
    newest_reads,
    newest_reads_unmarked,
)
from labelhub.consensus.services.in_force import is_only_round, labels_put_in_force
from labelhub.core import audit, jobs
from labelhub.projects.models import LabelSchema, ReadingProtocol
from labelhub.reading.asked import asked
from labelhub.reading.models import Assignment, CaseRound, Read, Round
from labelhub.reading.services.case_rounds import case_settle

S = Adjudication.State
KIND = "settle"
# Pairs of marks that are compared while the case is locked: 0.1 s of a processor (2,000 marks of each of two readers).
AT_ONCE = 2_000 * 2_000
# As many marks as cannot make more pairs, however they are shared out among the readers.
FEW_MARKS = 2_000


@dataclass(frozen=True)
class Compared:
    """The reads of a case as they were compared while it was not locked."""

    reads: frozenset[UUID]
    versions: tuple[UUID, UUID]
    comparisons: tuple[Comparison, ...]


def settle_case(
    case_round: CaseRound,
    *,
    schema: LabelSchema,
    protocol: ReadingProtocol,
    is_complete: bool = True,
    compared: Compared | None = None,
) -> bool:
    """Bring discordance, labels and adjudication in line with the reads. True when the case is closed.

    Call in the transaction that changed the reads or the decisions, once all reads are in, with the case's row
    locked: else two of them would settle without each other's change. `schema` and `protocol` are those that the case
    keeps (`settled_under`), those in force when it was never settled, or those of a person who settles it anew.
    A round that is not for labels is closed without any; of the schema only what the round asks is settled.
    Not `is_complete`: it was settled and lacks a read again, so that whatever followed is taken back.
    Reads with so many marks that comparing them takes long are compared by a job, whose result is `compared`; until
    then the case is not closed, and keeps its versions.
    """
    if case_round.round.purpose != Round.Purpose.LABELS:
        case_settle(case_round, schema_id=schema.id, protocol_id=protocol.id, is_closed=is_complete)
        return False
    schema = asked(schema, case_round.round)
    # A case that was never settled has nothing to look up: unique indexes would refuse a second settling.
    is_first = case_round.settled_schema_id is None
    known = Adjudication.objects.select_for_update(no_key=True).filter(case_round=case_round)
    adjudication = None if is_first else known.first()
    find = newest_reads_unmarked if compared else newest_reads
    reads = find(case_round) if is_complete else []
    said = [] if compared else case_reads(reads)
    rules = finding_rules(schema, protocol)
    if compared is None and _takes_long(said, rules):
        case_settle(case_round, schema_id=schema.id, protocol_id=protocol.id, is_closed=False)
        labels_put_in_force(case_round)
        settling_request(case_round)
        return False
    comparisons = compared.comparisons if compared else compare_case(said, rules, protocol.iou_threshold)
    result = label_case(comparisons, rules, _decisions(adjudication if is_complete else None))
    if not is_first:
        Discordance.objects.filter(case_round=case_round).delete()
    n_discordant = _write_discordances(case_round, result)
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
    case_settle(
        case_round,
        schema_id=schema.id,
        protocol_id=protocol.id,
        is_closed=is_closed,
        n_discordant=n_discordant,
    )
    labels_put_in_force(case_round)
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


def compare(case_round: CaseRound) -> Compared:
    """Compare the reads of a case under the versions that it keeps. Call while it is not locked."""
    schema, protocol = settled_under(case_round)
    reads = newest_reads(case_round)
    rules = finding_rules(asked(schema, case_round.round), protocol)
    return Compared(
        reads=frozenset(read.id for read in reads),
        versions=(schema.id, protocol.id),
        comparisons=tuple(compare_case(case_reads(reads), rules, protocol.iou_threshold)),
    )


def settling_request(case_round: CaseRound) -> None:
    """Have a job compare the reads and settle the case."""
    jobs.job_enqueue(
        kind=KIND,
        dedupe_key=f"{KIND}:{case_round.id}",
        params={"case_round": str(case_round.id)},
        project_id=case_round.round.project_id,
    )


def _takes_long(reads: list[CaseRead], rules: list[FindingRule]) -> bool:
    return sum(len(read.marks) for read in reads) > FEW_MARKS and n_pairs_of_marks(reads, rules) > AT_ONCE


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


def _write_discordances(case_round: CaseRound, result: CaseConsensus) -> int:
    """How many findings are discordant."""
    opening = {comparison.finding for comparison in result.to_adjudicate}
    rows = [
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
    ]
    Discordance.objects.bulk_create(rows)
    return len(rows)


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
        ConsensusLabel.objects.filter(id__in=outdated).update(is_current=False, in_force_in=None)
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
        case_number=case_round.case_number,
        in_force_in_id=case_round.round.project_id if is_only_round(case_round) else None,
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
