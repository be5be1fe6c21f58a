"""Label tables for cases that are here: the spellings of an import's table, and how a line names its case."""

from __future__ import annotations

from uuid import UUID

import pytest

from labelhub.core.errors import InvalidContent
from labelhub.workflows.intake.case_labels.table import CaseTable, parsed_case_table
from tests.unit.workflows.test_label_tables import ANSWERS, CODES, PLAIN, SPELLINGS

ID = UUID("4b4f3a0e-8a53-4c9c-8a0d-3f6d8f3b8a11")


def table(content: bytes | str, most_lines: int = 100) -> CaseTable:
    return parsed_case_table(
        content.encode() if isinstance(content, str) else content, CODES, most_lines=most_lines
    )


@pytest.mark.parametrize("content", SPELLINGS)
def test_every_spelling_of_an_imports_table_is_read(content: bytes | str) -> None:
    found = table(content)
    assert [line.image for line in found.lines] == ["f0.png", "f1.png", "f2.png"]
    assert [line.answers for line in found.lines] == ANSWERS
    assert (found.findings, found.ignored_columns, found.unreadable) == (["nodule", "opacity"], [], [])


def test_what_is_said_of_the_patient_may_be_left_out() -> None:
    without = "\n".join(",".join(line.split(",")[:1] + line.split(",")[3:]) for line in PLAIN.splitlines())
    assert [line.answers for line in table(without).lines] == ANSWERS


@pytest.mark.parametrize(
    ("head", "cell", "named"),
    [
        ("case_number", "17", (17, None, "")),
        ("Case Number", "17.0", (17, None, "")),
        ("case-number", "17,0", (17, None, "")),
        ("case", "Case 17", (17, None, "")),
        ("CASE", "case17", (17, None, "")),
        ("case", str(ID), (None, ID, "")),
        ("case", str(ID).upper(), (None, ID, "")),
        ("image", "a/b.png", (None, None, "a/b.png")),
        ("File name", "b.png", (None, None, "b.png")),
        ("filename", "b.png", (None, None, "b.png")),
    ],
)
def test_how_a_line_names_its_case(head: str, cell: str, named: object) -> None:
    (line,) = table(f"{head};nodule\n{cell};1\n").lines
    assert line.named == named


def test_an_export_names_the_case_twice() -> None:
    (line,) = table(f"case,case_number,nodule\n{ID},3,1\n").lines
    assert line.named == (3, None, "")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("0,1", "its number"),
        ("1.5,1", "its number"),
        ("-3,1", "its number"),
        ("first,1", "its number"),
        ("99999999999,1", "its number"),
        (",1", "names no case"),
        ("3,maybe", "nodule must be"),
        ("3", "1 cells"),
    ],
)
def test_a_line_that_is_not_understood_is_told_and_the_others_count(line: str, sentence: str) -> None:
    found = table(f"case,nodule\n{line}\n4,1\n")
    assert [each.number for each in found.lines] == [4]
    ((number, message),) = found.unreadable
    assert number == 2 and sentence in message and "Line 2" in message


def test_of_two_lines_for_one_case_neither_is_guessed() -> None:
    found = table("case,nodule\n3,1\n4,1\nCase 3,0\n")
    assert [each.number for each in found.lines] == [4]
    assert [line for line, _ in found.unreadable] == [2, 4]
    assert found.n_lines == 3


def test_two_images_of_one_case_are_two_lines() -> None:
    assert len(table("case,image,nodule\n3,a.png,1\n3,b.png,0\n").lines) == 2


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "no column case_number and no column case and no column image"),
        ("nodule\n1\n", "no column case_number"),
        ("case,mass\n1,1\n", "finding of the schema"),
        ("image,file_name,nodule\na,a,1\n", "two columns image"),
        ("case,nodule,Nodule\n1,1,1\n", "two columns nodule"),
        ("case,nodule\n" + "".join(f"{n},1\n" for n in range(1, 5)), "more than 3 lines"),
    ],
)
def test_a_table_that_is_refused_as_a_whole(content: str, sentence: str) -> None:
    with pytest.raises(InvalidContent, match=sentence) as refused:
        table(content, most_lines=3)
    assert refused.value.code == "invalid_labels"
