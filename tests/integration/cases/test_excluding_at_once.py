"""A case that is excluded in the moment in which a reader takes it: one comes first, and both know."""

from __future__ import annotations

import uuid
from contextlib import ExitStack
from functools import partial

import pytest
from django.db import transaction

from labelhub.projects.models import Project
from labelhub.reading.models import Assignment, CaseRound
from labelhub.reading.services.leases import assignment_open
from labelhub.workflows.cases.bring_back_cases import bring_back_cases
from labelhub.workflows.cases.exclude_cases import exclude_cases
from tests.factories.cases import make_cases
from tests.factories.projects import People, make_people, make_project
from tests.factories.reading import claim, submit
from tests.factories.waiting import at_once


@pytest.fixture
def world(transactional_db: None) -> tuple[Project, People]:
    project = make_project(protocol={"readers_per_case": 1})
    return project, make_people(project)


def excluding(project: Project, people: People, *case_ids: uuid.UUID) -> partial[object]:
    why = {"reason": "A hand.", "client_uuid": uuid.uuid4()}
    return partial(exclude_cases, actor=people.manager, project=project, case_ids=case_ids, **why)


def test_who_claims_while_it_is_excluded_gets_another(world: tuple[Project, People]) -> None:
    project, people = world
    out, other = make_cases(project, 2)
    with ExitStack() as stack:
        with transaction.atomic():
            excluding(project, people, out.id)()
            claimed = stack.enter_context(at_once(claim, reader=people.reader, project=project))
        assert claimed().case_id == other.id
    assert not Assignment.objects.filter(case=out).exists()


def test_who_has_just_opened_it_keeps_it(world: tuple[Project, People]) -> None:
    project, people = world
    make_cases(project, 1)
    mine = claim(people.reader, project, ahead=True)
    assert mine is not None
    with ExitStack() as stack:
        with transaction.atomic():
            assignment_open(actor=people.reader, assignment=mine)
            excluded = stack.enter_context(at_once(excluding(project, people, mine.case_id)))
        assert excluded().n_done == 1
    mine.refresh_from_db()
    mine.case.refresh_from_db()
    assert (mine.state, mine.case.split) == ("open", "excluded")


def test_a_read_that_comes_in_while_it_is_brought_back_counts_once(world: tuple[Project, People]) -> None:
    project, people = world
    make_cases(project, 1)
    mine = claim(people.reader, project)
    assert mine is not None
    excluding(project, people, mine.case_id)()
    why = {"reason": "A chest.", "client_uuid": uuid.uuid4()}
    with ExitStack() as stack:
        with transaction.atomic():
            bring_back_cases(actor=people.manager, project=project, case_ids=[mine.case_id], **why)
            read = stack.enter_context(at_once(submit, assignment=mine))
        assert read() is not None
    row = CaseRound.objects.get()
    assert (row.split, row.n_needed, row.n_open, row.n_submitted) == ("pool", 1, 0, 1)
    assert row.closed_at is not None
