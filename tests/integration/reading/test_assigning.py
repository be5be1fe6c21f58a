"""Cases that a data manager gives to readers of her choice: told before, within the slots, first, and taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from labelhub.core.models import AuditEvent
from labelhub.imaging.models import Case, Split
from labelhub.projects.models import Absence, Project
from labelhub.reading.models import Assignment, CaseRound, Round, Seen
from labelhub.reading.services.case_splits import cases_exclude
from labelhub.reading.services.claims import HELD
from labelhub.reading.services.leases import expire_leases, leases_begin_anew
from labelhub.reading.services.reservations import reservations_release
from labelhub.reading.services.seen import cases_seen
from labelhub.workflows.reading.assign_cases import Choosing, assign_cases
from tests.factories.cases import make_case, make_cases
from tests.factories.projects import People
from tests.factories.reading import claim, open_round, read_case, submit

Clients = Callable[..., APIClient]
S = Assignment.State


@pytest.fixture
def manager(people: People, client_of: Clients) -> APIClient:
    return client_of(people.manager)


def ask(client: APIClient, project: Project, numbers: list[int], *readers: Any, preview: bool = False) -> Any:
    address = f"/api/v1/projects/{project.slug}/assigned/{'preview/' if preview else ''}"
    body = {"numbers": numbers, "readers": [str(reader.id) for reader in readers]}
    return client.post(address, body, format="json")


def told(answer: Any) -> list[tuple[list[int], dict[str, list[int]]]]:
    """For each reader: what she gets, and what not."""
    assert answer.status_code == 200, answer.json()
    return [
        (each["numbers"], {row["code"]: row["numbers"] for row in each["refused"]})
        for each in answer.json()["results"]
    ]


def claimed(reader: Any, project: Project) -> Assignment:
    row = claim(reader, project)
    assert row is not None
    return row


def test_each_reader_is_offered_her_cases_first_in_their_order(
    project: Project, people: People, manager: APIClient
) -> None:
    make_cases(project, 9)
    expected = [([3, 5, 8], {}), ([3, 5, 8], {})]
    readers = (people.reader, people.second_reader)
    assert told(ask(manager, project, [8, 3, 5], *readers, preview=True)) == expected
    assert not Assignment.objects.exists()
    assert told(ask(manager, project, [8, 3, 5], *readers)) == expected
    assert AuditEvent.objects.filter(action="assignment.assigned", actor_id=people.manager.id).count() == 6
    for reader in readers:
        got = []
        for _ in range(3):
            row = claimed(reader, project)
            assert row.rule == Assignment.Rule.ASSIGNED
            got.append((row.case.number, row.reader_position))
            submit(row)
        assert got == [(3, 1), (5, 2), (8, 3)]
        assert claimed(reader, project).rule != Assignment.Rule.ASSIGNED


def test_sent_again_it_gives_nothing_twice(project: Project, people: People, manager: APIClient) -> None:
    make_cases(project, 2)
    assert told(ask(manager, project, [1, 2], people.reader)) == [([1, 2], {})]
    assert told(ask(manager, project, [1, 2], people.reader)) == [([], {"already_hers": [1, 2]})]
    assert Assignment.objects.count() == 2


def test_no_case_gets_more_readers_than_it_asks_for(
    project: Project, people: People, manager: APIClient
) -> None:
    make_cases(project, 2)
    read_case(people.third_reader, project)
    (begun,) = CaseRound.objects.filter(begun_seq__isnull=False).values_list("case__number", flat=True)
    other = 3 - begun
    readers = (people.reader, people.second_reader, people.third_reader)
    expected = [
        ([1, 2], {}),
        ([other], {"no_free_slot": [begun]}),
        ([], {"already_hers": [begun], "no_free_slot": [other]}),
    ]
    for preview in (True, False):
        assert told(ask(manager, project, [1, 2], *readers, preview=preview)) == expected
    assert set(CaseRound.objects.values_list("n_open", flat=True)) == {0}
    # Nobody else is given what was chosen for them.
    assert claim(people.third_reader, project) is None


def test_why_a_case_is_not_given(project: Project, people: People, manager: APIClient) -> None:
    excluded, seen, _ = make_cases(project, 3)
    Case.objects.filter(id=excluded.id).update(split=Split.EXCLUDED)
    cases_exclude([excluded.id])
    cases_seen(people.reader, project.id, [seen.id], Seen.FLAG)
    expected = [([3], {"excluded": [1], "has_seen": [2]})]
    for preview in (True, False):
        answer = ask(manager, project, [1, 2, 3], people.reader, preview=preview)
        assert told(answer) == expected
        assert "somebody else must read it" in answer.content.decode()
    unknown = ask(manager, project, [3, 77], people.second_reader)
    assert (unknown.status_code, unknown.json()["details"]) == (422, {"numbers": [77]})


def test_what_models_are_measured_on_is_not_chosen_by_hand(
    project: Project, people: People, manager: APIClient
) -> None:
    make_case(project, split="test")
    for preview in (True, False):
        assert told(ask(manager, project, [1], people.reader, preview=preview)) == [([], {"evaluation": [1]})]
    assert claim(people.second_reader, project) is not None  # begun by itself
    assert told(ask(manager, project, [1], people.reader)) == [([1], {})]


def test_they_are_kept_over_an_archive(project: Project, people: People, manager: APIClient) -> None:
    make_cases(project, 1)
    ask(manager, project, [1], people.reader)
    Assignment.objects.update(lease_until=timezone.now() - timedelta(days=1))
    leases_begin_anew(project)
    assert expire_leases() == 0
    assert claimed(people.reader, project).rule == Assignment.Rule.ASSIGNED


def test_readers_who_cannot_be_given_anything(project: Project, people: People, manager: APIClient) -> None:
    make_cases(project, 1)
    assert ask(manager, project, [1], people.stranger).json()["code"] == "not_a_reader"
    Absence.objects.create(project=project, user=people.reader, begins_at=timezone.now())
    for preview in (True, False):
        answer = ask(manager, project, [1], people.reader, preview=preview)
        assert (answer.status_code, answer.json()["code"]) == (409, "reader_away")
    pair = [people.second_reader, people.third_reader]
    round_ = open_round(project, people, [], purpose=Round.Purpose.CALIBRATION, readers=pair)
    body = {"numbers": [1], "readers": [str(people.second_reader.id)], "round": round_.number}
    address = f"/api/v1/projects/{project.slug}/assigned/"
    assert told(manager.post(address, body, format="json")) == [([], {"not_in_round": [1]})]
    assert manager.post(address, body | {"round": 9}, format="json").status_code == 404
    many = {"numbers": list(range(1, 501)), "readers": [str(each.id) for each in (*pair, people.reader)]}
    assert manager.post(address, many, format="json").json()["code"] == "too_many"


def test_what_is_not_opened_yet_is_taken_back(project: Project, people: People, manager: APIClient) -> None:
    make_cases(project, 4)
    ask(manager, project, [1, 2, 3], people.reader)
    opened = claimed(people.reader, project)
    for _ in range(2):
        address = f"/api/v1/projects/{project.slug}/members/{people.reader.id}/withdraw-assigned/"
        assert manager.post(address).status_code == 204
    assert list(Assignment.objects.filter(reader=people.reader)) == [opened]
    # As if they had never been given: nobody has begun them.
    assert CaseRound.objects.filter(begun_seq=None, n_open=2).count() == 3
    given_up = AuditEvent.objects.filter(action="assignment.reservation_given_up")
    assert set(given_up.values_list("actor_id", flat=True)) == {people.manager.id}


def test_a_newer_ranking_leaves_them_and_time_ends_them(
    project: Project, people: People, manager: APIClient
) -> None:
    make_cases(project, 1)
    ask(manager, project, [1], people.reader)
    assert reservations_release(project) == 0
    assert expire_leases() == 0
    Assignment.objects.update(lease_until=timezone.now() - timedelta(hours=1))
    assert expire_leases() == 1
    assert not Assignment.objects.exists()


def test_a_claim_costs_the_same_beside_two_chosen_cases_and_beside_two_hundred(
    project: Project, people: People
) -> None:
    make_cases(project, 210)

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            row = claimed(people.reader, project)
        assert row.rule == Assignment.Rule.ASSIGNED
        submit(row)
        return len(captured)

    def choose(numbers: range) -> None:
        choosing = Choosing(tuple(numbers), (people.reader,))
        assign_cases(actor=people.manager, project=project, choosing=choosing)

    choose(range(1, 4))
    statements()
    few = statements()
    choose(range(4, 204))
    assert statements() == few
    assert len(HELD.all(project=project.id, reader=people.reader.id)) == 1


def test_all_cases_get_their_reads_in_the_end(project: Project, people: People, manager: APIClient) -> None:
    """Also when some are chosen for readers, opened or not, and taken back."""
    make_cases(project, 8)
    readers = (people.reader, people.second_reader, people.third_reader)
    ask(manager, project, [1, 2, 3, 4], people.reader)
    ask(manager, project, [3, 4, 5], people.third_reader)
    for _ in range(2):
        read_case(people.reader, project)
    manager.post(f"/api/v1/projects/{project.slug}/members/{people.third_reader.id}/withdraw-assigned/")
    while any([read_next(reader, project) for reader in readers]):
        pass
    assert set(CaseRound.objects.values_list("n_submitted", "n_open")) == {(2, 0)}


def read_next(reader: Any, project: Project) -> bool:
    row = claim(reader, project)
    return row is not None and submit(row) is not None
