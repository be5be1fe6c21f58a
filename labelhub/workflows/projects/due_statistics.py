"""When a project's statistics are computed anew. `refresh_statistics` computes them."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db.models import F, Q
from django.utils import timezone

from labelhub.consensus.models import ProjectStatistics
from labelhub.core import jobs
from labelhub.core.models import AuditEvent, Job
from labelhub.projects.models import Absence, Project

KIND = "statistics"
AT_MOST_EVERY = timedelta(seconds=5)
REST_FACTOR = 10
RETRY_FIRST, RETRY_LAST = timedelta(minutes=1), timedelta(hours=1)


def refresh_due_statistics() -> None:
    """Queue a recount for each project that has changed since its last one, and not too soon after it."""
    known = {row.project_id: row for row in ProjectStatistics.objects.defer("body")}
    turned = _came_or_went()
    for project_id in Project.objects.filter(deletion_asked_at=None).values_list("id", flat=True):
        row, key = known.get(project_id), f"{KIND}:{project_id}"
        has_changed = row is None or project_id in turned or row.audit_event_id < newest_event(project_id)
        is_due = has_changed and (row is None or _has_rested(row))
        if is_due and jobs.job_may_be_asked(key, first=RETRY_FIRST, last=RETRY_LAST):
            # Without a project id on the job, so that its own audit rows do not ask for the next recount.
            jobs.job_enqueue(kind=KIND, dedupe_key=key, params={"project": str(project_id)})


def failed_recount(project_id: UUID) -> Job | None:
    """The project's last recount, if it failed and none succeeded since. Its job names the project in `params`."""
    failed = jobs.failed_last([KIND]).filter(dedupe_key=f"{KIND}:{project_id}").first()
    if failed is None:
        return None
    # The jobs of recounts that succeeded are soon deleted; their figures are not.
    newer = ProjectStatistics.objects.filter(project_id=project_id, computed_at__gt=failed.finished_at)
    return None if newer.exists() else failed


def newest_event(project_id: UUID) -> int:
    """Of its audit trail; 0 where there is none."""
    newest = AuditEvent.objects.filter(project_id=project_id).order_by("-id").values_list("id", flat=True)
    return newest.first() or 0


def _came_or_went() -> set[UUID]:
    """Projects in which somebody's leave began or ended since their last recount: no event tells it."""
    last, now = F("project__statistics__computed_at"), timezone.now()
    began = Q(begins_at__gt=last, begins_at__lte=now)
    ended = Q(ends_at__gt=last, ends_at__lte=now)
    return set(Absence.objects.filter(began | ended).values_list("project_id", flat=True))


def _has_rested(row: ProjectStatistics) -> bool:
    rest = max(AT_MOST_EVERY, timedelta(seconds=REST_FACTOR * row.duration_s))
    return timezone.now() - row.computed_at > rest
