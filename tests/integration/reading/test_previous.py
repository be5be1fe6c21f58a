"""The way back through a reader's own cases, one by one and without end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from labelhub.projects.models import Project
from labelhub.reading.models import Assignment
from labelhub.reading.selectors import PAGE
from tests.factories.cases import make_cases
from tests.factories.projects import People
from tests.factories.reading import claim, open_round, read_case


def previous(client: Any, assignment: UUID) -> UUID | None:
    found = client.get(f"/api/v1/assignments/{assignment}/previous/").json()["id"]
    return UUID(found) if found else None


def submitted(people: People) -> list[UUID]:
    """Her submitted cases, newest first."""
    mine = Assignment.objects.filter(reader=people.reader, state=Assignment.State.SUBMITTED)
    return list(mine.order_by("-submitted_at", "-id").values_list("id", flat=True))


def test_the_way_back_does_not_end_with_the_first_page_of_the_worklist(
    project: Project, people: People, client_of: Callable[..., Any]
) -> None:
    make_cases(project, PAGE + 4)
    for _ in range(PAGE + 3):
        read_case(people.reader, project)
    begun = claim(people.reader, project)
    assert begun is not None
    client, way = client_of(people.reader), []
    here = previous(client, begun.id)
    while here is not None:
        way.append(here)
        here = previous(client, here)
    assert way == submitted(people) and len(way) == PAGE + 3


def test_the_way_back_leads_through_all_rounds_and_to_nobody_elses_case(
    project: Project, people: People, client_of: Callable[..., Any]
) -> None:
    cases = make_cases(project, 1)
    read_case(people.reader, project)
    open_round(project, people, cases)
    read_case(people.reader, project)
    read_case(people.second_reader, project)
    second, first = submitted(people)
    client = client_of(people.reader)
    assert previous(client, second) == first
    assert previous(client, first) is None
    assert client_of(people.second_reader).get(f"/api/v1/assignments/{second}/previous/").status_code == 404
