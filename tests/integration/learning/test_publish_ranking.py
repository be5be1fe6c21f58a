"""Publishing an order of the pool: whole, fenced, resumable, and switched at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from labelhub.core.errors import LostLease
from labelhub.core.jobs import job_claim
from labelhub.core.models import Job
from labelhub.imaging.models import Case
from labelhub.learning.files import job_folder
from labelhub.learning.health import queue_health
from labelhub.learning.models import ModelVersion, RankedCase, Ranking, TrainingPolicy
from labelhub.learning.selectors import ranking_in_force
from labelhub.learning.services.policy import policy_update
from labelhub.learning.services.promotions import model_promote, scoring_request
from labelhub.projects.models import Project
from labelhub.reading.models import Assignment, QueueEntry
from labelhub.workflows.learning import publish_ranking
from tests.factories.cases import make_case, make_cases
from tests.factories.learning import make_model
from tests.factories.projects import People
from tests.factories.reading import claim
from workers.ranking.rank import RankConfig


def claimed_scoring(model: ModelVersion) -> Job:
    job = job_claim(model_promote(actor=None, model=model, reason="newest").id, owner="test")
    assert job is not None
    return job


def scored(job: Job, cases: list[Case], monkeypatch: pytest.MonkeyPatch) -> None:
    """The job with its scorer's answer: the given order."""
    monkeypatch.setattr(publish_ranking, "local_copy", lambda key: Path("/nowhere") / key)
    publish_ranking.prepare(job)
    path = job_folder(job) / "ranking.jsonl"
    path.write_text("".join(json.dumps(line(case, n)) + "\n" for n, case in enumerate(cases, 1)))
    publish_ranking.keep_order(job, {"ranking": str(path)})


def line(case: Case, position: int) -> dict[str, Any]:
    return {
        "position": position,
        "case": str(case.id),
        "action": "read_new",
        "why": "uncertainty",
        "score": 1 / position,
        "probabilities": {"nodule": 0.5},
        "batch": 1,
    }


@pytest.fixture
def pool(project: Project, people: People) -> list[Case]:
    return list(reversed(make_cases(project, 6)))


