"""Reference labels and hidden truth of cases that are here: compared with a table, and set by it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from labelhub.core import audit
from labelhub.imaging.models import Case, CaseLabelTable, SourceLabel
from labelhub.workflows.intake.case_labels import report as kinds
from labelhub.workflows.intake.case_labels.matching import Labelled
from labelhub.workflows.intake.case_labels.report import Report


class Compared(NamedTuple):
    """Labels to be made, and those that are there and stand otherwise in the table, each with what it says."""

    new: list[SourceLabel]
    different: list[tuple[SourceLabel, str]]


def labels_compare(kind: str, cases: Sequence[Labelled], report: Report) -> Compared:
    """Tell the report of every label that the table has. Writes nothing."""
    there: dict[UUID, dict[str, SourceLabel]] = defaultdict(dict)
    for label in SourceLabel.objects.filter(case__in=[case.case_id for case in cases], kind=kind):
        there[label.case_id][label.finding] = label
    new, different = [], []
    for case in cases:
        line = case.lines[0]
        place: dict[str, Any] = {"line": line.line, "name": line.name, "number": case.number}
        if not case.answers:
            report.tell(kinds.NOTHING, **place)
        for code, says in case.answers.items():
            row = there[case.case_id].get(code)
            has = ("present" if row.present else "absent") if row else ""
            if row is not None and says != has:
                report.tell(kinds.DIFFERENT, **place, finding=code, says=says, has=has)
                different.append((row, says))
            elif row is not None:
                report.tell(kinds.EQUAL, **place, finding=code, says=says, has=has)
            elif says == "uncertain":
                report.tell(kinds.UNCERTAIN, **place, finding=code, says=says)
            else:
                report.tell(kinds.NEW, **place, finding=code, says=says)
                new.append(
                    SourceLabel(case_id=case.case_id, kind=kind, finding=code, present=says == "present")
                )
    return Compared(new, different)


def labels_set(table: CaseLabelTable, cases: Sequence[Labelled], report: Report) -> None:
    """Set what is new, and what is different where the table replaces it. Call in a transaction."""
    rows = Case.objects.select_for_update(no_key=True).filter(id__in=[case.case_id for case in cases])
    list(rows.order_by("id").values_list("id"))  # Two tables for one case come one after the other.
    new, different = labels_compare(table.labels_as, cases, report)
    SourceLabel.objects.bulk_create(new, ignore_conflicts=True)
    for row, says in different if table.replaces else ():
        _replace(table, row, says)


def _replace(table: CaseLabelTable, row: SourceLabel, says: str) -> None:
    """An uncertain label is no truth: the one that was there is taken away."""
    audit.record(
        actor_id=table.created_by_id,
        action="source_label.replaced",
        obj=row,
        project_id=table.project_id,
        data={
            "case": str(row.case_id),
            "table": str(table.id),
            "kind": row.kind,
            "finding": row.finding,
            "present_before": row.present,
            "says": says,
        },
    )
    if says == "uncertain":
        row.delete()
    else:
        row.present = says == "present"
        row.save(update_fields=["present"])
