"""What a changed schema would do is asked before it is saved: nothing is written, what cannot be saved is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from labelhub.core.models import AuditEvent, Job
from labelhub.imaging.models import Case, Split
from labelhub.projects.models import LabelSchema, Project
from labelhub.reading.models import CaseRound
from tests.factories.cases import make_cases
from tests.factories.projects import FINDINGS, People
from tests.factories.reading import claim, document, open_round, read_case

pytestmark = pytest.mark.django_db
MASS = {"code": "mass", "name": "Mass", "hotkey": "3", "required": True, "boxes": False}
Ask = Callable[[list[dict[str, Any]]], Any]


@pytest.fixture
def ask(project: Project, people: People, client_of: Callable[..., Any]) -> Ask:
    address = f"/api/v1/projects/{project.slug}/schema/preview/"
    return lambda findings: client_of(people.manager).post(address, {"findings": findings}, format="json")


@pytest.fixture
def cases(project: Project, people: People) -> list[Case]:
    """One closed, one that waits for a decision, one begun, two new."""
    cases = make_cases(project, 5)
    for values in ({}, {"nodule": "present"}):
        read_case(people.reader, project, document(values))
        read_case(people.second_reader, project)
    assert claim(people.reader, project) is not None
    return cases


def test_an_added_a_removed_and_a_renamed_finding(ask: Ask, cases: list[Case]) -> None:
    answer = ask([{**FINDINGS[0], "name": "Round spot"}, MASS]).json()
    stands = {"new": 2, "open": 1, "read": 1, "closed": 1}
    assert answer["cases"] == stands
    renamed, added, removed = answer["findings"]
    assert (renamed["kind"], renamed["fields"], renamed["n_labelled"]) == ("changed", ["name"], 1)
    assert (renamed["before"]["name"], renamed["after"]["name"]) == ("Nodule", "Round spot")
    assert (added["code"], added["kind"], added["cases"], added["n_labelled"]) == ("mass", "added", stands, 0)
    assert added["supplementary"] == {"n_cases": 2, "n_reads": 4}
    assert (removed["code"], removed["kind"], removed["n_labelled"]) == ("effusion", "removed", 2)
    assert removed["supplementary"] is None


def test_nothing_is_written(ask: Ask, cases: list[Case]) -> None:
    before = AuditEvent.objects.count()
    assert ask([*FINDINGS, MASS]).status_code == 200
    assert LabelSchema.objects.count() == 1 and AuditEvent.objects.count() == before
    assert not Job.objects.filter(kind__in=["round", "slots", "consensus"]).exists()


def test_what_is_in_force_changes_no_finding(ask: Ask, cases: list[Case]) -> None:
    assert ask(FINDINGS).json()["findings"] == []


def test_what_could_not_be_saved_is_refused_alike(
    ask: Ask, cases: list[Case], project: Project, people: People
) -> None:
    wrong = ask([{**MASS, "code": "Mass!"}])
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid_schema")
    open_round(project, people, cases[:1], findings=["effusion"])
    empty = ask(FINDINGS[:1])
    assert (empty.status_code, empty.json()["code"]) == (409, "round_without_findings")


def test_excluded_cases_are_left_out_and_a_case_of_two_rounds_counts_once(
    ask: Ask, cases: list[Case], project: Project, people: People
) -> None:
    CaseRound.objects.filter(case=cases[4]).update(split=Split.EXCLUDED)
    open_round(project, people, cases[3:4])
    assert ask([*FINDINGS, MASS]).json()["cases"] == {"new": 1, "open": 1, "read": 1, "closed": 1}


def test_its_queries_do_not_grow_with_the_findings(ask: Ask, cases: list[Case]) -> None:
    def n_queries(n: int) -> int:
        further = [{**MASS, "code": f"mass_{i}", "name": f"Mass {i}", "hotkey": ""} for i in range(n)]
        with CaptureQueriesContext(connection) as queries:
            assert len(ask([*FINDINGS, *further]).json()["findings"]) == n
        return len(queries)

    n_queries(1)
    assert n_queries(40) == n_queries(1)
