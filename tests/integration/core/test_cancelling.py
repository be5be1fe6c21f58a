"""Each kind of job stops when it is cancelled, leaving what the next one goes on from; or cancelling it is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from rest_framework.test import APIClient

from labelhub.consensus.models import ProjectStatistics
from labelhub.core import jobs
from labelhub.core.errors import JobCancelled
from labelhub.core.models import Job
from labelhub.demo.people import ensure_people
from labelhub.demo.phantoms import ensure_phantom_project
from labelhub.imaging.models import Instance
from labelhub.learning.files import job_folder
from labelhub.learning.models import GateOutcome, ModelVersion, RankedCase, Ranking
from labelhub.learning.selectors import ranking_in_force
from labelhub.projects.models import Project
from labelhub.reading.models import CaseRound, Queue, QueueEntry, Round
from labelhub.reading.services.rounds import round_close
from labelhub.workflows.cancel_job import CANCEL
from labelhub.workflows.intake import make_thumbnails
from labelhub.workflows.intake.import_images import import_start
from labelhub.workflows.learning import publish_ranking
from labelhub.workflows.reading import open_round
from tests.factories.cases import make_cases
from tests.factories.imaging import import_files, radiograph, stage
from tests.factories.projects import People
from tests.integration.core import test_asking_again as system_kinds
from tests.integration.core import test_trying_again as asked_kinds
from tests.integration.learning.test_publish_ranking import line
from workers import tasks

pytestmark = pytest.mark.django_db

Ask = Callable[[Project, People], object]


def ask_import(project: Project, people: People) -> None:
    import_start(actor=people.manager, batch=stage(project, {"1.dcm": radiograph(1)}))


def ask_thumbnails(project: Project, people: People) -> None:
    import_files(project, {f"{n}.dcm": radiograph(n) for n in (1, 2)})
    Instance.objects.update(thumbnail=Instance.Thumbnail.MISSING)
    make_thumbnails.ensure_thumbnails()


def ask_demo(project: Project, people: People) -> None:
    ensure_people()
    params: dict[str, Any] = {"kind": "demo", "dedupe_key": "demo", "params": {}}
    jobs.job_enqueue(**params, project_id=ensure_phantom_project().id)


ASK: dict[str, Ask] = {
    **{kind.kind: kind.ask for kind in asked_kinds.KINDS.values()},
    **{name: kind.ask for name, kind in system_kinds.KINDS.items()},
    "import": ask_import,
    "thumbnails": ask_thumbnails,
    "demo": ask_demo,
}
CHORES = {"seal", "thumbnails", "delete_project"}
"""They belong to no project: nobody reaches them by the API."""
STOPPED = sorted(kind for kind, refusal in CANCEL.items() if not refusal)
REFUSED = sorted(set(CANCEL) - set(STOPPED) - CHORES)


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR, settings.WORK_DIR = tmp_path, tmp_path / "work"


@pytest.fixture(autouse=True)
def few_marks_take_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_kinds.settle, "AT_ONCE", system_kinds.N_MARKS**2 - 1)
    monkeypatch.setattr(system_kinds.settle, "FEW_MARKS", system_kinds.N_MARKS)


def asked(kind: str, project: Project, people: People) -> Job:
    ASK[kind](project, people)
    return Job.objects.get(kind=kind, state="queued")


def shown(client: APIClient, project: Project) -> dict[str, dict[str, Any]]:
    rows = client.get(f"/api/v1/projects/{project.slug}/jobs/").json()["results"]
    return {row["id"]: row for row in rows}


def cancel(client: APIClient, job: Job) -> Any:
    return client.post(f"/api/v1/jobs/{job.id}/cancel/")


def test_the_table_has_every_kind_that_a_worker_knows() -> None:
    assert set(CANCEL) == set(tasks.HANDLERS)
    assert set(ASK) == set(CANCEL) - {"seal", "delete_project"}


@pytest.mark.parametrize("kind", STOPPED)
def test_one_that_runs_stops_when_it_is_cancelled(kind: str, project: Project, people: People) -> None:
    job = asked(kind, project, people)
    held = jobs.job_claim(job.id, owner="worker")
    assert held is not None
    Job.objects.filter(id=job.id).update(cancel_requested=True)
    with pytest.raises(JobCancelled):
        tasks.HANDLERS[kind](held)
    job.refresh_from_db()
    assert (job.state, job.result) == ("running", {}), "its worker ends it"
    assert not GateOutcome.objects.exists() and not ProjectStatistics.objects.exists()


@pytest.mark.parametrize("kind", REFUSED)
def test_one_that_must_be_done_is_not_cancelled_and_says_what_to_do_instead(
    kind: str, project: Project, people: People, client_of: Callable[..., APIClient]
) -> None:
    job, manager = asked(kind, project, people), client_of(people.manager)
    assert not shown(manager, project)[str(job.id)]["can_cancel"]
    answer = cancel(manager, job)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_cancellable")
    assert answer.json()["message"] == CANCEL[kind]
    tasks.run_job(str(job.id))
    job.refresh_from_db()
    assert (job.state, job.cancel_requested) == ("succeeded", False)


def test_cancel_is_offered_once_while_it_runs(
    project: Project, people: People, client_of: Callable[..., APIClient]
) -> None:
    job, manager = asked("score", project, people), client_of(people.manager)
    assert jobs.job_claim(job.id, owner="worker") is not None
    assert shown(manager, project)[str(job.id)]["can_cancel"]
    assert cancel(manager, job).status_code == 204
    row = shown(manager, project)[str(job.id)]
    assert (row["state"], row["can_cancel"]) == ("running", False)


def test_thumbnails_that_were_cancelled_are_drawn_later(project: Project, people: People) -> None:
    missing = Instance.objects.filter(thumbnail=Instance.Thumbnail.MISSING)
    job = asked("thumbnails", project, people)
    Job.objects.filter(id=job.id).update(cancel_requested=True)
    tasks.run_job(str(job.id))
    assert missing.count() == 1
    make_thumbnails.ensure_thumbnails()
    tasks.run_job(str(Job.objects.get(kind="thumbnails", state="queued").id))
    assert not missing.exists()


@dataclass
class After:
    """Calls the function, and after its n-th call cancels the job."""

    function: Callable[..., Any]
    job: Job
    n: int

    def __call__(self, *arguments: Any) -> Any:
        result = self.function(*arguments)
        self.n -= 1
        if self.n == 0:
            Job.objects.filter(id=self.job.id).update(cancel_requested=True)
        return result


@pytest.mark.parametrize("n_written", [1, 3])
def test_a_ranking_that_is_cancelled_while_it_is_published_leaves_the_order_and_is_made_anew(
    n_written: int,
    project: Project,
    people: People,
    client_of: Callable[..., APIClient],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cases = make_cases(project, 6)
    monkeypatch.setattr(publish_ranking, "CHUNK", 2)
    monkeypatch.setattr(publish_ranking, "local_copy", lambda key: Path("/nowhere") / key)
    monkeypatch.setattr(tasks, "LearningChild", lambda job, module, folder: Scorer(job, cases))
    job = asked("score", project, people)
    write = publish_ranking._write_chunk
    monkeypatch.setattr(publish_ranking, "_write_chunk", After(write, job, n_written))
    tasks.run_job(str(job.id))
    job.refresh_from_db()
    assert (job.state, RankedCase.objects.count()) == ("cancelled", 2 * n_written)
    assert ranking_in_force(project) is None
    half_written = Queue.objects.get()
    assert client_of(people.manager).post(f"/api/v1/jobs/{job.id}/try-again/").status_code == 204
    tasks.run_job(str(Job.objects.get(kind="score", state="queued").id))
    whole = ranking_in_force(project)
    assert whole is not None and whole.n_cases == 6 and Ranking.objects.count() == 2
    assert not QueueEntry.objects.filter(queue=half_written).exists()


@dataclass
class Scorer:
    """Answers as the scorer does: all cases, in this order."""

    job: Job
    cases: list[Any]

    def run(self) -> dict[str, str]:
        path = job_folder(self.job) / "ranking.jsonl"
        path.write_text("".join(json.dumps(line(case, n)) + "\n" for n, case in enumerate(self.cases, 1)))
        return {"ranking": str(path)}


def test_a_training_that_is_cancelled_as_it_ends_records_no_model(
    project: Project, people: People, tmp_path: Path
) -> None:
    (tmp_path / "card.json").write_text("{}")
    (tmp_path / "weights").write_bytes(b"weights")
    done = {"card": str(tmp_path / "card.json"), "weights": str(tmp_path / "weights"), "step": 1}
    job = asked("train", project, people)
    held = jobs.job_claim(job.id, owner="worker")
    assert held is not None
    Job.objects.filter(id=job.id).update(cancel_requested=True)
    with pytest.raises(JobCancelled):
        tasks.train_model.record(held, done)
    assert not ModelVersion.objects.exists()


def test_putting_cases_into_a_round_stops_when_the_round_is_closed(
    project: Project, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_round, "CHUNK", 1)
    for _ in range(2):
        system_kinds.make_case(project)
        system_kinds.read_by_both(project, people)
    schema = [*system_kinds.FINDINGS, system_kinds.MASS]
    system_kinds.schema_create_version(actor=None, project=project, findings=schema, region_classes=[])
    round_ = system_kinds.supplementary_open(actor=people.manager, project=project, findings=["mass"])
    fill = open_round.further_round_fill

    def fill_and_close(*arguments: Any) -> int:
        n_cases = fill(*arguments)
        round_close(actor=people.manager, round_=round_)
        return n_cases

    monkeypatch.setattr(open_round, "further_round_fill", fill_and_close)
    tasks.run_job(str(Job.objects.get(kind="round").id))
    assert Job.objects.get(kind="round").result == {"n_cases": 1}
    assert CaseRound.objects.filter(round=round_).count() == 1
    assert Round.objects.get(id=round_.id).filled_at is None
