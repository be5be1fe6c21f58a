"""A case that is reserved, and that nobody has opened, belongs into a new ranking as any other, whenever it was."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from labelhub.core.models import Job
from labelhub.imaging.models import Case
from labelhub.projects.models import Project
from labelhub.reading.models import Assignment, QueueEntry
from labelhub.reading.services.leases import assignment_release
from labelhub.reading.services.reservations import reservation_give_up
from labelhub.workflows.learning import publish_ranking
from tests.factories.cases import make_cases
from tests.factories.learning import make_model
from tests.factories.projects import People
from tests.factories.reading import claim, submit
from tests.integration.learning.test_publish_ranking import claimed_scoring, scored

pytestmark = pytest.mark.django_db

Offered = list[tuple[str, str]]


@pytest.fixture
def pool(project: Project, people: People) -> list[Case]:
    make_cases(project, 6)
    return list(Case.objects.order_by("random_key"))


@pytest.fixture
def job(project: Project, people: People, monkeypatch: pytest.MonkeyPatch) -> Job:
    monkeypatch.setattr(publish_ranking, "local_copy", lambda key: Path("/nowhere") / key)
    return claimed_scoring(make_model(project))


def reserve(project: Project, people: People) -> Assignment:
    reserved = claim(people.reader, project, ahead=True)
    assert reserved is not None
    return reserved


def listed(job: Job) -> set[str]:
    folder = publish_ranking.prepare(job)
    return {row["case"] for row in json.loads((folder / "pool.json").read_text())["cases"]}


def offered(project: Project, people: People) -> Offered:
    """All that the reader gets, in order, with the rule."""
    order = []
    while given := claim(people.reader, project):
        order.append((str(given.case_id), given.rule))
        submit(given)
    return order


def as_ranked(cases: list[Case]) -> Offered:
    return [(str(case.id), "ranking") for case in cases]


def nothing(project: Project, people: People, reserved: Assignment) -> None:
    """It stays reserved until the switch."""


def give_up(project: Project, people: People, reserved: Assignment) -> None:
    assert reservation_give_up(reserved)


@pytest.mark.parametrize("then", [nothing, give_up])
@pytest.mark.parametrize("moment", ["before", "scored", "written"])
def test_it_stands_where_it_was_ranked(
    moment: str,
    then: Callable[[Project, People, Assignment], None],
    project: Project,
    people: People,
    pool: list[Case],
    job: Job,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Reserved before the pool is listed, while it is scored, or once its entries are written."""
    if moment == "before":
        reserved = reserve(project, people)
        assert listed(job) == {str(case.id) for case in pool}
    scored(job, pool, monkeypatch)
    if moment == "scored":
        reserved = reserve(project, people)

    def meanwhile() -> Assignment:
        mine = reserve(project, people) if moment == "written" else reserved
        then(project, people, mine)
        return mine

    reserved = written(job, monkeypatch, meanwhile)
    assert reserved.case_id == pool[0].id
    assert not Assignment.objects.filter(id=reserved.id).exists()
    assert offered(project, people) == as_ranked(pool)


def written(job: Job, monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], Any]) -> Any:
    """Publish; `meanwhile` happens between the last entry and the switch."""
    switch, results = publish_ranking._switch, []

    def switch_later(*arguments: Any) -> None:
        results.append(meanwhile())
        switch(*arguments)

    monkeypatch.setattr(publish_ranking, "_switch", switch_later)
    publish_ranking.publish(job)
    return results[0]


@pytest.mark.parametrize("is_opened_before_writing", [True, False])
def test_one_that_is_opened_before_the_switch_stays_with_its_reader_and_is_begun(
    is_opened_before_writing: bool,
    project: Project,
    people: People,
    pool: list[Case],
    job: Job,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reserved = reserve(project, people)
    scored(job, pool, monkeypatch)
    if is_opened_before_writing:
        assert claim(people.reader, project) == reserved
    written(job, monkeypatch, lambda: claim(people.reader, project))
    reserved.refresh_from_db()
    assert reserved.state == Assignment.State.OPEN
    others = []
    for reader in (people.second_reader, people.second_reader):
        given = claim(reader, project)
        assert given is not None
        others.append((given.case_id, given.rule))
        submit(given)
    assert others == [(pool[0].id, "begun"), (pool[1].id, "ranking")]
    assert not QueueEntry.objects.filter(case_id=pool[0].id, is_open=True).exists()


def test_one_that_was_opened_and_given_back_is_begun(
    project: Project, people: People, pool: list[Case], job: Job
) -> None:
    opened = claim(people.reader, project)
    assert opened is not None
    assignment_release(actor=people.reader, assignment=opened)
    assert listed(job) == {str(case.id) for case in pool} - {str(opened.case_id)}


def test_one_that_two_had_reserved_returns_to_its_place(
    project: Project, people: People, pool: list[Case], job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    scored(job, [*pool[1:], pool[0]], monkeypatch)
    both = reserve(project, people), claim(people.second_reader, project, ahead=True)
    assert both[1] is not None and both[0].case_id == both[1].case_id == pool[0].id
    publish_ranking.publish(job)
    assert reservation_give_up(both[1])
    assert offered(project, people) == as_ranked([*pool[1:], pool[0]])
