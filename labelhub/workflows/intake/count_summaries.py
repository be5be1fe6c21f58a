"""Counting anew, in the background, what imports assumed: one of a million files is no request's work."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from labelhub.core import jobs
from labelhub.core.models import Job
from labelhub.imaging.models import Study
from labelhub.imaging.services.summaries import batches_of, summary_count, summary_keep

KIND = "summary"


def summaries_request(studies: QuerySet[Study], *, project_id: UUID) -> None:
    """Have the finished imports that brought images of these studies counted after commit. Call last: see `locks`."""
    for batch_id in batches_of(studies):
        # With a project id, so that the job's end asks for the project's statistics, which show what was counted.
        jobs.job_enqueue(
            kind=KIND,
            dedupe_key=f"{KIND}:{batch_id}",
            params={"batch": str(batch_id)},
            project_id=project_id,
            again=True,
        )


def run_summary_job(job: Job) -> None:
    """The handler of the job's kind. It may run twice."""
    is_counted = False
    while not is_counted:
        jobs.job_heartbeat(job)
        is_counted = _counted(job, UUID(job.params["batch"]))


def _counted(job: Job, batch_id: UUID) -> bool:
    """Count, then keep it and end the job: the import's row is locked first, as whoever asks waits for the job's."""
    counted = summary_count(batch_id)
    with transaction.atomic():
        if not summary_keep(counted):
            return False
        jobs.job_succeed(job, {})
    return True
