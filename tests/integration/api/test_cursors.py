"""Page addresses and filters that nobody was given are refused, not stumbled over."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest

from labelhub.api.http.pagination import encode_cursor
from labelhub.projects.models import Project
from tests.factories.cases import make_cases
from tests.factories.projects import People
from tests.factories.reading import read_case

NOW = "2024-05-01T10:00:00+00:00"


ID = "8a9fd0b1-0d1b-4c55-9a27-3f1f3f6c0a01"
ENDS_OF_THE_CALENDAR = ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"]


@pytest.mark.parametrize(
    "values",
    [[NOW, 5], [5, NOW], [NOW, "x"], [None, None], *([moment, ID] for moment in ENDS_OF_THE_CALENDAR)],
)
@pytest.mark.parametrize("page", ["worklist", "adjudications"])
def test_a_made_up_cursor_is_a_bad_request(
    project: Project, people: People, client_of: Callable[..., Any], page: str, values: list[Any]
) -> None:
    user = people.reader if page == "worklist" else people.adjudicator
    address = f"/api/v1/projects/{project.slug}/{page}/"
    answer = client_of(user).get(address, {"cursor": encode_cursor(values)})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")


@pytest.mark.parametrize("page", ["worklist", "cases", "ranking", "adjudications"])
def test_a_cursor_nested_without_end_is_a_bad_request(
    project: Project, people: People, client_of: Callable[..., Any], page: str
) -> None:
    user = {"worklist": people.reader, "adjudications": people.adjudicator}.get(page, people.manager)
    cursor = base64.urlsafe_b64encode(b"[" * 3000).decode()
    answer = client_of(user).get(f"/api/v1/projects/{project.slug}/{page}/", {"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")


def test_a_nul_in_a_filter_is_a_bad_request(
    project: Project, people: People, client_of: Callable[..., Any]
) -> None:
    """PostgreSQL knows no text with a NUL in it."""
    address = f"/api/v1/projects/{project.slug}/adjudications/"
    answer = client_of(people.adjudicator).get(address, {"finding": "a\x00b"})
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_filter")


def test_the_worklist_shows_the_version_of_each_read_and_todays_count(
    project: Project, people: People, client_of: Callable[..., Any]
) -> None:
    make_cases(project, 2)
    for _ in range(2):
        read_case(people.reader, project)
    page = client_of(people.reader).get(f"/api/v1/projects/{project.slug}/worklist/").json()
    assert [row["version"] for row in page["submitted"]] == [1, 1]
    assert page["today"]["n_submitted"] == 2
