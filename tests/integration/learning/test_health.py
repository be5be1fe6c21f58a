"""A fall-back is loud: the project page says where the next case comes from and what is wrong (invariant 12)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from labelhub.core.models import Job
from labelhub.learning.health import queue_health
from labelhub.learning.models import Ranking, ScoringRun
from labelhub.learning.services.promotions import model_promote
from labelhub.projects.models import Project
from labelhub.reading.models import Queue, WorklistState
from labelhub.reading.services.rounds import worklist_state
from labelhub.workflows import run_tick
from tests.factories.imaging import import_files, radiograph
from tests.factories.learning import make_model
from tests.factories.projects import People


def publish_empty(project: Project, number: int = 1) -> Job:
    """A promoted model with a published ranking of no cases."""
    model = make_model(project, number)
    job = model_promote(actor=None, model=model, reason="newest")
    Job.objects.filter(id=job.id).update(state="succeeded")
    run = ScoringRun.objects.create(model_version=model, job=job, config={})
    queue = Queue.objects.create(project=project, round=worklist_state(project).round, is_complete=True)
    Ranking.objects.create(
        project=project, scoring_run=run, queue=queue, acquisition="entropy", seed=1, n_cases=0
    )
    WorklistState.objects.filter(project=project).update(queue=queue)
    return job


def failed_job(project: Project, kind: str) -> Job:
    return Job.objects.create(
        kind=kind,
        dedupe_key=f"{kind}:test",
        project_id=project.id,
        state="failed",
        error_code="loss_not_finite",
        error_message="The loss is no longer a number.",
        params={"model_version": "none"},
    )


def test_without_a_model_the_order_is_random_and_the_page_says_so(project: Project) -> None:
    health = queue_health(project)
    assert (health["source"], health["stale"]) == ("random", False)
    assert "No model yet" in health["message"]


def test_a_ranking_of_the_model_in_use_is_healthy(project: Project) -> None:
    publish_empty(project)
    assert queue_health(project) | {"published_at": None} == {
        "source": "ranking",
        "message": "Ranked by model 1.",
        "published_at": None,
        "n_entries": 0,
        "stale": False,
    }


@pytest.mark.parametrize("kind", ["train", "promote", "score"])
def test_a_failure_since_the_ranking_makes_it_stale(project: Project, kind: str) -> None:
    publish_empty(project)
    failed_job(project, kind)
    health = queue_health(project)
    assert health["stale"] and "The loss is no longer a number." in health["message"]


def test_a_failure_before_any_ranking_is_named(project: Project) -> None:
    failed_job(project, "train")
    assert "training run failed" in queue_health(project)["message"]


def test_a_model_that_could_not_be_put_in_use_is_named(project: Project) -> None:
    failed_job(project, "promote")
    assert "putting the newest model in use failed" in queue_health(project)["message"]


def test_the_ranking_of_another_model_is_stale(project: Project) -> None:
    publish_empty(project)
    model_promote(actor=None, model=make_model(project, 2), reason="better")
    health = queue_health(project)
    assert health["stale"] and "model 2" in health["message"]


def test_the_clock_renews_a_ranking_that_was_lost(project: Project, people: People) -> None:
    job = publish_empty(project)
    model_promote(actor=people.manager, model=make_model(project, 2), reason="better")
    Job.objects.filter(kind="score").exclude(id=job.id).delete()
    run_tick.renew_rankings()
    assert Job.objects.filter(kind="score", state="queued").count() == 1
    run_tick.renew_rankings()
    assert Job.objects.filter(kind="score", state="queued").count() == 1


def fail_scoring(job: Job, *, minutes_ago: float) -> None:
    ended = timezone.now() - timedelta(minutes=minutes_ago)
    Job.objects.filter(id=job.id).update(state="failed", finished_at=ended, error_message="No space left.")


def waiting_scorings() -> int:
    return Job.objects.filter(kind="score", state="queued").count()


def test_a_scoring_that_failed_is_tried_again_after_a_rest_that_grows(project: Project) -> None:
    job = model_promote(actor=None, model=make_model(project), reason="newest")
    fail_scoring(job, minutes_ago=4)
    run_tick.renew_rankings()
    assert waiting_scorings() == 0
    fail_scoring(job, minutes_ago=6)
    run_tick.renew_rankings()
    assert waiting_scorings() == 1
    fail_scoring(Job.objects.get(kind="score", state="queued"), minutes_ago=6)
    run_tick.renew_rankings()
    assert waiting_scorings() == 0  # twice as long after the second failure


def test_the_page_says_that_a_scoring_failed_and_when_it_is_tried_again(project: Project) -> None:
    job = model_promote(actor=None, model=make_model(project), reason="newest")
    fail_scoring(job, minutes_ago=0)
    message = queue_health(project)["message"]
    assert "scoring of the pool failed. No space left. It is tried again at" in message


def test_a_scoring_that_was_cancelled_is_not_started_again(project: Project) -> None:
    job = model_promote(actor=None, model=make_model(project), reason="newest")
    Job.objects.filter(id=job.id).update(state="cancelled", finished_at=timezone.now())
    run_tick.renew_rankings()
    assert waiting_scorings() == 0


def test_a_scoring_that_was_cancelled_is_asked_for_again_once_images_came(project: Project) -> None:
    job = model_promote(actor=None, model=make_model(project), reason="newest")
    import_files(project, {"1.dcm": radiograph(1)})
    Job.objects.filter(id=job.id).update(state="cancelled", finished_at=timezone.now())
    run_tick.renew_rankings()
    assert waiting_scorings() == 0
    import_files(project, {"2.dcm": radiograph(2)})
    run_tick.renew_rankings()
    assert waiting_scorings() == 1


def test_a_step_that_fails_does_not_stop_the_clock(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    done = []

    def broken() -> None:
        raise RuntimeError("broken step")

    monkeypatch.setattr(run_tick, "STEPS", (broken, lambda: done.append(1)))
    run_tick.run_tick()
    assert done == [1]
