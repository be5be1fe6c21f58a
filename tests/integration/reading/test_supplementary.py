"""A new finding is asked of cases that were read before the schema had it, by a round that asks only it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from labelhub.consensus.selectors import labels_in_force
from labelhub.core.models import Job
from labelhub.projects.models import Project
from labelhub.projects.services import schema_create_version
from labelhub.reading.models import CaseRound, Round
from labelhub.reading.submissions import schema_of
from labelhub.workflows.reading.open_round import run_round_job
from labelhub.workflows.run_tick import STEPS
from tests.factories.cases import make_cases
from tests.factories.projects import FINDINGS, People
from tests.factories.reading import claim, document, read_case, submit

MASS = {"code": "mass", "name": "Mass", "hotkey": "3", "required": True, "boxes": False}
LUMP = {**MASS, "code": "lump", "name": "Lump", "hotkey": "4"}


@pytest.fixture
def address(project: Project, people: People) -> str:
    """One case read without the new finding, one read with it, one that nobody has begun."""
    make_cases(project, 1)
    for reader in (people.reader, people.second_reader):
        read_case(reader, project)
    schema_create_version(actor=None, project=project, findings=[*FINDINGS, MASS], region_classes=[])
    make_cases(project, 2)
    for reader in (people.reader, people.second_reader):
        read_case(reader, project, document({"mass": "absent"}))
    return f"/api/v1/projects/{project.slug}/rounds/"


def fill() -> None:
    job = Job.objects.get(kind="round", state="queued")
    Job.objects.filter(id=job.id).update(state="running", attempt=1, lease_until=job.created_at)
    job.refresh_from_db()
    run_round_job(job)


def ask(client: Any, address: str, *findings: str) -> tuple[int, str | None]:
    answer = client.post(address, {"findings": list(findings)}, format="json")
    return answer.status_code, answer.json().get("code")


def test_the_page_shows_how_many_and_the_job_asks_those_that_lack_it(
    project: Project, people: People, client_of: Callable[..., Any], address: str
) -> None:
    client = client_of(people.manager)
    lacking = [{"finding": "mass", "n_cases": 1, "n_reads": 2}]
    assert client.get(f"{address}preview/").json()["results"] == lacking
    assert Round.objects.count() == 1
    made = client.post(address, {"findings": ["mass"]}, format="json")
    assert made.status_code == 201 and made.json()["findings"] == ["mass"]
    fill()
    extra = CaseRound.objects.get(round__number=2)
    for reader in (people.reader, people.second_reader):
        row = claim(reader, project)
        assert row is not None and row.case == extra.case and schema_of(row).codes == ["mass"]
        only = document()
        only["answers"] = {"mass": {"value": "present", "by_rest": False}}
        submit(row, only)
    assert labels_in_force(project).get(case_round__case=extra.case, finding="mass").value == "present"
    assert labels_in_force(project).filter(case_round__case=extra.case).count() == 3
    for step in STEPS:
        if step.__name__ == "finished_rounds_close":
            step()
    assert [row["closed_at"] is not None for row in client.get(address).json()["results"]] == [False, True]
    assert client.get(f"{address}preview/").json()["results"] == []
    again = client.post(address, {"findings": ["mass"]}, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "nothing_to_ask")
    assert Round.objects.count() == 2


def test_a_request_that_is_sent_again_opens_no_second_pass(
    people: People, client_of: Callable[..., Any], address: str
) -> None:
    client, mine = client_of(people.manager), {"findings": ["mass"], "client_uuid": str(uuid.uuid4())}
    first = client.post(address, mine, format="json")
    fill()
    again = client.post(address, mine, format="json")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json()["number"] == first.json()["number"] == 2
    assert Round.objects.count() == 2 and Job.objects.filter(kind="round").count() == 1


@pytest.mark.parametrize("findings", [[], ["unknown"]])
def test_only_findings_of_the_schema_are_asked(
    people: People, client_of: Callable[..., Any], address: str, findings: list[str]
) -> None:
    answer = client_of(people.manager).post(address, {"findings": findings}, format="json")
    assert answer.status_code in (400, 422) and Round.objects.count() == 1


def test_a_pass_that_was_closed_before_it_was_read_can_be_opened_again(
    project: Project, people: People, client_of: Callable[..., Any], address: str
) -> None:
    client = client_of(people.manager)
    assert ask(client, address, "mass")[0] == 201
    fill()
    assert client.get(f"{address}preview/").json()["results"] == []
    assert client.post(f"{address}2/close/").status_code == 200
    assert [row["n_cases"] for row in client.get(f"{address}preview/").json()["results"]] == [1]
    assert ask(client, address, "mass")[0] == 201
    fill()
    row = claim(people.reader, project)
    assert row is not None and row.round.number == 3 and schema_of(row).codes == ["mass"]


def test_a_case_that_is_being_read_in_a_closed_pass_is_not_asked_twice(
    project: Project, people: People, client_of: Callable[..., Any], address: str
) -> None:
    client = client_of(people.manager)
    ask(client, address, "mass")
    fill()
    for reader in (people.reader, people.second_reader):
        assert claim(reader, project) is not None
    client.post(f"{address}2/close/")
    assert ask(client, address, "mass") == (409, "nothing_to_ask")


def test_the_same_pass_is_not_opened_twice(
    people: People, client_of: Callable[..., Any], address: str
) -> None:
    client = client_of(people.manager)
    assert ask(client, address, "mass")[0] == 201
    assert ask(client, address, "mass") == (409, "round_filling")
    assert Round.objects.count() == 2
    fill()
    assert ask(client, address, "mass") == (409, "nothing_to_ask")


def test_a_case_that_was_asked_each_finding_apart_is_not_asked_both_again(
    project: Project, people: People, client_of: Callable[..., Any], address: str
) -> None:
    client = client_of(people.manager)
    ask(client, address, "mass")
    fill()
    # Only the case of the first pass was read without either.
    schema_create_version(actor=None, project=project, findings=[*FINDINGS, MASS, LUMP], region_classes=[])
    ask(client, address, "lump")
    fill()
    assert CaseRound.objects.filter(round__number=3).count() == 2
    assert ask(client, address, "mass", "lump") == (409, "nothing_to_ask")


def test_a_schema_by_which_an_open_pass_would_ask_nothing_is_refused(
    project: Project, people: People, client_of: Callable[..., Any], address: str
) -> None:
    client = client_of(people.manager)
    ask(client, address, "mass")
    fill()
    schema = f"/api/v1/projects/{project.slug}/schema/"

    def save(*findings: dict[str, Any]) -> Any:
        content = {"findings": list(findings), "region_classes": []}
        return client.post(schema, content, format="json", headers={"If-Match": client.get(schema)["ETag"]})

    refused = save(*FINDINGS)
    assert (refused.status_code, refused.json()["code"]) == (409, "round_without_findings")
    assert refused.json()["details"] == {"rounds": [2]}
    row = claim(people.reader, project)
    assert row is not None and schema_of(row).codes == ["mass"]
    assert save(*FINDINGS, MASS, LUMP).status_code == 201
    client.post(f"{address}2/close/")
    assert save(*FINDINGS, LUMP).status_code == 201
