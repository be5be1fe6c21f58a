"""Reading exports of reads and adjudications back: rows grouped, values checked. No database."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from labelhub.core.errors import InvalidContent
from labelhub.releases.tables import ADJUDICATIONS, READS, plain

NEEDED = {"case", "patient", "reader", "read_version", "finding", "value", "submitted_at"}
NEEDED_OF_DECISIONS = {"case", "finding", "value", "reason", "adjudicator", "decided_at"}
LISTS = {"boxes", "images", "context_shown"}
LONGEST_CELL = 2**31 - 1


@dataclass
class ExportedRead:
    """One version of one read, as exported."""

    case: str
    patient: str
    split: str
    site: str
    images: tuple[str, ...]
    reader: str
    version: int
    reason: str
    submitted_at: datetime
    active_ms: int
    not_readable: bool
    comment: str
    ai_visible: bool
    round: int = 1
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    boxes: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class ExportedDecision:
    """What one adjudicator decided at one time on the findings of a case in a round: {finding: row}, with its boxes."""

    case: str
    images: tuple[str, ...]
    adjudicator: str
    decided_at: datetime
    round: int = 1
    findings: dict[str, dict[str, Any]] = field(default_factory=dict)


def exported_decisions(path: Path) -> list[ExportedDecision]:
    """Every decision of an exported CSV or JSON file, those of a case in a round together, in order of time.

    Raises InvalidContent naming the line when the file is not such an export.
    """
    decisions: dict[tuple[str, int, datetime, str], ExportedDecision] = {}
    for number, row in enumerate(_rows(path, ADJUDICATIONS, NEEDED_OF_DECISIONS), start=1):
        try:
            decided_at = datetime.fromisoformat(row["decided_at"]).astimezone(UTC)
            key = (row["case"], _round(row), decided_at, row["adjudicator"])
            found = decisions.setdefault(key, _decision(row, decided_at))
            found.findings[row["finding"]] = {**row, "boxes": row.get("boxes") or []}
        except (KeyError, TypeError, ValueError) as error:
            raise _not_an_export(number, "adjudications") from error
    return [decisions[key] for key in sorted(decisions)]


def exported_reads(path: Path) -> list[ExportedRead]:
    """Every read of an exported CSV or JSON file, those of a case together, in the order in which they were submitted.

    So a read finds its slot: one that was asked for since another was amended to "not readable" comes after it.
    Raises InvalidContent naming the line when the file is not such an export.
    """
    reads: dict[tuple[str, int, str, int], ExportedRead] = {}
    for number, row in enumerate(_rows(path, READS, NEEDED), start=1):
        try:
            version = int(row["read_version"])
            key = (row["case"], _round(row), row["reader"], version)
            read = reads.setdefault(key, _read(row, version))
            if row["finding"]:
                _add_finding(read, row)
        except (KeyError, TypeError, ValueError) as error:
            raise _not_an_export(number, "reads") from error
    return sorted(reads.values(), key=lambda read: (read.case, read.submitted_at, read.version, read.reader))


def _rows(path: Path, columns: list[str], needed: set[str]) -> Iterator[dict[str, Any]]:
    try:
        for row in _json_rows(path) if path.suffix == ".json" else _csv_rows(path, columns):
            if not set(row) >= needed:
                raise InvalidContent(
                    "This is not such an export: columns are missing.",
                    code="not_an_export",
                    details={"missing": sorted(needed - set(row))},
                )
            yield row
    except (csv.Error, ValueError) as error:
        raise InvalidContent(
            "This is not such an export: the file is cut off, or was changed. Use it as it was exported.",
            code="not_an_export",
        ) from error


def _json_rows(path: Path) -> Iterator[dict[str, Any]]:
    rows = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError("not a list of objects")
    yield from rows


def _csv_rows(path: Path, columns: list[str]) -> Iterator[dict[str, Any]]:
    # The images of a CT, or the marks of a read, are one cell: csv refuses one above 131,072 letters unless told.
    csv.field_size_limit(LONGEST_CELL)
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle, strict=True)
        if not reader.fieldnames:
            raise ValueError("an empty file")
        for row in reader:
            if None in row or None in row.values():
                raise ValueError("a row has more or fewer cells than the header")
            yield {
                name: json.loads(row[name]) if name in LISTS and row[name] else plain(row[name])
                for name in columns
                if name in row
            }


def _not_an_export(number: int, what: str) -> InvalidContent:
    return InvalidContent(
        f"Row {number} is not a row of an export of {what}. Use the file as it was exported.",
        code="not_an_export",
    )


def _decision(row: dict[str, Any], decided_at: datetime) -> ExportedDecision:
    images = tuple(row.get("images") or ())
    return ExportedDecision(row["case"], images, row["adjudicator"], decided_at, _round(row))


def _read(row: dict[str, Any], version: int) -> ExportedRead:
    return ExportedRead(
        case=row["case"],
        patient=row["patient"],
        split=row.get("split") or "pool",
        site=row.get("site") or "",
        images=tuple(row.get("images") or ()),
        reader=row["reader"],
        version=version,
        reason=row.get("read_reason") or "",
        submitted_at=datetime.fromisoformat(row["submitted_at"]),
        active_ms=int(row.get("active_ms") or 0),
        not_readable=_flag(row.get("not_readable")),
        comment=row.get("comment") or "",
        ai_visible=_flag(row.get("ai_visible")),
        round=_round(row),
    )


def _round(row: dict[str, Any]) -> int:
    """The number of the row's round. Exports from before there were further rounds have no such column."""
    return int(row.get("round") or 1)


def _add_finding(read: ExportedRead, row: dict[str, Any]) -> None:
    """Its answer and its boxes; one that was marked but not answered has no value."""
    if row["value"] not in (None, ""):
        read.answers[row["finding"]] = {"value": row["value"], "by_rest": _flag(row.get("by_rest"))}
    for box in row.get("boxes") or []:
        read.boxes.append({**box, "finding": row["finding"]})


def _flag(value: Any) -> bool:
    return value in (True, "1", "true", "True")
