"""Cases that a manager puts first: with and without a ranking, until they are begun, unseen by readers."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from labelhub.core.models import AuditEvent
from labelhub.imaging.models import Case
from labelhub.projects.models import Project
from labelhub.projects.services import protocol_create_version
from labelhub.reading.models import QueueEntry, Seen
from labelhub.reading.services.leases import assignment_release
from labelhub.reading.services.reservations import reservations_release
from labelhub.reading.services.seen import cases_seen
from labelhub.workflows.cases.bulk import Outcome
from labelhub.workflows.cases.exclude_cases import exclude_cases
from labelhub.workflows.cases.read_first import put_first, put_in_turn
from tests.factories.cases import make_case, make_cases
from tests.factories.projects import People
from tests.factories.reading import claim, ranked, read_case

pytestmark = pytest.mark.django_db
ClientOf = Callable[..., APIClient]


def first(project: Project, people: People, *cases: Case) -> Outcome:
    return put_first(actor=people.manager, project=project, case_ids=[case.id for case in cases])


def in_turn(project: Project, people: People, *cases: Case) -> Outcome:
    return put_in_turn(actor=people.manager, project=project, case_ids=[case.id for case in cases])


@pytest.mark.parametrize("is_ranked", [False, True])
def test_they_come_before_all_other_new_cases(project: Project, people: People, is_ranked: bool) -> None:
    cases = make_cases(project, 4)
    if is_ranked:
        ranked(project, *cases)
    assert first(project, people, cases[3], cases[2]).n_done == 2
    rules = []
    for _ in cases:
        read = read_case(people.reader, project)
        assert read is not None
        rules.append((cases.index(read.assignment.case), read.assignment.rule))
    others = "ranking" if is_ranked else "random"
    assert rules == [(2, "read_first"), (3, "read_first"), (0, others), (1, others)]


def test_the_next_ranking_does_not_move_them(project: Project, people: People) -> None:
    cases = make_cases(project, 3)
    first(project, people, cases[2])
    held = claim(people.reader, project, ahead=True)
    ranked(project, *cases)
    reservations_release(project)
    offered = claim(people.reader, project)
    assert held is not None and offered == held and offered.case_id == cases[2].id
    assert not QueueEntry.objects.filter(case=cases[0], is_open=False).exists()


def test_a_begun_case_and_one_sent_back_still_come_before_them(project: Project, people: People) -> None:
    begun, put = make_cases(project, 2)
    first(project, people, begun)
    read_case(people.second_reader, project)
    first(project, people, put)
    offered = claim(people.reader, project)
    assert offered is not None and (offered.case_id, offered.rule) == (begun.id, "begun")


def test_one_given_back_before_it_was_opened_is_first_again(project: Project, people: People) -> None:
    cases = make_cases(project, 2)
    first(project, people, cases[1])
    held = claim(people.reader, project, ahead=True)
    assert held is not None
    assignment_release(actor=people.reader, assignment=held)
    offered = claim(people.second_reader, project)
    assert offered is not None and (offered.case_id, offered.rule) == (cases[1].id, "read_first")


def test_test_and_validation_cases_are_mixed_in_as_before(project: Project, people: People) -> None:
    protocol_create_version(actor=None, project=project, values={"eval_interleave": 2})
    make_case(project, split="test")
    first(project, people, *make_cases(project, 3))
    rules = []
    for _ in range(4):
        read = read_case(people.reader, project)
        assert read is not None
        rules.append(read.assignment.rule)
    assert rules == ["read_first", "evaluation", "read_first", "read_first"]


def test_who_has_seen_one_is_not_offered_it(project: Project, people: People) -> None:
    cases = make_cases(project, 2)
    first(project, people, cases[1])
    cases_seen(people.reader, project.id, [cases[1].id], Seen.FLAG)
    offered = claim(people.reader, project)
    assert offered is not None and offered.case_id == cases[0].id


def test_each_case_says_what_could_not_be(project: Project, people: People, client_of: ClientOf) -> None:
    begun = make_case(project)
    read_case(people.reader, project)
    new, test, out = make_case(project), make_case(project, split="test"), make_case(project)
    asked = {"case_ids": [out.id], "reason": "A hand.", "client_uuid": uuid.uuid4()}
    exclude_cases(actor=people.manager, project=project, **asked)
    client, address = client_of(people.manager), f"/api/v1/projects/{project.slug}/cases/"
    unknown = uuid.uuid4()
    body = {"cases": [str(pk) for pk in (begun.id, new.id, test.id, out.id, unknown)]}
    answer = client.post(f"{address}read-first/", body, format="json").json()
    assert (answer["put_first"], answer["already"]) == (1, 0)
    assert {row["case"]: row["code"] for row in answer["refused"]} == {
        str(begun.id): "case_begun",
        str(test.id): "not_a_pool_case",
        str(out.id): "case_excluded",
        str(unknown): "unknown_case",
    }
    assert AuditEvent.objects.get(action="case.put_first").object_id == str(new.id)
    assert "put it first" in client.get(f"/api/v1/cases/{new.id}/why/").json()["message"]
    again = client.post(f"{address}read-first/", {"cases": [str(new.id)]}, format="json").json()
    assert again == {"put_first": 0, "already": 1, "refused": []}


def test_a_reserved_case_may_be_put_first(project: Project, people: People) -> None:
    (case,) = make_cases(project, 1)
    assert claim(people.reader, project, ahead=True) is not None
    assert first(project, people, case).n_done == 1


def test_it_is_taken_back(project: Project, people: People, client_of: ClientOf) -> None:
    cases = make_cases(project, 2)
    first(project, people, cases[1])
    address = f"/api/v1/projects/{project.slug}/cases/read-in-turn/"
    body = {"cases": [str(case.id) for case in cases]}
    answer = client_of(people.manager).post(address, body, format="json").json()
    assert answer == {"put_in_turn": 1, "already": 1, "refused": []}
    assert AuditEvent.objects.filter(action="case.put_in_turn").count() == 1
    offered = claim(people.reader, project)
    assert offered is not None and (offered.case_id, offered.rule) == (cases[0].id, "random")


def test_a_reader_sees_no_difference(project: Project, people: People, client_of: ClientOf) -> None:
    cases = make_cases(project, 2)
    first(project, people, cases[1])
    answer = client_of(people.reader).post(
        f"/api/v1/projects/{project.slug}/worklist/next/",
        {},
        format="json",
        headers={"Idempotency-Key": str(uuid.uuid4())},
    )
    assert answer.status_code == 200 and "first" not in answer.content.decode()
