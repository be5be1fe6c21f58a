"""A table as the reads of a named reader. What she, or anybody, has said of a case is not told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from labelhub.accounts.models import User
from labelhub.core.errors import Conflict, InvalidContent
from labelhub.imaging.models import Case, CaseLabelTable
from labelhub.projects.models import Project
from labelhub.reading.models import Assignment, CaseRound, WorklistState
from labelhub.workflows.intake.case_labels import report as kinds
from labelhub.workflows.intake.case_labels.matching import Labelled
from labelhub.workflows.intake.case_labels.report import Report
from labelhub.workflows.reading.record_read import record_imported_read

BEFORE = "This reader has this case already. A read is never replaced: she corrects it herself."
FULL = "This case has all its reads."
CODES = {"already_read": kinds.READ_BEFORE, "no_open_slot": kinds.NO_OPEN_SLOT}
SENTENCES = {kinds.READ_BEFORE: BEFORE, kinds.NO_OPEN_SLOT: FULL}


def reads_compare(project: Project, reader: User, cases: Sequence[Labelled], report: Report) -> None:
    """Tell the report which reads would be recorded, and why others would not. Writes nothing."""
    ids = [case.case_id for case in cases]
    # Made with the first case; the service that makes it would write.
    round_ids = WorklistState.objects.filter(project=project).values("round_id")
    assigned = Assignment.objects.filter(round_id__in=round_ids, case__in=ids, reader=reader)
    hers = set(assigned.values_list("case_id", flat=True))
    open_rows = CaseRound.objects.filter(round_id__in=round_ids, case__in=ids, n_open__gt=0)
    free = set(open_rows.values_list("case_id", flat=True))
    for case in cases:
        if not case.answers:
            kind = kinds.NOTHING
        elif case.case_id in hers:
            kind = kinds.READ_BEFORE
        else:
            kind = kinds.NEW if case.case_id in free else kinds.NO_OPEN_SLOT
        _tell(report, kind, case)


def read_record(table: CaseLabelTable, reader: User, labelled: Labelled, report: Report) -> None:
    """Record the read of one case, or tell why it is not taken. Call in a transaction."""
    if not labelled.answers:
        _tell(report, kinds.NOTHING, labelled)
        return
    case = Case.objects.select_related("project").get(id=labelled.case_id)
    try:
        with transaction.atomic():
            record_imported_read(actor=table.created_by, case=case, reader=reader, answers=labelled.answers)
    except Conflict as error:
        if error.code not in CODES:
            raise
        _tell(report, CODES[error.code], labelled)
    except InvalidContent as error:
        _tell(report, kinds.REFUSED, labelled, error.message)
    except CaseRound.DoesNotExist:
        _tell(report, kinds.NO_OPEN_SLOT, labelled)
    else:
        _tell(report, kinds.NEW, labelled)


def _tell(report: Report, kind: str, case: Labelled, message: str = "") -> None:
    line = case.lines[0]
    place: dict[str, Any] = {"line": line.line, "name": line.name, "number": case.number}
    report.tell(kind, **place, message=message or SENTENCES.get(kind, ""))
