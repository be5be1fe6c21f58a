"""The protocol's number of readers reaches cases that are not closed: shown first, then done by a job."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from labelhub.consensus.models import Adjudication
from labelhub.core import jobs
from labelhub.core.models import Job
from labelhub.imaging.models import Case
from labelhub.projects.models import Project
from labelhub.projects.services import protocol_create_version
from labelhub.reading.models import CaseRound
from labelhub.reading.services.leases import assignment_release
from labelhub.workflows.projects import change_protocol as protocol_changes
from labelhub.workflows.projects.change_protocol import change_protocol, run_slots_job, slots_preview
from tests.factories.cases import make_cases
from tests.factories.projects import People, make_people, make_project
from tests.factories.reading import claim, document, read_case, submit


def set_readers(project: Project, people: People, n: int) -> None:
    change_protocol(actor=people.manager, project=project, values={"readers_per_case": n}, edited_from=None)
    run_waiting()


def run_waiting() -> None:
    for job in Job.objects.filter(kind="slots", state="queued"):
        Job.objects.filter(id=job.id).update(state="running", attempt=1, lease_until=job.created_at)
        job.refresh_from_db()
        run_slots_job(job)


def slots(case: Case) -> tuple[int, int, bool]:
    row = CaseRound.objects.get(case=case)
    return row.n_needed, row.n_open, row.closed_at is not None


def test_more_readers_add_slots_to_cases_that_are_not_closed(project: Project, people: People) -> None:
    closed, begun, new = make_cases(project, 3)
    for reader in (people.reader, people.second_reader):
        read_case(reader, project)
    read_case(people.reader, project)
    assert slots_preview(project, 3) == {
        "n_cases": 2, "n_more": 2, "n_fewer": 0, "n_completed": 0, "n_asked_again": 0
    }  # fmt: skip
    set_readers(project, people, 3)
    assert [slots(case) for case in (closed, begun, new)] == [(2, 0, True), (3, 2, False), (3, 3, False)]
    for reader in (people.second_reader, people.third_reader):
        row = claim(reader, project)
        assert row is not None and row.case == begun
        submit(row)
    assert slots(begun) == (3, 0, True)
    assert slots_preview(project, 3)["n_cases"] == 0


def test_fewer_readers_withdraw_what_nobody_took_and_settle_what_is_complete_by_that(
    project: Project, people: People
) -> None:
    set_readers(project, people, 3)
    differ, new = make_cases(project, 2)
    for reader, value in ((people.reader, "present"), (people.second_reader, "absent")):
        read_case(reader, project, document({"nodule": value}))
    assert slots_preview(project, 2) == {
        "n_cases": 2, "n_more": 0, "n_fewer": 2, "n_completed": 1, "n_asked_again": 0
    }  # fmt: skip
    set_readers(project, people, 2)
    assert slots(differ) == (2, 0, False) and slots(new) == (2, 2, False)
    assert Adjudication.objects.get().state == "open"


def test_a_slot_that_is_taken_stays_hers_and_is_withdrawn_when_she_gives_it_back(
    project: Project, people: People
) -> None:
    set_readers(project, people, 3)
    (case,) = make_cases(project, 1)
    held = claim(people.third_reader, project)
    assert held is not None
    for reader in (people.reader, people.second_reader):
        read_case(reader, project)
    set_readers(project, people, 2)
    assert slots(case) == (3, 0, False)
    assignment_release(actor=people.third_reader, assignment=held)
    run_waiting()
    assert slots(case) == (2, 0, True)


def test_a_reservation_above_the_number_is_withdrawn_when_it_is_given_up(
    project: Project, people: People
) -> None:
    set_readers(project, people, 3)
    (case,) = make_cases(project, 1)
    reserved = claim(people.third_reader, project, ahead=True)
    assert reserved is not None
    for reader in (people.reader, people.second_reader):
        read_case(reader, project)
    set_readers(project, people, 2)
    assert slots(case) == (3, 0, False)
    assignment_release(actor=people.third_reader, assignment=reserved)
    run_waiting()
    assert slots(case) == (2, 0, True)


def test_a_case_that_only_reservations_had_begun_keeps_no_slot_above_the_number(
    project: Project, people: People
) -> None:
    (case,) = make_cases(project, 1)
    reserved = [claim(reader, project, ahead=True) for reader in (people.reader, people.second_reader)]
    set_readers(project, people, 1)
    assert slots(case) == (2, 0, False)
    for row in reserved:
        assert row is not None
        assignment_release(actor=row.reader, assignment=row)
    run_waiting()
    assert slots(case) == (1, 1, False) and CaseRound.objects.get().n_extra == 0


def test_a_case_that_waits_for_its_adjudicator_is_asked_again(project: Project, people: People) -> None:
    (case,) = make_cases(project, 1)
    for reader, value in ((people.reader, "present"), (people.second_reader, "absent")):
        read_case(reader, project, document({"nodule": value}))
    assert slots_preview(project, 3)["n_asked_again"] == 1
    set_readers(project, people, 3)
    assert Adjudication.objects.get().state == "resolved" and slots(case) == (3, 1, False)
    row = claim(people.third_reader, project)
    assert row is not None
    submit(row, document({"nodule": "absent"}))
    assert Adjudication.objects.get().state == "open"


def test_a_case_that_is_asked_again_shows_its_adjudicator_the_reads_that_have_a_letter(
    project: Project, people: People, client_of: Callable[..., Any]
) -> None:
    make_cases(project, 1)
    for reader, value in ((people.reader, "present"), (people.second_reader, "absent")):
        read_case(reader, project, document({"nodule": value}))
    set_readers(project, people, 4)
    read_case(people.third_reader, project)
    address = f"/api/v1/adjudications/{Adjudication.objects.get().id}/"
    answer = client_of(people.adjudicator).get(address)
    assert answer.status_code == 200
    assert [read["label"] for read in answer.json()["reads"]] == ["A", "B"]


def test_a_change_made_while_the_job_runs_is_not_lost(
    project: Project, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    (case,) = make_cases(project, 1)
    heartbeat, numbers = jobs.job_heartbeat, [4]

    def meanwhile(job: Job, progress: dict[str, Any]) -> None:
        """A data manager saves again, once, while the first chunk waits."""
        for n in numbers:
            numbers.remove(n)
            change_protocol(
                actor=people.manager, project=project, values={"readers_per_case": n}, edited_from=None
            )
        heartbeat(job, progress)

    monkeypatch.setattr(jobs, "job_heartbeat", meanwhile)
    set_readers(project, people, 3)
    run_waiting()
    assert not numbers and not Job.objects.filter(kind="slots").exclude(state="succeeded").exists()
    assert slots(case) == (4, 4, False)


@pytest.mark.django_db(transaction=True)
def test_cases_that_come_in_while_the_protocol_changes_follow_it() -> None:
    """The job that brings cases in line has run before the import's transaction could be seen."""
    project = make_project()
    people = make_people(project)
    with transaction.atomic():
        (case,) = make_cases(project, 1)
        protocol_create_version(actor=people.manager, project=project, values={"readers_per_case": 3})
    assert slots(case) == (2, 2, False)
    run_waiting()
    assert slots(case) == (3, 3, False)


