"""What a claim costs does not grow: not with the rounds, not with what she has read, and nobody waits for a search."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from labelhub.imaging.models import Case
from labelhub.projects.models import Project
from labelhub.reading.models import Assignment, CaseRound, ReaderCursor, ReopenedSlot, Round
from labelhub.reading.services.case_rounds import case_rounds_insert
from labelhub.reading.services.leases import assignment_release
from labelhub.reading.services.rounds import round_close, round_open, worklist_state
from tests.factories.cases import make_cases
from tests.factories.projects import People
from tests.factories.reading import claim, read_case, submit


def statements_of_a_claim(project: Project, people: People) -> list[str]:
    """Of one that gets a case, which she then reads."""
    with CaptureQueriesContext(connection) as statements:
        row = claim(people.reader, project)
    assert row is not None and row.round.is_standing
    submit(row)
    return [each["sql"] for each in statements]


def rounds_that_she_has_read(project: Project, people: People, cases: list[Case], n: int) -> list[Round]:
    """Each is open, and waits for another reader."""
    made = []
    for _ in range(n):
        made.append(
            round_open(actor=people.manager, project=project, purpose=Round.Purpose.CALIBRATION).round_
        )
        case_rounds_insert(made[-1], cases, n_needed=2)
        for _ in cases:
            read_case(people.reader, project)
    return made


def test_a_claim_takes_as_many_statements_beside_six_rounds_as_beside_one(
    project: Project, people: People
) -> None:
    cases = make_cases(project, 12)
    rounds_that_she_has_read(project, people, cases[:2], 1)
    statements_of_a_claim(project, people)  # her cursor passes, once, what she has read
    few = statements_of_a_claim(project, people)
    rounds = rounds_that_she_has_read(project, people, cases[:2], 5)
    round_close(actor=people.manager, round_=rounds[0])
    statements_of_a_claim(project, people)
    assert len(statements_of_a_claim(project, people)) == len(few)


def test_what_she_holds_in_a_round_that_was_closed_is_hers_still(project: Project, people: People) -> None:
    cases = make_cases(project, 3)
    round_, _ = round_open(actor=people.manager, project=project, purpose=Round.Purpose.CALIBRATION)
    case_rounds_insert(round_, cases[:1], n_needed=2)
    mine = claim(people.reader, project)
    assert mine is not None and mine.round == round_
    round_close(actor=people.manager, round_=round_)
    assert claim(people.reader, project) == mine


def read_by_her(project: Project, people: People, cases: list[Case]) -> None:
    """As if she had read them all and they wait for another reader."""
    round_ = worklist_state(project).round
    now = timezone.now()
    Assignment.objects.bulk_create(
        Assignment(
            round=round_,
            case=case,
            case_version_id=case.current_version_id,
            reader=people.reader,
            state=Assignment.State.SUBMITTED,
            rule=Assignment.Rule.RANDOM,
            reader_position=n,
            claim_key=uuid.uuid4(),
            reserved_at=now,
            submitted_at=now,
        )
        for n, case in enumerate(cases, 1)
    )
    rows = list(CaseRound.objects.filter(round=round_, case__in=cases).order_by("order_key"))
    for n, row in enumerate(rows, 1):
        row.begun_seq, row.n_open = n, 1
    CaseRound.objects.bulk_update(rows, ["begun_seq", "n_open"])
    Round.objects.filter(id=round_.id).update(n_begun=len(rows))


def test_cases_that_she_has_read_are_passed_many_at_a_time(project: Project, people: People) -> None:
    """As after "one reader more" on all that she has read: her first claim passes them all."""
    cases = make_cases(project, 300)
    read_by_her(project, people, cases)
    rows = CaseRound.objects.filter(case__in=cases).order_by("begun_seq")
    ReopenedSlot.objects.bulk_create(ReopenedSlot(round_id=row.round_id, case_round=row) for row in rows)
    with CaptureQueriesContext(connection) as statements:
        assert claim(people.reader, project) is None
    assert len(statements) < 40


def test_the_search_before_nothing_left_holds_no_lock(project: Project, people: People) -> None:
    read_by_her(project, people, make_cases(project, 3))
    claim(people.reader, project)
    with CaptureQueriesContext(connection) as statements:
        assert claim(people.reader, project) is None
    said = [each["sql"] for each in statements]
    searched = [
        n for n, sql in enumerate(said) if 'INNER JOIN "reading_readercursor"' in sql and "reopened" in sql
    ]
    ended = max(n for n, sql in enumerate(said) if sql.startswith("RELEASE SAVEPOINT"))
    assert searched and min(searched) > ended


def test_a_slot_that_became_visible_behind_her_is_found(project: Project, people: People) -> None:
    """Two slots are given back at once and the later one is committed first: she passes the earlier one's place."""
    (case,) = make_cases(project, 1)
    row = claim(people.second_reader, project)
    assert row is not None
    assignment_release(actor=people.second_reader, assignment=row)
    slot = ReopenedSlot.objects.get()
    ReaderCursor.objects.get_or_create(round_id=slot.round_id, reader=people.reader)
    passed: dict[str, Any] = {"reopened_id": slot.id + 7, "begun_seq": 1}
    ReaderCursor.objects.filter(reader=people.reader).update(**passed)
    got = claim(people.reader, project)
    assert got is not None and got.case == case and got.rule == Assignment.Rule.REOPENED


def test_a_round_whose_time_has_not_come_is_not_searched_again_and_again(
    project: Project, people: People
) -> None:
    (case,) = make_cases(project, 1)
    read_by_her(project, people, [case])
    later, _ = round_open(
        actor=people.manager,
        project=project,
        purpose=Round.Purpose.CALIBRATION,
        not_before=timezone.now() + timedelta(days=1),
    )
    case_rounds_insert(later, [case], n_needed=1)
    ReopenedSlot.objects.create(round=later, case_round=CaseRound.objects.get(round=later))
    ReaderCursor.objects.filter(round=later).update(reopened_id=10**6)
    assert claim(people.reader, project) is None
    assert ReaderCursor.objects.get(round=later, reader=people.reader).reopened_id == 10**6
