"""Excluded cases brought back: offered, read and measured as if they had never been out."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from labelhub.consensus.models import Adjudication, ConsensusLabel
from labelhub.core.models import AuditEvent
from labelhub.imaging.models import Case, CaseExclusion
from labelhub.learning.services.snapshot import snapshot_take
from labelhub.projects.models import Project
from labelhub.projects.services import protocol_create_version
from labelhub.reading.models import Assignment, CaseRound, QueueEntry, Round
from labelhub.reading.services.leases import assignment_release
from labelhub.reading.services.rounds import finished_rounds_close, finished_rounds_reopen
from labelhub.workflows.cases.bring_back_cases import bring_back_cases
from labelhub.workflows.cases.bulk import Outcome
from labelhub.workflows.cases.exclude_cases import exclude_cases
from labelhub.workflows.reading.submit_read import amend_read
from tests.factories.cases import make_case, make_cases
from tests.factories.learning import write_model_input
from tests.factories.projects import People
from tests.factories.reading import claim, document, open_round, ranked, read_case, submission, submit

pytestmark = pytest.mark.django_db
ClientOf = Callable[..., APIClient]


def exclude(project: Project, people: People, *cases: Case) -> None:
    ids, why = [case.id for case in cases], "It is a hand."
    exclude_cases(actor=people.manager, project=project, case_ids=ids, reason=why, client_uuid=uuid.uuid4())


def back(project: Project, people: People, *cases: Case, key: uuid.UUID | None = None) -> Outcome:
    ids, why = [case.id for case in cases], "It is a chest."
    return bring_back_cases(
        actor=people.manager, project=project, case_ids=ids, reason=why, client_uuid=key or uuid.uuid4()
    )


def slots(case: Case) -> tuple[int, int, int, int]:
    row = CaseRound.objects.get(case=case, round__number=1)
    return row.n_needed, row.n_extra, row.n_open, row.n_submitted


def labels(case: Case) -> int:
    return ConsensusLabel.objects.filter(case_round__case=case, is_current=True).count()


@pytest.mark.parametrize("split", ["pool", "validation", "test"])
def test_one_not_begun_is_offered_in_its_place_again(project: Project, people: People, split: str) -> None:
    case, _ = make_case(project, split=split), make_case(project, split=split)
    exclude(project, people, case)
    assert back(project, people, case).n_done == 1
    case.refresh_from_db()
    assert (case.split, slots(case)) == (split, (2, 0, 2, 0))
    assert CaseRound.objects.get(case=case).closed_at is None
    offered = claim(people.reader, project)
    assert offered is not None and offered.case_id == case.id
    assert offered.rule == ("random" if split == "pool" else "evaluation")


def test_its_place_in_the_ranking_is_open_again(project: Project, people: People) -> None:
    last, first = make_cases(project, 2)
    ranked(project, first, last)
    exclude(project, people, first, last)
    back(project, people, first)
    assert QueueEntry.objects.get(is_open=True).case_id == first.id
    offered = claim(people.reader, project)
    assert offered is not None and (offered.case_id, offered.rule) == (first.id, "ranking")


def test_one_begun_asks_for_the_reads_that_it_lacks(project: Project, people: People) -> None:
    case = make_case(project, split="test")
    read_case(people.reader, project)
    # Her cursor passes what is full, or was.
    exclude(project, people, case)
    assert claim(people.second_reader, project) is None
    back(project, people, case)
    assert (slots(case), Round.objects.get().n_eval_begun) == ((2, 0, 1, 1), 1)
    read_case(people.second_reader, project)
    assert CaseRound.objects.get().closed_at is not None and labels(case) == 2


@pytest.mark.parametrize("ends", [assignment_release, None])
def test_a_slot_given_back_while_it_was_out_is_free_again(
    project: Project, people: People, ends: Any
) -> None:
    case = make_case(project)
    mine = claim(people.reader, project)
    assert mine is not None
    exclude(project, people, case)
    mine.refresh_from_db()
    if ends:
        ends(actor=people.reader, assignment=mine)
    assert slots(case) == ((0, 0, 0, 0) if ends else (1, 0, 0, 0))
    back(project, people, case)
    assert slots(case) == ((2, 0, 2, 0) if ends else (2, 0, 1, 0))


def test_what_seemed_complete_while_it_was_out_is_asked_of_others(project: Project, people: People) -> None:
    case = make_case(project)
    mine = claim(people.reader, project)
    assert mine is not None
    exclude(project, people, case)
    mine.refresh_from_db()
    submit(mine)
    assert CaseRound.objects.get().n_submitted == 1
    back(project, people, case)
    assert (slots(case), CaseRound.objects.get().closed_at, labels(case)) == ((2, 0, 1, 1), None, 0)
    read_case(people.second_reader, project)
    assert CaseRound.objects.get().closed_at is not None and labels(case) == 2


def test_a_closed_case_is_as_it_was(project: Project, people: People) -> None:
    case = make_case(project)
    write_model_input(case, False, False)
    for reader in (people.reader, people.second_reader):
        read_case(reader, project)
    before, learnt = CaseRound.objects.values().get(), snapshot_take(project)
    exclude(project, people, case)
    protocol_create_version(actor=None, project=project, values={"readers_per_case": 3})
    back(project, people, case)
    assert CaseRound.objects.values().get() == before
    assert snapshot_take(project) == learnt


def test_a_closed_case_that_a_read_calls_unreadable_meanwhile_asks_another(
    project: Project, people: People
) -> None:
    case = make_case(project)
    for reader in (people.reader, people.second_reader):
        read_case(reader, project)
    exclude(project, people, case)
    mine = Assignment.objects.get(reader=people.reader)
    unreadable = {"answers": {}, "annotations": [], "comment": "", "not_readable": True}
    sent = submission(mine, unreadable, reason="wrong")
    amend_read(actor=people.reader, assignment=mine, submission=sent)
    assert slots(case) == (2, 0, 0, 2)
    back(project, people, case)
    assert (slots(case), CaseRound.objects.get().closed_at) == ((3, 1, 1, 2), None)


def test_a_case_that_is_not_closed_follows_the_protocol(project: Project, people: People) -> None:
    begun, new = make_cases(project, 2)
    read_case(people.reader, project)
    exclude(project, people, begun, new)
    protocol_create_version(actor=None, project=project, values={"readers_per_case": 3})
    back(project, people, begun, new)
    assert (slots(begun), slots(new)) == ((3, 0, 2, 1), (3, 0, 3, 0))


def test_its_adjudication_waits_again(project: Project, people: People, client_of: ClientOf) -> None:
    case = make_case(project)
    read_case(people.reader, project, document({"effusion": "present"}))
    read_case(people.second_reader, project)
    exclude(project, people, case)
    back(project, people, case)
    assert Adjudication.objects.get().state == "open"
    answer = client_of(people.adjudicator).post(f"/api/v1/projects/{project.slug}/adjudications/next/")
    assert answer.json()["adjudication"] is not None


def test_a_round_that_closed_without_it_asks_again(project: Project, people: People) -> None:
    case = make_case(project)
    round_ = open_round(project, people, [case])
    exclude(project, people, case)
    finished_rounds_close()
    assert Round.objects.get(id=round_.id).closed_at is not None
    finished_rounds_reopen()
    assert Round.objects.get(id=round_.id).closed_at is not None
    back(project, people, case)
    finished_rounds_reopen()
    assert Round.objects.get(id=round_.id).closed_at is None
    assert CaseRound.objects.get(round=round_).n_open == 2


@pytest.mark.parametrize("is_begun", [False, True])
def test_it_lies_in_the_split_of_its_patient(project: Project, people: People, is_begun: bool) -> None:
    """Her patient was joined to one of another split meanwhile."""
    case = make_case(project)
    if is_begun:
        read_case(people.reader, project)
    exclude(project, people, case)
    case.patient.split = "test"
    case.patient.save()
    outcome = back(project, people, case)
    case.refresh_from_db()
    if is_begun:
        assert [row.code for row in outcome.refused] == ["other_split"] and case.split == "excluded"
    else:
        assert outcome.n_done == 1 and case.split == "test"
        assert CaseRound.objects.get().split == "test"


def test_each_case_says_what_became_of_it(project: Project, people: People, client_of: ClientOf) -> None:
    out, never, of_patient = make_cases(project, 3)
    exclude(project, people, out)
    Case.objects.filter(id=of_patient.id).update(split="excluded")
    body = {
        "cases": [str(case.id) for case in (out, never, of_patient)],
        "reason": "It is a chest.",
        "client_uuid": str(uuid.uuid4()),
    }
    client, address = client_of(people.manager), f"/api/v1/projects/{project.slug}/cases/bring-back/"
    answer = client.post(address, body, format="json").json()
    assert (answer["brought_back"], answer["already"]) == (1, 1)
    assert [(row["case"], row["code"]) for row in answer["refused"]] == [
        (str(of_patient.id), "excluded_for_patient")
    ]
    row = CaseExclusion.objects.get()
    assert (row.brought_back_by, row.back_reason) == (people.manager, "It is a chest.")
    event = AuditEvent.objects.get(action="case.brought_back")
    assert event.data == {"split_before": "excluded", "split": "pool", "exclusion": str(row.id)}
    # Sent again after it was excluded anew, it brings nothing back.
    exclude(project, people, out)
    assert client.post(address, body, format="json").json() == answer
    out.refresh_from_db()
    assert out.split == "excluded" and CaseExclusion.objects.count() == 2