def test_a_slot_that_is_given_back_behind_the_job_is_withdrawn(
    project: Project, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_readers(project, people, 3)
    (case,) = make_cases(project, 1)
    held = claim(people.third_reader, project)
    assert held is not None
    for reader in (people.reader, people.second_reader):
        read_case(reader, project)
    change = protocol_changes._change

    def passed(*arguments: Any) -> None:
        change(*arguments)
        assignment_release(actor=people.third_reader, assignment=held)

    monkeypatch.setattr(protocol_changes, "_change", passed)
    set_readers(project, people, 2)
    assert slots(case) == (3, 1, False)
    monkeypatch.undo()
    run_waiting()
    assert slots(case) == (2, 0, True)


def test_the_page_asks_before_anything_is_changed(
    project: Project, people: People, client_of: Callable[..., Any]
) -> None:
    make_cases(project, 2)
    address = f"/api/v1/projects/{project.slug}/protocol/preview/"
    client = client_of(people.manager)
    assert client.get(address, {"readers_per_case": 3}).json()["n_more"] == 2
    assert not Job.objects.exists() and CaseRound.objects.filter(n_needed=2).count() == 2
    for wrong in ("0", "21", "two", "", "²", "9" * 5000):
        assert client.get(address, {"readers_per_case": wrong}).status_code == 400


def test_a_protocol_with_the_same_number_starts_no_job(project: Project, people: People) -> None:
    change_protocol(actor=people.manager, project=project, values={"iou_threshold": 0.5}, edited_from=None)
    assert not Job.objects.exists()


class Invariants(TestCase):
    @settings(max_examples=20)
    @given(st.lists(st.one_of(st.integers(1, 4), st.sampled_from(["a", "b", "c"])), max_size=10))
    def test_open_held_and_wanted_slots_always_add_up(self, steps: list[int | str]) -> None:
        project = make_project()
        people = make_people(project)
        readers = {"a": people.reader, "b": people.second_reader, "c": people.third_reader}
        make_cases(project, 2)
        wanted = 2
        for step in steps:
            if isinstance(step, int):
                wanted = step
                set_readers(project, people, step)
            elif (row := claim(readers[step], project)) is not None:
                submit(row)
        for row in CaseRound.objects.all():
            held = row.case.assignments.count()
            assert row.n_open + held == row.n_needed
            assert row.closed_at is not None or row.n_needed == max(wanted, held)
            assert (row.n_submitted >= row.n_needed) == (row.closed_at is not None)


@pytest.fixture(autouse=True)
def _database(db: None) -> None:
    """Every test here works on the database."""
