"""An answer type and a kind of mark that the product does not have: what a later module would bring."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from labelhub.core.errors import InvalidContent
from labelhub.marks import ImageSize
from labelhub.questions import Answer, Labelled


class Grade:
    """None, mild or severe: a grade, of which only a severe one has a place."""

    NAME = "grade"
    SCALE: tuple[str, ...] = ("none", "mild", "severe")
    VOTES: Mapping[str, Callable[[Sequence[Any]], Labelled | None]] = {}

    def parse(self, answer: Any, details: dict[str, str]) -> Answer:
        value = str(answer["value"]).lower()
        if value not in self.SCALE:
            raise InvalidContent("A grade is none, mild or severe.", details=details)
        return Answer(self.NAME, value)

    def is_required(self, finding: Mapping[str, Any], answers: Mapping[str, Answer]) -> bool:
        return True

    def admits_marks(self, value: Any) -> bool:
        return bool(value == "severe")

    def is_positive(self, value: Any) -> bool:
        return bool(value == "severe")

    def differs(self, first: Any, second: Any, rule: Mapping[str, bool]) -> bool:
        return bool(first != second)

    def agreed(self, values: Sequence[Any]) -> Labelled:
        return Labelled(values[0], None)

    def decided(self, value: Any) -> Labelled:
        return Labelled(value, None)

    def training_target(self, label: Labelled, *, is_soft: bool) -> float | None:
        return None


class Circle:
    """A centre and a radius, in pixels."""

    NAME = "circle"
    SCHEMA: Mapping[str, Any] = {"type": "object"}

    def parse(self, geometry: Any, size: ImageSize, details: dict[str, str]) -> dict[str, Any]:
        if set(geometry) != {"centre", "radius"}:
            raise InvalidContent("A circle has a centre and a radius.", details=details)
        return {"centre": list(geometry["centre"]), "radius": float(geometry["radius"])}

    def largest_overlap(
        self, first: Sequence[Mapping[str, Any]], second: Sequence[Mapping[str, Any]]
    ) -> float:
        return max(float(math.dist(a["centre"], b["centre"]) < a["radius"]) for a in first for b in second)

    def measure(
        self, geometry: Mapping[str, Any], mm_per_pixel: tuple[float, float] | None
    ) -> dict[str, float]:
        return {"radius_px": geometry["radius"]}

    def export(self, geometry: Mapping[str, Any]) -> dict[str, Any]:
        return {"centre": geometry["centre"], "r": geometry["radius"]}

    def read_back(self, columns: Mapping[str, Any]) -> dict[str, Any]:
        return {"centre": columns.get("centre"), "radius": columns.get("r")}
