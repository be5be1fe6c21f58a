"""What may be drawn on a case: one module per kind of mark. Pure: neither Django nor Celery.

A new kind is a new module that follows `MarkKind`, and its line in `KINDS`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from labelhub.core.errors import InvalidContent
from labelhub.marks import box
from labelhub.marks.mark import Geometry, ImageSize, Mark, MarkKind

KINDS: dict[str, MarkKind] = {box.NAME: box}

__all__ = ["KINDS", "ImageSize", "Mark", "MarkKind", "exported_kind", "largest_overlap"]


def exported_kind(columns: Mapping[str, Any]) -> MarkKind:
    """The kind of a mark of an export; a row from before its kind was exported is a box.

    Raises InvalidContent `unknown_kind`.
    """
    kind = KINDS.get(str(columns.get("kind", box.NAME)))
    if kind is None:
        raise InvalidContent(
            f"A mark of the file is of a kind that is not known here. Known are: {', '.join(sorted(KINDS))}.",
            code="unknown_kind",
        )
    return kind


def largest_overlap(first: Sequence[Mark], second: Sequence[Mark]) -> float:
    """The largest overlap, in [0, 1], of one mark of each; marks on different frames do not overlap."""
    places = _by_place(first)
    return max(
        (
            KINDS[place[0]].largest_overlap(places[place], geometries)
            for place, geometries in _by_place(second).items()
            if place in places
        ),
        default=0.0,
    )


def _by_place(marks: Iterable[Mark]) -> Mapping[tuple[str, str, int], list[Geometry]]:
    places: dict[tuple[str, str, int], list[Geometry]] = {}
    for mark in marks:
        places.setdefault((mark.kind, mark.instance, mark.frame), []).append(mark.geometry)
    return places
