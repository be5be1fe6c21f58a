"""Reads a label table: who the patient of each image is, what is known of it, and its labels. Pure.

Columns: image, patient_id; optional site, group, age, sex, view, indication; then one per finding of the schema with
1 (present), 0 (absent), -1 (uncertain) or nothing (not said), as CheXpert has them; true/false and yes/no too.
Columns with other names are left out and named, so that a misspelt finding is seen.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from math import isnan
from pathlib import Path

from labelhub.core.errors import InvalidContent
from labelhub.imaging.dicom.identity.ages import DAYS_PER_UNIT, age_from_days, age_of
from labelhub.imaging.dicom.identity.sexes import sex_of
from labelhub.workflows.intake.labels.matching import matched_lines, normal_path
from labelhub.workflows.intake.labels.text import Row, invalid, table_rows

NEEDED = ("image", "patient_id")
ABOUT = (*NEEDED, "site", "group", "age", "sex", "view", "indication")
WORDS = {
    "t": "present",
    "y": "present",
    "true": "present",
    "yes": "present",
    "present": "present",
    "positive": "present",
    "f": "absent",
    "n": "absent",
    "false": "absent",
    "no": "absent",
    "absent": "absent",
    "negative": "absent",
    "uncertain": "uncertain",
}
NUMBERS = {1.0: "present", 0.0: "absent", -1.0: "uncertain"}
OTHER_NAMES = {"patientid": "patient_id"}
"""Columns as DICOM's keywords have them."""
MISSING = frozenset(("", "nan", "na", "n/a", "#n/a", "<na>", "null", "none"))
MAX_ROWS = 5_000_000


@dataclass(frozen=True)
class LabelRow:
    """One line: texts as given (age as DICOM has it: 034Y, 008M), and the answer per finding that has one."""

    line: int
    image: str
    patient_id: str
    site: str
    group: str
    age: str
    sex: str
    view: str
    indication: str
    answers: dict[str, str]


@dataclass(frozen=True)
class LabelTable:
    """All lines, the findings that have a column, and the columns that were left out (as they are written)."""

    rows: list[LabelRow]
    findings: list[str]
    ignored_columns: list[str]


@dataclass(frozen=True)
class MatchedTable:
    """A table and which of its lines each file of an import has: `line_of` is {path: index in `table.rows`}."""

    table: LabelTable
    line_of: dict[str, int]

    def row_of(self, path: str) -> LabelRow | None:
        """The line of a file, by its path inside the import; None when the table does not have it."""
        index = self.line_of.get(path)
        return None if index is None else self.table.rows[index]

    def matched_rows(self) -> list[LabelRow]:
        return [self.table.rows[index] for index in sorted(set(self.line_of.values()))]

    def rows_without_file(self) -> list[LabelRow]:
        matched = set(self.line_of.values())
        return [row for index, row in enumerate(self.table.rows) if index not in matched]


def match_table(table: LabelTable, paths: Iterable[str], folder: str) -> MatchedTable:
    """Find each file's line. `folder` is the table's own inside the import, '' for the import's root."""
    return MatchedTable(table, matched_lines([row.image for row in table.rows], paths, folder))


def read_table(path: Path, codes: Collection[str]) -> LabelTable:
    """Read and check a label table. `codes` are the findings of the project's schema.

    Raises:
        InvalidContent: `invalid_labels`, naming the line.
    """
    return parsed_table(path.read_bytes(), codes)


def has_needed_columns(content: bytes) -> bool:
    """Whether the bytes begin as a label table does: with the columns that each one has."""
    try:
        rows = table_rows(content, lambda header: len({_column(name) for name in header} & set(NEEDED)))
        _, header = next(rows, (1, []))
    except InvalidContent:
        return False
    return {_column(name) for name in header} >= set(NEEDED)


class OpenTable:
    """A table whose header is read: what each column is, and the rows behind it.

    `about` are the columns that are no finding, each by how it may be written.
    """

    def __init__(self, content: bytes, about: Mapping[str, str], codes: Collection[str]) -> None:
        known = {**about, **{_column(code): code for code in codes}}
        self.rows = table_rows(content, lambda header: len({_column(name) for name in header} & set(known)))
        self.line, self.header = next(self.rows, (1, []))
        self.columns = [known.get(_column(name)) for name in self.header]
        self.findings = [name for name in self.columns if name is not None and name not in about.values()]
        self.ignored_columns = [
            name
            for name, known_as in zip(self.header, self.columns, strict=True)
            if name and known_as is None
        ]
        self._nameless = {place for place, name in enumerate(self.header) if not name}

    def lacks(self, names: Iterable[str]) -> InvalidContent:
        """The refusal of a table without these columns."""
        there = ", ".join(name[:40] for name in self.header[:12]) or "none"
        lacking = " and no column ".join(names)
        return invalid(f"The label table has no column {lacking}. Its columns: {there}.")

    def refuse_twice(self) -> None:
        """Raise InvalidContent where two columns are the same."""
        for name in self.columns:
            if name is not None and self.columns.count(name) > 1:
                raise invalid(
                    f"Line {self.line} of the label table has two columns {name}. "
                    "Keep the one that is meant and send it again."
                )

    def fields(self, row: Row) -> dict[str, str]:
        """The cells of a row whose columns are known. A nameless column that says something is left out and named."""
        line, cells = row
        if len(cells) < len(self.columns) or any(cells[len(self.columns) :]):
            raise invalid(
                f"Line {line} of the label table has {len(cells)} cells where the header has "
                f"{len(self.columns)} columns."
            )
        for place in sorted(place for place in self._nameless if cells[place]):
            self.ignored_columns.append(f"column {place + 1}")
            self._nameless.discard(place)
        return {name: cell for name, cell in zip(self.columns, cells, strict=False) if name is not None}


