"""A label table for cases that are here: shown first, then taken by a job, or at once by the command."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from labelhub.accounts.models import User
from labelhub.core import audit, jobs
from labelhub.core.errors import Conflict
from labelhub.core.models import Job
from labelhub.core.pages import in_pages
from labelhub.imaging.models import CaseLabelTable
from labelhub.imaging.services.batches import Heartbeat, shown_path, upload_path
from labelhub.imaging.storage import flush_file, flush_folder
from labelhub.projects.models import Project
from labelhub.projects.selectors import schema_in_force
from labelhub.workflows.intake.case_labels import report as kinds
from labelhub.workflows.intake.case_labels.matching import Labelled, cases_of_lines
from labelhub.workflows.intake.case_labels.reads import read_record, reads_compare
from labelhub.workflows.intake.case_labels.report import Report
from labelhub.workflows.intake.case_labels.source_labels import labels_compare, labels_set
from labelhub.workflows.intake.case_labels.table import parsed_case_table
from labelhub.workflows.intake.labels.given import READ, labels_options, readers_of
from labelhub.workflows.intake.labels.table import MAX_ROWS

KIND = "labels"
CASES_A_PAGE = 500
MOST_LINES = 20_000
"""Of a table that is sent by the page: it is read, and shown, while somebody waits."""


def preview_case_labels(
    *, project: Project, content: bytes, labels_as: str, most_lines: int = MOST_LINES
) -> dict[str, Any]:
    """What the table would do. Changes nothing.

    Raises:
        InvalidContent: `invalid_labels` for a table that cannot be read as a whole; an unknown kind or reader.
    """
    labels_options(project=project, labels_as=labels_as)
    report, cases = _matched(project, content, labels_as, most_lines)
    reader = _reader(project, labels_as)
    for page in in_pages(cases, CASES_A_PAGE):
        if reader is None:
            labels_compare(labels_as, page, report)
        else:
            reads_compare(project, reader, page, report)
    return report.as_json()


def take_case_labels(
    *,
    actor: User,
    project: Project,
    client_uuid: UUID,
    name: str,
    content: bytes,
    labels_as: str,
    replaces: bool = False,
) -> CaseLabelTable:
    """Keep the table and queue the job that takes it. The same `client_uuid` again is answered with what stands.

    Raises:
        InvalidContent: as of the preview. Conflict: `id_reused` for another table under this id.
    """
    labels_options(project=project, labels_as=labels_as)
    parsed_case_table(content, schema_in_force(project).codes, most_lines=MOST_LINES)
    values = {"project": project, "labels_as": labels_as, "replaces": replaces, "sha256": _sha256(content)}
    earlier = CaseLabelTable.objects.filter(id=client_uuid).first()
    if earlier is None:
        # Bytes first, then the row: a worker that sees the row finds them.
        _keep(client_uuid, content)
        with transaction.atomic():
            table, is_new = CaseLabelTable.objects.get_or_create(
                id=client_uuid, defaults={**values, "created_by": actor, "name": shown_path(name)}
            )
            if is_new:
                _record_sent(table)
                jobs.job_enqueue(
                    kind=KIND,
                    dedupe_key=f"{KIND}:{table.id}",
                    params={"table": str(table.id)},
                    project_id=project.id,
                    actor_id=actor.id,
                )
                return table
        earlier = table
    if any(getattr(earlier, name) != value for name, value in values.items()):
        raise Conflict(
            "Another table was sent under this id. Send this one under a new id.", code="id_reused"
        )
    return earlier


def take_local_labels(
    *, project: Project, name: str, content: bytes, labels_as: str, replaces: bool, heartbeat: Heartbeat
) -> CaseLabelTable:
    """Take a table of this machine, in this process.

    Raises:
        InvalidContent: as of the preview.
    """
    labels_options(project=project, labels_as=labels_as)
    parsed_case_table(content, schema_in_force(project).codes, most_lines=MAX_ROWS)
    with transaction.atomic():
        table = CaseLabelTable.objects.create(
            project=project,
            name=shown_path(name),
            labels_as=labels_as,
            replaces=replaces,
            sha256=_sha256(content),
        )
        _record_sent(table)
    _take(table, content, heartbeat)
    return table


def run_labels_job(job: Job) -> None:
    """The handler of the job's kind. What is done is done once: another attempt goes on behind the last case."""
    table = CaseLabelTable.objects.select_related("project", "created_by").get(id=job.params["table"])
    if table.finished_at is None:
        _take(table, _kept_path(table.id, table.sha256).read_bytes(), partial(jobs.job_heartbeat, job))
    with transaction.atomic():
        jobs.job_succeed(job, {"table": str(table.id)})
    shutil.rmtree(_kept_path(table.id, table.sha256).parent, ignore_errors=True)


