"""Present, absent or uncertain: the first answer type.

Three values, no order of worth. An uncertain label is masked in training.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from labelhub.core.errors import InvalidContent
from labelhub.questions.answers import Answer, Labelled

NAME = "presence"


class Presence(enum.StrEnum):
    """The values a reader can give."""

    PRESENT = "present"
    ABSENT = "absent"
    UNCERTAIN = "uncertain"


VALUES = tuple(value.value for value in Presence)
SCALE: tuple[str, ...] = (Presence.ABSENT.value, Presence.UNCERTAIN.value, Presence.PRESENT.value)
_KEYS = frozenset({"value", "by_rest"})


def parse(answer: Any, details: dict[str, str]) -> Answer:
    if not isinstance(answer, dict) or answer.get("value") not in VALUES or set(answer) - _KEYS:
        raise InvalidContent("An answer is present, absent or uncertain.", details=details)
    by_rest = answer.get("by_rest", False)
    if not isinstance(by_rest, bool) or (by_rest and answer["value"] != Presence.ABSENT):
        raise InvalidContent("Only 'absent' can be answered for all the rest.", details=details)
    return Answer(NAME, answer["value"], by_rest)


def is_required(finding: Mapping[str, Any], answers: Mapping[str, Answer]) -> bool:
    return bool(finding.get("required", True))


def admits_marks(value: Any) -> bool:
    return bool(value != Presence.ABSENT)


def is_positive(value: Any) -> bool:
    return bool(value == Presence.PRESENT)


def differs(first: Any, second: Any, rule: Mapping[str, bool]) -> bool:
    """Any inequality, but for the pairs with `uncertain` that the protocol overlooks."""
    if first == second:
        return False
    pair = {first, second}
    if pair == {Presence.PRESENT, Presence.UNCERTAIN}:
        return rule["present_uncertain"]
    if pair == {Presence.UNCERTAIN, Presence.ABSENT}:
        return rule["uncertain_absent"]
    return True


def agreed(values: Sequence[Any]) -> Labelled:
    """A definite value stands where `uncertain` is overlooked."""
    definite = [value for value in values if value != Presence.UNCERTAIN]
    return _by_share(definite[0] if definite else Presence.UNCERTAIN, values)


def decided(value: Any) -> Labelled:
    presence = Presence(value)
    return Labelled(presence.value, _CERTAIN[presence])


def majority(values: Sequence[Any]) -> Labelled | None:
    """The value of more than half of the answers."""
    value, votes = Counter(values).most_common(1)[0]
    return _by_share(value, values) if 2 * votes > len(values) else None


def any_positive(values: Sequence[Any]) -> Labelled:
    """Present as soon as one says so, without doubt: the rule has overruled the other votes."""
    return decided(Presence.PRESENT if Presence.PRESENT in values else Presence.UNCERTAIN)


def soft(values: Sequence[Any]) -> Labelled:
    """The votes stand as they are: an even split has no value."""
    share = _share_present(values)
    if share is None or share == 0.5:
        return Labelled(None, share)
    return Labelled((Presence.PRESENT if share > 0.5 else Presence.ABSENT).value, share)


VOTES: Mapping[str, Callable[[Sequence[Any]], Labelled | None]] = {
    "majority": majority,
    "any_positive": any_positive,
    "soft": soft,
}
_CERTAIN = {Presence.PRESENT: 1.0, Presence.ABSENT: 0.0, Presence.UNCERTAIN: None}


def training_target(label: Labelled, *, is_soft: bool) -> float | None:
    """The share of votes only where the protocol leaves them standing: any other rule has overruled them."""
    if is_soft:
        return label.probability
    return _CERTAIN[Presence(label.value)] if label.value else None


def _by_share(value: Any, values: Sequence[Any]) -> Labelled:
    return Labelled(Presence(value).value, None if value == Presence.UNCERTAIN else _share_present(values))


def _share_present(values: Sequence[Any]) -> float | None:
    """Share of present among present and absent."""
    present, absent = values.count(Presence.PRESENT), values.count(Presence.ABSENT)
    return present / (present + absent) if present + absent else None
