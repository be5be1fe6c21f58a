"""Reads a labels CSV: who the patient of each image is, what is known of it, and its labels. Pure.

Columns: image, patient_id; optional site, group, age, sex, view, indication; then one per finding of the schema with
1 (present), 0 (absent) or nothing. `-1` or `uncertain` is a reader's "uncertain". Columns with other names are left
out and named, so that a misspelt finding is seen.
"""

from __future__ import annotations

import csv
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from labelhub.core.errors import InvalidContent

ABOUT = ("image", "patient_id", "site", "group", "age", "sex", "view", "indication")
VALUES = {
    "1": "present",
    "1.0": "present",
    "0": "absent",
    "0.0": "absent",
    "-1": "uncertain",
    "-1.0": "uncertain",
    "uncertain": "uncertain",
}
MAX_ROWS = 5_000_000


@dataclass(frozen=True)
class LabelRow:
    """One line: texts as given (age in whole years), and the answer per finding that has one."""

    patient_id: str
    site: str
    group: str
    age_years: int | None
    sex: str
    view: str
    indication: str
    answers: dict[str, str]


@dataclass(frozen=True)
class LabelTable:
    """All lines, found by the image's path or, where that is unique, by its file name."""

    by_path: dict[str, LabelRow]
    by_name: dict[str, LabelRow | None]
    ignored_columns: list[str]

    def row_of(self, path: str) -> LabelRow | None:
        """The line of a file, by its path inside the import; None when the CSV does not have it."""
        exact = self.by_path.get(path)
        return exact if exact is not None else self.by_name.get(PurePosixPath(path).name)


def read_labels(path: Path, codes: Collection[str]) -> LabelTable:
    """Read and check a labels CSV (UTF-8). `codes` are the findings of the project's schema.

    Raises:
        InvalidContent: `invalid_labels`, naming the line.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as handle:
            return _read(csv.DictReader(handle, strict=True), codes)
    except (UnicodeDecodeError, csv.Error) as error:
        raise _invalid("The labels file is not a CSV in UTF-8. Save it again as CSV (UTF-8).") from error


def _read(reader: csv.DictReader[str], codes: Collection[str]) -> LabelTable:
    columns = [name or "" for name in reader.fieldnames or []]
    missing = [name for name in ("image", "patient_id") if name not in columns]
    if missing:
        raise _invalid(f"The labels file has no column {' and no column '.join(missing)}.")
    table = LabelTable(
        by_path={},
        by_name={},
        ignored_columns=[name for name in columns if name not in ABOUT and name not in codes],
    )
    findings = [name for name in columns if name in codes]
    for line, fields in enumerate(reader, start=2):
        if line > MAX_ROWS:
            raise _invalid(f"The labels file has more than {MAX_ROWS} lines. Send it in parts.")
        _add(table, fields, findings, line)
    return table


def _add(table: LabelTable, fields: dict[str, str], findings: list[str], line: int) -> None:
    image = (fields["image"] or "").strip()
    if not image or None in fields or None in fields.values():
        raise _invalid(f"Line {line} of the labels file has no image or another number of columns.")
    if image in table.by_path:
        raise _invalid(f"Line {line} of the labels file names an image for the second time.")
    row = LabelRow(
        **{name: fields.get(name, "").strip() for name in ABOUT if name not in ("image", "age", "sex")},
        age_years=_age(fields.get("age", ""), line),
        sex=_sex(fields.get("sex", "")),
        answers=_answers(fields, findings, line),
    )
    table.by_path[image] = row
    name = PurePosixPath(image).name
    table.by_name[name] = None if name in table.by_name else row


def _age(text: str, line: int) -> int | None:
    text = text.strip().rstrip("Yy")
    if not text:
        return None
    try:
        age = int(float(text))
    except (ValueError, OverflowError):
        raise _invalid(f"Line {line} of the labels file: the age must be a number of years.") from None
    if not 0 <= age <= 150:
        raise _invalid(f"Line {line} of the labels file: the age must be from 0 to 150 years.")
    return age


def _sex(text: str) -> str:
    """F, M or O, also from a whole word; anything else is unknown."""
    first = text.strip()[:1].upper()
    return first if first in {"F", "M", "O"} else ""


def _answers(fields: dict[str, str], findings: list[str], line: int) -> dict[str, str]:
    answers = {}
    for code in findings:
        text = fields[code].strip().lower()
        if not text:
            continue
        if text not in VALUES:
            raise _invalid(f"Line {line} of the labels file: {code} must be 1, 0 or empty.")
        answers[code] = VALUES[text]
    return answers


def merged_answers(rows: list[LabelRow]) -> dict[str, str]:
    """The answers of a case from those of its images: present wins over uncertain, uncertain over absent."""
    strength = ("absent", "uncertain", "present")
    merged: dict[str, str] = {}
    for row in rows:
        for code, value in row.answers.items():
            if code not in merged or strength.index(value) > strength.index(merged[code]):
                merged[code] = value
    return merged


def _invalid(message: str) -> InvalidContent:
    return InvalidContent(message, code="invalid_labels")
