"""The read document: what is accepted, what is refused and by which field, and its canonical form and hash."""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelhub.core.errors import InvalidContent, LabelHubError, TooLarge
from labelhub.marks import ImageSize
from labelhub.questions.presence import VALUES
from labelhub.reading.documents import (
    EMPTY,
    MAX_ANNOTATIONS,
    MAX_COMMENT,
    ReadDocument,
    parse_document,
    require_complete,
    require_marks_answered,
)

FINDINGS: list[dict[str, Any]] = [
    {"code": "nodule", "required": True, "boxes": True},
    {"code": "effusion", "required": True, "boxes": False},
    {"code": "device", "required": False, "boxes": True},
]
REGIONS = [{"code": "left", "name": "Left", "kinds": ["box"]}]
INSTANCE = "0b0e5a52-6f0e-4e0a-9b9a-0c1c1c1f9a11"
IMAGES = {INSTANCE: ImageSize(rows=200, columns=100, n_frames=3)}
MARK = {
    "id": "8a9fd0b1-0d1b-4c55-9a27-3f1f3f6c0a01",
    "kind": "box",
    "finding": "nodule",
    "region_class": None,
    "space": "image",
    "instance": INSTANCE,
    "frame": 1,
    "geometry": {"x": 10, "y": 20, "width": 30, "height": 40},
}


def parsed(document: Any) -> ReadDocument:
    return parse_document(document, findings=FINDINGS, region_classes=REGIONS, images=IMAGES)


def checked(document: Any) -> dict[str, Any]:
    return parsed(document).as_json()


def with_mark(**changes: Any) -> dict[str, Any]:
    return {"annotations": [{**MARK, **changes}]}


def with_box(**changes: Any) -> dict[str, Any]:
    return with_mark(geometry={**MARK["geometry"], **changes})  # type: ignore[dict-item]


def test_an_empty_document_is_filled_in() -> None:
    assert checked({}) == EMPTY


def test_a_whole_document_comes_back_in_canonical_form() -> None:
    document = {
        "answers": {"nodule": {"value": "present"}, "effusion": {"value": "absent", "by_rest": True}},
        "annotations": [MARK],
        "comment": "left lower\x00 lobe",
        "not_readable": False,
    }
    clean = checked(document)
    assert clean["answers"]["nodule"] == {"value": "present", "by_rest": False}
    assert clean["comment"] == "left lower lobe"
    assert checked(clean) == clean


@pytest.mark.parametrize("value", VALUES)
def test_each_answer_value_is_taken(value: str) -> None:
    assert checked({"answers": {"nodule": {"value": value}}})["answers"]["nodule"]["value"] == value


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        "text",
        {"reader": "someone"},
        {"answers": []},
        {"answers": {"cyst": {"value": "present"}}},
        {"answers": {"nodule": "present"}},
        {"answers": {"nodule": {"value": "yes"}}},
        {"answers": {"nodule": {"value": None}}},
        {"answers": {"nodule": {"value": ["present"]}}},
        {"answers": {"nodule": {"value": "present", "by_rest": True}}},
        {"answers": {"nodule": {"value": "absent", "by_rest": 1}}},
        {"answers": {"nodule": {"value": "absent", "score": 1}}},
        {"comment": 3},
        {"comment": "x" * (MAX_COMMENT + 1)},
        {"not_readable": "no"},
        {"annotations": {}},
        {"annotations": ["box"]},
        with_mark(colour="red"),
        with_mark(finding="effusion"),
        with_mark(finding="cyst"),
        with_mark(finding=["nodule"]),
        with_mark(kind="polygon"),
        with_mark(space="patient"),
        with_mark(instance="another"),
        with_mark(instance=None),
        with_mark(id="1"),
        with_mark(id=None),
        with_mark(frame=0),
        with_mark(frame=4),
        with_mark(frame=True),
        with_mark(frame="1"),
        with_mark(frame=1.0),
        with_mark(region_class=7),
        with_mark(region_class="right"),
        with_mark(geometry=None),
        with_mark(geometry=[10, 20, 30, 40]),
        with_mark(geometry={"x": 1, "y": 1, "width": 5}),
        with_box(depth=3),
        with_box(x="10"),
        with_box(x=None),
        with_box(x=True),
        with_box(x=float("nan")),
        with_box(width=float("inf")),
        with_box(x=-1),
        with_box(y=-0.1),
        with_box(width=0),
        with_box(height=-5),
        with_box(width=0.0004),
        with_box(width=91),
        with_box(height=181),
        with_box(x=10**400),
        {"annotations": [MARK, MARK]},
    ],
    ids=lambda value: repr(value)[:60],
)
def test_what_is_not_a_read_is_refused_as_content(document: Any) -> None:
    with pytest.raises(InvalidContent) as error:
        checked(document)
    assert error.value.status == 422 and error.value.message.endswith(".")


