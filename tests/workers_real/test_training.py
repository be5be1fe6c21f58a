"""Training and ranking by real processes: the whole way back to the worklist, cancelling, and kills."""

from __future__ import annotations

import os
import signal
from typing import Any

import pytest
from django.db import transaction

from labelhub.core.models import Job
from labelhub.learning.health import queue_health
from labelhub.learning.models import ModelVersion, RankedCase, TrainingRun
from labelhub.learning.selectors import ranking_in_force
from labelhub.learning.services.runs import training_cancel, training_request
from labelhub.projects.models import Project
from tests.factories.learning import make_trainable_project
from tests.factories.projects import People
from tests.factories.reading import claim
from tests.workers_real.harness import Workers, is_alive, parent_of, train_step, trainer_pids, wait_for

pytestmark = [pytest.mark.workers, pytest.mark.django_db(transaction=True)]

INTERVAL = 10


def request(project: Project, **config: Any) -> TrainingRun:
    with transaction.atomic():
        run = training_request(actor=None, project=project, trigger="manual")
        run.config = {**run.config, "checkpoint_every_steps": INTERVAL, "min_steps": 0, **config}
        run.save()
    return run


def job_of(run: TrainingRun) -> Job:
    return Job.objects.get(id=run.job_id)


def ended(run: TrainingRun) -> bool:
    return job_of(run).state not in Job.ACTIVE


def test_a_new_model_puts_its_first_choice_on_top_of_the_worklist(
    workers: Workers, project: Project, people: People
) -> None:
    make_trainable_project(project, people)
    assert queue_health(project)["source"] == "random"
    workers.start_all()
    run = request(project)
    wait_for(lambda: ended(run), "the training run")
    assert job_of(run).state == "succeeded", job_of(run).error_message
    run.refresh_from_db()
    assert " start " in run.log_tail and " progress stage=train " in run.log_tail, run.log_tail
    model = ModelVersion.objects.get(project=project)
    assert (model.number, model.n_labels) == (1, 16)
    assert model.metrics["n_test_cases"] == 8 and model.metrics["n_complete"] == 8
    wait_for(lambda: queue_health(project)["source"] == "ranking", "the ranking")
    ranking = ranking_in_force(project)
    assert ranking is not None
    first = RankedCase.objects.get(ranking=ranking, position=1)
    offered = claim(people.reader, project)
    assert offered is not None
    assert (offered.case_id, offered.rule, offered.queue_position) == (first.case_id, "ranking", 1)


def test_a_cancelled_run_stops_and_makes_no_model(workers: Workers, project: Project, people: People) -> None:
    make_trainable_project(project, people)
    workers.start_all()
    run = request(project, epochs=5_000, patience=5_000)
    wait_for(lambda: train_step(run.job_id) > 0, "the first steps")
    training_cancel(actor=people.manager, run=TrainingRun.objects.get(id=run.id))
    wait_for(lambda: ended(run), "the run to stop")
    assert job_of(run).state == "cancelled"
    assert trainer_pids(run.job_id) == []
    assert not ModelVersion.objects.filter(project=project).exists()


@pytest.mark.parametrize("victim", ["trainer", "pool child", "celery parent"])
def test_a_killed_run_resumes_from_its_checkpoint(
    workers: Workers, project: Project, people: People, victim: str
) -> None:
    make_trainable_project(project, people)
    workers.start_all()
    run = request(project, epochs=100, patience=100)
    wait_for(lambda: train_step(run.job_id) > 2 * INTERVAL, "some checkpoints")
    step = train_step(run.job_id)
    (trainer,) = trainer_pids(run.job_id)
    kill(workers, victim, trainer)
    wait_for(lambda: not is_alive(trainer), "the trainer to die with its parent")
    wait_for(lambda: ended(run), "the run to end after the kill")
    job = job_of(run)
    assert (job.state, job.attempt) == ("succeeded", 2), (job.error_code, job.error_message)
    repeated = step - job.progress["resumed_from"]
    assert repeated <= INTERVAL, f"{repeated} steps were taken twice"
    assert ModelVersion.objects.filter(project=project).count() == 1
    assert trainer_pids(run.job_id) == []


def kill(workers: Workers, victim: str, trainer: int) -> None:
    if victim == "trainer":
        os.kill(trainer, signal.SIGKILL)
    elif victim == "pool child":
        os.kill(parent_of(trainer), signal.SIGKILL)
    else:
        command = workers.started["worker-learning"].command
        workers.kill("worker-learning")
        workers.start(command)
