"""A person asks at once for work that failed, also where no clock asks; and for what somebody has cancelled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from labelhub.core import jobs
from labelhub.core.models import Job
from labelhub.learning.models import TrainingRun
from labelhub.learning.services.policy import policy_update
from labelhub.learning.services.promotions import model_promote
from labelhub.learning.services.runs import training_request
from labelhub.projects.models import Project
from labelhub.projects.services import schema_create_version
from labelhub.workflows.ask_again import ASK, IS_NEEDED
from labelhub.workflows.consensus.resettle import compare_request, resettle_request
from labelhub.workflows.intake.case_labels.taking import take_case_labels
from labelhub.workflows.projects.due_statistics import refresh_due_statistics
from tests.factories.cases import make_case, make_cases
from tests.factories.learning import make_model
from tests.factories.projects import FINDINGS, People
from tests.factories.reading import read_case
from workers.tasks import HANDLERS

pytestmark = pytest.mark.django_db

Act = Callable[[Project, People], object]


def ask_training(project: Project, people: People) -> None:
    make_case(project)
    for reader in (people.reader, people.second_reader):
        read_case(reader, project)
    policy_update(actor=None, project=project, values={"min_cases": 1})
    training_request(actor=None, project=project, trigger="labels")


def want_more_labels(project: Project, people: People) -> None:
    policy_update(actor=None, project=project, values={"min_cases": 2})


def ask_ranking(project: Project, people: People) -> None:
    model_promote(actor=None, model=make_model(project), reason="first")


def use_another_model(project: Project, people: People) -> None:
    model_promote(actor=None, model=make_model(project, number=2), reason="better")


def ask_settling(project: Project, people: People) -> None:
    compared = compare_request(actor=people.manager, project=project)
    run(compared)
    resettle_request(actor=people.manager, project=project, compared=compared.id)


def change_schema(project: Project, people: People) -> None:
    schema_create_version(actor=None, project=project, findings=FINDINGS[:1], region_classes=[])


def ask_labels(project: Project, people: People) -> None:
    """Two cases, each a piece of its own."""
    cases = make_cases(project, 2)
    table = "case,nodule\n" + "".join(f"{case.number},1\n" for case in cases)
    take_case_labels(
        actor=people.manager,
        project=project,
        client_uuid=uuid4(),
        name="table.csv",
        content=table.encode(),
        labels_as="reference",
    )


@dataclass(frozen=True)
class Kind:
    """How work of this kind is asked for, and what makes it needless, with the code of the refusal."""

    kind: str
    ask: Act
    make_needless: Act | None = None
    code: str = ""


KINDS = {
    "train": Kind("train", ask_training, want_more_labels, "too_few_labels"),
    "score": Kind("score", ask_ranking, use_another_model, "job_not_needed"),
    "compare": Kind(
        "consensus", lambda project, people: compare_request(actor=people.manager, project=project)
    ),
    "settle anew": Kind("consensus", ask_settling, change_schema, "not_compared"),
    "statistics": Kind("statistics", lambda project, people: refresh_due_statistics()),
    "labels": Kind("labels", ask_labels),
}
NEEDLESS = [name for name, kind in KINDS.items() if kind.make_needless]


def run(job: Job) -> None:
    claimed = jobs.job_claim(job.id, owner="worker")
    assert claimed is not None
    HANDLERS[job.kind](claimed)


def queued(kind: str) -> Job:
    return Job.objects.get(kind=kind, state="queued")


def fail(kind: str) -> Job:
    job = jobs.job_claim(queued(kind).id, owner="worker")
    assert job is not None
    jobs.job_fail(job, code="internal", message="An internal error.", retry=False)
    return job


def offered(client: APIClient, project: Project) -> set[str]:
    rows = client.get(f"/api/v1/projects/{project.slug}/jobs/").json()["results"]
    return {row["id"] for row in rows if row["can_try_again"]}


def test_each_kind_that_a_person_may_ask_for_is_tried_here_or_beside() -> None:
    assert {kind.kind for kind in KINDS.values()} == set(ASK) - set(IS_NEEDED)


@pytest.mark.parametrize("name", KINDS)
def test_a_manager_tries_again(
    name: str, project: Project, people: People, client_of: Callable[..., APIClient]
) -> None:
    kind = KINDS[name].kind
    KINDS[name].ask(project, people)
    job, manager = fail(kind), client_of(people.manager)
    assert offered(manager, project) == {str(job.id)}
    assert offered(client_of(people.engineer), project) == set()
    path = f"/api/v1/jobs/{job.id}/try-again/"
    assert client_of(people.engineer).post(path).status_code == 404
    assert manager.post(path).status_code == 204
    again = queued(kind)
    assert (again.created_by_id, again.dedupe_key) == (people.manager.id, job.dedupe_key)
    assert not offered(manager, project)
    assert manager.post(path).json()["code"] == "job_not_failed"
    if kind == "train":
        assert TrainingRun.objects.get(job=again).trigger == "manual"
    if kind in ("consensus", "statistics"):
        run(again)


@pytest.mark.parametrize("name", NEEDLESS)
def test_a_manager_is_told_why_it_is_not_asked_for(
    name: str, project: Project, people: People, client_of: Callable[..., APIClient]
) -> None:
    kind = KINDS[name]
    kind.ask(project, people)
    job = fail(kind.kind)
    assert kind.make_needless is not None
    kind.make_needless(project, people)
    before = set(Job.objects.values_list("id", flat=True))
    answer = client_of(people.manager).post(f"/api/v1/jobs/{job.id}/try-again/")
    assert answer.json()["code"] == kind.code and answer.status_code in (409, 422)
    assert set(Job.objects.values_list("id", flat=True)) == before


@pytest.mark.parametrize("name", KINDS)
def test_what_was_cancelled_can_be_asked_for_again(
    name: str, project: Project, people: People, client_of: Callable[..., APIClient]
) -> None:
    KINDS[name].ask(project, people)
    job, manager = queued(KINDS[name].kind), client_of(people.manager)
    assert manager.post(f"/api/v1/jobs/{job.id}/cancel/").status_code == 204
    assert manager.post(f"/api/v1/jobs/{job.id}/try-again/").status_code == 204
    assert queued(KINDS[name].kind).id != job.id
