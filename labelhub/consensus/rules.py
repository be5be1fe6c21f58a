"""From the reads of a case to one label per finding, by the protocol's rule. Pure: no Django, no clock, no
chance."""

import dataclasses
import enum
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from labelhub.consensus.discordance import (
    DEFAULT_IOU_THRESHOLD,
    Answer,
    CaseRead,
    Comparison,
    DiscordanceKind,
    FindingRule,
    Rule,
    compare_case,
)


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
    value: Answer


@dataclasses.dataclass(frozen=True, slots=True)
class Consensus:
    """The label of one finding of a case, or what it still waits for.

    `method` is None when there is no label: the finding was not asked, or `needs_adjudication`. `value` may
    be None under the soft rule (an even split). `probability` is the share of present among present and
    absent, 1 or 0 after an adjudication, and None where the label is uncertain (masked in training). `reads`
    and `adjudication` are the provenance by id.
    """

    finding: str
    value: Answer | None
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
    given = decisions or {}
    comparisons = compare_case(reads, rules, iou_threshold)
    labels = [
        decide_finding(comparison, rule, given.get(rule.finding))
        for comparison, rule in zip(comparisons, rules, strict=True)
    ]
    return CaseConsensus(tuple(comparisons), tuple(labels))


def decide_finding(comparison: Comparison, rule: FindingRule, decision: Decision | None = None) -> Consensus:
    """Label one finding from its compared reads, or say that it waits for an adjudicator."""
    reads = tuple(read_id for read_id, _ in comparison.answers)
    values = [answer for _, answer in comparison.answers]
    if decision is not None:
        value = Answer(decision.value)
        return Consensus(
            rule.finding, value, _certain(value), Method.ADJUDICATED, reads, adjudication=decision.id
        )
    if not values:
        return Consensus(rule.finding, None, None, None, reads)
    if comparison.kind is DiscordanceKind.LOCATION and rule.rule is Rule.ADJUDICATE:
        return _open(rule.finding, reads)
    # Other rules settle values only: reads that differ in place alone agree on the value.
    if comparison.kind is not DiscordanceKind.VALUE:
        method = Method.CONCORDANT if len(values) > 1 else Method.SINGLE
        return _label(rule.finding, _agreed(values), method, values, reads)
    if rule.rule is Rule.MAJORITY:
        winner = _majority(values)
        if winner is None:
            return _open(rule.finding, reads)
        return _label(rule.finding, winner, Method.MAJORITY, values, reads)
    if rule.rule is Rule.ANY_POSITIVE:
        value = Answer.PRESENT if Answer.PRESENT in values else Answer.UNCERTAIN
        return _label(rule.finding, value, Method.ANY_POSITIVE, values, reads)
    if rule.rule is Rule.SOFT:
        return _soft(rule.finding, values, reads)
    return _open(rule.finding, reads)


def _open(finding: str, reads: tuple[str, ...]) -> Consensus:
    return Consensus(finding, None, None, None, reads, needs_adjudication=True)


def _label(
    finding: str, value: Answer, method: Method, values: Sequence[Answer], reads: tuple[str, ...]
) -> Consensus:
    probability = None if value is Answer.UNCERTAIN else _share_present(values)
    return Consensus(finding, value, probability, method, reads)


def _soft(finding: str, values: Sequence[Answer], reads: tuple[str, ...]) -> Consensus:
    probability = _share_present(values)
    value = None
    if probability is not None and probability != 0.5:
        value = Answer.PRESENT if probability > 0.5 else Answer.ABSENT
    return Consensus(finding, value, probability, Method.SOFT, reads)


def _agreed(values: Sequence[Answer]) -> Answer:
    """Return the value of concordant reads; a definite value stands where "uncertain" is overlooked."""
    definite = [value for value in values if value is not Answer.UNCERTAIN]
    return definite[0] if definite else Answer.UNCERTAIN


def _majority(values: Sequence[Answer]) -> Answer | None:
    """Return the value of more than half of the answers."""
    value, votes = Counter(values).most_common(1)[0]
    return value if 2 * votes > len(values) else None


def _share_present(values: Sequence[Answer]) -> float | None:
    present, absent = values.count(Answer.PRESENT), values.count(Answer.ABSENT)
    return present / (present + absent) if present + absent else None


def _certain(value: Answer) -> float | None:
    return {Answer.PRESENT: 1.0, Answer.ABSENT: 0.0, Answer.UNCERTAIN: None}[value]
