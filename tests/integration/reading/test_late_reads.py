"""A late read that the manager accepts takes a slot as any other read does; whoever reads the case keeps hers."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from labelhub.accounts.models import User
from labelhub.core.errors import Conflict
from labelhub.core.models import Job
from labelhub.imaging.models import Case
from labelhub.projects.models import Membership, Project
from labelhub.projects.services import membership_add
from labelhub.reading.models import Assignment, CaseRound, LateRead, Read, Round
from labelhub.reading.services.case_rounds import begun_slot_take
from labelhub.reading.services.leases import assignment_release, assignment_skip
from labelhub.reading.services.locks import case_round_locked
from labelhub.reading.services.store_read import late_read_keep
from labelhub.workflows.projects.change_protocol import run_slots_job
from labelhub.workflows.reading.submit_read import accept_late_read, submit_read
from tests.factories.cases import make_case
from tests.factories.projects import People, make_people, make_project
from tests.factories.reading import claim, document, submission, submit
from tests.factories.waiting import at_once


@pytest.fixture
def lost(project: Project, people: People, db: None) -> Assignment:
    """A case of two readers whose first reader has lost it."""
    make_case(project)
    return given_up(people.reader, project)


def given_up(reader: User, project: Project) -> Assignment:
    row = opened(reader, project)
    assignment_release(actor=reader, assignment=row)
    return row


def opened(reader: User, project: Project) -> Assignment:
    row = claim(reader, project)
    assert row is not None
    return row


def kept_late(row: Assignment, nodule: str = "absent") -> LateRead:
    """As after she has seen others' reads: somebody else's slot may be free or not."""
    sent = submission(row, document({"nodule": nodule}))
    return late_read_keep(sent, assignment=row, now=timezone.now())


def state() -> tuple[int, int, int, bool]:
    """Reads wanted, slots open, reads submitted, closed."""
    row = CaseRound.objects.get()
    return row.n_needed, row.n_open, row.n_submitted, row.closed_at is not None


def run_waiting() -> None:
    for job in Job.objects.filter(kind="slots", state="queued"):
        Job.objects.filter(id=job.id).update(state="running", attempt=1, lease_until=job.created_at)
        job.refresh_from_db()
        run_slots_job(job)


def accept(people: People) -> Read:
    return accept_late_read(actor=people.manager, late_read=LateRead.objects.get())


def test_it_is_read_beside_a_case_that_has_all_its_reads(
    project: Project, people: People, lost: Assignment
) -> None:
    for reader in (people.second_reader, people.third_reader):
        submit(opened(reader, project))
    sent = submission(lost, document({"nodule": "present"}))
    submit_read(actor=people.reader, assignment=lost, submission=sent)
    accept(people)
    assert state() == (3, 0, 3, False)
    assert CaseRound.objects.get().adjudication.state == "open"
    with pytest.raises(Conflict):
        accept(people)


def test_it_fills_the_slot_that_is_free(project: Project, people: People, lost: Assignment) -> None:
    submit(opened(people.second_reader, project))
    kept_late(lost)
    accept(people)
    assert state() == (2, 0, 2, True)
    assert claim(people.third_reader, project) is None


@pytest.mark.parametrize("ahead", [False, True])
def test_the_reader_who_has_the_case_now_goes_on_and_is_waited_for(
    project: Project, people: People, lost: Assignment, ahead: bool
) -> None:
    submit(opened(people.second_reader, project))
    hers = claim(people.third_reader, project, ahead=ahead)
    assert hers is not None
    kept_late(lost)
    accept(people)
    assert state() == (3, 0, 2, False)
    hers = opened(people.third_reader, project)
    assert submit(hers) is not None and state() == (3, 0, 3, True)


def skip(row: Assignment) -> None:
    assignment_skip(actor=row.reader, assignment=row, reason="other", text="")


def release(row: Assignment) -> None:
    assignment_release(actor=row.reader, assignment=row)


@pytest.mark.parametrize("of_its_own", [False, True])
@pytest.mark.parametrize(("give_back", "ahead"), [(skip, False), (release, False), (release, True)])
def test_when_she_gives_it_back_nobody_else_is_asked(
    project: Project,
    people: People,
    lost: Assignment,
    give_back: Callable[[Assignment], None],
    ahead: bool,
    of_its_own: bool,
) -> None:
    """Also in a round with a number of readers of its own."""
    if of_its_own:
        Round.objects.update(readers_per_case=2)
    submit(opened(people.second_reader, project))
    hers = claim(people.third_reader, project, ahead=ahead)
    assert hers is not None
    kept_late(lost)
    accept(people)
    give_back(hers)
    run_waiting()
    assert state() == (2, 0, 2, True)


def test_one_that_cannot_be_read_asks_another_reader(
    project: Project, people: People, lost: Assignment
) -> None:
    submit(opened(people.second_reader, project))
    sent = submission(lost, {"answers": {}, "annotations": [], "comment": "", "not_readable": True})
    late_read_keep(sent, assignment=lost, now=timezone.now())
    accept(people)
    assert state() == (3, 1, 2, False)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_given_back", [True, False])
def test_a_slot_that_is_given_or_taken_back_in_the_same_moment_is_waited_for(is_given_back: bool) -> None:
    """The case's row decides: the slot that comes free is filled, one that was taken is not given twice."""
    project = make_project()
    people = make_people(project)
    make_case(project)
    lost = given_up(people.reader, project)
    submit(opened(people.second_reader, project))
    hers = opened(people.third_reader, project) if is_given_back else None
    kept_late(lost)
    row = CaseRound.objects.get()
    with ExitStack() as stack:
        with transaction.atomic():
            case_round_locked(row.round_id, row.case_id)
            if hers is None:
                assert begun_slot_take(row.round_id, row.case_id)  # by a claim
            accepted = stack.enter_context(at_once(accept, people=people))
            if hers is not None:
                release(hers)
        accepted()
    assert state() == ((2, 0, 2, True) if is_given_back else (3, 0, 2, False))


