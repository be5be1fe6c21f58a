"""Keeping each project's statistics fresh, in the background: what grows with the data is no request's work."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from labelhub.consensus.models import ProjectStatistics
from labelhub.consensus.statistics import project_statistics
from labelhub.core import jobs
from labelhub.core.models import AuditEvent, Job
from labelhub.projects.models import Project

KIND = "statistics"
AT_MOST_EVERY = timedelta(seconds=5)
REST_FACTOR = 10


def refresh_due_statistics() -> None:
    """Queue a recount for each project that has changed since its last one, and not too soon after it."""
    known = {row.project_id: row for row in ProjectStatistics.objects.defer("body")}
    for project_id in Project.objects.values_list("id", flat=True):
        row = known.get(project_id)
        if row is None or (row.audit_event_id < _newest_event(project_id) and _has_rested(row)):
            # Without a project id on the job, so that its own audit rows do not ask for the next recount.
            jobs.job_enqueue(
                kind=KIND, dedupe_key=f"{KIND}:{project_id}", params={"project": str(project_id)}
            )


def run_statistics_job(job: Job) -> None:
    """The handler of the job's kind."""
    project = Project.objects.get(id=job.params["project"])
    figures = _figures(project)
    with transaction.atomic():
        _keep(project, figures)
        jobs.job_succeed(job, {})


def refresh_statistics(project: Project) -> ProjectStatistics:
    """Compute and store the figures now."""
    return _keep(project, _figures(project))


def _figures(project: Project) -> dict[str, Any]:
    """What the project's row is to hold. Call outside any transaction: SQLite's would keep readers from saving."""
    event = _newest_event(project.id)
    started = time.monotonic()
    body = project_statistics(project)
    return {
        "computed_at": timezone.now(),
        "duration_s": time.monotonic() - started,
        "audit_event_id": event,
        "body": body,
    }


def _keep(project: Project, figures: dict[str, Any]) -> ProjectStatistics:
    row, _ = ProjectStatistics.objects.update_or_create(project=project, defaults=figures)
    return row


def _has_rested(row: ProjectStatistics) -> bool:
    rest = max(AT_MOST_EVERY, timedelta(seconds=REST_FACTOR * row.duration_s))
    return timezone.now() - row.computed_at > rest


def _newest_event(project_id: UUID) -> int:
    newest = AuditEvent.objects.filter(project_id=project_id).order_by("-id").values_list("id", flat=True)
    return newest.first() or 0
