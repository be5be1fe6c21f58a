"""One function applies a state machine: one UPDATE decides, a stale row in memory does not."""

from __future__ import annotations

from typing import Any

import pytest

from labelhub.core.errors import InvalidTransition, NotFound
from labelhub.core.states import target_of, try_advance
from labelhub.projects.models import Project
from labelhub.reading.models import Assignment
from labelhub.reading.services.assignments import assignment_advance
from labelhub.reading.states import ASSIGNMENT, EVENTS
from tests.factories.cases import make_cases
from tests.factories.projects import People
from tests.factories.reading import claim

S = Assignment.State


@pytest.fixture
def row(project: Project, people: People) -> Assignment:
    make_cases(project, 1)
    row = claim(people.reader, project)
    assert row is not None
    return row


def test_an_event_writes_the_state_and_what_comes_with_it_by_one_statement(
    row: Assignment, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        assignment_advance(row, "skip", skip_reason="other", lease_until=None)
    assert (row.state, row.skip_reason, row.lease_until) == (S.SKIPPED, "other", None)
    row.refresh_from_db()
    assert (row.state, row.skip_reason, row.lease_until) == (S.SKIPPED, "other", None)


def test_the_database_decides_not_the_copy_in_memory(row: Assignment) -> None:
    stale = Assignment.objects.get(id=row.id)
    assignment_advance(row, "release", lease_until=None)
    assert stale.state == S.OPEN
    with pytest.raises(InvalidTransition) as error:
        assignment_advance(stale, "skip", lease_until=None)
    assert error.value.details == {"state": "released", "event": "skip"}
    assert Assignment.objects.get().state == S.RELEASED


def test_a_fence_narrows_who_may_apply_it(row: Assignment) -> None:
    assert not try_advance(row, ASSIGNMENT, "skip", fence={"reader_position": 99}, lease_until=None)
    assert Assignment.objects.get().state == S.OPEN
    assert try_advance(row, ASSIGNMENT, "skip", fence={"reader_position": 1}, lease_until=None)


def test_a_row_that_is_gone_is_not_found(row: Assignment) -> None:
    Assignment.objects.all().delete()
    with pytest.raises(NotFound):
        assignment_advance(row, "skip")


@pytest.mark.parametrize("event", EVENTS)
def test_each_event_leads_to_one_state(event: str) -> None:
    assert target_of(ASSIGNMENT, event) in S.values


def test_a_table_in_which_an_event_leads_to_two_states_is_refused() -> None:
    with pytest.raises(ValueError):
        target_of({("a", "go"): "b", ("c", "go"): "d"}, "go")
