"""Present, absent, uncertain: comparison, votes and training target, each as a table."""

from __future__ import annotations

import pytest

from labelhub.questions import TYPES, Answer, Labelled, missing_answers, presence, question_of

P, A, U = "present", "absent", "uncertain"
BOTH = {"present_uncertain": True, "uncertain_absent": True}


def test_a_finding_without_a_type_is_asked_as_presence() -> None:
    assert question_of({"code": "nodule"}) is presence


@pytest.mark.parametrize("name", TYPES)
def test_every_type_is_registered_under_its_name(name: str) -> None:
    assert name == TYPES[name].NAME


def test_what_is_required_and_not_answered_is_missing() -> None:
    findings = [{"code": "nodule"}, {"code": "device", "required": False}, {"code": "effusion"}]
    assert missing_answers(findings, {"effusion": Answer("presence", A)}) == ["nodule"]


@pytest.mark.parametrize(
    ("first", "second", "rule", "expected"),
    [
        (P, P, BOTH, False),
        (P, A, {"present_uncertain": False, "uncertain_absent": False}, True),
        (P, U, BOTH, True),
        (U, P, {**BOTH, "present_uncertain": False}, False),
        (A, U, BOTH, True),
        (U, A, {**BOTH, "uncertain_absent": False}, False),
    ],
)
def test_which_values_differ(first: str, second: str, rule: dict[str, bool], expected: bool) -> None:
    assert presence.differs(first, second, rule) is expected


@pytest.mark.parametrize(
    ("label", "is_soft", "target"),
    [
        (presence.soft([P, P, A]), True, 2 / 3),
        (presence.soft([P, A]), True, 0.5),
        (presence.soft([U, U]), True, None),
        (presence.majority([P, P, A]), False, 1.0),
        (presence.majority([A, A, P]), False, 0.0),
        (presence.any_positive([P, A, A]), False, 1.0),
        (presence.any_positive([U, A]), False, None),
        (presence.decided(A), False, 0.0),
        (presence.decided(U), False, None),
    ],
)
def test_a_share_is_learned_only_where_no_rule_has_overruled_it(
    label: Labelled, is_soft: bool, target: float | None
) -> None:
    assert presence.training_target(label, is_soft=is_soft) == (
        target if target is None else pytest.approx(target)
    )