def parsed_table(content: bytes, codes: Collection[str]) -> LabelTable:
    """As `read_table`, from the table's bytes."""
    opened = OpenTable(content, {name: name for name in ABOUT}, codes)
    if missing := [name for name in NEEDED if name not in opened.columns]:
        raise opened.lacks(missing)
    opened.refuse_twice()
    table = LabelTable(rows=[], findings=opened.findings, ignored_columns=opened.ignored_columns)
    seen: set[str] = set()
    for row in opened.rows:
        if len(table.rows) == MAX_ROWS:
            raise invalid(f"The label table has more than {MAX_ROWS} lines. Send it in parts.")
        table.rows.append(_row(row[0], opened.fields(row), opened.findings, seen))
    return table


def merged_answers(of_images: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """The answers of a case from those of its images: present wins over uncertain, uncertain over absent."""
    strength = ("absent", "uncertain", "present")
    merged: dict[str, str] = {}
    for answers in of_images:
        for code, value in answers.items():
            if code not in merged or strength.index(value) > strength.index(merged[code]):
                merged[code] = value
    return merged


def _column(name: str) -> str:
    """How a column's name is compared: without case and a stray byte order mark, with `_` for a blank or hyphen."""
    text = unicodedata.normalize("NFC", name).strip("\ufeff").casefold()
    bare = "_".join(text.replace("-", " ").replace("_", " ").split())
    return OTHER_NAMES.get(bare, bare)


def _row(line: int, fields: dict[str, str], findings: list[str], seen: set[str]) -> LabelRow:
    image = normal_path(fields["image"])
    if not image:
        raise invalid(f"Line {line} of the label table names no image.")
    if image in seen:
        raise invalid(f"Line {line} of the label table names an image for the second time.")
    seen.add(image)
    return LabelRow(
        line=line,
        image=fields["image"],
        patient_id=unicodedata.normalize("NFC", fields["patient_id"]),
        **{name: _text(fields.get(name, "")) for name in ("site", "group", "view", "indication")},
        age=_age(fields.get("age", ""), line),
        sex=_sex(fields.get("sex", ""), line),
        answers=answers_of(fields, findings, line),
    )


def _age(text: str, line: int) -> str:
    """A number of years, of infants with a fraction; or an age as DICOM has it. Empty: not said."""
    if text.casefold() in MISSING:
        return ""
    if age := age_of(text):
        return age
    years = number_of(text.casefold().removesuffix("y"))
    if isnan(years):
        raise invalid(
            f"Line {line} of the label table: the age must be a number of years, or as 008M, 005W, 012D."
        )
    if not 0 <= years < 151:
        raise invalid(f"Line {line} of the label table: the age must be from 0 to 150 years.")
    if years < 2 and years != int(years):
        return age_from_days(round(years * DAYS_PER_UNIT["Y"]))
    return f"{int(years):03d}Y"


def _sex(text: str, line: int) -> str:
    """F, M or O. Empty: not said, or said not to be known."""
    if text.casefold() in MISSING:
        return ""
    sex = sex_of(text)
    if sex is None:
        raise invalid(f"Line {line} of the label table: the sex must be F, M, O or a word for it, or empty.")
    return sex


def _text(text: str) -> str:
    """Free text; what a program writes for nothing is none."""
    return "" if text.casefold() in MISSING else text


def answers_of(fields: dict[str, str], findings: list[str], line: int) -> dict[str, str]:
    """What a line says of each finding that it says something of. Raises InvalidContent, naming the line."""
    answers = {}
    for code in findings:
        text = fields[code].casefold()
        if text in MISSING:
            continue
        value = WORDS.get(text) or NUMBERS.get(number_of(text))
        if value is None:
            raise invalid(f"Line {line} of the label table: {code} must be 1, 0, -1 (uncertain) or empty.")
        answers[code] = value
    return answers


def number_of(text: str) -> float:
    """A number with a point or a comma, and any minus; NaN for anything else, which equals nothing."""
    if "_" in text:  # which Python takes for a separator of thousands
        return float("nan")
    try:
        return float(text.replace(",", ".").replace("\N{MINUS SIGN}", "-"))
    except ValueError:
        return float("nan")
