"""The demonstration can be prepared again and again, and leaves people something of everything."""

from __future__ import annotations

import stat
import uuid
from pathlib import Path
from typing import Any

import pytest

from labelhub.accounts.models import User
from labelhub.consensus.models import Adjudication
from labelhub.core.jobs import job_claim
from labelhub.core.models import Job
from labelhub.demo import phantoms, prepare_demo, run_demo_job
from labelhub.demo.people import PEOPLE, sign_ins_path
from labelhub.imaging.models import Case
from labelhub.learning.models import TrainingRun
from labelhub.learning.services.snapshot import snapshot_take
from labelhub.projects.models import Membership, Project
from labelhub.reading.models import Assignment, CaseRound, Read
from labelhub.reading.services.claims import claim_next


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DATA_DIR, settings.WORK_DIR = tmp_path, tmp_path / "work"
    settings.UPLOAD_DIR = tmp_path / "uploads"
    for name, value in {"N_CASES": 40, "N_POOL_READ": 20, "LEFT_BEGUN": 3, "LEFT_TO_ADJUDICATE": 2}.items():
        monkeypatch.setattr(phantoms, name, value)
    monkeypatch.setitem(phantoms.POLICY, "min_cases", 8)


def prepared() -> list[dict[str, str]]:
    return prepare_demo()["users"]


def test_preparing_twice_changes_nothing(db: Any) -> None:
    first, second = prepared(), prepared()
    assert first == second
    assert {user["role"] for user in first} == {"reader", "adjudicator", "manager"}
    assert User.objects.count() == 7 and Project.objects.count() == 2
    assert Case.objects.filter(project__slug="real").count() == 8
    assert Job.objects.filter(kind="demo").count() == 1
    for user in first:
        assert User.objects.get(username=user["username"]).check_password(user["password"])


def test_passwords_are_kept_where_only_the_owner_reads(db: Any) -> None:
    prepared()
    assert stat.S_IMODE(sign_ins_path().stat().st_mode) == 0o600
    assert not User.objects.get(username="simulated-reader-1").has_usable_password()


def test_the_first_real_case_is_a_radiograph(db: Any) -> None:
    prepared()
    first = CaseRound.objects.filter(round__project__slug="real").order_by("order_key")[0]
    assert first.case.instances.get().is_radiograph


def test_people_find_something_of_everything(db: Any) -> None:
    prepared()
    job = job_claim(Job.objects.get(kind="demo").id, owner="test")
    assert job is not None
    run_demo_job(job)
    project = Project.objects.get(slug="phantoms")
    assert Job.objects.get(id=job.id).state == "succeeded"
    assert CaseRound.objects.filter(round__project=project, closed_at__isnull=False).exists()
    people = [person.username for person in PEOPLE]
    assert not Assignment.objects.filter(round__project=project, reader__username__in=people).exists()
    evaluation = CaseRound.objects.filter(round__project=project).exclude(split="pool")
    assert not evaluation.filter(n_open__gt=0).exists(), "the test set is read first"
    assert CaseRound.objects.filter(round__project=project, begun_seq__isnull=True).exists()
    assert CaseRound.objects.filter(round__project=project, begun_seq__gt=0, n_open__gt=0).exists()
    assert Adjudication.objects.filter(project=project, state="open").exists()
    assert TrainingRun.objects.get(project=project).trigger == "labels"
    assert Read.objects.filter(assignment__reader__memberships__role=Membership.Role.READER).exists()
    assert snapshot_take(project)["n_refused"] == 0


def test_an_interrupted_job_goes_on(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    prepared()
    job = job_claim(Job.objects.get(kind="demo").id, owner="test")
    assert job is not None

    def killed(*arguments: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(phantoms, "_adjudicate", killed)
        with pytest.raises(KeyboardInterrupt):
            run_demo_job(job)
    n_reads, n_cases = Read.objects.count(), Case.objects.filter(project__slug="phantoms").count()
    assert n_reads > 0
    # A person reads while the simulated readers wait: what she has open stays hers to submit.
    project, person = Project.objects.get(slug="phantoms"), User.objects.get(username="reader1")
    held = claim_next(reader=person, project=project, claim_key=uuid.uuid4(), ahead=False)
    assert held is not None
    run_demo_job(job)
    assert [row.state for row in Assignment.objects.filter(reader=person)] == ["open"]
    assert Case.objects.filter(project__slug="phantoms").count() == n_cases
    assert Read.objects.count() == n_reads
