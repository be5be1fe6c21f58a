"""An export of chosen cases: their rows alone, and who takes it has seen these cases alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from labelhub.consensus.models import Adjudication
from labelhub.core.models import AuditEvent
from labelhub.imaging.models import Case
from labelhub.projects.models import Project
from labelhub.reading.models import CaseSeen, RoundSeen
from labelhub.releases.models import Export
from labelhub.workflows.consensus.adjudicate import claim_adjudication
from labelhub.workflows.consensus.decide import FindingDecision, decide_adjudication
from tests.factories.cases import make_cases
from tests.factories.projects import People, make_project
from tests.factories.reading import document, read_case

ClientOf = Callable[..., APIClient]


@pytest.fixture
def discordant(project: Project, people: People) -> list[int]:
    """Numbers of three cases that were read twice, of which each was decided; a fourth was not read."""
    make_cases(project, 4)
    for _ in range(3):
        read_case(people.reader, project, document({"nodule": "present"}))
        read_case(people.second_reader, project)
    for row in Adjudication.objects.filter(project=project):
        claimed = claim_adjudication(actor=people.adjudicator, adjudication=row)
        decide_adjudication(
            actor=people.adjudicator,
            adjudication=claimed,
            client_uuid=row.id,
            decisions=[FindingDecision("nodule", "present", "", [])],
        )
    CaseSeen.objects.all().delete()
    read = Case.objects.filter(case_rounds__begun_seq__isnull=False)
    return list(read.order_by("number").values_list("number", flat=True))


def export(client: APIClient, project: Project, what: str, cases: Any = None) -> Any:
    body = {"what": what, "format": "json"} | ({} if cases is None else {"cases": cases})
    return client.post(f"/api/v1/projects/{project.slug}/exports/", body, format="json")


def rows(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = json.loads(b"".join(answer.streaming_content))
    return found


@pytest.mark.parametrize("what", ["reads", "consensus", "adjudications"])
def test_it_holds_the_rows_of_these_cases(
    what: str, project: Project, people: People, discordant: list[int], client_of: ClientOf
) -> None:
    client = client_of(people.manager)
    chosen = {discordant[0], discordant[2]}
    everything = rows(export(client, project, what))
    part = rows(export(client, project, what, [*chosen, discordant[0]]))
    assert {row["case_number"] for row in everything} == set(discordant)
    assert part == [row for row in everything if row["case_number"] in chosen]
    assert {row["case_number"] for row in part} == chosen


def test_who_takes_it_has_seen_these_cases_and_no_others(
    project: Project, people: People, discordant: list[int], client_of: ClientOf
) -> None:
    export(client_of(people.manager), project, "reads", discordant[:2])
    seen = CaseSeen.objects.filter(user=people.manager).values_list("case__number", flat=True)
    assert sorted(seen) == discordant[:2]
    assert not RoundSeen.objects.filter(user=people.manager).exists()
    made = Export.objects.get()
    assert made.cases == discordant[:2]
    told = AuditEvent.objects.get(action="export.made", object_id=str(made.id))
    assert told.data == {"what": "reads", "format": "json", "n_cases": 2}


def test_all_cases_are_one_fact_as_before(
    project: Project, people: People, discordant: list[int], client_of: ClientOf
) -> None:
    export(client_of(people.manager), project, "reads")
    assert RoundSeen.objects.filter(user=people.manager).exists()
    assert not CaseSeen.objects.filter(user=people.manager).exists()
    assert Export.objects.get().cases is None


@pytest.mark.parametrize("cases", [[], [99], list(range(1, 1002)), [0], ["a"], "1"])
def test_numbers_that_cannot_be_taken_are_refused_and_nobody_has_seen_anything(
    cases: Any, project: Project, people: People, discordant: list[int], client_of: ClientOf
) -> None:
    assert export(client_of(people.manager), project, "reads", cases).status_code in (400, 422)
    assert not Export.objects.exists() and not CaseSeen.objects.exists()


def test_a_number_of_another_project_is_none(
    project: Project, people: People, discordant: list[int], client_of: ClientOf
) -> None:
    make_cases(make_project(), 9)
    assert export(client_of(people.manager), project, "reads", [9]).json()["code"] == "unknown_cases"


def test_agreement_is_of_all_cases(project: Project, people: People, client_of: ClientOf) -> None:
    make_cases(project, 1)
    answer = export(client_of(people.manager), project, "agreement", [1])
    assert (answer.status_code, answer.json()["code"]) == (422, "agreement_is_of_all")


def test_an_engineer_gets_labels_of_some_cases_and_no_reads(
    project: Project, people: People, discordant: list[int], client_of: ClientOf
) -> None:
    client = client_of(people.engineer)
    assert {row["case_number"] for row in rows(export(client, project, "consensus", [discordant[1]]))} == {
        discordant[1]
    }
    assert export(client, project, "reads", [discordant[1]]).status_code == 403
