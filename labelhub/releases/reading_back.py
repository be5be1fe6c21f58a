"""Reading an export of reads back: rows grouped into reads, values checked. No database."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from labelhub.core.errors import InvalidContent
from labelhub.releases.tables import READS, plain

NEEDED = {"case", "patient", "reader", "read_version", "finding", "value", "submitted_at"}
LISTS = {"boxes", "images", "context_shown"}


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
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    boxes: list[dict[str, Any]] = field(default_factory=list)


def exported_reads(path: Path) -> list[ExportedRead]:
    """Every read of an exported CSV or JSON file, first versions before later ones.

    Raises InvalidContent naming the line when the file is not such an export.
    """
    reads: dict[tuple[str, str, int], ExportedRead] = {}
    for number, row in enumerate(_rows(path), start=1):
        try:
            version = int(row["read_version"])
            key = (row["case"], row["reader"], version)
            read = reads.setdefault(key, _read(row, version))
            if row["finding"]:
                _add_answer(read, row)
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidContent(
                f"Row {number} is not a row of an export of reads. Use the file as it was exported.",
                code="not_an_export",
            ) from error
    return sorted(reads.values(), key=lambda read: (read.case, read.version, read.submitted_at, read.reader))


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    if path.suffix == ".json":
        rows: Iterable[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    else:
        rows = _csv_rows(path)
    for row in rows:
        if not set(row) >= NEEDED:
            raise InvalidContent(
                "This is not an export of reads: columns are missing.",
                code="not_an_export",
                details={"missing": sorted(NEEDED - set(row))},
            )
        yield row


def _csv_rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            yield {
                name: json.loads(row[name]) if name in LISTS and row.get(name) else plain(row.get(name) or "")
                for name in READS
                if name in row
            }


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
    )


def _add_answer(read: ExportedRead, row: dict[str, Any]) -> None:
    read.answers[row["finding"]] = {"value": row["value"], "by_rest": _flag(row.get("by_rest"))}
    for box in row.get("boxes") or []:
        read.boxes.append({**box, "finding": row["finding"]})


def _flag(value: Any) -> bool:
    return value in (True, "1", "true", "True")