def _take(table: CaseLabelTable, content: bytes, heartbeat: Heartbeat) -> None:
    report, cases = _matched(table.project, content, table.labels_as, MAX_ROWS)
    if table.result:
        report = Report(table.result)
    reader = _reader(table.project, table.labels_as)
    left = [case for case in cases if case.number > table.last_number]
    # Each read is a transaction of its own: it holds what readers' claims wait for.
    for page in in_pages(left, CASES_A_PAGE if reader is None else 1):
        with transaction.atomic():
            heartbeat({"stage": "labelling", "done": len(cases) - len(left), "total": len(cases)})
            if reader is None:
                labels_set(table, page, report)
            else:
                read_record(table, reader, page[0], report)
            table.last_number, table.result = page[-1].number, report.as_json()
            table.save(update_fields=["last_number", "result"])
        left = left[len(page) :]
    with transaction.atomic():
        heartbeat({"stage": "labelling", "done": len(cases), "total": len(cases)})
        table.finished_at, table.result = timezone.now(), report.as_json()
        table.save(update_fields=["finished_at", "result"])
        audit.record(
            actor_id=table.created_by_id,
            action="labels.table_taken",
            obj=table,
            project_id=table.project_id,
            data={kind: report.n(kind) for kind in kinds.KINDS if report.n(kind)},
        )


def _matched(
    project: Project, content: bytes, labels_as: str, most_lines: int
) -> tuple[Report, Sequence[Labelled]]:
    """The cases of the table, and a report that has told of its lines without a case."""
    table = parsed_case_table(content, schema_in_force(project).codes, most_lines=most_lines)
    matched = cases_of_lines(project, table.lines)
    report = Report(
        {
            "labels_as": labels_as,
            "n_lines": table.n_lines,
            "n_cases": len(matched.cases),
            "findings": table.findings,
            "ignored_columns": table.ignored_columns,
        }
    )
    for line, why in matched.unknown:
        report.tell(why, line=line.line, name=line.name)
    for number, message in table.unreadable:
        report.tell(kinds.UNREADABLE, line=number, message=message)
    return report, matched.cases


def _reader(project: Project, labels_as: str) -> User | None:
    """Whose reads they are; None where they are labels."""
    return (
        readers_of(project).get(username=labels_as.removeprefix(READ)) if labels_as.startswith(READ) else None
    )


def _record_sent(table: CaseLabelTable) -> None:
    audit.record(
        actor_id=table.created_by_id,
        action="labels.table_sent",
        obj=table,
        project_id=table.project_id,
        data={"labels_as": table.labels_as, "replaces": table.replaces, "sha256": table.sha256},
    )


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _kept_path(table_id: UUID, sha256: str) -> Path:
    """By its content: another table under the same id, which is refused, does not stand in its place."""
    return upload_path(f"{table_id}/{sha256}")


def _keep(table_id: UUID, content: bytes) -> None:
    """Bytes first, row second, visible last (design invariant 8)."""
    target = _kept_path(table_id, _sha256(content))
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = target.with_name(f"{target.name}.{uuid4().hex}")
    part.write_bytes(content)
    flush_file(part)
    part.replace(target)
    flush_folder(target.parent)
