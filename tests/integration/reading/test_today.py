"""What counts as read today: what was submitted since the reader's own midnight, which is not that of UTC."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from labelhub.projects.models import Project
from labelhub.reading.models import Assignment
from tests.factories.cases import make_cases
from tests.factories.projects import People
from tests.factories.reading import read_case

Today = Callable[..., Any]


@pytest.fixture
def today(project: Project, people: People, client_of: Callable[..., Any]) -> Today:
    client, address = client_of(people.reader), f"/api/v1/projects/{project.slug}/worklist/"
    return lambda **query: client.get(address, query)


@pytest.fixture
def submitted_at(project: Project, people: People) -> list[datetime]:
    """Three reads: of now, of ten hours ago and of thirty hours ago."""
    make_cases(project, 3)
    times = [timezone.now() - timedelta(hours=hours) for hours in (0, 10, 30)]
    for position, when in enumerate(times, start=1):
        read_case(people.reader, project)
        Assignment.objects.filter(reader=people.reader, reader_position=position).update(submitted_at=when)
    return times


@pytest.mark.parametrize(("hours", "n"), [(1, 1), (11, 2), (24, 2)])
def test_her_day_begins_where_she_says(
    today: Today, submitted_at: list[datetime], hours: int, n: int
) -> None:
    began = (timezone.now() - timedelta(hours=hours)).isoformat()
    assert today(day_began=began).json()["today"]["n_submitted"] == n


def test_no_day_is_longer_than_a_day(today: Today, submitted_at: list[datetime]) -> None:
    assert today(day_began="2001-01-01T00:00:00Z").json()["today"]["n_submitted"] == 2


def test_without_her_word_it_is_the_day_of_utc(today: Today, submitted_at: list[datetime]) -> None:
    midnight = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    expected = sum(when >= midnight for when in submitted_at)
    assert today().json()["today"]["n_submitted"] == expected


@pytest.mark.parametrize(
    "text", ["yesterday", "2026-01-31", "2026-01-31T00:00:00", "0001-01-01T00:00:00+14:00"]
)
def test_a_time_that_is_none_is_refused(today: Today, text: str) -> None:
    answer = today(day_began=text)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_time")
