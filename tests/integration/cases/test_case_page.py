"""One case: what is there to see of it, what was said of it, and what a look at that costs whoever looks."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from labelhub.consensus.models import Adjudication
from labelhub.core.models import AuditEvent
from labelhub.imaging.models import Case, Instance
from labelhub.learning.models import RankedCase
from labelhub.projects.models import Project
from labelhub.reading.models import CaseSeen, Flag
from labelhub.reading.services.flags import flag_raise
from labelhub.reading.services.seen import seen_among
from labelhub.workflows.consensus.adjudicate import claim_adjudication
from labelhub.workflows.consensus.decide import FindingDecision, decide_adjudication
from labelhub.workflows.projects.add_member import add_member
from tests.factories.cases import make_case, make_cases
from tests.factories.imaging import import_files, radiograph
from tests.factories.learning import empty_ranking
from tests.factories.projects import People
from tests.factories.reading import box, claim, document, read_case

ClientOf = Callable[..., APIClient]


@pytest.fixture
def manager(people: People, client_of: ClientOf) -> APIClient:
    return client_of(people.manager)


def shown(client: APIClient, project: Project, number: int, **query: Any) -> dict[str, Any]:
    answer = client.get(f"/api/v1/projects/{project.slug}/cases/{number}/", query)
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def record(client: APIClient, case: Case) -> dict[str, Any]:
    answer = client.get(f"/api/v1/cases/{case.id}/record/")
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def test_a_case_is_shown_by_its_number_with_its_patients_other_cases(
    project: Project, manager: APIClient
) -> None:
    case = make_case(project, day=730_000)
    later = make_case(project, patient=case.patient, day=730_030)
    undated = make_case(project, patient=case.patient)
    ranking = empty_ranking(project)
    RankedCase.objects.create(ranking=ranking, position=4, case=case, why="uncertainty", score=0.5)
    found = shown(manager, project, case.number)
    assert (found["label"], found["shown_version"], len(found["images"])) == (case.name, 1, 1)
    assert found["patient"]["cases"] == [
        {"number": later.number, "days_later": 30},
        {"number": undated.number, "days_later": None},
    ]
    assert found["scores"][0]["position"] == 4 and found["scores"][0]["is_in_force"]
    assert [(row["round"], row["state"]) for row in found["rounds"]] == [(1, "not_begun")]
    assert (found["previous"], found["next"]) == (None, later.number)
    assert "730" not in str(
        {**found, "id": "", "images": [], "files": [], "patient": found["patient"]["cases"]}
    )


def test_every_version_shows_its_own_images(project: Project, people: People, manager: APIClient) -> None:
    import_files(project, {"1.dcm": radiograph(1, study=5, patient="P", ViewPosition="LL")})
    assert claim(people.reader, project)
    import_files(project, {"folder/Second.dcm": radiograph(2, study=5, patient="P")})
    found = shown(manager, project, 1)
    assert [
        (row["version"], row["n_images"], row["is_in_force"], row["is_held"]) for row in found["versions"]
    ] == [
        (1, 1, True, False),
        (2, 2, False, True),
    ]
    assert len(found["images"]) == 1
    newer = shown(manager, project, 1, version=2)
    assert len(newer["images"]) == 2 and {row["file_name"] for row in newer["files"]} == {
        "1.dcm",
        "second.dcm",
    }
    for version in ("3", "x", "-1"):
        answer = manager.get(f"/api/v1/projects/{project.slug}/cases/1/", {"version": version})
        assert (answer.status_code, answer.json()["code"]) == (400, "unknown_filter")


def test_there_is_no_case_of_another_number(project: Project, manager: APIClient) -> None:
    assert manager.get(f"/api/v1/projects/{project.slug}/cases/1/").status_code == 404


def test_the_record_holds_what_everybody_said_and_where_each_label_comes_from(
    project: Project, people: People, manager: APIClient
) -> None:
    case = make_case(project)
    first = read_case(people.reader, project, document({"nodule": "present"}, boxes=[box(case, 10, 10)]))
    second = read_case(people.second_reader, project)
    row = claim_adjudication(actor=people.adjudicator, adjudication=Adjudication.objects.get())
    decide_adjudication(
        actor=people.adjudicator,
        adjudication=row,
        client_uuid=uuid.uuid4(),
        decisions=[FindingDecision("nodule", "present", "seen on both", [])],
    )
    assert first is not None and second is not None
    found = record(manager, case)
    assert [(read["reader"], read["answers"]["nodule"]["value"]) for read in found["reads"]] == [
        (people.reader.username, "present"),
        (people.second_reader.username, "absent"),
    ]
    assert len(found["reads"][0]["annotations"]) == 1
    assert [(each["finding"], each["gap"]) for each in found["discordances"]] == [("nodule", "1:1")]
    (decision,) = found["decisions"]
    assert (decision["value"], decision["reason"]) == ("present", "seen on both")
    labels = {(each["finding"], each["is_current"]): each for each in found["labels"]}
    assert labels["nodule", True]["decision"] == decision["id"]
    assert set(labels["effusion", True]["reads"]) == {str(first.id), str(second.id)}
    assert [finding["code"] for finding in found["findings"]] == ["nodule", "effusion"]


def test_a_look_is_on_record_and_the_case_is_never_offered_to_whoever_looked(
    project: Project, people: People, manager: APIClient
) -> None:
    case, other = make_cases(project, 2)
    add_member(actor=people.manager, project=project, user=people.manager, role="reader")
    shown(manager, project, case.number)
    assert not CaseSeen.objects.exists()
    record(manager, case)
    assert seen_among(people.manager.id, [case.id, other.id]) == {case.id}
    assert CaseSeen.objects.get().how == "case"
    viewed = AuditEvent.objects.get(action="case.viewed")
    assert (viewed.actor_id, viewed.object_id) == (people.manager.id, str(case.id))
    offered = claim(people.manager, project)
    assert offered is not None and offered.case_id == other.id
    assert claim(people.manager, project) == offered


@pytest.mark.parametrize("path", ["record", "history"])
def test_who_reads_the_case_now_is_not_shown_what_others_said(
    project: Project, people: People, manager: APIClient, path: str
) -> None:
    case = make_case(project)
    add_member(actor=people.manager, project=project, user=people.manager, role="reader")
    mine = claim(people.manager, project)
    assert mine is not None and mine.case_id == case.id
    answer = manager.get(f"/api/v1/cases/{case.id}/{path}/")
    assert (answer.status_code, answer.json()["code"]) == (409, "reading_now")
    assert not CaseSeen.objects.exists() and not AuditEvent.objects.filter(action="case.viewed").exists()


def test_the_history_names_who_did_what(project: Project, people: People, manager: APIClient) -> None:
    case = make_case(project)
    mine = claim(people.reader, project)
    assert mine is not None
    flag_raise(
        actor=people.reader, assignment=mine, kind=Flag.Kind.URGENT, text="tension", client_uuid=uuid.uuid4()
    )
    make_case(project)
    events = manager.get(f"/api/v1/cases/{case.id}/history/").json()["results"]
    assert ("flag.urgent", people.reader.username) in [(row["action"], row["actor"]) for row in events]
    assert [row["id"] for row in events] == sorted((row["id"] for row in events), reverse=True)
    assert "tension" not in str(events)
    assert AuditEvent.objects.get(action="case.viewed").data == {"what": "history"}
    assert record(manager, case)["flags"][0]["text"] == "tension"


def test_the_page_takes_as_many_queries_for_many_images_as_for_one(
    project: Project, people: People, manager: APIClient
) -> None:
    import_files(project, {"1.dcm": radiograph(1, study=5, patient="P")})
    import_files(project, {f"{n}.dcm": radiograph(n, study=6, patient="Q") for n in range(2, 8)})
    counts = []
    for number in (1, 2):
        with CaptureQueriesContext(connection) as context:
            shown(manager, project, number)
        counts.append(len(context))
    assert counts[0] == counts[1] <= 12
    assert Instance.objects.filter(project=project).count() == 7
