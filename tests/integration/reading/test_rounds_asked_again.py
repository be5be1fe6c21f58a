"""A round is opened once by a request that is sent again, and one that got no case does not stay open."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from labelhub.core.models import AuditEvent, Job
from labelhub.imaging.models import Case, Split
from labelhub.projects.models import Project
from labelhub.reading.models import Round
from labelhub.reading.services.rounds import finished_rounds_close
from tests.factories.cases import make_cases
from tests.factories.projects import People
from tests.integration.reading.test_studies import ask, fill


@pytest.fixture
def manager(people: People, client_of: Callable[..., APIClient]) -> APIClient:
    return client_of(people.manager)


def test_a_study_that_is_asked_for_again_opens_no_second_round(
    project: Project, people: People, manager: APIClient
) -> None:
    make_cases(project, 3)
    mine = {
        "client_uuid": str(uuid.uuid4()),
        "standing": "not_begun",
        "readers": [str(people.second_reader.id), str(people.reader.id)],
        "not_before": (timezone.now() + timedelta(hours=1)).isoformat(),
    }
    first = ask(manager, project, mine)
    fill()
    # What it was opened for is gone: it would be refused if it were a new one.
    Case.objects.update(split=Split.EXCLUDED)
    again = ask(manager, project, mine)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json()["number"] == first.json()["number"] == 2
    assert Round.objects.count() == 2 and Job.objects.filter(kind="study_round").count() == 1
    assert AuditEvent.objects.filter(action="round.opened").count() == 1


@pytest.mark.parametrize("change", [{"n_random": 2}, {"readers_per_case": 1}, {"purpose": "reader_study"}])
def test_an_id_stands_for_one_content(project: Project, manager: APIClient, change: dict[str, Any]) -> None:
    make_cases(project, 3)
    mine = {"client_uuid": str(uuid.uuid4())}
    assert ask(manager, project, mine).status_code == 201
    other = ask(manager, project, {**mine, **change})
    assert (other.status_code, other.json()["code"]) == (409, "id_reused")
    assert Round.objects.count() == 2


def test_a_round_whose_cases_were_all_excluded_before_it_was_filled_is_closed(
    project: Project, manager: APIClient
) -> None:
    make_cases(project, 2)
    assert ask(manager, project, {"n_random": 2}).status_code == 201
    finished_rounds_close()
    assert Round.objects.get(number=2).closed_at is None
    Case.objects.update(split=Split.EXCLUDED)
    fill()
    finished_rounds_close()
    assert Round.objects.get(number=2).closed_at is not None
