"""A job that failed at all its attempts is asked for again while it is needed: by the clock, or by a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from labelhub.consensus.services import settle
from labelhub.core import jobs
from labelhub.core.models import AuditEvent, Job
from labelhub.imaging.models import ImportBatch, Study
from labelhub.learning.models import ModelVersion
from labelhub.learning.services.promotions import gate_pass, promotion_request
from labelhub.projects.models import Project
from labelhub.projects.services import schema_create_version
from labelhub.reading.models import Assignment, CaseRound, Round
from labelhub.reading.policies import own_assignment
from labelhub.reading.services.rounds import round_close
from labelhub.workflows.ask_again import IS_NEEDED, ask_again_for_failed
from labelhub.workflows.intake.count_summaries import summaries_request
from labelhub.workflows.intake.make_thumbnails import ensure_thumbnails
from labelhub.workflows.projects.change_protocol import change_protocol
from labelhub.workflows.reading.choose_cases import Choice
from labelhub.workflows.reading.open_round import supplementary_open
from labelhub.workflows.reading.open_study import StudyPlan, study_open
from labelhub.workflows.reading.submit_read import amend_read
from labelhub.workflows.run_tick import STEPS
from tests.factories.cases import make_case, make_cases
from tests.factories.imaging import import_files, radiograph
from tests.factories.learning import make_model
from tests.factories.projects import FINDINGS, People
from tests.factories.reading import box, document, read_case, submission
from workers.tasks import HANDLERS

pytestmark = pytest.mark.django_db

MASS = {"code": "mass", "name": "Mass", "hotkey": "3", "required": True, "boxes": False}
N_MARKS = 4


@pytest.fixture(autouse=True)
def few_marks_take_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settle, "AT_ONCE", N_MARKS**2 - 1)
    monkeypatch.setattr(settle, "FEW_MARKS", N_MARKS)


def marked(n: int) -> dict[str, Any]:
    case = CaseRound.objects.get().case
    return document({"nodule": "present"}, boxes=[box(case, 10, 10 + 60 * i) for i in range(n)])


def read_by_both(project: Project, people: People, content: dict[str, Any] | None = None) -> None:
    for reader in (people.reader, people.second_reader):
        read_case(reader, project, content or document())


def ask_settle(project: Project, people: People) -> None:
    make_case(project)
    read_by_both(project, people, marked(N_MARKS))


def settle_by_an_amendment(project: Project, people: People) -> None:
    mine = own_assignment(people.reader, Assignment.objects.get(reader=people.reader).id)
    content = submission(mine, marked(1), reason="fewer")
    amend_read(actor=people.reader, assignment=mine, submission=content)


def ask_slots(project: Project, people: People) -> None:
    make_case(project)
    change_protocol(actor=people.manager, project=project, values={"readers_per_case": 3}, edited_from=None)


def ask_round(project: Project, people: People) -> None:
    make_case(project)
    read_by_both(project, people)
    schema_create_version(actor=None, project=project, findings=[*FINDINGS, MASS], region_classes=[])
    supplementary_open(actor=people.manager, project=project, findings=["mass"])


def ask_study(project: Project, people: People) -> None:
    make_cases(project, 2)
    plan = StudyPlan(
        purpose="calibration", choice=Choice(n_random=2), findings=None, readers_per_case=2, readers=()
    )
    study_open(actor=people.manager, project=project, plan=plan)


def close_round(project: Project, people: People) -> None:
    round_close(actor=people.manager, round_=Round.objects.get(number=2))


def ask_promotion(project: Project, people: People) -> None:
    promotion_request(model=make_model(project))


def pass_gate(project: Project, people: People) -> None:
    gate_pass(model=ModelVersion.objects.get())


def ask_summary(project: Project, people: People) -> None:
    import_files(project, {"1.dcm": radiograph(1)})
    summaries_request(Study.objects.all(), project_id=project.id)


def forget_import(project: Project, people: People) -> None:
    ImportBatch.objects.all().delete()


@dataclass(frozen=True)
class Kind:
    """How work of this kind comes to be asked for, and what makes it needless before it was done."""

    ask: Callable[[Project, People], None]
    make_needless: Callable[[Project, People], None]


KINDS = {
    "settle": Kind(ask_settle, settle_by_an_amendment),
    "slots": Kind(ask_slots, read_by_both),
    "round": Kind(ask_round, close_round),
    "study_round": Kind(ask_study, close_round),
    "promote": Kind(ask_promotion, pass_gate),
    "summary": Kind(ask_summary, forget_import),
}


def fail(kind: str) -> Job:
    job = jobs.job_claim(Job.objects.get(kind=kind, state="queued").id, owner="worker")
    assert job is not None
    jobs.job_fail(job, code="internal", message="An internal error.", retry=False)
    return job


def failed(kind: str, project: Project, people: People) -> Job:
    KINDS[kind].ask(project, people)
    return fail(kind)


def let_rest(job: Job, rest: timedelta = jobs.REST_FIRST) -> None:
    Job.objects.filter(id=job.id).update(finished_at=timezone.now() - rest)


def run_queued(kind: str) -> Job:
    job = jobs.job_claim(Job.objects.get(kind=kind, state="queued").id, owner="worker")
    assert job is not None
    HANDLERS[kind](job)
    job.refresh_from_db()
    return job


def n_queued(kind: str) -> int:
    return Job.objects.filter(kind=kind, state="queued").count()


def test_each_kind_of_the_table_is_tried_here_and_the_clock_asks() -> None:
    assert set(KINDS) == set(IS_NEEDED)
    assert ask_again_for_failed in STEPS


@pytest.mark.parametrize("kind", KINDS)
def test_what_failed_is_asked_for_again_after_a_rest_and_then_done(
    kind: str, project: Project, people: People
) -> None:
    job = failed(kind, project, people)
    ask_again_for_failed()
    assert n_queued(kind) == 0, "it has not rested"
    let_rest(job)
    for _ in range(2):
        ask_again_for_failed()
    assert n_queued(kind) == 1
    assert run_queued(kind).state == Job.State.SUCCEEDED
    ask_again_for_failed()
    assert n_queued(kind) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_longer_needed_is_not_asked_for_again(kind: str, project: Project, people: People) -> None:
    job = failed(kind, project, people)
    KINDS[kind].make_needless(project, people)
    let_rest(job)
    ask_again_for_failed()
    assert n_queued(kind) == 0


def test_the_rest_doubles_while_it_fails(project: Project, people: People) -> None:
    let_rest(failed("slots", project, people))
    ask_again_for_failed()
    second = fail("slots")
    let_rest(second)
    ask_again_for_failed()
    assert n_queued("slots") == 0
    let_rest(second, 2 * jobs.REST_FIRST)
    ask_again_for_failed()
    assert n_queued("slots") == 1


def test_what_a_person_withdrew_is_not_asked_for_again(project: Project, people: People) -> None:
    let_rest(failed("slots", project, people))
    ask_again_for_failed()
    job = Job.objects.get(kind="slots", state="queued")
    jobs.job_request_cancel(job_id=job.id, actor_id=people.manager.id)
    ask_again_for_failed()
    assert n_queued("slots") == 0


def test_a_count_of_an_import_that_was_cancelled_can_be_asked_for_again(
    project: Project, people: People, client_of: Callable[..., APIClient]
) -> None:
    ask_summary(project, people)
    job, manager = Job.objects.get(kind="summary", state="queued"), client_of(people.manager)
    assert manager.post(f"/api/v1/jobs/{job.id}/cancel/").status_code == 204
    (row,) = manager.get(f"/api/v1/projects/{project.slug}/jobs/").json()["results"]
    assert (row["id"], row["can_try_again"]) == (str(job.id), True)
    assert manager.post(f"/api/v1/jobs/{job.id}/try-again/").status_code == 204
    assert run_queued("summary").state == Job.State.SUCCEEDED


def test_thumbnails_that_failed_rest_as_well(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    make_case(project).instances.update(thumbnail="missing")
    ensure_thumbnails()
    job = fail("thumbnails")
    ensure_thumbnails()
    assert n_queued("thumbnails") == 0
    let_rest(job)
    ensure_thumbnails()
    assert n_queued("thumbnails") == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_manager_tries_again_without_waiting(
    kind: str, project: Project, people: People, client_of: Callable[..., APIClient]
) -> None:
    job = failed(kind, project, people)
    manager, listed = client_of(people.manager), f"/api/v1/projects/{project.slug}/jobs/"

    def shown(client: APIClient) -> dict[str, bool]:
        return {row["id"]: row["can_try_again"] for row in client.get(listed).json()["results"]}

    assert shown(manager)[str(job.id)] and not any(shown(client_of(people.engineer)).values())
    assert manager.post(f"/api/v1/jobs/{job.id}/try-again/").status_code == 204
    again = Job.objects.get(kind=kind, state="queued")
    assert (again.created_by_id, again.params) == (people.manager.id, job.params)
    asked = AuditEvent.objects.filter(action="job.enqueued", actor_id=people.manager.id)
    assert asked.filter(object_id=str(again.id)).exists()
    assert not any(shown(manager).values())
    twice = manager.post(f"/api/v1/jobs/{job.id}/try-again/")
    assert (twice.status_code, twice.json()["code"]) == (409, "job_not_failed")
    assert run_queued(kind).state == Job.State.SUCCEEDED


@pytest.mark.parametrize("kind", KINDS)
def test_a_person_is_told_that_it_is_no_longer_needed(
    kind: str, project: Project, people: People, client_of: Callable[..., APIClient]
) -> None:
    job = failed(kind, project, people)
    KINDS[kind].make_needless(project, people)
    answer = client_of(people.manager).post(f"/api/v1/jobs/{job.id}/try-again/")
    assert (answer.status_code, answer.json()["code"]) == (409, "job_not_needed")
    assert n_queued(kind) == 0