def test_a_refusal_names_the_field() -> None:
    with pytest.raises(InvalidContent) as error:
        checked({"annotations": [MARK, {**MARK, "id": str(uuid.uuid4()), "frame": 9}]})
    assert error.value.details == {"field": "annotations.1"}


def test_a_box_may_fill_its_image_to_the_outer_corners() -> None:
    clean = checked(with_box(x=0, y=0, width=100, height=200))
    assert clean["annotations"][0]["geometry"] == {"x": 0.0, "y": 0.0, "width": 100.0, "height": 200.0}


def test_more_marks_than_the_limit_are_too_large() -> None:
    marks = [{**MARK, "id": str(uuid.uuid4())} for _ in range(MAX_ANNOTATIONS)]
    assert len(checked({"annotations": marks})["annotations"]) == MAX_ANNOTATIONS
    with pytest.raises(TooLarge):
        checked({"annotations": [*marks, MARK]})


def refusal(document: Any) -> tuple[str, dict[str, Any]] | None:
    """Why the document cannot be submitted."""
    try:
        require_complete(parsed(document), FINDINGS)
    except InvalidContent as error:
        return error.code, error.details
    return None


def test_required_findings_are_missed_unless_the_case_cannot_be_read() -> None:
    document = {"answers": {"nodule": {"value": "absent"}}}
    assert refusal(document) == ("incomplete", {"missing": ["effusion"]})
    assert refusal({"not_readable": True}) is None
    assert refusal({**document, "not_readable": True}) == ("contradiction", {"findings": ["nodule"]})


def test_a_mark_alone_is_named_when_the_read_is_submitted() -> None:
    document = parsed({"annotations": [MARK]})
    with pytest.raises(InvalidContent) as error:
        require_marks_answered(document)
    assert (error.value.code, error.value.details) == ("mark_unanswered", {"missing": ["nodule"]})
    require_marks_answered(parsed({"answers": {"nodule": {"value": "uncertain"}}, "annotations": [MARK]}))


@pytest.mark.parametrize(
    ("value", "expected"),
    [("absent", ("contradiction", {"findings": ["nodule"]})), ("present", None), ("uncertain", None)],
)
def test_a_mark_contradicts_only_the_answer_absent(value: str, expected: Any) -> None:
    answers = {"nodule": {"value": value}, "effusion": {"value": "absent"}}
    assert refusal({"answers": answers, "annotations": [MARK]}) == expected


def test_the_hash_of_the_first_format_is_that_of_the_json_itself() -> None:
    """Reads of before document formats were named keep the hash they were stored with."""
    document = parsed({"answers": {"nodule": {"value": "absent", "by_rest": True}}, "annotations": [MARK]})
    body = json.dumps(document.as_json(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert document.sha256(1) == hashlib.sha256(body.encode()).hexdigest()
    assert document.sha256() not in (document.sha256(1), ReadDocument().sha256())


def test_a_negative_zero_is_a_zero() -> None:
    """PostgreSQL's JSON has no negative zero: the hash must be that of what is stored."""
    assert str(checked(with_box(x=-0.0))["annotations"][0]["geometry"]["x"]) == "0.0"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=20,
)
near_documents = st.fixed_dictionaries(
    {},
    optional={
        "answers": json_values
        | st.dictionaries(
            st.sampled_from(["nodule", "effusion", "device", "cyst"]),
            st.fixed_dictionaries(
                {"value": st.sampled_from([*VALUES, "yes"])}, optional={"by_rest": st.booleans()}
            ),
        ),
        "annotations": json_values
        | st.lists(
            st.fixed_dictionaries({name: st.just(value) | json_values for name, value in MARK.items()}),
            max_size=3,
        ),
        "comment": st.text(max_size=40) | json_values,
        "not_readable": st.booleans() | json_values,
    },
)


@given(json_values | near_documents)
def test_anything_is_either_refused_or_made_canonical_for_good(document: Any) -> None:
    """No other error for any JSON value, and what is accepted is a fixed point with a stable hash."""
    try:
        clean = checked(document)
    except LabelHubError:
        return
    assert checked(clean) == clean
    assert parsed(json.loads(json.dumps(clean))).sha256() == parsed(document).sha256()
    assert set(clean) == set(EMPTY)
    for mark in clean["annotations"]:
        box = mark["geometry"]
        assert 0 <= box["x"] < box["x"] + box["width"] <= 100.011
        assert 0 <= box["y"] < box["y"] + box["height"] <= 200.011


@given(near_documents, near_documents)
def test_two_documents_have_one_hash_exactly_when_they_say_the_same(one: Any, other: Any) -> None:
    try:
        first, second = parsed(one), parsed(other)
    except LabelHubError:
        return
    assert (first.sha256() == second.sha256()) == (first == second)


def test_the_hash_does_not_depend_on_the_order_of_answers() -> None:
    answers = {"nodule": {"value": "absent"}, "effusion": {"value": "present"}}
    backwards = dict(reversed(answers.items()))
    assert parsed({"answers": answers}).sha256() == parsed({"answers": backwards}).sha256()
