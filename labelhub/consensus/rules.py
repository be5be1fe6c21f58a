"""From the reads of a case to one label per finding, by the protocol's rule. Pure: no Django, no clock, no
chance."""

import dataclasses
import enum
from collections.abc import Iterable, Mapping
from typing import Any

from labelhub.consensus.discordance import (
    DEFAULT_IOU_THRESHOLD,
    CaseRead,
    Comparison,
    DiscordanceKind,
    FindingRule,
    Rule,
    compare_case,
)
from labelhub.questions import Labelled


class Method(enum.StrEnum):
    """How a label came about."""

    SINGLE = "single"
    CONCORDANT = "concordant"
    MAJORITY = "majority"
    ANY_POSITIVE = "any_positive"
    SOFT = "soft"
    ADJUDICATED = "adjudicated"


@dataclasses.dataclass(frozen=True, slots=True)
class Decision:
    """An adjudicator's decision on one finding; `id` is the adjudication it belongs to."""

    id: str
    value: Any


@dataclasses.dataclass(frozen=True, slots=True)
class Consensus:
    """The label of one finding of a case, or what it still waits for.

    `method` is None when there is no label: the finding was not asked, or `needs_adjudication`. `value` may
    be None under the soft rule (an even split). `probability` is as the answer type says: the share of votes, certain
    where a rule or a person has overruled them, None where there is none (masked in training). `reads` and
    `adjudication` are the provenance by id.
    """

    finding: str
    value: Any
    probability: float | None
    method: Method | None
    reads: tuple[str, ...]
    adjudication: str | None = None
    needs_adjudication: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class CaseConsensus:
    """Every finding of a case: how its reads compare, and its label."""

    comparisons: tuple[Comparison, ...]
    labels: tuple[Consensus, ...]

    @property
    def to_adjudicate(self) -> tuple[Comparison, ...]:
        """Return the findings that open an adjudication; the adjudicator sees and decides only these."""
        return tuple(
            comparison
            for comparison, label in zip(self.comparisons, self.labels, strict=True)
            if label.needs_adjudication
        )


def decide_case(
    reads: Iterable[CaseRead],
    rules: Iterable[FindingRule],
    iou_threshold: float = DEFAULT_IOU_THRESHOLD,
    decisions: Mapping[str, Decision] | None = None,
) -> CaseConsensus:
    """Compare the reads and label every finding that has a rule; the order of the reads does not matter."""
    rules = list(rules)
    return label_case(compare_case(reads, rules, iou_threshold), rules, decisions)


def label_case(
    comparisons: Iterable[Comparison],
    rules: Iterable[FindingRule],
    decisions: Mapping[str, Decision] | None = None,
) -> CaseConsensus:
    """Label every finding of reads that were compared under these rules, in their order."""
    comparisons, given = list(comparisons), decisions or {}
    labels = [
        decide_finding(comparison, rule, given.get(rule.finding))
        for comparison, rule in zip(comparisons, rules, strict=True)
    ]
    return CaseConsensus(tuple(comparisons), tuple(labels))


def decide_finding(comparison: Comparison, rule: FindingRule, decision: Decision | None = None) -> Consensus:
    """Label one finding from its compared reads, or say that it waits for an adjudicator."""
    reads = tuple(read_id for read_id, _ in comparison.answers)
    values = [value for _, value in comparison.answers]
    if decision is not None:
        label = rule.question.decided(decision.value)
        return _consensus(rule.finding, label, Method.ADJUDICATED, reads, adjudication=decision.id)
    if not values:
        return Consensus(rule.finding, None, None, None, reads)
    if comparison.kind is DiscordanceKind.LOCATION and rule.rule is Rule.ADJUDICATE:
        return _open(rule.finding, reads)
    # Other rules settle values only: reads that differ in place alone agree on the value.
    if comparison.kind is not DiscordanceKind.VALUE:
        method = Method.CONCORDANT if len(values) > 1 else Method.SINGLE
        return _consensus(rule.finding, rule.question.agreed(values), method, reads)
    vote = rule.question.VOTES.get(rule.rule)
    voted = vote(values) if vote else None
    if voted is None:
        return _open(rule.finding, reads)
    return _consensus(rule.finding, voted, Method(rule.rule), reads)


def _open(finding: str, reads: tuple[str, ...]) -> Consensus:
    return Consensus(finding, None, None, None, reads, needs_adjudication=True)


def _consensus(
    finding: str, label: Labelled, method: Method, reads: tuple[str, ...], adjudication: str | None = None
) -> Consensus:
    return Consensus(finding, label.value, label.probability, method, reads, adjudication)
