"""Compare the reads of one case, finding by finding: do they differ in value, or in place?

Pure: dataclasses in and out, no Django. When two values differ is said by the finding's answer type, how far two marks
overlap by their kind.
"""

import dataclasses
import enum
import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from labelhub.marks import Mark, largest_overlap
from labelhub.questions import AnswerType, presence

DEFAULT_IOU_THRESHOLD = 0.4


class Rule(enum.StrEnum):
    """What the protocol makes of a discordant finding."""

    ADJUDICATE = "adjudicate"
    MAJORITY = "majority"
    ANY_POSITIVE = "any_positive"
    SOFT = "soft"


class DiscordanceKind(enum.StrEnum):
    """In what two reads differ."""

    VALUE = "value"
    LOCATION = "location"


@dataclasses.dataclass(frozen=True, slots=True)
class CaseRead:
    """One read of the case. A finding that was not asked has no entry in `answers`: missing, never absent."""

    id: str
    answers: Mapping[str, Any]
    marks: Sequence[Mark] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class FindingRule:
    """The protocol's rule for one finding, and what kind of answer it takes.

    The flags say whether that pair of values is a difference.
    """

    finding: str
    rule: Rule = Rule.ADJUDICATE
    takes_marks: bool = False
    present_uncertain: bool = True
    uncertain_absent: bool = True
    question: AnswerType = presence

    def differs(self, first: Any, second: Any) -> bool:
        switches = {"present_uncertain": self.present_uncertain, "uncertain_absent": self.uncertain_absent}
        return self.question.differs(first, second, switches)


@dataclasses.dataclass(frozen=True, slots=True)
class Comparison:
    """The reads of one finding side by side.

    `kind` is None when they agree or fewer than two answer. `gap` lists the sizes of the camps, largest
    first: "2:1". `iou` belongs to a location discordance: the best overlap of the two reads that lie furthest
    apart.
    """

    finding: str
    answers: tuple[tuple[str, Any], ...]
    kind: DiscordanceKind | None
    gap: str
    iou: float | None


def compare_finding(
    reads: Iterable[CaseRead], rule: FindingRule, iou_threshold: float = DEFAULT_IOU_THRESHOLD
) -> Comparison:
    """Compare one finding; the order of the reads does not matter.

    A location is compared between two reads that both say present and both drew a mark. A read that drew none
    has said nothing about the place, so it agrees with any.
    """
    ordered = sorted(reads, key=lambda read: read.id)
    _require_distinct_ids(ordered)
    answered = [read for read in ordered if rule.finding in read.answers]
    answers = tuple((read.id, read.answers[rule.finding]) for read in answered)
    values = [value for _, value in answers]
    if any(rule.differs(a, b) for a, b in itertools.combinations(values, 2)):
        sizes = sorted(Counter(values).values(), reverse=True)
        return Comparison(rule.finding, answers, DiscordanceKind.VALUE, _gap(sizes), None)
    apart = _location_gap(_drawn(answered, rule), iou_threshold)
    if apart is not None:
        sizes, iou = apart
        return Comparison(rule.finding, answers, DiscordanceKind.LOCATION, _gap(sizes), iou)
    return Comparison(rule.finding, answers, None, _gap([len(values)] if values else []), None)


def compare_case(
    reads: Iterable[CaseRead], rules: Iterable[FindingRule], iou_threshold: float = DEFAULT_IOU_THRESHOLD
) -> list[Comparison]:
    """Compare every finding that has a rule, in the order of the rules."""
    case_reads = list(reads)
    return [compare_finding(case_reads, rule, iou_threshold) for rule in rules]


def n_pairs_of_marks(reads: Iterable[CaseRead], rules: Iterable[FindingRule]) -> int:
    """How many pairs of marks `compare_case` looks at, at most."""
    case_reads = list(reads)
    return sum(
        len(one) * len(other)
        for rule in rules
        for one, other in itertools.combinations(_drawn(case_reads, rule), 2)
    )


def _drawn(reads: Iterable[CaseRead], rule: FindingRule) -> list[list[Mark]]:
    """The marks of each read that says present and drew some."""
    if not rule.takes_marks:
        return []
    positive = [
        read
        for read in reads
        if rule.finding in read.answers and rule.question.is_positive(read.answers[rule.finding])
    ]
    drawn = [[mark for mark in read.marks if mark.finding == rule.finding] for read in positive]
    return [marks for marks in drawn if marks]


def _location_gap(drawn: list[list[Mark]], iou_threshold: float) -> tuple[list[int], float] | None:
    """The sizes of the camps and the smallest best overlap; None when every two reads share a place.

    Two reads share a place as soon as any mark of one overlaps any of the other enough, so only the largest overlap
    counts: a one-to-one matching cannot say otherwise.
    """
    best = {
        (i, j): largest_overlap(drawn[i], drawn[j]) for i, j in itertools.combinations(range(len(drawn)), 2)
    }
    together = {pair for pair, overlap in best.items() if overlap >= iou_threshold}
    if len(together) == len(best):
        return None
    return _camp_sizes(list(range(len(drawn))), together), min(best.values())


def _camp_sizes(members: list[int], together: set[tuple[int, int]]) -> list[int]:
    """Split the reads into camps in which every two share a mark, the largest possible camp first."""
    sizes = []
    while members:
        camp = _largest_camp(members, together)
        sizes.append(len(camp))
        members = [member for member in members if member not in camp]
    return sizes


def _largest_camp(members: list[int], together: set[tuple[int, int]]) -> list[int]:
    """The first of the largest, in the members' order: a camp grows only by those who share with all of it."""
    largest: list[int] = []

    def grow(camp: list[int], candidates: list[int]) -> None:
        nonlocal largest
        if len(camp) > len(largest):
            largest = camp
        for place, member in enumerate(candidates):
            if len(camp) + len(candidates) - place <= len(largest):
                return
            later = candidates[place + 1 :]
            grow([*camp, member], [other for other in later if (member, other) in together])

    grow([], members)
    return largest


def _gap(sizes: Sequence[int]) -> str:
    return ":".join(str(size) for size in sizes)


def _require_distinct_ids(reads: Sequence[CaseRead]) -> None:
    if len({read.id for read in reads}) < len(reads):
        raise ValueError("Two reads have the same id; pass one version of each read.")
