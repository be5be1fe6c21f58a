"""What each person has in hand: counted, listed, taken back and handed over, for the data manager alone."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from labelhub.consensus.models import Adjudication
from labelhub.core.models import AuditEvent
from labelhub.imaging.models import Case, Split
from labelhub.projects.models import Absence, Membership, Project
from labelhub.reading.models import Assignment, CaseRound, LateRead, ReadDraft, Round, Seen
from labelhub.reading.services.assigning import ASSIGNED_LEASE
from labelhub.reading.services.drafts import draft_save
from labelhub.reading.services.leases import expire_leases
from labelhub.reading.services.rounds import round_close
from labelhub.reading.services.seen import cases_seen
from labelhub.workflows.consensus.adjudicate import claim_adjudication
from tests.factories.cases import make_cases
from tests.factories.projects import People
from tests.factories.reading import claim, document, drafted, open_round, read_case, submit

Clients = Callable[..., APIClient]
S = Assignment.State


@pytest.fixture
def manager(people: People, client_of: Clients) -> APIClient:
    return client_of(people.manager)


def work_of(client: APIClient, project: Project, user: Any) -> Any:
    return client.get(f"/api/v1/projects/{project.slug}/members/{user.id}/in-hand/").json()


def numbers(client: APIClient, project: Project) -> dict[str, Any]:
    rows = client.get(f"/api/v1/projects/{project.slug}/members/in-hand/").json()["results"]
    return {row.pop("user"): row for row in rows}


def hand_over(client: APIClient, row: Assignment, reader: Any) -> Any:
    body = {"reader": str(reader.id)}
    return client.post(f"/api/v1/assignments/{row.id}/hand-over/", body, format="json")


def taken(reader: Any, project: Project) -> Assignment:
    row = claim(reader, project)
    assert row is not None
    return row


def test_each_persons_work_is_counted_and_listed(
    project: Project, people: People, manager: APIClient
) -> None:
    make_cases(project, 4)
    read_case(people.reader, project, document({"nodule": "present"}))
    read_case(people.second_reader, project)
    claim_adjudication(actor=people.adjudicator, adjudication=Adjudication.objects.get())
    opened = taken(people.reader, project)
    claim(people.reader, project, ahead=True)
    draft_save(assignment=opened, version=0, document=drafted(opened))
    Assignment.objects.filter(reader=people.second_reader).update(state=S.SKIPPED)
    told = numbers(manager, project)
    assert len(told) == 6
    hers = told[str(people.reader.id)]
    assert (hers["n_open"], hers["n_reserved"], hers["n_returned"], hers["n_skipped"]) == (1, 1, 0, 0)
    assert hers["oldest_at"] is not None
    assert told[str(people.second_reader.id)]["n_skipped"] == 1
    assert told[str(people.adjudicator.id)]["n_adjudications"] == 1
    first, second = work_of(manager, project, people.reader)["cases"]
    assert (first["id"], first["label"]) == (str(opened.id), opened.case.name)
    assert first["draft_saved_at"] is not None and second["draft_saved_at"] is None
    assert (first["allowed_actions"], second["allowed_actions"]) == (["release", "hand_over"], ["release"])
    (claimed,) = work_of(manager, project, people.adjudicator)["adjudications"]
    assert claimed["label"].startswith("Case ")
    assert manager.get(f"/api/v1/projects/{project.slug}/members/{uuid.uuid4()}/in-hand/").status_code == 404


def test_the_count_takes_as_many_statements_for_any_number_of_cases_and_stops_at_a_hundred(
    project: Project, people: People, manager: APIClient
) -> None:
    def skipped(cases: list[Case]) -> None:
        round_ = CaseRound.objects.all()[0].round
        now = timezone.now()
        Assignment.objects.bulk_create(
            Assignment(
                round=round_,
                case=case,
                case_version_id=case.current_version_id,
                reader=people.reader,
                state=S.SKIPPED,
                rule=Assignment.Rule.RANDOM,
                reader_position=case.number,
                claim_key=uuid.uuid4(),
                reserved_at=now,
            )
            for case in cases
        )

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            numbers(manager, project)
        return len(captured)

    skipped(make_cases(project, 1))
    few = statements()
    skipped(make_cases(project, 120))
    assert statements() == few
    assert numbers(manager, project)[str(people.reader.id)]["n_skipped"] == 100


def test_an_open_case_is_handed_over_with_its_slot(
    project: Project, people: People, manager: APIClient
) -> None:
    make_cases(project, 3)
    row = taken(people.reader, project)
    draft_save(assignment=row, version=0, document=drafted(row))
    theirs = taken(people.second_reader, project)
    assert theirs.case == row.case
    for _ in range(2):  # sent again, it changes nothing
        assert hand_over(manager, row, people.third_reader).status_code == 204
    row.refresh_from_db()
    assert row.state == S.RELEASED and ReadDraft.objects.filter(assignment=row).exists()
    given = Assignment.objects.get(reader=people.third_reader)
    assert (given.case, given.state, given.rule) == (row.case, S.RESERVED, Assignment.Rule.ASSIGNED)
    assert CaseRound.objects.get(case=row.case).n_open == 0
    told = (
        AuditEvent.objects.filter(actor_id=people.manager.id).order_by("id").values_list("action", flat=True)
    )
    assert list(told) == ["assignment.handed_over", "assignment.assigned"]
    # It waits for her, before all else, and for nobody else.
    assert given.lease_until is not None and given.lease_until > timezone.now() + ASSIGNED_LEASE / 2
    assert expire_leases() == 0
    assert taken(people.third_reader, project) == given
    submit(given)
    submit(theirs)
    # What its first reader had done is not lost.
    submit(row)
    assert LateRead.objects.filter(assignment=row).exists()


def excluded(project: Project, people: People, row: Assignment) -> None:
    CaseRound.objects.filter(case=row.case).update(split=Split.EXCLUDED)


def has_had(project: Project, people: People, row: Assignment) -> None:
    taken(people.second_reader, project)
    Assignment.objects.filter(reader=people.second_reader).update(state=S.SKIPPED)


def has_seen(project: Project, people: People, row: Assignment) -> None:
    cases_seen(people.second_reader, project.id, [row.case_id], Seen.FLAG)


def away(project: Project, people: People, row: Assignment) -> None:
    Absence.objects.create(project=project, user=people.second_reader, begins_at=timezone.now())


def reads_no_more(project: Project, people: People, row: Assignment) -> None:
    Membership.objects.filter(user=people.second_reader).delete()


def surplus(project: Project, people: People, row: Assignment) -> None:
    """The protocol asks for fewer reads now, and somebody else has the one that is left."""
    CaseRound.objects.filter(case=row.case).update(n_needed=2, n_extra=1, n_open=0)


def submitted(project: Project, people: People, row: Assignment) -> None:
    submit(row)


REFUSED: list[tuple[Callable[[Project, People, Assignment], None], str]] = [
    (excluded, "excluded"),
    (has_had, "already_hers"),
    (has_seen, "has_seen"),
    (away, "reader_away"),
    (reads_no_more, "not_a_reader"),
    (surplus, "no_free_slot"),
    (submitted, "not_open"),
]


@pytest.mark.parametrize(("make", "code"), REFUSED, ids=[code for _, code in REFUSED])
def test_who_cannot_be_given_a_case(
    project: Project, people: People, manager: APIClient, make: Callable[..., None], code: str
) -> None:
    make_cases(project, 1)
    row = taken(people.reader, project)
    make(project, people, row)
    before = list(Assignment.objects.order_by("id").values_list("id", "state"))
    answer = hand_over(manager, row, people.second_reader)
    assert answer.status_code == (422 if code == "not_a_reader" else 409)
    assert answer.json()["code"] == code and len(answer.json()["message"]) > 20
    assert list(Assignment.objects.order_by("id").values_list("id", "state")) == before


def test_a_case_of_a_round_goes_to_a_reader_of_the_round_while_it_is_open(
    project: Project, people: People, manager: APIClient
) -> None:
    cases = make_cases(project, 1)
    pair = [people.reader, people.second_reader]
    round_ = open_round(project, people, cases, purpose=Round.Purpose.CALIBRATION, readers=pair)
    row = taken(people.reader, project)
    assert row.round == round_
    assert hand_over(manager, row, people.third_reader).json()["code"] == "not_in_round"
    round_close(actor=people.manager, round_=round_)
    assert hand_over(manager, row, people.second_reader).json()["code"] == "round_closed"


def test_a_case_that_was_chosen_for_her_goes_back_when_she_is_paused(
    project: Project, people: People, manager: APIClient
) -> None:
    make_cases(project, 1)
    row = taken(people.reader, project)
    hand_over(manager, row, people.second_reader)
    body = {"absence": {}, "edited_from": None}
    address = f"/api/v1/projects/{project.slug}/members/{people.second_reader.id}/absence/"
    assert manager.put(address, body, format="json").status_code == 200
    assert not Assignment.objects.filter(reader=people.second_reader).exists()
    assert read_case(people.third_reader, project) is not None


def test_what_is_held_is_taken_back(project: Project, people: People, manager: APIClient) -> None:
    make_cases(project, 2)
    row = taken(people.reader, project)
    for state in (S.RELEASED, S.RELEASED):
        assert manager.post(f"/api/v1/assignments/{row.id}/manager-release/").status_code == 204
        row.refresh_from_db()
        assert row.state == state
    read_case(people.second_reader, project, document({"nodule": "present"}))
    read_case(people.third_reader, project)
    claimed = claim_adjudication(actor=people.adjudicator, adjudication=Adjudication.objects.get())
    for _ in range(2):
        assert manager.post(f"/api/v1/adjudications/{claimed.id}/manager-release/").status_code == 204
    claimed.refresh_from_db()
    assert (claimed.state, claimed.adjudicator) == (Adjudication.State.OPEN, None)
    assert AuditEvent.objects.filter(action="adjudication.released").count() == 1
