"""The Celery application: where worker processes and the clock start. Tasks are in `workers.tasks`."""

from __future__ import annotations

import logging
import os

import django
from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "labelhub.config.settings.dev")
django.setup()

from django.conf import settings  # noqa: E402  Django must be set up first

from labelhub.core.dispatch import INTERACTIVE  # noqa: E402
from workers.scheduler import BEAT_SCHEDULE  # noqa: E402

app = Celery("labelhub", broker=settings.BROKER_URL, include=["workers.tasks"])
app.conf.update(
    task_serializer="json",
    accept_content=["json"],
    task_ignore_result=True,
    # A message is a doorbell: it is acknowledged on receipt, and the sweeper rings again (design invariant 7).
    task_acks_late=False,
    worker_prefetch_multiplier=1,
    task_default_queue=INTERACTIVE,
    task_create_missing_queues=True,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options={"visibility_timeout": 3600},
    worker_hijack_root_logger=False,
    worker_enable_remote_control=False,
    worker_send_task_events=False,
    beat_schedule=BEAT_SCHEDULE,
    beat_max_loop_interval=5,
    timezone="UTC",
)

# Two lines a tick would bury everything else.
for name in ("celery.app.trace", "celery.worker.strategy", "celery.beat"):
    logging.getLogger(name).setLevel(logging.WARNING)
