"""Writing an export as CSV or JSON, row by row, with an audit row for whoever took it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from labelhub.accounts.models import User
from labelhub.core import audit
from labelhub.core.errors import InvalidContent
from labelhub.imaging.models import Case
from labelhub.projects.models import Project
from labelhub.reading.models import Seen
from labelhub.reading.services.seen import cases_seen, project_seen
from labelhub.releases.models import Export
from labelhub.releases.tables import COLUMNS, export_rows, neutral

MOST_CASES = 1_000
"""Of a part of a project: of each it is kept who has it. All cases are one fact."""
FORMATS = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


def export_start(
    *, actor: User | None, project: Project, what: str, format: str, cases: Collection[int] | None = None
) -> Export:
    """Record who takes what out: of all cases, or of those of these numbers.

    Raises InvalidContent for an unknown kind or format, for numbers that no case has, and for too many.
    """
    if what not in COLUMNS or format not in FORMATS:
        raise InvalidContent(
            "Choose what to export and in which format.",
            details={"what": sorted(COLUMNS), "format": sorted(FORMATS)},
        )
    numbers = None if cases is None else _checked(what, cases)
    with transaction.atomic():
        export = Export.objects.create(
            project=project, what=what, format=format, cases=numbers, created_by=actor
        )
        case_ids = None if numbers is None else _ids_of(project, numbers)
        # Agreement says nothing of any one case.
        if actor is not None and what != Export.What.AGREEMENT:
            if case_ids is None:
                project_seen(actor, project)
            else:
                cases_seen(actor, project.id, case_ids, Seen.EXPORT)
        audit.record(
            actor_id=actor.id if actor else None,
            action="export.made",
            obj=export,
            project_id=project.id,
            data={"what": what, "format": format} | ({} if numbers is None else {"n_cases": len(numbers)}),
        )
    return export


def _checked(what: str, cases: Collection[int]) -> list[int]:
    if what == Export.What.AGREEMENT:
        raise InvalidContent(
            "Agreement is a figure of all cases: export it without naming any.", code="agreement_is_of_all"
        )
    numbers = sorted(set(cases))
    if not 1 <= len(numbers) <= MOST_CASES:
        raise InvalidContent(
            f"Name between 1 and {MOST_CASES} cases, or none to export all.", code="too_many_cases"
        )
    return numbers


def _ids_of(project: Project, numbers: list[int]) -> list[UUID]:
    """Raises InvalidContent `unknown_cases`."""
    ids = dict(Case.objects.filter(project=project, number__in=numbers).values_list("number", "id"))
    if unknown := sorted(set(numbers) - set(ids)):
        raise InvalidContent(
            "No case has these numbers. The page of cases names them.",
            code="unknown_cases",
            details={"numbers": unknown},
        )
    return list(ids.values())


def export_stream(export: Export) -> Iterator[str]:
    """The file's text in pieces."""
    rows = export_rows(export.project, export.what, export.cases)
    return _csv(rows, COLUMNS[export.what]) if export.format == "csv" else _json(rows)


def export_filename(export: Export) -> str:
    return f"{export.project.slug}-{export.what}-{export.created_at:%Y%m%d-%H%M%S}.{export.format}"


class _Encoder(DjangoJSONEncoder):
    """Times to the millisecond, also where it is 0: taken in and exported again they are the same text."""

    def default(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return super().default(value)


def _csv(rows: Iterator[dict[str, Any]], columns: list[str]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row[name]) for name in columns])
        if buffer.tell() > 64_000:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int | float):
        return value
    if isinstance(value, list | dict):
        return json.dumps(value, cls=_Encoder, separators=(",", ":"))
    return neutral(value.isoformat() if hasattr(value, "isoformat") else str(value))


def _json(rows: Iterator[dict[str, Any]]) -> Iterator[str]:
    yield "["
    separator = "\n"
    for row in rows:
        yield separator + json.dumps(row, cls=_Encoder)
        separator = ",\n"
    yield "\n]\n"
