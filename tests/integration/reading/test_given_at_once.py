"""Two data managers who give the same place away at the same moment: one of their readers gets it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from labelhub.core.errors import Conflict
from labelhub.projects.models import Project
from labelhub.reading.models import Assignment, CaseRound
from labelhub.workflows.reading.assign_cases import Choosing, assign_cases
from labelhub.workflows.reading.hand_over import hand_over
from tests.factories.cases import make_cases
from tests.factories.projects import People, make_people, make_project
from tests.factories.reading import claim

HOLDS = Assignment.HOLDS_SLOT


@pytest.fixture
def world(transactional_db: None) -> tuple[Project, People]:
    project = make_project(protocol={"readers_per_case": 1})
    return project, make_people(project)


def at_once(act: Callable[[Any], Any], *subjects: Any) -> list[Any]:
    barrier = Barrier(len(subjects))

    def run(subject: Any) -> Any:
        barrier.wait()
        try:
            return act(subject)
        except Conflict as error:
            return error.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(subjects)) as pool:
        return list(pool.map(run, subjects))


def test_a_case_is_handed_to_one_of_two(world: tuple[Project, People]) -> None:
    project, people = world
    make_cases(project, 3)
    for _ in range(3):
        row = claim(people.reader, project)
        assert row is not None

        def hand(reader: Any, row: Assignment = row) -> str:
            hand_over(actor=people.manager, assignment=row, reader=reader)
            return "given"

        told = at_once(hand, people.second_reader, people.third_reader)
        assert sorted(told) == ["given", "not_open"]
        assert Assignment.objects.filter(case=row.case, state__in=HOLDS).count() == 1


def test_the_only_place_of_a_case_is_given_to_one_of_two(world: tuple[Project, People]) -> None:
    project, people = world
    make_cases(project, 4)

    def give(reader: Any) -> list[int]:
        choosing = Choosing((1, 2, 3, 4), (reader,))
        (given,) = assign_cases(actor=people.manager, project=project, choosing=choosing)
        return given.numbers

    told = at_once(give, people.reader, people.second_reader)
    assert sorted(told) == [[], [1, 2, 3, 4]]
    assert set(CaseRound.objects.values_list("n_open", flat=True)) == {0}
    assert Assignment.objects.count() == 4
