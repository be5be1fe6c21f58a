"""Boxes: how far they overlap, how large they are, and what an export says of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelhub.marks import KINDS, Mark, box, largest_overlap


def of(x: float, y: float = 0, width: float = 10, height: float = 10) -> dict[str, float]:
    return {"x": x, "y": y, "width": width, "height": height}


def mark(geometry: Any, *, instance: str = "film", frame: int = 1) -> Mark:
    return Mark("id", box.NAME, "nodule", instance, frame, geometry)


@pytest.mark.parametrize(
    ("first", "second", "overlap"),
    [
        (of(0), of(0), 1.0),
        (of(0), of(5), 1 / 3),
        (of(0), of(10), 0.0),
        (of(0), of(40, 40), 0.0),
        (of(0), of(2, 2, 5, 5), 0.25),
        (of(0.1, 0.1, 0.3, 0.3), of(0.1, 0.1, 0.3, 0.3), 1.0),
    ],
)
def test_overlap_is_intersection_over_union(first: Any, second: Any, overlap: float) -> None:
    assert box.largest_overlap([first], [second]) == pytest.approx(overlap)
    assert box.largest_overlap([second], [first]) == pytest.approx(overlap)


def test_marks_on_different_images_or_frames_do_not_overlap() -> None:
    here = mark(of(0))
    assert largest_overlap([here], [mark(of(0))]) == 1.0
    assert largest_overlap([here], [mark(of(0), instance="lateral")]) == 0.0
    assert largest_overlap([here], [mark(of(0), frame=2)]) == 0.0
    assert largest_overlap([here], []) == 0.0


numbers = st.floats(0, 40, allow_nan=False, width=16)
sizes = st.floats(1, 30, allow_nan=False, width=16)
boxes = st.lists(st.builds(of, numbers, numbers, sizes, sizes), max_size=12)


def slowly(first: dict[str, float], second: dict[str, float]) -> float:
    def length(side: str, size: str) -> float:
        ends = min(first[side] + first[size], second[side] + second[size])
        return max(0.0, ends - max(first[side], second[side]))

    shared = length("x", "width") * length("y", "height")
    areas = first["width"] * first["height"] + second["width"] * second["height"]
    return shared / (areas - shared)


@settings(max_examples=100)
@given(first=boxes, second=boxes, block=st.integers(1, 40))
def test_the_largest_is_the_largest_of_all_pairs(first: Any, second: Any, block: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(box, "_BLOCK", block)
        found = box.largest_overlap(first, second)
    assert found == pytest.approx(max((slowly(a, b) for a in first for b in second), default=0.0))


def test_two_thousand_boxes_against_as_many_are_compared_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither pair by pair, which holds the case's row for seconds, nor all at once, which fills the memory."""
    shapes = []

    def spied(first: Any, second: Any) -> float:
        shapes.append((first.shape[1], second.shape[1]))
        return compare(first, second)

    compare = box._largest_iou
    monkeypatch.setattr(box, "_largest_iou", spied)
    many = np.random.default_rng(0).random((2, 2000, 4)) * [2000, 2000, 400, 400] + [0, 0, 1, 1]
    first, second = ([of(*map(float, row)) for row in half] for half in many)
    assert box.largest_overlap(first, second) > 0.5
    assert sum(rows * columns for rows, columns in shapes) == 2000 * 2000
    assert len(shapes) <= 2 * 2000 * 2000 // box._BLOCK
    assert max(rows * columns for rows, columns in shapes) <= box._BLOCK


def test_measures_are_in_millimetres_where_the_image_says_so() -> None:
    assert box.measure(of(0, 0, 20, 40), (0.5, 0.25)) == {"width_mm": 10.0, "height_mm": 10.0}
    assert box.measure(of(0, 0, 20, 40), None) == {"width_px": 20, "height_px": 40}


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_is_registered_under_its_name(name: str) -> None:
    assert name == KINDS[name].NAME
