"""Labels attached to cases: hidden truth, a reference, or one reader's reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from labelhub.accounts.models import User
from labelhub.core.errors import Conflict
from labelhub.imaging.models import Case, ImportBatch, ImportFile, SourceLabel
from labelhub.imaging.services.batches import Heartbeat
from labelhub.reading.models import Assignment, Read
from labelhub.workflows.intake.labels.given import READ, readers_of
from labelhub.workflows.intake.labels.table import LabelRow, MatchedTable, merged_answers
from labelhub.workflows.reading.record_read import record_imported_read

CASES_A_PAGE = 500


LABELS_KEPT = "labels_kept"
"""Warning: the table says something else than the case's labels, which stay, since somebody has opened the case."""
READ_KEPT = "read_kept"
"""Warning: the reader has read the case otherwise, or it has all its reads: the table's read was not taken."""


def attach_labels(batch: ImportBatch, labels: MatchedTable, heartbeat: Heartbeat) -> dict[str, Any]:
    """Attach each case's labels, also to images that the project had before. Returns notes for the manager.

    What an opened case holds is not changed: its files get a warning that says what was kept.
    """
    kind = str(batch.options["labels_as"])
    reader = (
        readers_of(batch.project).get(username=kind.removeprefix(READ)) if kind.startswith(READ) else None
    )
    rows = _rows_by_case(batch, labels)
    n_cases, n_kept = 0, 0
    for cases in _pages(sorted(rows)):
        answers = {case.id: merged_answers(row.answers for row in rows[case.id]) for case in cases}
        if reader is None:
            kept_now, code = _source_labels_set(cases, kind, answers), LABELS_KEPT
        else:
            kept_now, code = _reads_record(batch, cases, reader, answers), READ_KEPT
        _warn(batch, kept_now, code)
        n_cases, n_kept = n_cases + len(cases), n_kept + len(kept_now)
        heartbeat({"stage": "labelling", "done": n_cases, "total": len(rows)})
    return {
        "ignored_columns": labels.table.ignored_columns,
        "n_labelled_cases": n_cases,
        "n_reads_passed_over": 0 if reader is None else n_kept,
    }


def _opened(cases: list[Case]) -> set[UUID]:
    """Cases that somebody has opened: what is known of them stays as it was when they were read."""
    opened = Assignment.objects.filter(case__in=cases, opened_at__isnull=False)
    return set(opened.values_list("case_id", flat=True))


def _warn(batch: ImportBatch, case_ids: Iterable[UUID], code: str) -> None:
    """Say of each of the import's files of these cases, a page of them at most, that something was kept."""
    ids = sorted(
        ImportFile.objects.filter(batch=batch, instance__case_id__in=case_ids).values_list("id", flat=True)
    )
    for start in range(0, len(ids), CASES_A_PAGE):
        page = ImportFile.objects.filter(id__in=ids[start : start + CASES_A_PAGE])
        with transaction.atomic():
            # Read under their locks: an arranging writes warnings on the same rows.
            rows = list(page.select_for_update(no_key=True).order_by("id"))
            for file in rows:
                file.warnings = list(dict.fromkeys([*file.warnings, code]))
            ImportFile.objects.bulk_update(rows, ["warnings"])


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


def _source_labels_set(cases: list[Case], kind: str, answers: dict[UUID, dict[str, str]]) -> list[UUID]:
    """Set what the table says. Returns the opened cases that hold something else, and keep it.

    An uncertain label is no truth and is left out.
    """
    there: dict[UUID, dict[str, SourceLabel]] = defaultdict(dict)
    for row in SourceLabel.objects.filter(case__in=cases, kind=kind):
        there[row.case_id][row.finding] = row
    opened = _opened(cases)
    new, changed, gone, kept = [], [], [], []
    for case in cases:
        of_case = there[case.id]
        said = answers[case.id].items()
        new += [
            SourceLabel(case=case, kind=kind, finding=code, present=value == "present")
            for code, value in said
            if code not in of_case and value != "uncertain"
        ]
        others = [of_case[code] for code, value in said if code in of_case and _differs(of_case[code], value)]
        if others and case.id in opened:
            kept.append(case.id)
            continue
        gone += [row.id for row in others if answers[case.id][row.finding] == "uncertain"]
        changed += [row for row in others if answers[case.id][row.finding] != "uncertain"]
    for row in changed:
        row.present = not row.present
    SourceLabel.objects.bulk_create(new, ignore_conflicts=True)
    SourceLabel.objects.bulk_update(changed, ["present"])
    SourceLabel.objects.filter(id__in=gone).delete()
    return kept


def _differs(row: SourceLabel, value: str) -> bool:
    return value != ("present" if row.present else "absent")


def _reads_record(
    batch: ImportBatch, cases: list[Case], reader: User, answers: dict[UUID, dict[str, str]]
) -> list[UUID]:
    """Record the reader's reads. Returns the cases that she has read otherwise, or that have all their reads."""
    return [
        case.id
        for case in cases
        if answers[case.id] and not _read_recorded(batch, case, reader, answers[case.id])
    ]


def _read_recorded(batch: ImportBatch, case: Case, reader: User, answers: dict[str, str]) -> bool:
    """Whether the case has the read: not when the reader said something else, nor when it had all its reads.

    An import that goes on after its worker has died, or a table that comes again, finds the reads as it made them.
    """
    try:
        record_imported_read(actor=batch.created_by, case=case, reader=reader, answers=answers)
    except Conflict as error:
        if error.code == "already_read":
            return _answers_of(case, reader) == answers
        if error.code == "no_open_slot":
            return False
        raise
    return True


def _answers_of(case: Case, reader: User) -> dict[str, Any]:
    """What the reader's newest read of the case says."""
    reads = Read.objects.filter(assignment__case=case, assignment__reader=reader)
    newest = reads.order_by("-submitted_at", "-version").first()
    return dict(newest.answers.values_list("finding", "value")) if newest else {}
