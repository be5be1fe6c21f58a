"""The learning pages' API: what managers and engineers may do, and that readers learn nothing from it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from labelhub.accounts.models import User
from labelhub.core.models import AuditEvent, Job
from labelhub.learning.models import Promotion, TrainingRun
from labelhub.learning.services.promotions import model_promote
from labelhub.projects.models import Project
from tests.factories.learning import make_model, make_trainable_project
from tests.factories.projects import People

ClientOf = Callable[[User | None], APIClient]


def url(project: Project, tail: str) -> str:
    return f"/api/v1/projects/{project.slug}/{tail}/"


@pytest.mark.parametrize("tail", ["training-policy", "learning", "ranking", "jobs"])
@pytest.mark.parametrize(
    ("who", "status"),
    [("manager", 200), ("engineer", 200), ("reader", 403), ("adjudicator", 403), ("stranger", 404)],
)
def test_learning_is_for_managers_and_engineers(
    project: Project, people: People, client_of: ClientOf, tail: str, who: str, status: int
) -> None:
    assert client_of(getattr(people, who)).get(url(project, tail)).status_code == status


def test_a_policy_is_changed_and_audited(project: Project, people: People, client_of: ClientOf) -> None:
    client = client_of(people.manager)
    answer = client.put(
        url(project, "training-policy"),
        {"every_n_labels": 20, "daily_at": "02:30:00"},
        format="json",
        headers={"If-Match": '"0"'},
    )
    assert answer.status_code == 200, answer.json()
    assert answer.headers["ETag"] == '"1"' and answer.json()["version"] == 1
    assert client.get(url(project, "training-policy")).json()["every_n_labels"] == 20
    assert AuditEvent.objects.filter(action="training_policy.changed").count() == 1


def test_a_policy_that_someone_else_changed_is_not_overwritten(
    project: Project, people: People, client_of: ClientOf
) -> None:
    first, second = client_of(people.manager), client_of(people.engineer)
    path = url(project, "training-policy")
    seen = first.get(path).headers["ETag"]
    assert second.put(path, {"min_cases": 30}, format="json", headers={"If-Match": seen}).status_code == 200
    refused = first.put(path, {"min_cases": 40}, format="json", headers={"If-Match": seen})
    assert (refused.status_code, refused.json()["code"]) == (412, "stale_version")
    assert refused.json()["details"] == {"version": 1, "edited_from": 0}
    assert first.get(path).json()["min_cases"] == 30
    assert first.put(path, {"min_cases": 40}, format="json").status_code == 428


def test_an_unknown_setting_is_refused(project: Project, people: People, client_of: ClientOf) -> None:
    answer = client_of(people.manager).put(
        url(project, "training-policy"), {"epochs": 3}, format="json", headers={"If-Match": '"0"'}
    )
    assert answer.status_code == 400


def test_a_run_is_started_seen_and_cancelled(project: Project, people: People, client_of: ClientOf) -> None:
    make_trainable_project(project, people)
    client = client_of(people.engineer)
    started = client.post(url(project, "training-runs"))
    assert started.status_code == 201
    run = started.json()
    assert (run["state"], run["n_labels"], run["allowed_actions"]) == ("queued", 16, ["cancel"])
    assert client.post(url(project, "training-runs")).status_code == 409
    page = client.get(url(project, "learning")).json()
    assert page["runs"][0]["id"] == run["id"] and page["allowed_actions"] == []
    assert client.post(f"/api/v1/training-runs/{run['id']}/cancel/").json()["state"] == "cancelled"
    detail = client.get(f"/api/v1/training-runs/{run['id']}/").json()
    assert detail["config"]["net"] == "small" and "cases" not in detail["snapshot"]


def test_too_few_labels_are_a_422_that_says_how_many(
    project: Project, people: People, client_of: ClientOf
) -> None:
    answer = client_of(people.manager).post(url(project, "training-runs"))
    assert answer.status_code == 422
    assert answer.json()["code"] == "too_few_labels"


def test_a_model_is_rolled_back_with_a_reason(project: Project, people: People, client_of: ClientOf) -> None:
    first, second = make_model(project, 1), make_model(project, 2)
    client = client_of(people.manager)
    for model in (first, second, first):
        answer = client.post(f"/api/v1/models/{model.id}/promote/", {"reason": "trial"}, format="json")
        assert answer.status_code == 200
    assert Promotion.objects.filter(project=project).count() == 3
    models = client.get(url(project, "learning")).json()["models"]
    assert [(model["number"], model["in_use"]) for model in models] == [(2, False), (1, True)]
    assert client.post(f"/api/v1/models/{first.id}/promote/", {"reason": "again"}).status_code == 409
    assert client.post(f"/api/v1/models/{second.id}/promote/", {"reason": " "}).status_code in (400, 422)


@pytest.mark.parametrize(
    ("first", "second", "compares"), [("a", "a", True), ("a", "b", False), (None, "b", None)]
)
def test_a_mean_of_other_findings_or_test_cases_says_that_it_does_not_compare(
    project: Project,
    people: People,
    client_of: ClientOf,
    first: str | None,
    second: str,
    compares: bool | None,
) -> None:
    for number, behind in ((1, first), (2, second)):
        recorded = {"mean_cases_sha256": behind, "mean_findings": ["nodule"]} if behind else {}
        model = make_model(project, number, metrics={"mean_auroc": 0.8, **recorded})
    model_promote(actor=None, model=model, reason="newest")
    newer, older = client_of(people.manager).get(url(project, "learning")).json()["models"]
    assert newer["mean_compares"] is True
    assert (older["mean_compares"], older["mean_findings"]) == (compares, ["nodule"] if first else None)


def test_others_cannot_see_or_cancel_a_run(project: Project, people: People, client_of: ClientOf) -> None:
    make_trainable_project(project, people)
    client_of(people.manager).post(url(project, "training-runs"))
    run = TrainingRun.objects.get()
    for who in (people.stranger, people.reader):
        client = client_of(who)
        assert client.get(f"/api/v1/training-runs/{run.id}/").status_code == 404
        assert client.post(f"/api/v1/training-runs/{run.id}/cancel/").status_code == 404
        assert client.post(f"/api/v1/jobs/{run.job_id}/cancel/").status_code == 404
    assert Job.objects.get(id=run.job_id).state == "queued"
