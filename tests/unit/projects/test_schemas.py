"""Label schemas: what is refused, and that every fault is reported at once."""

from __future__ import annotations

from typing import Any

import pytest

from labelhub.core.errors import InvalidContent
from labelhub.projects.schemas import DEFAULT_FINDINGS, WORKSPACE_KEYS, checked_schema


def finding(code: str = "nodule", **fields: Any) -> dict[str, Any]:
    return {"code": code, "name": code.title(), "hotkey": "1", **fields}


def refused(findings: Any, classes: Any = None) -> dict[str, Any]:
    with pytest.raises(InvalidContent) as error:
        checked_schema(findings, [] if classes is None else classes)
    assert error.value.code == "invalid_schema"
    return error.value.details


def test_what_is_left_out_gets_its_default_and_keys_are_small_letters() -> None:
    findings, classes = checked_schema(
        [finding(hotkey="D", name=" Nodule ")], [{"code": "left", "name": "Left"}]
    )
    assert findings == [
        {
            "code": "nodule",
            "name": "Nodule",
            "type": "presence",
            "hotkey": "d",
            "required": True,
            "boxes": False,
        }
    ]
    assert classes == [{"code": "left", "name": "Left", "kinds": ["box"]}]


def test_the_default_schema_passes_its_own_checks() -> None:
    assert checked_schema(DEFAULT_FINDINGS, []) == (DEFAULT_FINDINGS, [])


def test_colliding_keys_are_refused_and_named() -> None:
    details = refused([finding("a", hotkey="s"), finding("b", hotkey="S"), finding("c", hotkey="2")])
    assert details["colliding_keys"] == [{"key": "s", "findings": ["a", "b"]}]
    assert "The key s is given to a and b." in details["problems"]


@pytest.mark.parametrize("key", sorted(WORKSPACE_KEYS) + ["A", "Enter"])
def test_a_key_of_the_workspace_itself_is_refused(key: str) -> None:
    assert "reading workspace itself" in refused([finding(hotkey=key)])["problems"][0]


@pytest.mark.parametrize("key", ["dd", "é", "f1", ";", "٣", 1])
def test_a_key_is_one_digit_or_letter(key: Any) -> None:
    assert len(refused([finding(hotkey=key)])["problems"]) == 1


@pytest.mark.parametrize("key", [*"123456789", *"djoqsty", "", None])
def test_digits_and_free_letters_may_be_given_to_findings(key: Any) -> None:
    assert checked_schema([finding(hotkey=key)], [])[0][0]["hotkey"] == (key or "")


@pytest.mark.parametrize(
    "fields",
    [
        {"code": "Nodule"},
        {"code": "1st"},
        {"code": "x" * 65},
        {"code": None},
        {"code": "constructor"},
        {"name": ""},
        {"name": "x" * 101},
        {"name": "line\nbreak"},
        {"required": "yes"},
        {"boxes": 1},
        {"colour": "red"},
    ],
)
def test_a_wrong_field_is_refused(fields: dict[str, Any]) -> None:
    assert refused([{**finding(), **fields}])["problems"]


@pytest.mark.parametrize(
    "findings", [None, [], {}, ["nodule"], [finding(f"f{n}", hotkey="") for n in range(61)]]
)
def test_the_findings_are_a_list_of_reasonable_length(findings: Any) -> None:
    assert refused(findings)["problems"]


def test_two_findings_of_one_name_are_refused() -> None:
    (problem,) = refused([finding("a", name="Mass"), finding("b", name="mass", hotkey="2")])["problems"]
    assert "finding name" in problem


def test_every_fault_is_reported_at_once() -> None:
    details = refused(
        [finding("a", name=""), finding("a", hotkey="n")], [{"code": "B", "name": "x", "kinds": ["circle"]}]
    )
    assert len(details["problems"]) == 5
