"""Who has seen others' reads of a case, by whatever page or download, is never offered it as a reader."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from labelhub.accounts.models import User
from labelhub.consensus.models import Adjudication
from labelhub.core.errors import Conflict
from labelhub.core.models import AuditEvent
from labelhub.imaging.models import Case
from labelhub.projects.models import Membership, Project
from labelhub.projects.services import membership_add
from labelhub.reading.models import Assignment, CaseRound, CaseSeen, Flag, Round, RoundSeen
from labelhub.reading.services.case_rounds import case_rounds_insert
from labelhub.reading.services.flags import flag_raise
from labelhub.reading.services.leases import (
    assignment_open,
    assignment_release,
    assignment_skip,
    assignment_unskip,
)
from labelhub.reading.services.rounds import round_open
from labelhub.workflows.projects.add_member import add_member
from tests.factories.accounts import make_user
from tests.factories.cases import make_cases
from tests.factories.projects import People, make_people, make_project
from tests.factories.reading import claim, document, read_case

ClientOf = Callable[[User | None], APIClient]


@dataclass(frozen=True)
class Seen:
    """A project in which one case is discordant, with one slot that was opened again for it in a later round."""

    project: Project
    people: People
    case: Case
    adjudication: Adjudication
    assignment: Assignment


@pytest.fixture
def seen(db: None) -> Seen:
    project = make_project(protocol={"show_outcome_when_closed": True})
    people = make_people(project)
    (case,) = make_cases(project, 1)
    read_case(people.reader, project, document({"nodule": "present"}))
    assignment = Assignment.objects.get(reader=people.reader)
    flag_raise(
        actor=people.reader,
        assignment=assignment,
        kind=Flag.Kind.URGENT,
        text="tension",
        client_uuid=uuid.uuid4(),
    )
    read_case(people.second_reader, project)
    return Seen(project, people, case, Adjudication.objects.get(), assignment)


SHOWS: dict[str, Callable[[Seen], tuple[str, str, str, Any]]] = {
    "adjudication": lambda s: ("adjudicator", "get", f"adjudications/{s.adjudication.id}/", None),
    "claim": lambda s: ("adjudicator", "post", f"adjudications/{s.adjudication.id}/claim/", {}),
    "list of adjudications": lambda s: (
        "adjudicator",
        "get",
        f"projects/{s.project.slug}/adjudications/",
        None,
    ),
} | {
    f"export of {what}": lambda s, what=what: (  # type: ignore[misc]
        "manager",
        "post",
        f"projects/{s.project.slug}/exports/",
        {"what": what, "format": "csv"},
    )
    for what in ("reads", "consensus", "adjudications")
}


def again(seen: Seen) -> Round:
    """The case is asked once more, in a round of its own."""
    round_, _ = round_open(actor=None, project=seen.project, purpose=Round.Purpose.CALIBRATION)  # type: ignore[arg-type]
    case_rounds_insert(round_, [seen.case], n_needed=5)
    return round_


@pytest.mark.parametrize("name", SHOWS)
def test_a_route_that_shows_reads_takes_the_case_away_from_who_looked(
    seen: Seen, client_of: ClientOf, name: str
) -> None:
    role, method, path, body = SHOWS[name](seen)
    person = getattr(seen.people, role)
    if role == "manager":  # her flags panel shows this case already: that is another test's
        CaseSeen.objects.all().delete()
    membership_add(actor=None, project=seen.project, user=person, role=Membership.Role.READER)
    reserved_first = again(seen)
    assert (row := claim(person, seen.project, ahead=True)) is not None and row.round == reserved_first
    answer = getattr(client_of(person), method)(f"/api/v1/{path}", body, format="json")
    assert answer.status_code == 200, answer.content
    b"".join(answer.streaming_content) if answer.streaming else None
    assert not Assignment.objects.filter(id=row.id).exists()  # what was reserved before is given up
    assert claim(person, seen.project) is None
    other = claim(seen.people.third_reader, seen.project)
    assert other is not None and other.case == seen.case


def test_a_reader_who_saw_the_outcome_is_not_asked_again(seen: Seen, client_of: ClientOf) -> None:
    seen.adjudication.case_round.discordances.all().delete()
    CaseRound.objects.update(closed_at=seen.assignment.submitted_at)
    reader = client_of(seen.people.reader)
    again(seen)
    path = f"/api/v1/assignments/{seen.assignment.id}/outcome/"
    assert reader.get(path).status_code == 200
    assert claim(seen.people.reader, seen.project) is None
    assert claim(seen.people.second_reader, seen.project) is not None


def test_flags_stand_on_the_page_of_every_data_manager(seen: Seen) -> None:
    newcomer = make_user()
    for person in (seen.people.manager, newcomer):
        add_member(actor=None, project=seen.project, user=person, role=Membership.Role.MANAGER)
        membership_add(actor=None, project=seen.project, user=person, role=Membership.Role.READER)
    again(seen)
    for person in (seen.people.manager, newcomer):
        assert CaseSeen.objects.filter(user=person, case=seen.case).exists()
        assert claim(person, seen.project) is None


@pytest.mark.parametrize("is_manager_before", [True, False])
def test_her_own_flag_does_not_take_her_case_away(
    project: Project, people: People, is_manager_before: bool
) -> None:
    make_cases(project, 1)
    reader = make_user()
    roles = [Membership.Role.READER, Membership.Role.MANAGER]
    for role in roles if is_manager_before else roles[:1]:
        add_member(actor=None, project=project, user=reader, role=role)
    row = claim(reader, project)
    assert row is not None
    flag_raise(actor=reader, assignment=row, kind=Flag.Kind.NOT_READABLE, text="", client_uuid=uuid.uuid4())
    if not is_manager_before:
        add_member(actor=None, project=project, user=reader, role=Membership.Role.MANAGER)
    assignment_release(actor=reader, assignment=row)
    row.refresh_from_db()
    assert assignment_open(actor=reader, assignment=row).state == Assignment.State.OPEN


def test_cases_begun_after_a_download_are_offered(seen: Seen, client_of: ClientOf) -> None:
    manager = seen.people.manager
    membership_add(actor=None, project=seen.project, user=manager, role=Membership.Role.READER)
    body = {"what": "reads", "format": "csv"}
    client_of(manager).post(f"/api/v1/projects/{seen.project.slug}/exports/", body, format="json")
    (new,) = make_cases(seen.project, 1)
    row = claim(manager, seen.project)
    assert row is not None and row.case == new
    assert RoundSeen.objects.count() == 1


def test_aggregates_do_not_count(seen: Seen, client_of: ClientOf) -> None:
    CaseSeen.objects.all().delete()
    manager = client_of(seen.people.manager)
    for path in ("dashboard/", "agreement/", "cases/", "learning/"):
        assert manager.get(f"/api/v1/projects/{seen.project.slug}/{path}").status_code == 200
    assert not CaseSeen.objects.exists() and not RoundSeen.objects.exists()


def skip(*, actor: User, assignment: Assignment) -> None:
    assignment_skip(actor=actor, assignment=assignment, reason="conflict", text="")


@pytest.mark.parametrize(
    ("give_up", "take_back"), [(assignment_release, assignment_open), (skip, assignment_unskip)]
)
def test_a_case_that_was_given_up_is_not_taken_again_after_its_reads_were_seen(
    seen: Seen, client_of: ClientOf, give_up: Callable[..., None], take_back: Callable[..., Any]
) -> None:
    manager = seen.people.manager
    membership_add(actor=None, project=seen.project, user=manager, role=Membership.Role.READER)
    make_cases(seen.project, 1)
    row = claim(manager, seen.project)
    assert row is not None
    give_up(actor=manager, assignment=row)
    body = {"what": "reads", "format": "csv"}
    client_of(manager).post(f"/api/v1/projects/{seen.project.slug}/exports/", body, format="json")
    row.refresh_from_db()
    with pytest.raises(Conflict) as error:
        take_back(actor=manager, assignment=row)
    assert error.value.code == "has_seen"


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        (("reader",), False),
        (("manager", "adjudicator"), False),
        (("engineer", "reader"), False),
        (("manager", "reader"), True),
        (("reader", "adjudicator"), True),
    ],
)
def test_a_person_of_two_roles_is_shown_and_recorded(
    project: Project, people: People, client_of: ClientOf, roles: tuple[str, ...], expected: bool
) -> None:
    person = make_user()
    for role in roles:
        add_member(actor=people.manager, project=project, user=person, role=role)
    last = AuditEvent.objects.filter(action="membership.added", actor_id=people.manager.id).order_by("-id")[0]
    assert last.data["not_blind"] is expected
    rows = client_of(people.manager).get(f"/api/v1/projects/{project.slug}/members/").json()["results"]
    (shown,) = [row for row in rows if row["user"]["id"] == str(person.id)]
    assert shown["sees_others_reads"] is expected


def test_a_reader_who_has_seen_nothing_costs_no_statement_more(project: Project, people: People) -> None:
    make_cases(project, 4)
    read_case(people.reader, project)
    with CaptureQueriesContext(connection) as statements:
        assert claim(people.reader, project) is not None
    asking = [each["sql"] for each in statements if "caseseen" in each["sql"]]
    assert len(asking) == 1 and "reading_readercursor" in asking[0]
