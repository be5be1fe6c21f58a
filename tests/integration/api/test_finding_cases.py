"""A case that somebody speaks of is found: by its number, or by a reader's name with her own number of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from labelhub.imaging.models import Case
from labelhub.projects.models import Project
from tests.factories.cases import make_cases
from tests.factories.projects import People
from tests.factories.reading import claim, document, submit


@pytest.fixture
def cases(project: Project, people: People) -> list[Case]:
    """Four cases, each read by the reader in her own order."""
    make_cases(project, 4)
    found = []
    for _ in range(4):
        assignment = claim(people.reader, project)
        assert assignment is not None
        submit(assignment, document({}))
        found.append(assignment.case)
    return found


@pytest.fixture
def find(project: Project, people: People, client_of: Callable[..., Any]) -> Callable[[str], list[str]]:
    manager = client_of(people.manager)

    def labels(text: str) -> list[str]:
        answer = manager.get(f"/api/v1/projects/{project.slug}/cases/", {"find": text})
        assert answer.status_code == 200, answer.content
        return [row["label"] for row in answer.json()["results"]]

    return labels


@pytest.mark.parametrize("text", ["{n}", " {n} ", "Case {n}", "case {n}"])
def test_a_case_is_found_by_its_number(
    cases: list[Case], find: Callable[[str], list[str]], text: str
) -> None:
    for case in cases:
        assert find(text.format(n=case.number)) == [case.name]


@pytest.mark.parametrize("text", ["{name} 2", "{name}’s case 2", "{name}'s my case 2", "{name}, My case 2"])
def test_a_case_is_found_as_its_reader_calls_it(
    cases: list[Case], people: People, find: Callable[[str], list[str]], text: str
) -> None:
    assert find(text.format(name=people.reader.username.upper())) == [cases[1].name]
    assert find(text.format(name=people.second_reader.username)) == []


@pytest.mark.parametrize("text", ["99", "0", "nobody 1", "case", "%", "a " * 4000 + "!"])
def test_what_names_no_case_finds_none(
    cases: list[Case], find: Callable[[str], list[str]], text: str
) -> None:
    assert find(text) == []


def test_the_managers_page_says_how_the_reader_calls_a_case(
    project: Project, people: People, client_of: Callable[..., Any], cases: list[Case]
) -> None:
    make_cases(project, 1)
    reader = client_of(people.reader)
    asked = reader.post(
        f"/api/v1/projects/{project.slug}/worklist/next/",
        {"ahead": False},
        headers={"Idempotency-Key": str(uuid.uuid4())},
        format="json",
    ).json()["assignment"]
    hers = reader.get(f"/api/v1/assignments/{asked['id']}/").json()["assignment"]["label"]
    page = client_of(people.manager).get(f"/api/v1/projects/{project.slug}/dashboard/").json()
    [held] = page["open_assignments"]
    assert hers == f"My case {held['reader_position']}" and held["label"].startswith("Case ")
