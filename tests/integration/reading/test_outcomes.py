"""A reader's look at the outcome of her case: on record, and the end of amending."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from labelhub.consensus.models import Adjudication
from labelhub.core.errors import Conflict, NotFound
from labelhub.core.models import AuditEvent
from labelhub.projects.models import Project
from labelhub.projects.services import protocol_create_version
from labelhub.reading.models import Assignment, CaseRound, CaseSeen, Read
from labelhub.reading.policies import own_assignment
from labelhub.workflows.consensus.adjudicate import claim_adjudication
from labelhub.workflows.consensus.outcomes import look_at_outcome
from labelhub.workflows.reading.submit_read import amend_read
from tests.factories.cases import make_case
from tests.factories.deciding import decide
from tests.factories.projects import People
from tests.factories.reading import box, document, read_case, submission


@pytest.fixture
def mine(project: Project, people: People) -> Assignment:
    """The first reader's assignment of a case that has closed, in a project that shows outcomes."""
    protocol_create_version(actor=None, project=project, values={"show_outcome_when_closed": True})
    make_case(project)
    read_case(people.reader, project)
    read_case(people.second_reader, project)
    assert CaseRound.objects.get().closed_at is not None
    return own_assignment(people.reader, Assignment.objects.get(reader=people.reader).id)


def amend(mine: Assignment, reason: str = "slip") -> Read:
    sent = submission(mine, document({"nodule": "uncertain"}), reason=reason)
    return amend_read(actor=mine.reader, assignment=mine, submission=sent)


def offered(mine: Assignment, client_of: Any) -> bool:
    page = client_of(mine.reader).get(f"/api/v1/assignments/{mine.id}/").json()
    return "amend" in page["allowed_actions"]


def test_until_she_looks_a_slip_can_be_corrected_although_the_case_has_closed(
    mine: Assignment, client_of: Any
) -> None:
    assert offered(mine, client_of)
    assert amend(mine).version == 2


def test_once_she_has_looked_the_workflow_refuses_her_amendment(mine: Assignment, client_of: Any) -> None:
    look_at_outcome(actor=mine.reader, assignment=mine)
    assert AuditEvent.objects.filter(action="outcome.viewed", actor_id=mine.reader_id).count() == 1
    assert CaseSeen.objects.get(user=mine.reader).how == "outcome"
    with pytest.raises(Conflict) as error:
        amend(mine)
    assert error.value.code == "outcome_shown" and not offered(mine, client_of)


def test_what_she_saw_stays_seen_when_the_case_opens_again(mine: Assignment) -> None:
    look_at_outcome(actor=mine.reader, assignment=mine)
    CaseRound.objects.update(closed_at=None)
    with pytest.raises(Conflict):
        amend(mine, "second look")


def test_after_ten_minutes_a_read_whose_outcome_is_shown_stands(
    mine: Assignment, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = timezone.now() + timedelta(minutes=11)
    monkeypatch.setattr("labelhub.reading.services.store_read.timezone.now", lambda: later)
    with pytest.raises(Conflict):
        amend(mine, "second look")
    assert not offered(mine, client_of)


def test_there_is_nothing_to_see_of_an_open_case(mine: Assignment) -> None:
    CaseRound.objects.update(closed_at=None)
    with pytest.raises(NotFound):
        look_at_outcome(actor=mine.reader, assignment=mine)
    assert not AuditEvent.objects.filter(action="outcome.viewed").exists() and not CaseSeen.objects.exists()


def test_the_outcome_shows_the_marks_of_the_decision_beside_those_of_the_reads(
    project: Project, people: People, client_of: Any
) -> None:
    protocol_create_version(actor=None, project=project, values={"show_outcome_when_closed": True})
    case = make_case(project)
    of_the_read, of_the_decision = box(case, 10, 10), box(case, 60, 70)
    read_case(people.reader, project, document({"nodule": "present"}, boxes=[of_the_read]))
    read_case(people.second_reader, project)
    row = Adjudication.objects.get()
    claim_adjudication(actor=people.adjudicator, adjudication=row)
    decide(people, row, boxes=[of_the_decision])
    mine = Assignment.objects.get(reader=people.reader)
    seen = client_of(people.reader).get(f"/api/v1/assignments/{mine.id}/outcome/").json()
    found = {each["code"]: each for each in seen["findings"]}
    assert (found["nodule"]["method"], found["effusion"]["method"]) == ("adjudicated", "concordant")
    assert [mark["geometry"] for mark in found["nodule"]["annotations"]] == [of_the_decision["geometry"]]
    assert found["effusion"]["annotations"] == []
    assert seen["reads"][0]["annotations"][0]["geometry"] == of_the_read["geometry"]
