"""When a training run starts by itself, and when it does not."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from labelhub.core.errors import Conflict, InvalidContent
from labelhub.core.jobs import job_claim, job_fail
from labelhub.core.models import Job
from labelhub.learning.models import TrainingRun
from labelhub.learning.services import training_due_check
from labelhub.learning.services.policy import policy_update
from labelhub.learning.services.runs import training_cancel, training_request
from labelhub.projects.models import Project
from labelhub.reading.models import CaseRound
from labelhub.workflows.learning.train_model import halve_batch
from tests.factories.cases import make_cases
from tests.factories.projects import People


def close(project: Project, n: int) -> None:
    """Close `n` more pool cases, as their last read or decision would."""
    waiting = CaseRound.objects.filter(round__project=project, closed_at__isnull=True)[:n]
    CaseRound.objects.filter(id__in=[row.id for row in waiting]).update(closed_at=timezone.now())


@pytest.fixture
def labelled(project: Project, people: People) -> Project:
    make_cases(project, 20)
    policy_update(actor=None, project=project, values={"min_cases": 4, "every_n_labels": 3})
    return project


def finish_last(project: Project) -> TrainingRun:
    run = TrainingRun.objects.filter(project=project).latest("created_at")
    job = job_claim(run.job_id, owner="test")
    assert job is not None
    job_fail(job, code="test", message="ended by the test", retry=False)
    return run


def test_nothing_is_due_before_the_policy_is_set(project: Project, people: People) -> None:
    make_cases(project, 5)
    close(project, 5)
    assert training_due_check(project) is None


def test_the_first_run_waits_for_the_least_number_of_cases(labelled: Project) -> None:
    close(labelled, 3)
    assert training_due_check(labelled) is None
    close(labelled, 1)
    run = training_due_check(labelled)
    assert run is not None and (run.trigger, run.n_labels) == ("labels", 4)


def test_further_runs_wait_for_new_labels_and_for_the_run_before(labelled: Project) -> None:
    close(labelled, 4)
    assert training_due_check(labelled) is not None
    close(labelled, 3)
    assert training_due_check(labelled) is None, "one active run per project"
    finish_last(labelled)
    assert training_due_check(labelled) is not None
    finish_last(labelled)
    close(labelled, 2)
    assert training_due_check(labelled) is None


def test_a_failed_run_is_not_started_again_without_new_labels(labelled: Project) -> None:
    close(labelled, 4)
    training_due_check(labelled)
    finish_last(labelled)
    assert training_due_check(labelled) is None


def test_a_disabled_policy_starts_nothing(labelled: Project) -> None:
    policy_update(actor=None, project=labelled, values={"is_enabled": False})
    close(labelled, 10)
    assert training_due_check(labelled) is None


def test_a_daily_run_starts_once_after_its_time(labelled: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime(2031, 5, 4, 1, 0, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    policy_update(actor=None, project=labelled, values={"every_n_labels": None, "daily_at": time(2, 0)})
    close(labelled, 5)
    assert training_due_check(labelled) is None, "today's time has not come; yesterday's is not made up for"
    now += timedelta(hours=2)
    run = training_due_check(labelled)
    assert run is not None and run.trigger == "daily"
    finish_last(labelled)
    close(labelled, 5)
    assert training_due_check(labelled) is None, "once a day"
    now += timedelta(days=1)
    close(labelled, 1)
    assert training_due_check(labelled) is not None


def test_a_manual_run_is_refused_with_too_few_labels(labelled: Project, people: People) -> None:
    close(labelled, 3)
    with pytest.raises(InvalidContent) as refused:
        training_request(actor=people.manager, project=labelled, trigger="manual")
    assert refused.value.code == "too_few_labels"
    assert refused.value.details == {"needed": 4, "present": 3}


def test_a_second_run_is_refused_while_one_is_active(labelled: Project, people: People) -> None:
    close(labelled, 5)
    run = training_request(actor=people.manager, project=labelled, trigger="manual")
    with pytest.raises(Conflict) as refused:
        training_request(actor=people.engineer, project=labelled, trigger="manual")
    assert refused.value.details == {"job": str(run.job_id)}
    assert TrainingRun.objects.filter(project=labelled).count() == 1


def test_a_waiting_run_is_cancelled_at_once(labelled: Project, people: People) -> None:
    close(labelled, 5)
    run = training_request(actor=people.manager, project=labelled, trigger="manual")
    training_cancel(actor=people.manager, run=run)
    assert Job.objects.get(id=run.job_id).state == "cancelled"
    run.refresh_from_db()
    with pytest.raises(Conflict):
        training_cancel(actor=people.manager, run=TrainingRun.objects.get(id=run.id))


@pytest.mark.parametrize(
    "values",
    [
        {"network": "vgg"},
        {"acquisition": "luck"},
        {"random_share": 1.5},
        {"network": "densenet121", "image_size": 32, "batch_size": 1},
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(project: Project, values: dict[str, Any]) -> None:
    with pytest.raises(InvalidContent):
        policy_update(actor=None, project=project, values=values)


@pytest.mark.parametrize(("size", "batch", "then"), [(320, 16, 8), (320, 2, 1), (32, 4, 2), (32, 2, None)])
def test_a_batch_is_halved_no_further_than_the_network_can_be_trained_with(
    labelled: Project, size: int, batch: int, then: int | None
) -> None:
    policy_update(
        actor=None,
        project=labelled,
        values={"network": "densenet121", "image_size": size, "batch_size": batch},
    )
    close(labelled, 4)
    run = training_request(actor=None, project=labelled, trigger="manual")
    assert halve_batch(run.job) is (then is not None)
    run.refresh_from_db()
    assert run.config["batch_size"] == (then or batch)
    assert not halve_batch(run.job)
