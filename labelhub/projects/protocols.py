"""What a reading protocol must be like. Pure checks that report every fault at once."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from labelhub.core.errors import InvalidContent

CONTEXT_FIELDS = ("age", "sex", "view", "indication", "prior")
RULES = ("adjudicate", "majority", "any_positive", "soft")
DEFAULT_PROTOCOL: dict[str, Any] = {
    "readers_per_case": 2,
    "context_fields": list(CONTEXT_FIELDS),
    "eval_interleave": 5,
    "eval_target": 1_000_000,
    "iou_threshold": 0.4,
    "adjudicate_own_reads": False,
    "adjudication_reason_required": False,
    "show_outcome_when_closed": False,
    "finding_rules": {},
}


def checked_protocol(values: dict[str, Any], codes: Collection[str]) -> dict[str, Any]:
    """The protocol in its stored form; fields left out keep their default. `codes` are the schema's findings.

    Raises:
        InvalidContent: `invalid_protocol`, whose details name every problem.
    """
    problems = [f"{name} is not known." for name in sorted(set(values) - set(DEFAULT_PROTOCOL))]
    result = {**DEFAULT_PROTOCOL, **{name: values[name] for name in DEFAULT_PROTOCOL if name in values}}
    for name, (is_right, sentence) in _CHECKS.items():
        if not is_right(result[name]):
            problems.append(f"{name} must be {sentence}.")
    problems += _rule_problems(result["finding_rules"], codes)
    if problems:
        raise InvalidContent(
            "The protocol was not saved. Correct what the details list.",
            code="invalid_protocol",
            details={"problems": problems},
        )
    return result


def _whole(low: int, high: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_threshold(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 1


def _is_context(value: Any) -> bool:
    return (
        isinstance(value, list)
        and all(item in CONTEXT_FIELDS for item in value)
        and len(set(value)) == len(value)
    )


_FLAG = (_is_flag, "true or false")
_CHECKS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "readers_per_case": (_whole(1, 20), "a whole number from 1 to 20"),
    "context_fields": (_is_context, f"a list of {', '.join(CONTEXT_FIELDS)}, each at most once"),
    "eval_interleave": (_whole(0, 1000), "a whole number from 0 (never) to 1000"),
    "eval_target": (_whole(0, 2**31 - 1), "a whole number, 0 or more"),
    "iou_threshold": (_is_threshold, "a number above 0 and at most 1"),
    "adjudicate_own_reads": _FLAG,
    "adjudication_reason_required": _FLAG,
    "show_outcome_when_closed": _FLAG,
}


def _rule_problems(rules: Any, codes: Collection[str]) -> list[str]:
    if not isinstance(rules, dict):
        return ["finding_rules must be an object with one entry per finding."]
    problems = []
    for code, rule in rules.items():
        if code not in codes:
            problems.append(f"finding_rules: {code} is not a finding of the schema.")
        elif not _is_rule(rule):
            problems.append(
                f"finding_rules: {code} needs a rule ({', '.join(RULES)}), "
                "present_uncertain and uncertain_absent (true or false)."
            )
    return problems


def _is_rule(rule: Any) -> bool:
    return (
        isinstance(rule, dict)
        and set(rule) <= {"rule", "present_uncertain", "uncertain_absent"}
        and rule.get("rule", "adjudicate") in RULES
        and _is_flag(rule.get("present_uncertain", True))
        and _is_flag(rule.get("uncertain_absent", True))
    )
