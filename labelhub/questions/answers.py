"""An answer, and what a module of this package must offer to be an answer type."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Answer:
    """One finding of one read: the value in the canonical form of its type, JSON as it is stored.

    `by_rest`: given by one key for all findings that were still open.
    """

    type: str
    value: Any
    by_rest: bool = False

    def as_json(self) -> dict[str, Any]:
        return {"value": self.value, "by_rest": self.by_rest}


@dataclass(frozen=True, slots=True)
class Labelled:
    """What several answers come to: a value (None: no side prevails), and the probability where it has one."""

    value: Any
    probability: float | None


class AnswerType(Protocol):
    """A module of `labelhub.questions`. Values are in canonical form everywhere but in `parse`."""

    NAME: str
    SCALE: tuple[str, ...]
    """The values in order, as the categories of agreement statistics."""
    VOTES: Mapping[str, Callable[[Sequence[Any]], Labelled | None]]
    """Rules of a protocol that settle differing values: rule -> label, or None where the rule finds no winner."""

    def parse(self, answer: Any, details: dict[str, str]) -> Answer:
        """The answer in canonical form. Raises InvalidContent with `details`."""

    def is_required(self, finding: Mapping[str, Any], answers: Mapping[str, Answer]) -> bool:
        """Whether the finding must be answered beside these answers."""

    def admits_marks(self, value: Any) -> bool:
        """Whether marks may stand beside this value."""

    def is_positive(self, value: Any) -> bool:
        """Whether it says that the finding is there, so that its places are compared."""

    def differs(self, first: Any, second: Any, rule: Mapping[str, bool]) -> bool:
        """Whether two values are a difference. `rule` holds the protocol's switches for the finding."""

    def agreed(self, values: Sequence[Any]) -> Labelled:
        """The label of values of which no two differ."""

    def decided(self, value: Any) -> Labelled:
        """The label that an adjudicator's value gives."""

    def training_target(self, label: Labelled, *, is_soft: bool) -> float | None:
        """What a model learns from a label, in [0, 1]; None: masked. `is_soft`: the protocol leaves votes standing."""
