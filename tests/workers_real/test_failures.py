"""Children that fail or hang: typed outcomes, no endless retries, and a lease that proves progress."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import transaction

from labelhub.core.models import Job
from labelhub.imaging.models import Instance
from labelhub.imaging.storage import model_input_key
from labelhub.launch import commands
from labelhub.launch.redis_server import RedisServer
from labelhub.learning.models import ModelVersion, TrainingRun
from labelhub.learning.services.runs import training_request
from labelhub.projects.models import Project
from tests.factories.learning import make_trainable_project
from tests.factories.projects import People
from tests.workers_real.harness import Workers, is_alive, train_step, trainer_pids, wait_for

pytestmark = [pytest.mark.workers, pytest.mark.django_db(transaction=True)]


def start_run(project: Project, **config: object) -> TrainingRun:
    with transaction.atomic():
        run = training_request(actor=None, project=project, trigger="manual")
        run.config = {**run.config, "min_steps": 0, **config}
        run.save()
    return run


def finished_job(run: TrainingRun) -> Job:
    wait_for(lambda: Job.objects.get(id=run.job_id).state not in Job.ACTIVE, "the run to end")
    return Job.objects.get(id=run.job_id)


def test_settings_that_cannot_work_fail_once(workers: Workers, project: Project, people: People) -> None:
    make_trainable_project(project, people)
    workers.start(commands.learning_worker(niceness=0))
    job = finished_job(start_run(project, size=7))
    assert (job.state, job.attempt, job.error_code) == ("failed", 1, "out_of_range")
    assert "between 32 and 1024" in job.error_message


def test_a_damaged_image_fails_once_and_is_named(workers: Workers, project: Project, people: People) -> None:
    make_trainable_project(project, people)
    instance = Instance.objects.filter(case__split="pool", case__case_rounds__closed_at__isnull=False)[0]
    path = Path(default_storage.path(model_input_key(instance.storage_prefix)))
    path.write_bytes(path.read_bytes()[:-1])
    workers.start(commands.learning_worker(niceness=0))
    job = finished_job(start_run(project))
    assert (job.state, job.attempt) == ("failed", 1)
    assert job.error_code and job.error_message.endswith(".")
    assert not ModelVersion.objects.exists()


def test_a_trainer_that_hangs_loses_its_lease_and_the_run_resumes(
    redis: RedisServer, project: Project, people: People, tmp_path: Path, transactional_db: None
) -> None:
    make_trainable_project(project, people)
    with Workers(redis.url, tmp_path, {"LABELHUB_STALL_LIMIT_S": "30"}) as workers:
        workers.start_all()
        run = start_run(project, epochs=100, patience=100, checkpoint_every_steps=10)
        wait_for(lambda: train_step(run.job_id) > 20, "some checkpoints")
        (trainer,) = trainer_pids(run.job_id)
        os.kill(trainer, signal.SIGSTOP)
        wait_for(lambda: not is_alive(trainer), "the hung trainer to be ended")
        job = finished_job(run)
    assert (job.state, job.attempt) == ("succeeded", 2), job.error_message
    assert job.progress["resumed_from"] >= 20
    assert ModelVersion.objects.count() == 1
