"""What may be asked of a case: one module per answer type. Pure: neither Django nor Celery.

A finding of a label schema names its type; one that names none is asked as `presence`, which was the only type there
was. A new type is a new module that follows `AnswerType`, and its line in `TYPES`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from labelhub.questions import presence
from labelhub.questions.answers import Answer, AnswerType, Labelled

TYPES: dict[str, AnswerType] = {presence.NAME: presence}

__all__ = [
    "TYPES",
    "Answer",
    "AnswerType",
    "Labelled",
    "every_value",
    "missing_answers",
    "presence",
    "question_of",
    "type_names",
]


def question_of(finding: Mapping[str, Any]) -> AnswerType:
    """The answer type of a finding of a schema."""
    return TYPES[finding.get("type", presence.NAME)]


def every_value() -> list[str]:
    """The values of all answer types, each once."""
    return list(dict.fromkeys(value for question in TYPES.values() for value in question.SCALE))


def type_names(findings: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """{finding code: name of its answer type}."""
    return {finding["code"]: question_of(finding).NAME for finding in findings}


def missing_answers(findings: Iterable[Mapping[str, Any]], answers: Mapping[str, Answer]) -> list[str]:
    """Codes of the findings that must be answered, given the other answers, and are not."""
    return [
        finding["code"]
        for finding in findings
        if finding["code"] not in answers and question_of(finding).is_required(finding, answers)
    ]
