"""Labels attached to cases: hidden truth, a reference, or one reader's reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import Q

from labelhub.accounts.models import User
from labelhub.core.errors import Conflict
from labelhub.imaging.models import Case, ImportBatch, ImportFile, SourceLabel
from labelhub.imaging.services.batches import Heartbeat
from labelhub.workflows.labels.given import READ, readers_of
from labelhub.workflows.labels.table import LabelRow, MatchedTable, merged_answers
from labelhub.workflows.submit_read import record_imported_read

CASES_A_PAGE = 500


def attach_labels(batch: ImportBatch, labels: MatchedTable, heartbeat: Heartbeat) -> dict[str, Any]:
    """Attach each case's labels, also to images that the project had before. Returns notes for the manager."""
    kind = str(batch.options["labels_as"])
    reader = (
        readers_of(batch.project).get(username=kind.removeprefix(READ)) if kind.startswith(READ) else None
    )
    rows = _rows_by_case(batch, labels)
    n_cases = n_passed_over = 0
    for cases in _pages(sorted(rows)):
        for case in cases:
            answers = merged_answers(rows[case.id])
            if reader is None:
                _source_labels_create(case, kind, answers)
            elif answers and not _read_recorded(batch, case, reader, answers):
                n_passed_over += 1
            n_cases += 1
        heartbeat({"stage": "labelling", "done": n_cases, "total": len(rows)})
    return {
        "ignored_columns": labels.table.ignored_columns,
        "n_labelled_cases": n_cases,
        "n_reads_passed_over": n_passed_over,
    }


def _rows_by_case(batch: ImportBatch, labels: MatchedTable) -> dict[UUID, list[LabelRow]]:
    decided = ImportFile.objects.filter(
        Q(outcome=ImportFile.Outcome.ACCEPTED) | Q(outcome=ImportFile.Outcome.DUPLICATE),
        batch=batch,
        instance__case__current_version__isnull=False,
    ).order_by("position")
    rows: dict[UUID, list[LabelRow]] = defaultdict(list)
    for path, case_id in decided.values_list("path", "instance__case_id").iterator(chunk_size=5_000):
        row = labels.row_of(path)
        if row is not None:
            rows[case_id].append(row)
    return rows


def _pages(case_ids: list[UUID]) -> Iterator[list[Case]]:
    for start in range(0, len(case_ids), CASES_A_PAGE):
        chunk = case_ids[start : start + CASES_A_PAGE]
        yield list(Case.objects.select_related("project").filter(id__in=chunk).order_by("id"))


def _source_labels_create(case: Case, kind: str, answers: dict[str, str]) -> None:
    """An uncertain label is no truth and is left out; a label that is there stays."""
    SourceLabel.objects.bulk_create(
        [
            SourceLabel(case=case, kind=kind, finding=code, present=value == "present")
            for code, value in answers.items()
            if value != "uncertain"
        ],
        ignore_conflicts=True,
    )


def _read_recorded(batch: ImportBatch, case: Case, reader: User, answers: dict[str, str]) -> bool:
    """Whether the read was taken: not when the reader has one, nor when the case has all its reads."""
    try:
        record_imported_read(actor=batch.created_by, case=case, reader=reader, answers=answers)
    except Conflict as error:
        if error.code in {"already_read", "no_open_slot"}:
            return False
        raise
    return True
