"""Ready schemas: each may be stored as it is, and answers by keys alone."""

from __future__ import annotations

import pytest

from labelhub.core.errors import InvalidContent
from labelhub.projects.schemas import checked_schema
from labelhub.projects.templates import TEMPLATES, Template, template_named


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda each: each.code)
def test_a_template_is_a_schema_as_it_would_be_stored(template: Template) -> None:
    findings, _ = checked_schema(template.findings, [])
    assert findings == template.findings
    assert all(finding["hotkey"] for finding in findings)


def test_codes_and_names_are_given_once() -> None:
    assert len({each.code for each in TEMPLATES}) == len({each.name for each in TEMPLATES}) == len(TEMPLATES)


def test_the_published_label_sets_are_whole() -> None:
    assert [len(template_named(code).findings) for code in ("chest_5", "chest_chexpert", "chest_14")] == [
        5,
        13,
        14,
    ]


def test_another_name_is_refused_with_those_there_are() -> None:
    with pytest.raises(InvalidContent, match="choose from chest_5") as refused:
        template_named("knee")
    assert refused.value.code == "unknown_template"
