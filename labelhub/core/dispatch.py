"""Rings the worker's doorbell: a Celery message that carries a job id and nothing else.

The message may be lost, repeated or late; the job row decides. `ring_on_commit` never raises when the
broker is away, since the sweeper rings again.
"""

from __future__ import annotations

import logging
from functools import lru_cache
from uuid import UUID

from celery import Celery
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

RUN_JOB = "labelhub.run_job"
TICK = "labelhub.tick"

# Ticks and sealing have a process of their own: they must not wait behind long imports.
CLOCK = "clock"
INTERACTIVE = "interactive"
LEARNING = "learning"
QUEUES = {
    "import": INTERACTIVE,
    "labels": INTERACTIVE,
    "thumbnails": LEARNING,
    "publish": INTERACTIVE,
    "seal": CLOCK,
    "consensus": INTERACTIVE,
    "slots": INTERACTIVE,
    "settle": INTERACTIVE,
    "study_round": INTERACTIVE,
    "round": INTERACTIVE,
    "export": INTERACTIVE,
    "statistics": INTERACTIVE,
    "summary": INTERACTIVE,
    "demo": INTERACTIVE,
    "promote": INTERACTIVE,
    "delete_project": LEARNING,
    "train": LEARNING,
    "score": LEARNING,
}


@lru_cache(maxsize=1)
def producer() -> Celery:
    """A Celery app that only sends: it knows task names, never their code."""
    app = Celery("labelhub", broker=settings.BROKER_URL)
    app.conf.update(
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        broker_connection_retry=False,
        broker_transport_options={"socket_timeout": 2, "socket_connect_timeout": 2, "max_retries": 0},
        task_publish_retry=False,
    )
    return app


def ring(job_id: UUID, kind: str) -> bool:
    """Send the doorbell now. Returns False when the broker cannot be reached (the sweeper rings again)."""
    try:
        producer().send_task(RUN_JOB, args=[str(job_id)], queue=QUEUES[kind], retry=False)
    except (OperationalError, OSError) as error:
        logger.warning("broker not reached, job %s waits for the sweeper: %s", job_id, type(error).__name__)
        return False
    return True


def ring_on_commit(job_id: UUID, kind: str) -> None:
    """Send the doorbell once the surrounding transaction is durable."""
    transaction.on_commit(lambda: ring(job_id, kind), robust=True)
