"""Reads with thousands of marks: what takes long to compare is compared while the case is not locked."""

from __future__ import annotations

from itertools import combinations_with_replacement
from typing import Any

import pytest
from django.db import connection

from labelhub.consensus import discordance
from labelhub.consensus.models import Adjudication, ConsensusLabel, Discordance
from labelhub.consensus.services import settle
from labelhub.core.jobs import job_claim
from labelhub.core.models import Job
from labelhub.projects.models import Project
from labelhub.reading.models import Assignment, CaseRound
from labelhub.reading.policies import own_assignment
from labelhub.workflows.consensus import settle_later
from labelhub.workflows.reading.submit_read import amend_read
from tests.factories.cases import make_case
from tests.factories.projects import People, make_people, make_project
from tests.factories.reading import box, document, read_case, submission

pytestmark = pytest.mark.django_db(transaction=True)
N_MARKS = 4


@pytest.fixture
def project(transactional_db: None) -> Project:
    return make_project()


@pytest.fixture
def people(project: Project) -> People:
    return make_people(project)


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, bool]]:
    """(pairs of marks, in a transaction?) of every comparison; more than 15 pairs take long."""
    found: list[tuple[int, bool]] = []
    largest_overlap = discordance.largest_overlap

    def counted(first: Any, second: Any) -> float:
        found.append((len(first) * len(second), connection.in_atomic_block))
        return largest_overlap(first, second)

    monkeypatch.setattr(discordance, "largest_overlap", counted)
    monkeypatch.setattr(settle, "AT_ONCE", N_MARKS**2 - 1)
    monkeypatch.setattr(settle, "FEW_MARKS", N_MARKS)
    return found


def drawn(case: Any, at: int = 10, n: int = N_MARKS) -> dict[str, Any]:
    return document({"nodule": "present"}, boxes=[box(case, at, 10 + 60 * i) for i in range(n)])


def run(job: Job) -> None:
    held = job_claim(job.id, owner="test")
    assert held is not None
    settle_later.run_settle_job(held)


def amend(reader: Any, content: dict[str, Any]) -> None:
    mine = own_assignment(reader, Assignment.objects.get(reader=reader).id)
    amend_read(actor=reader, assignment=mine, submission=submission(mine, content, reason="again"))


@pytest.mark.parametrize(("at", "is_apart"), [(12, False), (400, True)])
def test_many_marks_are_compared_by_a_job_outside_any_lock(
    project: Project, people: People, compared: list[tuple[int, bool]], at: int, is_apart: bool
) -> None:
    case = make_case(project)
    for reader, place in ((people.reader, 10), (people.second_reader, at)):
        read_case(reader, project, drawn(case, place))
    row = CaseRound.objects.get()
    assert (row.n_submitted, row.closed_at, compared) == (2, None, [])
    assert row.settled_schema is not None, "the versions in force when the last read came in"
    run(Job.objects.get(kind="settle"))
    row.refresh_from_db()
    assert compared == [(N_MARKS**2, False)]
    assert (row.closed_at is None) == is_apart == Adjudication.objects.exists()
    assert Discordance.objects.filter(kind="location").exists() == is_apart
    assert ConsensusLabel.objects.filter(finding="nodule", is_current=True).exists() != is_apart
    assert not Job.objects.filter(state__in=Job.ACTIVE, kind="settle").exists()


def test_what_is_amended_while_it_compares_is_compared_again(
    project: Project, people: People, compared: list[tuple[int, bool]], monkeypatch: pytest.MonkeyPatch
) -> None:
    case = make_case(project)
    for reader in (people.reader, people.second_reader):
        read_case(reader, project, drawn(case))
    compare, amendments = settle_later.compare, [drawn(case, 400)]

    def meanwhile(case_round: CaseRound) -> settle.Compared:
        result = compare(case_round)
        while amendments:
            amend(people.reader, amendments.pop())
        return result

    monkeypatch.setattr(settle_later, "compare", meanwhile)
    run(Job.objects.get(kind="settle"))
    assert Adjudication.objects.get().state == "open" and len(compared) == 2
    assert not any(is_locked for _, is_locked in compared)


def test_a_case_that_was_closed_is_settled_anew_after_an_amendment_with_many_marks(
    project: Project, people: People, compared: list[tuple[int, bool]]
) -> None:
    case = make_case(project)
    read_case(people.reader, project, drawn(case, n=1))
    read_case(people.second_reader, project, drawn(case))
    assert CaseRound.objects.get().closed_at is not None and compared == [(N_MARKS, True)]
    amend(people.reader, drawn(case))
    assert CaseRound.objects.get().closed_at is None
    run(Job.objects.get(kind="settle"))
    assert CaseRound.objects.get().closed_at is not None
    labels = ConsensusLabel.objects.filter(is_current=True).values_list("finding", "value")
    assert sorted(labels) == [("effusion", "absent"), ("nodule", "present")]


def test_few_marks_are_settled_at_once(project: Project, people: People) -> None:
    case = make_case(project)
    for reader in (people.reader, people.second_reader):
        read_case(reader, project, drawn(case))
    assert CaseRound.objects.get().closed_at is not None
    assert not Job.objects.filter(kind="settle").exists()


def test_few_marks_cannot_make_more_pairs_than_are_compared_at_once() -> None:
    """However they are shared out among up to five readers."""
    few, step = settle.FEW_MARKS, settle.FEW_MARKS // 10
    shares = [
        parts for parts in combinations_with_replacement(range(0, few + 1, step), 5) if sum(parts) <= few
    ]
    pairs = [sum(a * b for i, a in enumerate(parts) for b in parts[:i]) for parts in shares]
    assert max(pairs) <= settle.AT_ONCE