class Invariants(TestCase):
    @settings(max_examples=15, deadline=None)
    @given(
        st.lists(
            st.tuples(
                st.sampled_from("abcd"), st.sampled_from(["claim", "lose", "late", "submit", "accept"])
            ),
            max_size=16,
        )
    )
    def test_open_and_held_slots_add_up_whatever_is_accepted(self, steps: list[tuple[str, str]]) -> None:
        project = make_project()
        people = make_people(project)
        membership_add(actor=None, project=project, user=people.stranger, role=Membership.Role.READER)
        four = (people.reader, people.second_reader, people.third_reader, people.stranger)
        readers = dict(zip("abcd", four, strict=True))
        case = make_case(project)
        for name, step in steps:
            _take_step(project, case, readers[name], step, people.manager)
            run_waiting()
            row = CaseRound.objects.get(case=case)
            held = case.assignments.filter(state__in=Assignment.HOLDS_SLOT).count()
            assert row.n_open + held == row.n_needed == max(2, held)
            assert (row.n_submitted >= row.n_needed) == (row.closed_at is not None)


def _take_step(project: Project, case: Case, reader: User, step: str, manager: User) -> None:
    row = Assignment.objects.filter(case=case, reader=reader).first()
    late = LateRead.objects.filter(assignment__reader=reader, decision__isnull=True).first()
    if step == "claim" and row is None:
        claim(reader, project)
    elif step == "lose" and row is not None and row.state == Assignment.State.OPEN:
        release(row)
    elif step == "late" and row is not None and row.state == Assignment.State.RELEASED:
        kept_late(row)
    elif step == "submit" and row is not None and row.state == Assignment.State.OPEN:
        submit(row)
    elif step == "accept" and late is not None:
        accept_late_read(actor=manager, late_read=late)
