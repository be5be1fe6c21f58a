"""The table of outcomes and the code that uses it agree."""

import re
from pathlib import Path

import pytest

from labelhub.imaging import dicom
from labelhub.imaging.dicom.codes import ACCEPTED, REJECTIONS, WARNINGS, message_of

SOURCES = "\n".join(
    path.read_text() for path in Path(dicom.__file__).parent.rglob("*.py") if path.name != "codes.py"
)


@pytest.mark.parametrize("code", [*REJECTIONS, *WARNINGS])
def test_every_code_in_the_table_is_used(code: str) -> None:
    assert f'"{code}"' in SOURCES


def test_every_code_that_is_raised_is_in_the_table() -> None:
    raised = set(re.findall(r'(?:ImportRejected|ArchiveRefused|_Silent)\(\s*"(\w+)"', SOURCES))
    assert raised <= set(REJECTIONS)


def test_every_outcome_has_a_sentence_that_ends() -> None:
    for code in (*ACCEPTED, *REJECTIONS, *WARNINGS):
        assert message_of(code).endswith(".")


def test_codes_do_not_repeat() -> None:
    assert len({*ACCEPTED, *REJECTIONS, *WARNINGS}) == len(ACCEPTED) + len(REJECTIONS) + len(WARNINGS)
