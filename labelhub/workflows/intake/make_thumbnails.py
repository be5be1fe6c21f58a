"""The job that draws thumbnails, and model inputs anew, of what was imported before thumbnails were."""

from __future__ import annotations

from functools import partial

from labelhub.core import jobs
from labelhub.core.models import Job
from labelhub.imaging.services.thumbnails import thumbnails_make, thumbnails_missing

KEY = "thumbnails"


def ensure_thumbnails() -> None:
    """While an instance lacks its thumbnail, a job makes them; asked by the clock, one index look-up."""
    if thumbnails_missing() and jobs.job_may_be_asked(KEY):
        jobs.job_enqueue(kind="thumbnails", dedupe_key=KEY, params={})


def run_thumbnails_job(job: Job) -> None:
    """The worker's entry."""
    jobs.job_succeed(job, {"n_made": thumbnails_make(partial(jobs.job_heartbeat, job))})
