"""Reading protocols: defaults, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from labelhub.core.errors import InvalidContent
from labelhub.projects.protocols import DEFAULT_PROTOCOL, checked_protocol

CODES = ["nodule", "effusion"]


def test_what_is_left_out_keeps_its_default() -> None:
    assert checked_protocol({}, CODES) == DEFAULT_PROTOCOL
    assert checked_protocol({"readers_per_case": 3}, CODES) == {**DEFAULT_PROTOCOL, "readers_per_case": 3}


def test_rules_of_findings_are_kept() -> None:
    rules = {"nodule": {"rule": "any_positive", "present_uncertain": False, "uncertain_absent": True}}
    assert checked_protocol({"finding_rules": rules}, CODES)["finding_rules"] == rules


@pytest.mark.parametrize(
    "values",
    [
        {"readers_per_case": 0},
        {"readers_per_case": 21},
        {"readers_per_case": True},
        {"readers_per_case": 2.0},
        {"blinded": True},
        {"ai_visible": True},
        {"context_fields": ["age", "name"]},
        {"context_fields": ["age", "age"]},
        {"context_fields": [["age"]]},
        {"eval_interleave": -1},
        {"eval_target": "many"},
        {"iou_threshold": 0},
        {"iou_threshold": 1.1},
        {"adjudicate_own_reads": None},
        {"finding_rules": []},
        {"finding_rules": {"mass": {"rule": "soft"}}},
        {"finding_rules": {"nodule": {"rule": "coin"}}},
        {"finding_rules": {"nodule": {"rule": "soft", "present_uncertain": 1}}},
        {"finding_rules": {"nodule": "soft"}},
        {"colour": "red"},
    ],
)
def test_a_wrong_protocol_is_refused_with_its_problems(values: dict[str, Any]) -> None:
    with pytest.raises(InvalidContent) as error:
        checked_protocol(values, CODES)
    assert error.value.code == "invalid_protocol" and len(error.value.details["problems"]) == 1
