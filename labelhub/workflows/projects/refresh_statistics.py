"""Keeping each project's statistics fresh, in the background: what grows with the data is no request's work."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from labelhub.consensus.models import ProjectStatistics, RoundStatistics
from labelhub.consensus.round_agreement import agreement_due
from labelhub.consensus.services.agreement_kept import agreement_keep
from labelhub.consensus.shown_agreement import agreement_shown
from labelhub.consensus.statistics import project_statistics
from labelhub.core import jobs
from labelhub.core.models import Job
from labelhub.imaging.selectors import import_warnings
from labelhub.projects.models import Project
from labelhub.reading.services.rounds import worklist_state
from labelhub.workflows.projects.due_statistics import newest_event
from labelhub.workflows.projects.project_warnings import project_warnings


def run_statistics_job(job: Job) -> None:
    """The handler of the job's kind."""
    figures = _figures(Project.objects.get(id=job.params["project"]))
    with transaction.atomic():
        jobs.job_heartbeat(job)
        figures.keep()
        jobs.job_succeed(job, {})


def refresh_statistics(project: Project) -> ProjectStatistics:
    """Compute and store the figures now."""
    figures = _figures(project)
    with transaction.atomic():
        return figures.keep()


@dataclass(frozen=True)
class Figures:
    """The project's row, and those of its rounds that were read since their last tables. Not saved yet."""

    project: ProjectStatistics
    rounds: list[RoundStatistics]

    def keep(self) -> ProjectStatistics:
        agreement_keep(self.rounds, self.project.project_id, since=self.project.audit_event_id)
        self.project.save()
        return self.project


def _figures(project: Project) -> Figures:
    """All figures as they are now. Call outside any transaction: SQLite's would keep readers from saving."""
    event = newest_event(project.id)
    started = time.monotonic()
    rounds = agreement_due(project)
    body = {
        **project_statistics(project),
        **_agreement(project, rounds),
        "warnings": [*project_warnings(project), *import_warnings(project)],
    }
    row = ProjectStatistics(
        project=project,
        computed_at=timezone.now(),
        duration_s=time.monotonic() - started,
        audit_event_id=event,
        body=body,
    )
    return Figures(row, rounds)


def _agreement(project: Project, fresh: list[RoundStatistics]) -> dict[str, Any]:
    """What the polled page shows at first: the standing round's findings, and which rounds have tables.

    Pairs of readers are not polled: they grow with the square of the readers, and are asked for when they changed.
    """
    standing = worklist_state(project).round
    kept = RoundStatistics.objects.filter(round__project=project).select_related("round")
    rows = {row.round_id: row for row in [*kept.defer("body"), *fresh]}
    rounds = sorted((row.round for row in rows.values()), key=lambda round_: round_.number)
    return {
        "agreement": agreement_shown(standing, rows.get(standing.id)),
        "agreement_rounds": [{"number": each.number, "purpose": each.purpose} for each in rounds],
    }
