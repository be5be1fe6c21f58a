"""Jobs: one attempt holds a job, what is over is forgotten, and what fails is not tried again at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from labelhub.core import jobs
from labelhub.core.errors import LostLease
from labelhub.core.models import Job
from labelhub.projects.models import Project
from labelhub.workflows.projects.due_statistics import KIND, RETRY_FIRST, refresh_due_statistics

pytestmark = pytest.mark.django_db

LONG_AGO = timedelta(days=31)
FAILURES = {
    "heartbeat": lambda job: jobs.job_heartbeat(job),
    "succeed": lambda job: jobs.job_succeed(job, {}),
    "retry": lambda job: jobs.job_fail(job, code="x", message="x", retry=True),
    "fail": lambda job: jobs.job_fail(job, code="x", message="x", retry=False),
    "stop": jobs.job_cancelled,
    "rest": jobs.job_rest,
}


def claimed(**values: Any) -> Job:
    job = Job.objects.create(**{"kind": "export", "dedupe_key": "one"} | values)
    held = jobs.job_claim(job.id, owner="first")
    assert held is not None
    return held


def test_one_claim_wins_until_the_lease_is_over() -> None:
    first = claimed()
    assert jobs.job_claim(first.id, owner="second") is None
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    second = jobs.job_claim(first.id, owner="second")
    assert second is not None and (second.attempt, second.state) == (2, Job.State.RUNNING)


@pytest.mark.parametrize("event", FAILURES)
def test_an_attempt_that_was_taken_over_changes_nothing(event: str) -> None:
    first = claimed()
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    second = jobs.job_claim(first.id, owner="second")
    assert second is not None
    with pytest.raises(LostLease):
        FAILURES[event](first)
    assert Job.objects.values("state", "attempt", "lease_owner").get() == {
        "state": "running",
        "attempt": 2,
        "lease_owner": "second",
    }


@pytest.mark.parametrize("again", [True, False])
@pytest.mark.parametrize("ends_well", [True, False])
def test_a_job_that_is_asked_for_again_while_it_runs_is_followed_by_one_more(
    again: bool, ends_well: bool
) -> None:
    def ask() -> tuple[Job, bool]:
        return jobs.job_enqueue(kind="export", dedupe_key="one", params={"of": 1}, again=again)

    waiting, _ = ask()
    assert ask() == (waiting, False)
    first = jobs.job_claim(waiting.id, owner="first")
    assert first is not None
    assert ask() == (first, False)
    if ends_well:
        jobs.job_succeed(first, {})
    else:
        jobs.job_fail(first, code="bad", message="It cannot be done.", retry=False)
    followers = list(Job.objects.filter(state=Job.State.QUEUED))
    assert len(followers) == int(again)
    for follower in followers:
        assert follower.params == {"of": 1}
        last = jobs.job_claim(follower.id, owner="first")
        assert last is not None
        jobs.job_succeed(last, {})
    assert not Job.objects.filter(state__in=Job.ACTIVE).exists()


def test_the_last_attempt_is_given_up_once_its_lease_is_over() -> None:
    job = claimed(max_attempts=1)
    jobs.sweep()
    assert Job.objects.get().state == Job.State.RUNNING
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    jobs.sweep()
    job.refresh_from_db()
    assert (job.state, job.error_code) == (Job.State.FAILED, "worker_lost")
    assert jobs.job_claim(job.id, owner="second") is None


@pytest.mark.parametrize(
    ("kind", "state", "age", "stays"),
    [
        ("statistics", "succeeded", timedelta(hours=2), False),
        ("statistics", "succeeded", timedelta(minutes=5), True),
        ("statistics", "failed", timedelta(hours=2), True),
        ("statistics", "failed", LONG_AGO, False),
        ("export", "cancelled", LONG_AGO, False),
        ("export", "succeeded", timedelta(days=2), True),
        ("import", "failed", LONG_AGO, True),
        ("train", "succeeded", LONG_AGO, True),
        ("score", "failed", LONG_AGO, True),
    ],
)
def test_a_finished_job_is_forgotten_unless_it_is_a_record(
    kind: str, state: str, age: timedelta, stays: bool
) -> None:
    Job.objects.create(kind=kind, dedupe_key="one", state=state, finished_at=timezone.now() - age)
    jobs.prune()
    assert Job.objects.exists() == stays


def test_a_job_that_waits_or_runs_is_never_forgotten() -> None:
    waiting = Job.objects.create(kind="statistics", dedupe_key="two")
    running = claimed()
    Job.objects.update(created_at=timezone.now() - LONG_AGO)
    jobs.prune()
    assert set(Job.objects.values_list("id", flat=True)) == {waiting.id, running.id}


def test_the_rest_doubles_with_each_failure_in_a_row() -> None:
    first, last = timedelta(minutes=1), timedelta(minutes=3)
    rests = []
    for state in ("failed", "failed", "failed", "succeeded", "failed"):
        job = Job.objects.create(kind="export", dedupe_key="one", state=state, finished_at=timezone.now())
        if state == "failed":
            rests.append(jobs.job_retry_at(job, first=first, last=last) - job.finished_at)
    assert rests == [first, 2 * first, last, first]


def test_a_recount_that_fails_is_not_asked_for_again_at_once(project: Project) -> None:
    refresh_due_statistics()
    job = jobs.job_claim(Job.objects.get(kind=KIND).id, owner="worker")
    assert job is not None
    jobs.job_fail(job, code="internal", message="An internal error.", retry=False)
    refresh_due_statistics()
    assert Job.objects.filter(kind=KIND).count() == 1
    Job.objects.filter(kind=KIND).update(finished_at=timezone.now() - RETRY_FIRST)
    refresh_due_statistics()
    assert Job.objects.filter(kind=KIND).count() == 2
