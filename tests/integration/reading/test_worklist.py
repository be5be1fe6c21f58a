"""What is offered, in which order, and never twice."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from labelhub.core.errors import Conflict
from labelhub.imaging.models import Case
from labelhub.projects.models import Project
from labelhub.projects.services import protocol_create_version
from labelhub.reading.models import Assignment, CaseRound, Queue, QueueEntry, WorklistState
from labelhub.reading.services.claims import claim_next
from labelhub.reading.services.leases import (
    assignment_open,
    assignment_release,
    assignment_skip,
    expire_leases,
)
from labelhub.reading.services.reservations import reservations_release
from labelhub.reading.services.rounds import worklist_state
from tests.factories.cases import make_case, make_cases
from tests.factories.projects import People
from tests.factories.reading import claim, document, read_case, submit

S = Assignment.State


def publish(project: Project, cases: list[Case]) -> Queue:
    state = worklist_state(project)
    queue = Queue.objects.create(project=project, round=state.round, n_entries=len(cases), is_complete=True)
    QueueEntry.objects.bulk_create(
        QueueEntry(queue=queue, position=i, case=case) for i, case in enumerate(cases)
    )
    WorklistState.objects.filter(project=project).update(queue=queue)
    return queue


def test_the_same_key_gives_the_same_assignment(project: Project, people: People) -> None:
    make_cases(project, 3)
    key = uuid.uuid4()
    first = claim_next(reader=people.reader, project=project, claim_key=key, ahead=False)
    again = claim_next(reader=people.reader, project=project, claim_key=key, ahead=False)
    assert first is not None and first == again
    assert Assignment.objects.count() == 1


def test_a_begun_case_comes_before_a_new_one(project: Project, people: People) -> None:
    cases = make_cases(project, 3)
    read_case(people.reader, project)
    second = claim(people.second_reader, project)
    assert second is not None and second.case == cases[0] and second.rule == Assignment.Rule.BEGUN


def test_no_more_slots_are_handed_out_than_the_protocol_asks_for(project: Project, people: People) -> None:
    make_case(project)
    given = [claim(reader, project) for reader in (people.reader, people.second_reader, people.third_reader)]
    assert [a is not None for a in given] == [True, True, False]
    row = CaseRound.objects.get()
    assert row.n_open == 0


def test_the_published_ranking_decides_which_new_case_comes_next(project: Project, people: People) -> None:
    cases = make_cases(project, 4)
    publish(project, [cases[2], cases[0], cases[3], cases[1]])
    first = claim(people.reader, project)
    assert first is not None and first.case == cases[2] and first.rule == Assignment.Rule.RANKING
    assert first.queue_position == 0


def test_cases_that_no_ranking_knows_follow_in_random_order(project: Project, people: People) -> None:
    ranked, unranked = make_cases(project, 2)
    publish(project, [ranked])
    order = []
    for _ in range(2):
        assignment = claim(people.reader, project)
        assert assignment is not None
        order.append((assignment.case, assignment.rule))
        submit(assignment)
    assert order == [(ranked, "ranking"), (unranked, "random")]


def test_one_new_case_in_five_comes_from_validation_or_test(project: Project, people: People) -> None:
    make_cases(project, 20)
    make_cases(project, 4, split="test")
    splits = []
    for _ in range(10):
        assignment = claim(people.reader, project)
        assert assignment is not None
        splits.append(assignment.case.split)
        submit(assignment)
    assert [i for i, split in enumerate(splits, start=1) if split == "test"] == [5, 10]


def test_the_interleave_stops_at_the_protocols_number(project: Project, people: People) -> None:
    protocol_create_version(
        actor=None, project=project, values={"readers_per_case": 1, "eval_interleave": 2, "eval_target": 1}
    )
    make_cases(project, 3)
    make_cases(project, 3, split="test")
    splits = []
    while assignment := claim(people.reader, project):
        splits.append(assignment.case.split)
        submit(assignment)
    assert splits.count("test") == 1 and splits.count("pool") == 3


def test_only_one_case_is_reserved_ahead(project: Project, people: People) -> None:
    make_cases(project, 3)
    first = claim(people.reader, project, ahead=True)
    second = claim(people.reader, project, ahead=True)
    assert first == second and first is not None and first.state == S.RESERVED and first.opened_at is None


def test_next_opens_the_reserved_case(project: Project, people: People) -> None:
    make_cases(project, 3)
    ahead = claim(people.reader, project, ahead=True)
    opened = claim(people.reader, project)
    assert opened == ahead and opened is not None and opened.state == S.OPEN


def test_a_newer_ranking_gives_reservations_up(project: Project, people: People) -> None:
    cases = make_cases(project, 3)
    claim(people.reader, project, ahead=True)
    publish(project, [cases[2], cases[1], cases[0]])
    assert reservations_release(project) == 1
    offered = claim(people.reader, project)
    assert offered is not None and offered.case == cases[2]


def test_a_skipped_case_goes_to_another_reader_and_never_back(project: Project, people: People) -> None:
    case = make_case(project)
    assignment = claim(people.reader, project)
    assert assignment is not None
    assignment_skip(actor=people.reader, assignment=assignment, reason="poor_quality", text="")
    assert claim(people.reader, project) is None
    for reader in (people.second_reader, people.third_reader):
        offered = claim(reader, project)
        assert offered is not None and offered.case == case


def test_an_expired_lease_frees_the_slot_and_keeps_the_case_open_to_others(
    project: Project, people: People
) -> None:
    case = make_case(project)
    assignment = claim(people.reader, project)
    assert assignment is not None
    Assignment.objects.filter(id=assignment.id).update(lease_until=timezone.now() - timedelta(minutes=3))
    assert expire_leases() == 1
    assignment.refresh_from_db()
    assert assignment.state == S.EXPIRED
    for reader in (people.second_reader, people.third_reader):
        offered = claim(reader, project)
        assert offered is not None and offered.case == case


def test_an_expired_reader_may_go_on_while_nobody_has_the_slot(project: Project, people: People) -> None:
    make_case(project)
    assignment = claim(people.reader, project)
    assert assignment is not None
    assignment_release(actor=people.reader, assignment=assignment)
    revived = assignment_open(actor=people.reader, assignment=assignment)
    assert revived.state == S.OPEN and CaseRound.objects.get().n_open == 1


def test_a_slot_given_away_is_said_so(project: Project, people: People) -> None:
    make_case(project)
    assignment = claim(people.reader, project)
    assert assignment is not None
    assignment_release(actor=people.reader, assignment=assignment)
    claim(people.second_reader, project)
    claim(people.third_reader, project)
    with pytest.raises(Conflict) as error:
        assignment_open(actor=people.reader, assignment=assignment)
    assert error.value.code == "slot_given_away"


def test_a_long_run_ahead_of_one_reader_does_not_slow_her_claims(
    project: Project, people: People, django_assert_max_num_queries: object
) -> None:
    make_cases(project, 60)
    for _ in range(50):
        read_case(people.reader, project)
    claimed = claim(people.reader, project)
    assert claimed is not None
    submit(claimed)
    with django_assert_max_num_queries(30):  # type: ignore[operator]
        claim(people.reader, project)


def test_every_case_gets_its_reads_in_the_end(project: Project, people: People) -> None:
    make_cases(project, 12)
    make_cases(project, 3, split="validation")
    readers = [people.reader, people.second_reader, people.third_reader]
    busy = True
    while busy:
        busy = False
        for reader in readers:
            assignment = claim(reader, project)
            if assignment is not None:
                busy = True
                submit(assignment, document())
    assert not CaseRound.objects.exclude(n_submitted=2).exists()