def test_readers_get_the_new_order_at_once(
    project: Project, people: People, pool: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = claimed_scoring(make_model(project))
    scored(job, pool, monkeypatch)
    assert ranking_in_force(project) is None
    publish_ranking.publish(job)
    assert Job.objects.get(id=job.id).state == "succeeded"
    assert list(RankedCase.objects.order_by("position").values_list("case_id", flat=True)) == [
        case.id for case in pool
    ]
    offered = claim(people.reader, project)
    assert offered is not None and offered.case_id == pool[0].id
    assert queue_health(project)["source"] == "ranking"


def test_the_record_the_queue_and_the_page_name_what_to_do_with_a_case(
    project: Project,
    people: People,
    pool: list[Case],
    client_of: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job = claimed_scoring(make_model(project))
    scored(job, pool, monkeypatch)
    publish_ranking.publish(job)
    candidates = {(case.id, "read_new") for case in pool}
    assert set(RankedCase.objects.values_list("case_id", "action")) == candidates
    assert set(QueueEntry.objects.values_list("case_id", "action")) == candidates
    page = client_of(people.manager).get(f"/api/v1/projects/{project.slug}/ranking/").json()
    assert {row["action"] for row in page["results"]} == {"read_new"}


def test_only_pool_cases_that_nobody_has_begun_are_scored(
    project: Project, people: People, pool: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_case(project, split="test")
    make_case(project, split="validation")
    begun = claim(people.reader, project)
    assert begun is not None
    monkeypatch.setattr(publish_ranking, "local_copy", lambda key: Path("/nowhere") / key)
    folder = publish_ranking.prepare(claimed_scoring(make_model(project)))
    listed = {case["case"] for case in json.loads((folder / "pool.json").read_text())["cases"]}
    assert listed == {str(case.id) for case in pool} - {str(begun.case_id)}


def test_a_scoring_clears_away_the_files_of_those_that_failed(
    project: Project, pool: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = make_model(project)
    failed, other = claimed_scoring(model), claimed_scoring(make_model(project, 2))
    for job in (failed, other):
        scored(job, pool, monkeypatch)
    Job.objects.filter(id=failed.id).update(state="failed")
    again = job_claim(scoring_request(model=model).id, owner="test")
    assert again is not None and again.id != failed.id
    publish_ranking.prepare(again)
    kept = {path.name for path in job_folder(again).parent.iterdir()}
    assert str(failed.id) not in kept and {str(other.id), str(again.id)} <= kept


def test_a_case_begun_meanwhile_stays_in_the_record_but_not_in_the_queue(
    project: Project, people: People, pool: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = claimed_scoring(make_model(project))
    scored(job, pool, monkeypatch)
    begun = claim(people.reader, project)
    assert begun is not None
    publish_ranking.publish(job)
    assert RankedCase.objects.count() == 6
    assert not QueueEntry.objects.filter(case_id=begun.case_id).exists()


def test_a_case_that_the_model_cannot_score_comes_after_and_says_so(
    project: Project, people: People, pool: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    Case.objects.filter(id=pool[0].id).update(has_eligible_instance=False)
    job = claimed_scoring(make_model(project))
    scored(job, pool[1:], monkeypatch)
    publish_ranking.publish(job)
    last = RankedCase.objects.get(position=6)
    assert (last.case_id, last.why, last.score) == (pool[0].id, "unscored", None)


def test_a_later_attempt_goes_on_where_the_first_was_killed(
    project: Project, pool: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publish_ranking, "CHUNK", 2)
    job = claimed_scoring(make_model(project))
    scored(job, pool, monkeypatch)
    write, calls = publish_ranking._write_chunk, []

    def write_twice(*arguments: Any) -> None:
        calls.append(arguments)
        if len(calls) == 3:
            raise KeyboardInterrupt
        write(*arguments)

    monkeypatch.setattr(publish_ranking, "_write_chunk", write_twice)
    with pytest.raises(KeyboardInterrupt):
        publish_ranking.publish(job)
    assert RankedCase.objects.count() == 4 and ranking_in_force(project) is None
    Job.objects.filter(id=job.id).update(attempt=2)
    with pytest.raises(LostLease):
        publish_ranking.publish(job)
    job.refresh_from_db()
    publish_ranking.publish(job)
    assert Ranking.objects.count() == 1
    assert list(RankedCase.objects.order_by("position").values_list("position", flat=True)) == [*range(1, 7)]


def test_a_reservation_made_under_the_old_order_is_given_up(
    project: Project, people: People, pool: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    reserved = claim(people.reader, project, ahead=True)
    assert reserved is not None and reserved.case_id == pool[-1].id
    job = claimed_scoring(make_model(project))
    scored(job, pool[:-1], monkeypatch)
    publish_ranking.publish(job)
    assert not Assignment.objects.filter(id=reserved.id).exists()
    offered = claim(people.reader, project)
    assert offered is not None and offered.case_id == pool[0].id


def test_a_ranking_of_a_model_that_was_replaced_is_not_published(
    project: Project, pool: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = claimed_scoring(make_model(project))
    scored(job, pool, monkeypatch)
    model_promote(actor=None, model=make_model(project, 2), reason="newest")
    publish_ranking.publish(job)
    job.refresh_from_db()
    assert (job.state, job.result) == ("succeeded", {"superseded": True})
    assert ranking_in_force(project) is None
    assert not QueueEntry.objects.exists()


def test_a_published_ranking_never_changes(
    project: Project, pool: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = claimed_scoring(make_model(project))
    scored(job, pool, monkeypatch)
    publish_ranking.publish(job)
    with pytest.raises(DatabaseError), transaction.atomic():
        RankedCase.objects.filter(position=1).update(position=99)


@pytest.mark.parametrize("share", [0, 0.15, 0.65, 0.66, 0.9, 1.0])
def test_no_random_share_that_a_policy_may_have_is_refused_by_the_ranker(
    project: Project, people: People, monkeypatch: pytest.MonkeyPatch, share: float
) -> None:
    monkeypatch.setattr(publish_ranking, "local_copy", lambda key: Path("/nowhere") / key)
    policy_update(actor=people.manager, project=project, values={"random_share": share})
    job = claimed_scoring(make_model(project))
    config = RankConfig.from_json(json.loads((publish_ranking.prepare(job) / "config.json").read_text()))
    assert config.random_share == share


def test_a_policy_and_a_ranking_have_the_same_defaults(project: Project) -> None:
    policy, config = TrainingPolicy(project=project), RankConfig()
    assert (policy.random_share, policy.batch_query) == (config.random_share, config.batch_size)
    assert policy.acquisition == config.acquisition


def test_only_the_newest_queues_keep_their_entries(
    project: Project, pool: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in (1, 2, 3):
        job = claimed_scoring(make_model(project, number))
        scored(job, pool, monkeypatch)
        publish_ranking.publish(job)
    assert QueueEntry.objects.values("queue_id").distinct().count() == 2
    assert RankedCase.objects.count() == 18


@pytest.mark.parametrize("state, stays", [("failed", False), ("cancelled", False), ("running", True)])
def test_entries_of_a_queue_that_no_job_writes_any_more_are_cleared_away(
    state: str, stays: bool, project: Project, pool: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = claimed_scoring(make_model(project))
    scored(job, pool, monkeypatch)
    with monkeypatch.context() as stopped:
        stopped.setattr(publish_ranking, "_switch", interrupted)
        with pytest.raises(KeyboardInterrupt):
            publish_ranking.publish(job)
    Job.objects.filter(id=job.id).update(state=state)
    following = claimed_scoring(make_model(project, 2))
    scored(following, pool, monkeypatch)
    publish_ranking.publish(following)
    left = QueueEntry.objects.filter(queue__ranking__scoring_run__job=job)
    assert left.count() == (6 if stays else 0)
    assert QueueEntry.objects.filter(queue__ranking__scoring_run__job=following).count() == 6


def interrupted(*arguments: Any) -> None:
    raise KeyboardInterrupt
