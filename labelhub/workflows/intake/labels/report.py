"""What a label table matches, for whoever decides about it: counts, and every line or file that is left over."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db import transaction

from labelhub.core.errors import InvalidContent
from labelhub.imaging.dicom.identity.placeholders import is_placeholder, normal_id
from labelhub.imaging.models import ImportBatch, ImportFile, LabelMismatch
from labelhub.imaging.services.known import FACTS_KEPT, PATIENT_KEPT
from labelhub.workflows.intake.labels.attach import LABELS_KEPT, READ_KEPT
from labelhub.workflows.intake.labels.given import files_beside_table
from labelhub.workflows.intake.labels.table import MatchedTable

Kind = LabelMismatch.Kind
KEPT = (PATIENT_KEPT, FACTS_KEPT, LABELS_KEPT, READ_KEPT)
CHUNK = 2_000


def labels_report(batch: ImportBatch, labels: MatchedTable) -> dict[str, Any]:
    """Counts of the table, with its left-over lines and files written as rows (`label_mismatches`).

    A file that was rejected for itself is not called a file without a line.
    """
    lines = [row.image for row in labels.rows_without_file()]
    files = [
        path
        for path in files_beside_table(batch)
        .exclude(outcome=ImportFile.Outcome.REJECTED)
        .order_by("position")
        .values_list("path", flat=True)
        .iterator(chunk_size=5_000)
        if path not in labels.line_of
    ]
    _mismatches_write(batch, lines, files)
    rows = labels.matched_rows()
    return {
        **_base(batch),
        "lines": len(labels.table.rows),
        "matched": len(rows),
        "n_lines_without_file": len(lines),
        "n_files_without_line": len(files),
        "n_patients": len({normal_id(row.patient_id) for row in rows if not is_placeholder(row.patient_id)}),
        "findings": [
            {"finding": code, **_counts(Counter(row.answers.get(code, "") for row in rows))}
            for code in labels.table.findings
        ],
        "ignored_columns": labels.table.ignored_columns,
        "kept": _kept(batch),
    }


def labels_refused(batch: ImportBatch, error: InvalidContent) -> dict[str, Any]:
    """The report of a table that cannot be read."""
    _mismatches_write(batch, [], [])
    return {**_base(batch), "error": {"code": error.code, "message": error.message}}


def mismatch_names(batch: ImportBatch, kind: str) -> list[str]:
    """The names of all lines without a file, or files without a line, in the table's or the files' order."""
    return list(
        LabelMismatch.objects.filter(batch=batch, kind=kind).order_by("id").values_list("name", flat=True)
    )


def _base(batch: ImportBatch) -> dict[str, Any]:
    return {
        "name": batch.options.get("labels_name", ""),
        "labels_as": batch.options["labels_as"],
        "error": None,
        "lines": 0,
        "matched": 0,
        "n_lines_without_file": 0,
        "n_files_without_line": 0,
        "n_patients": 0,
        "findings": [],
        "ignored_columns": [],
        "kept": [],
    }


def _kept(batch: ImportBatch) -> list[dict[str, Any]]:
    """How many files the table could not change in something that it says: {"code", "n"}."""
    warned: Counter[str] = Counter()
    for codes in (
        batch.files.exclude(warnings=[]).values_list("warnings", flat=True).iterator(chunk_size=5_000)
    ):
        warned.update(codes)
    return [{"code": code, "n": warned[code]} for code in KEPT if warned[code]]


def _counts(values: Counter[str]) -> dict[str, int]:
    return {value: values[value] for value in ("present", "absent", "uncertain")}


def _mismatches_write(batch: ImportBatch, lines: list[str], files: list[str]) -> None:
    with transaction.atomic():
        LabelMismatch.objects.filter(batch=batch).delete()
        for kind, names in ((Kind.LINE, lines), (Kind.FILE, files)):
            LabelMismatch.objects.bulk_create(
                (LabelMismatch(batch=batch, kind=kind, name=name[:1000]) for name in names),
                batch_size=CHUNK,
            )
