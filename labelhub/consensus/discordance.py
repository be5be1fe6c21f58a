"""Compare the reads of one case, finding by finding: do they differ in value, or in place?

Pure: dataclasses in and out, no Django. Boxes are in image space: x is the column, y the row, the origin the
outer corner of the top-left pixel (DICOM PS3.3 C.18.6.1.1), in pixels of one instance and frame.
"""

import dataclasses
import enum
import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

DEFAULT_IOU_THRESHOLD = 0.4


class Answer(enum.StrEnum):
    """The values a reader can give to a finding."""

    PRESENT = "present"
    ABSENT = "absent"
    UNCERTAIN = "uncertain"


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
class Box:
    """An upright rectangle on one frame of one instance, drawn for one finding."""

    finding: str
    instance: str
    x: float
    y: float
    width: float
    height: float
    frame: int = 1


@dataclasses.dataclass(frozen=True, slots=True)
class CaseRead:
    """One read of the case. A finding that was not asked has no entry in `answers`: missing, never absent."""

    id: str
    answers: Mapping[str, str]
    boxes: Sequence[Box] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class FindingRule:
    """The protocol's rule for one finding; the flags say whether that pair of values is a difference."""

    finding: str
    rule: Rule = Rule.ADJUDICATE
    takes_boxes: bool = False
    present_uncertain: bool = True
    uncertain_absent: bool = True


@dataclasses.dataclass(frozen=True, slots=True)
class Comparison:
    """The reads of one finding side by side.

    `kind` is None when they agree or fewer than two answer. `gap` lists the sizes of the camps, largest
    first: "2:1". `iou` belongs to a location discordance: the best overlap of the two reads that lie furthest
    apart.
    """

    finding: str
    answers: tuple[tuple[str, Answer], ...]
    kind: DiscordanceKind | None
    gap: str
    iou: float | None


def compare_finding(
    reads: Iterable[CaseRead], rule: FindingRule, iou_threshold: float = DEFAULT_IOU_THRESHOLD
) -> Comparison:
    """Compare one finding; the order of the reads does not matter.

    A location is compared between two reads that both say present and both drew a box. A read that drew none
    has said nothing about the place, so it agrees with any.
    """
    ordered = sorted(reads, key=lambda read: read.id)
    _require_distinct_ids(ordered)
    answered = [read for read in ordered if rule.finding in read.answers]
    answers = tuple((read.id, Answer(read.answers[rule.finding])) for read in answered)
    values = [answer for _, answer in answers]
    if any(differs(a, b, rule) for a, b in itertools.combinations(values, 2)):
        sizes = sorted(Counter(values).values(), reverse=True)
        return Comparison(rule.finding, answers, DiscordanceKind.VALUE, _gap(sizes), None)
    if rule.takes_boxes:
        present = [read for read in answered if read.answers[rule.finding] == Answer.PRESENT]
        drawn = [_boxes_of(read, rule.finding) for read in present]
        apart = _location_gap([boxes for boxes in drawn if boxes], iou_threshold)
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


def differs(first: Answer, second: Answer, rule: FindingRule) -> bool:
    """Say whether two values are a difference under the rule."""
    if first == second:
        return False
    pair = {first, second}
    if pair == {Answer.PRESENT, Answer.UNCERTAIN}:
        return rule.present_uncertain
    if pair == {Answer.UNCERTAIN, Answer.ABSENT}:
        return rule.uncertain_absent
    return True


def iou_matrix(first: Sequence[Box], second: Sequence[Box]) -> NDArray[np.float64]:
    """Intersection over union of every two boxes; 0 for boxes of different instances or frames."""
    matrix = np.zeros((len(first), len(second)))
    for i, a in enumerate(first):
        for j, b in enumerate(second):
            matrix[i, j] = _iou(a, b)
    return matrix


def match_boxes(
    first: Sequence[Box], second: Sequence[Box], iou_threshold: float = DEFAULT_IOU_THRESHOLD
) -> list[tuple[int, int, float]]:
    """Pair boxes one to one (Hungarian method) with the greatest sum of overlaps that reach the threshold.

    Returns (index in first, index in second, IoU). Overlaps under the threshold count for nothing, so there
    is a pair whenever any two boxes reach it.
    """
    overlap = iou_matrix(first, second)
    admitted = np.where(overlap >= iou_threshold, overlap, 0.0)
    rows, columns = linear_sum_assignment(admitted, maximize=True)
    return [
        (int(i), int(j), float(overlap[i, j]))
        for i, j in zip(rows, columns, strict=True)
        if overlap[i, j] >= iou_threshold
    ]


def _iou(a: Box, b: Box) -> float:
    if (a.instance, a.frame) != (b.instance, b.frame):
        return 0.0
    width = min(a.x + a.width, b.x + b.width) - max(a.x, b.x)
    height = min(a.y + a.height, b.y + b.height) - max(a.y, b.y)
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    # Rounding may carry the ratio of equal boxes a hair past 1.
    return min(1.0, shared / (a.width * a.height + b.width * b.height - shared))


def _location_gap(drawn: list[list[Box]], iou_threshold: float) -> tuple[list[int], float] | None:
    """Return the sizes of the camps and the smallest best overlap; None when every two reads share a box."""
    best: dict[tuple[int, int], float] = {}
    together: set[tuple[int, int]] = set()
    for i, j in itertools.combinations(range(len(drawn)), 2):
        best[i, j] = float(iou_matrix(drawn[i], drawn[j]).max())
        if match_boxes(drawn[i], drawn[j], iou_threshold):
            together.add((i, j))
    if len(together) == len(best):
        return None
    return _camp_sizes(list(range(len(drawn))), together), min(best.values())


def _camp_sizes(members: list[int], together: set[tuple[int, int]]) -> list[int]:
    """Split the reads into camps in which every two share a box, the largest possible camp first."""
    sizes = []
    while members:
        camp = next(
            group
            for size in range(len(members), 0, -1)
            for group in itertools.combinations(members, size)
            if all(pair in together for pair in itertools.combinations(group, 2))
        )
        sizes.append(len(camp))
        members = [member for member in members if member not in camp]
    return sizes


def _boxes_of(read: CaseRead, finding: str) -> list[Box]:
    return [box for box in read.boxes if box.finding == finding]


def _gap(sizes: Sequence[int]) -> str:
    return ":".join(str(size) for size in sizes)


def _require_distinct_ids(reads: Sequence[CaseRead]) -> None:
    if len({read.id for read in reads}) < len(reads):
        raise ValueError("Two reads have the same id; pass one version of each read.")
