"""Which exposures for processing have a presentation beside them. Pure.

A digital radiograph or mammogram may be sent twice: as the detector saw it (FOR PROCESSING) and as it is meant to be
looked at (FOR PRESENTATION; PS3.3 C.8.11.1). The second is read; the first only where the second is missing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Exposure:
    """One image of a study. `view`: what it shows (modality, view, side); `sources`: names of what it was made from."""

    name: str
    view: str
    sources: frozenset[str] = frozenset()
    acquired_s: float | None = None
    number: int | None = None


def with_twin(raw: Sequence[Exposure], shown: Iterable[Exposure]) -> set[str]:
    """Return the names of the raw exposures of which a presentation is there.

    A presentation that names its source answers for that one. The others answer for one exposure each of the same
    view: first of the same time of acquisition, then in their order.
    """
    names = {each.name for each in raw}
    shown = list(shown)
    answered = {source for each in shown for source in each.sources if source in names}
    left: dict[str, list[Exposure]] = defaultdict(list)
    for each in sorted(shown, key=_order):
        if not each.sources & names:
            left[each.view].append(each)
    waiting = [each for each in sorted(raw, key=_order) if each.name not in answered]
    for is_twin in (_same_time, _any):
        for each in list(waiting):
            twin = next((other for other in left[each.view] if is_twin(each, other)), None)
            if twin is not None:
                left[each.view].remove(twin)
                waiting.remove(each)
                answered.add(each.name)
    return answered


def _same_time(raw: Exposure, shown: Exposure) -> bool:
    return raw.acquired_s is not None and raw.acquired_s == shown.acquired_s


def _any(raw: Exposure, shown: Exposure) -> bool:
    return True


def _order(each: Exposure) -> tuple[float, int, str]:
    return (each.acquired_s or 0.0, each.number or 0, each.name)
