"""Asking again for jobs that failed at all their attempts, while what they were to do is still to be done.

Other kinds have somebody who asks: recounts, rankings and thumbnails the clock, while they are due; imports, trainings
and settlings anew a person, on their own pages.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import F
from django.utils import timezone

from labelhub.accounts.models import User
from labelhub.core import jobs
from labelhub.core.errors import Conflict
from labelhub.core.models import Job
from labelhub.imaging.models import ImportBatch
from labelhub.learning.models import ModelVersion
from labelhub.projects.models import Project
from labelhub.reading.models import CaseRound, Round
from labelhub.workflows.projects.change_protocol import is_out_of_line


def ask_again_for_failed() -> None:
    """Queue each failed job anew that is still needed, after a rest that doubles with each failure in a row."""
    now = timezone.now()
    for failed in jobs.failed_last(IS_NEEDED.keys()):
        if now >= jobs.job_retry_at(failed) and IS_NEEDED[failed.kind](failed):
            jobs.job_repeat(failed, actor_id=failed.created_by_id)


def try_again(*, actor: User, job: Job) -> None:
    """Queue a failed job anew at once. Raises Conflict when that is not to be done."""
    if not jobs.failed_last(IS_NEEDED.keys()).filter(id=job.id).exists():
        raise Conflict("This job has not failed, or was asked for again since.", code="job_not_failed")
    if not IS_NEEDED[job.kind](job):
        raise Conflict("What this job was to do is no longer to be done.", code="job_not_needed")
    jobs.job_repeat(job, actor_id=actor.id)


def _is_unsettled(job: Job) -> bool:
    """A case with all its reads that is not closed. One at its adjudicator is settled once more, to the same."""
    complete = CaseRound.objects.filter(closed_at__isnull=True, n_submitted__gte=F("n_needed"))
    return complete.filter(id=job.params["case_round"]).exists()


def _is_unfilled(job: Job) -> bool:
    open_rounds = Round.objects.filter(closed_at__isnull=True, filled_at__isnull=True)
    return open_rounds.filter(id=job.params["round"]).exists()


def _has_slots_to_change(job: Job) -> bool:
    project = Project.objects.filter(id=job.params["project"]).first()
    return project is not None and is_out_of_line(project)


def _is_an_import(job: Job) -> bool:
    """Nothing tells whether it was counted since; counting it once more does no harm."""
    return ImportBatch.objects.filter(id=job.params["batch"]).exists()


def _is_ungated(job: Job) -> bool:
    return ModelVersion.objects.filter(id=job.params["model_version"], gate__isnull=True).exists()


IS_NEEDED: dict[str, Callable[[Job], bool]] = {
    "settle": _is_unsettled,
    "slots": _has_slots_to_change,
    "round": _is_unfilled,
    "study_round": _is_unfilled,
    "promote": _is_ungated,
    "summary": _is_an_import,
}
