"""Reads a label table for cases that are here. Pure.

It is written as the table of an import is (`intake/labels/table.py`), but that a line names its case by `case_number`,
by `case` (a number, or the id that exports have) or by `image`, the name of one of its files. What is said of the
patient is passed over. A line that cannot be understood is told; the others count.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from labelhub.core.errors import InvalidContent
from labelhub.workflows.intake.labels.matching import normal_path
from labelhub.workflows.intake.labels.table import ABOUT, OpenTable, answers_of, number_of
from labelhub.workflows.intake.labels.text import invalid

NAMED_BY = ("case_number", "case", "image")
COLUMNS = {
    **{name: name for name in (*ABOUT, *NAMED_BY)},
    "file_name": "image",
    "filename": "image",
}
MAX_NUMBER = 2**31 - 1

Named = tuple[int | None, UUID | None, str]


@dataclass(frozen=True)
class CaseLine:
    """One line: how it names its case, and the answer per finding that has one."""

    line: int
    number: int | None
    case_id: UUID | None
    image: str
    answers: dict[str, str]

    @property
    def named(self) -> Named:
        """By what it names the case; two lines of one case may name different images of it."""
        return self.number, self.case_id, normal_path(self.image)

    @property
    def name(self) -> str:
        """What it calls the case, for people."""
        if self.number is not None:
            return f"Case {self.number}"
        return self.image or str(self.case_id)


@dataclass(frozen=True)
class CaseTable:
    """The lines, and those that cannot be understood as (line, sentence); findings with a column; columns left out."""

    findings: list[str]
    ignored_columns: list[str]
    lines: list[CaseLine] = field(default_factory=list)
    unreadable: list[tuple[int, str]] = field(default_factory=list)

    @property
    def n_lines(self) -> int:
        return len(self.lines) + len(self.unreadable)


def parsed_case_table(content: bytes, codes: Collection[str], *, most_lines: int) -> CaseTable:
    """Read a table. `codes` are the findings of the project's schema.

    Raises:
        InvalidContent: `invalid_labels`; what is wrong with the table as a whole.
    """
    opened = OpenTable(content, COLUMNS, codes)
    if not set(NAMED_BY) & set(opened.columns):
        raise opened.lacks(NAMED_BY)
    opened.refuse_twice()
    if not opened.findings:
        raise opened.lacks(["that is a finding of the schema"])
    table = CaseTable(opened.findings, opened.ignored_columns)
    by_name: dict[Named, list[CaseLine]] = defaultdict(list)
    for n_before, row in enumerate(opened.rows):
        if n_before == most_lines:
            raise invalid(
                f"The label table has more than {most_lines:,} lines. Send it in parts, or use manage.py label_cases."
            )
        try:
            line = _line(row[0], opened.fields(row), opened.findings)
        except InvalidContent as error:
            table.unreadable.append((row[0], error.message))
        else:
            by_name[line.named].append(line)
    for same in by_name.values():
        if len(same) == 1:
            table.lines.append(same[0])
        else:
            table.unreadable.extend((line.line, _twice(line, same)) for line in same)
    table.unreadable.sort()
    return table


def _twice(line: CaseLine, same: list[CaseLine]) -> str:
    """Which of them is meant is not guessed."""
    others = " and ".join(f"line {other.line}" for other in same[:4] if other is not line)
    return f"Line {line.line} of the label table names the same case as {others}. Keep the one that is meant."


def _line(line: int, fields: dict[str, str], findings: list[str]) -> CaseLine:
    number, case_id = _case(fields.get("case_number") or fields.get("case") or "", line)
    image = unicodedata.normalize("NFC", fields.get("image", ""))
    if number is None and case_id is None and not normal_path(image):
        raise invalid(f"Line {line} of the label table names no case.")
    return CaseLine(line, number, case_id, image, answers_of(fields, findings, line))


def _case(text: str, line: int) -> tuple[int | None, UUID | None]:
    """A number, also as it is shown ("Case 17") or as a spreadsheet writes it (17.0); or an id."""
    if not text:
        return None, None
    number = number_of(text.casefold().removeprefix("case").strip())
    if number == number // 1 and 1 <= number <= MAX_NUMBER:
        return int(number), None
    try:
        return None, UUID(text)
    except ValueError:
        raise invalid(
            f"Line {line} of the label table: the case must be its number in this project, or its id."
        ) from None
