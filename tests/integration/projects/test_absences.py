"""Pause and leave: nothing new is given while they last, what is open is finished; they begin and end by themselves."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from labelhub.consensus.models import Adjudication, ProjectStatistics
from labelhub.core.models import AuditEvent, Job
from labelhub.projects.absences import Away
from labelhub.projects.models import Absence, Project
from labelhub.reading.models import Assignment, CaseRound
from labelhub.reading.services.leases import assignment_open
from labelhub.reading.services.reservations import reservations_of_the_absent_give_up
from labelhub.workflows.consensus.adjudicate import claim_adjudication, claim_next_adjudication
from labelhub.workflows.projects.due_statistics import refresh_due_statistics
from labelhub.workflows.projects.project_warnings import project_warnings
from labelhub.workflows.projects.refresh_statistics import refresh_statistics
from tests.factories.cases import make_cases
from tests.factories.projects import People
from tests.factories.reading import claim, document, read_case, submit

Clients = Callable[..., APIClient]
Ask = Callable[..., Any]
NOW: dict[str, Any] = {}
DAY = timedelta(days=1)


@pytest.fixture
def put(project: Project, people: People, client_of: Clients) -> Ask:
    client = client_of(people.manager)

    def ask(user: Any, absence: Any, edited_from: Any = None) -> Any:
        body = {"absence": absence, "edited_from": edited_from}
        return client.put(f"/api/v1/projects/{project.slug}/members/{user.id}/absence/", body, format="json")

    return ask


def shown(answer: Any, user: Any) -> Any:
    (row,) = (row for row in answer.json()["results"] if row["user"]["id"] == str(user.id))
    return row["absence"]


def next_case(client: APIClient, project: Project, *, ahead: bool) -> Any:
    return client.post(
        f"/api/v1/projects/{project.slug}/worklist/next/",
        {"ahead": ahead},
        format="json",
        headers={"Idempotency-Key": str(uuid.uuid4())},
    )


def test_whoever_is_paused_is_given_nothing_new_and_finishes_what_is_open(
    project: Project, people: People, put: Ask, client_of: Clients
) -> None:
    make_cases(project, 3)
    opened = claim(people.reader, project)
    assert opened is not None and claim(people.reader, project, ahead=True) is not None
    assert shown(put(people.reader, NOW), people.reader)["has_begun"]
    # What was reserved went back, as if it had not been made.
    assert CaseRound.objects.filter(begun_seq=None).count() == 2
    reader = client_of(people.reader)
    refused = next_case(reader, project, ahead=True)
    assert (refused.status_code, refused.json()["code"]) == (403, "away")
    assert "paused" in refused.json()["message"] and refused.json()["details"] == {"until": None}
    assert next_case(reader, project, ahead=False).json()["assignment"]["id"] == str(opened.id)
    worklist = f"/api/v1/projects/{project.slug}/worklist/"
    assert reader.get(worklist).json()["away"] == {"until": None}
    assert submit(opened) is not None
    assert next_case(reader, project, ahead=False).json()["code"] == "away"
    put(people.reader, None, str(Absence.objects.get().id))
    assert reader.get(worklist).json()["away"] is None
    assert next_case(reader, project, ahead=False).json()["assignment"] is not None


@pytest.mark.parametrize(("begins", "ends", "is_given"), [(-2, -1, True), (-1, 1, False), (1, 2, True)])
def test_leave_begins_and_ends_by_its_times(
    project: Project, people: People, begins: int, ends: int, is_given: bool
) -> None:
    make_cases(project, 1)
    now = timezone.now()
    Absence.objects.create(
        project=project, user=people.reader, begins_at=now + begins * DAY, ends_at=now + ends * DAY
    )
    if is_given:
        assert claim(people.reader, project) is not None
        return
    with pytest.raises(Away, match="on leave"):
        claim(people.reader, project)


def test_what_was_reserved_before_her_leave_began_is_not_opened_and_goes_back(
    project: Project, people: People
) -> None:
    make_cases(project, 1)
    reserved = claim(people.reader, project, ahead=True)
    assert reserved is not None
    Absence.objects.create(project=project, user=people.second_reader, begins_at=timezone.now())
    assert reservations_of_the_absent_give_up() == 0
    Absence.objects.create(project=project, user=people.reader, begins_at=timezone.now())
    with pytest.raises(Away):
        assignment_open(actor=people.reader, assignment=reserved)
    assert reservations_of_the_absent_give_up() == 1
    assert not Assignment.objects.exists()


def test_an_adjudicator_who_is_paused_finishes_what_she_has(
    project: Project, people: People, put: Ask
) -> None:
    make_cases(project, 2)
    for nodule in ("present", "present"):
        read_case(people.reader, project, document({"nodule": nodule}))
        read_case(people.second_reader, project)
    mine = claim_next_adjudication(actor=people.adjudicator, project=project)
    assert mine is not None
    other = Adjudication.objects.exclude(id=mine.id).get()
    put(people.adjudicator, NOW)
    assert claim_next_adjudication(actor=people.adjudicator, project=project) == mine
    assert claim_adjudication(actor=people.adjudicator, adjudication=mine).id == mine.id
    with pytest.raises(Away):
        claim_adjudication(actor=people.adjudicator, adjudication=other)
    Adjudication.objects.filter(id=mine.id).update(state="open", adjudicator=None)
    with pytest.raises(Away):
        claim_next_adjudication(actor=people.adjudicator, project=project)


def test_two_managers_do_not_overwrite_each_other(project: Project, people: People, put: Ask) -> None:
    leave = {"begins_at": "2099-01-01T00:00:00Z", "ends_at": "2099-02-01T00:00:00Z"}
    for _ in range(2):  # sent again, it changes nothing
        known = shown(put(people.reader, leave), people.reader)
    assert (known["begins_at"], known["has_begun"]) == (leave["begins_at"], False)
    stale = put(people.reader, NOW)
    assert (stale.status_code, stale.json()["code"]) == (412, "absence_changed")
    assert put(people.reader, None, str(uuid.uuid4())).status_code == 412
    assert put(people.reader, NOW, known["id"]).status_code == 200
    assert put(people.reader, NOW, known["id"]).status_code == 200
    paused = Absence.objects.get()
    for _ in range(2):
        assert shown(put(people.reader, None, str(paused.id)), people.reader) is None
    told = AuditEvent.objects.filter(action__startswith="absence.").order_by("id")
    assert [row.action for row in told] == ["absence.set", "absence.set", "absence.ended"]
    assert {row.data["user"] for row in told} == {str(people.reader.id)}


def test_leave_that_is_over_and_strangers_are_refused(project: Project, people: People, put: Ask) -> None:
    past = {"begins_at": "2020-01-01T00:00:00Z", "ends_at": "2020-02-01T00:00:00Z"}
    assert put(people.reader, past).json()["code"] == "absence_over"
    backwards = {"begins_at": "2099-02-01T00:00:00Z", "ends_at": "2099-01-01T00:00:00Z"}
    assert put(people.reader, backwards).json()["code"] == "absence_over"
    assert put(people.stranger, NOW).status_code == 404


def test_warnings_count_only_those_who_are_here(project: Project, people: People, put: Ask) -> None:
    for person in (people.second_reader, people.third_reader, people.adjudicator):
        put(person, NOW)
    too_few, nobody_decides = project_warnings(project)
    assert "has 1 reader who is here (2 paused or on leave)" in too_few
    assert "has none who is here" in nobody_decides


def test_a_begun_case_is_not_left_to_those_who_are_away(project: Project, people: People, put: Ask) -> None:
    """The others have skipped it: the one who might read it is on leave."""
    make_cases(project, 1)
    read_case(people.reader, project)
    claim(people.second_reader, project)
    Assignment.objects.filter(reader=people.second_reader).update(state="skipped")
    CaseRound.objects.update(n_open=1)
    assert project_warnings(project) == []
    put(people.third_reader, NOW)
    (sentence,) = project_warnings(project)
    assert "1 begun case cannot be completed" in sentence


def test_a_project_is_counted_again_when_leave_begins(project: Project, people: People) -> None:
    now = timezone.now()
    refresh_statistics(project)
    ProjectStatistics.objects.update(computed_at=now - DAY)
    Job.objects.all().delete()
    refresh_due_statistics()
    assert not Job.objects.exists()
    Absence.objects.create(project=project, user=people.reader, begins_at=now - DAY / 2)
    refresh_due_statistics()
    assert Job.objects.filter(kind="statistics").count() == 1


def test_her_pause_ends_with_her_last_role(
    project: Project, people: People, put: Ask, client_of: Clients
) -> None:
    put(people.reader, NOW)
    client = client_of(people.manager)
    address = f"/api/v1/projects/{project.slug}/members/{people.reader.id}/"
    client.put(address, {"roles": ["engineer"], "edited_from": ["reader"]}, format="json")
    assert Absence.objects.exists()
    client.put(address, {"roles": [], "edited_from": ["engineer"]}, format="json")
    assert not Absence.objects.exists()
