"""The Celery tasks: claim a job's row, hand it to the function for its kind, record how it ended.

A handler ends with `job_succeed` in its own last transaction, so that result and state appear together.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable
from uuid import UUID

from django.db import InterfaceError, OperationalError

from labelhub.core import jobs
from labelhub.core.dispatch import RUN_JOB, TICK
from labelhub.core.errors import JobCancelled, LabelHubError, LostLease, Retryable
from labelhub.core.models import Job
from labelhub.demo import run_demo_job
from labelhub.workflows import run_tick
from labelhub.workflows.consensus import resettle, settle_later
from labelhub.workflows.intake import count_summaries, import_images, make_thumbnails
from labelhub.workflows.intake.case_labels import taking
from labelhub.workflows.learning import promote_model, publish_ranking, train_model
from labelhub.workflows.projects import change_protocol, delete_project, refresh_statistics
from labelhub.workflows.reading import open_round, open_study
from workers.app import app
from workers.learning_child import LearningChild

logger = logging.getLogger(__name__)


@app.task(name=RUN_JOB)
def run_job(job_id: str) -> None:
    """Run the job if it waits or its lease has run out; any other message is dropped quietly."""
    job = jobs.job_claim(UUID(job_id), owner=f"{socket.gethostname()}:{os.getpid()}")
    if job is None:
        return
    try:
        HANDLERS[job.kind](job)
    except LostLease:
        logger.info("job %s attempt %d: lost its lease and stops", job.id, job.attempt)
    except JobCancelled:
        _end(job, lambda: jobs.job_cancelled(job))
    except Retryable as error:
        _fail(job, error.code, error.message, retry=True)
    except LabelHubError as error:
        _fail(job, error.code, error.message, retry=False)
    except (OperationalError, InterfaceError, OSError) as error:
        logger.exception("job %s attempt %d: environment", job.id, job.attempt)
        _fail(job, "environment", f"{type(error).__name__}: look at the worker's log.", retry=True)
    except Exception:  # noqa: BLE001  process edge: the row says that it failed, the log says why
        logger.exception("job %s attempt %d: internal error", job.id, job.attempt)
        _fail(job, "internal", "An internal error: look at the worker's log.", retry=True)


@app.task(name=TICK)
def tick() -> None:
    run_tick.run_tick()


def train(job: Job) -> None:
    """Take the snapshot, let the trainer work on it, publish the model."""
    folder = train_model.prepare(job)
    child = LearningChild(job, "workers.training", folder, note=train_model.note_progress)
    try:
        done = child.run()
    except Retryable as error:
        if error.code == "out_of_memory" and not train_model.halve_batch(job):
            raise LabelHubError(error.message, code=error.code) from error
        raise
    train_model.record(job, done)


def score(job: Job) -> None:
    """Score the pool once, then publish the order."""
    if publish_ranking.is_superseded(job):
        publish_ranking.finish_superseded(job)
        return
    if not publish_ranking.has_order(job):
        folder = publish_ranking.prepare(job)
        publish_ranking.keep_order(job, LearningChild(job, "workers.ranking", folder).run())
    publish_ranking.publish(job)


HANDLERS: dict[str, Callable[[Job], None]] = {
    "import": import_images.run_import_job,
    "labels": taking.run_labels_job,
    "thumbnails": make_thumbnails.run_thumbnails_job,
    "train": train,
    "promote": promote_model.run_promotion_job,
    "score": score,
    "seal": run_tick.seal_audit,
    "round": open_round.run_round_job,
    "study_round": open_study.run_study_job,
    "slots": change_protocol.run_slots_job,
    "demo": run_demo_job,
    "consensus": resettle.run_resettle_job,
    "settle": settle_later.run_settle_job,
    "statistics": refresh_statistics.run_statistics_job,
    "summary": count_summaries.run_summary_job,
    "delete_project": delete_project.run_deletion_job,
}


def _fail(job: Job, code: str, message: str, *, retry: bool) -> None:
    _end(job, lambda: jobs.job_fail(job, code=code, message=message, retry=retry))


def _end(job: Job, finish: Callable[[], None]) -> None:
    try:
        finish()
    except LostLease:
        logger.info("job %s attempt %d: another worker has taken over", job.id, job.attempt)
