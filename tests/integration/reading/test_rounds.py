"""Several rounds at once: all are served, each asks its own findings, and only `labels` makes labels."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from labelhub.consensus.models import Adjudication, ConsensusLabel, Discordance
from labelhub.consensus.selectors import labels_in_force
from labelhub.core.errors import Conflict, InvalidContent
from labelhub.learning.selectors import n_complete_pool_cases
from labelhub.projects.models import Project
from labelhub.projects.services import protocol_create_version, schema_create_version
from labelhub.reading.models import Assignment, CaseRound, Round
from labelhub.reading.policies import own_assignment
from labelhub.reading.services.case_splits import cases_exclude
from labelhub.reading.services.rounds import finished_rounds_close, round_close, round_open
from labelhub.reading.submissions import schema_of
from labelhub.workflows.reading.submit_read import amend_read
from labelhub.workflows.run_tick import STEPS
from tests.factories.cases import make_cases
from tests.factories.projects import FINDINGS, People
from tests.factories.reading import claim, document, open_round, read_case, submission, submit

LABELS, CALIBRATION = Round.Purpose.LABELS, Round.Purpose.CALIBRATION


def only(**answers: str) -> dict[str, object]:
    whole = document()
    whole["answers"] = {code: {"value": value, "by_rest": False} for code, value in answers.items()}
    return whole


def add_finding(project: Project) -> None:
    mass = {"code": "mass", "name": "Mass", "hotkey": "3", "required": True, "boxes": False}
    schema_create_version(actor=None, project=project, findings=[*FINDINGS, mass], region_classes=[])


def test_the_worklist_serves_all_open_rounds_the_newest_first(project: Project, people: People) -> None:
    first, second = make_cases(project, 2)
    later = open_round(project, people, [second], purpose=CALIBRATION)
    got = []
    while row := claim(people.reader, project):
        got.append((row.round.number, row.case, row.reader_position))
        submit(row)
    assert got[0] == (later.number, second, 1)
    assert {(number, case) for number, case, _ in got[1:]} == {(1, first), (1, second)}
    assert [position for _, _, position in got] == [1, 2, 3]


def test_a_supplementary_round_asks_only_its_findings_and_its_label_joins_the_others(
    project: Project, people: People
) -> None:
    (case,) = make_cases(project, 1)
    for reader in (people.reader, people.second_reader):
        read_case(reader, project, document({"nodule": "present"}))
    add_finding(project)
    round_ = open_round(project, people, [case], findings=["mass"])
    for reader in (people.reader, people.second_reader):
        row = claim(reader, project)
        assert row is not None and row.round == round_ and schema_of(row).codes == ["mass"]
        with pytest.raises(InvalidContent):
            submit(row, document({"mass": "absent"}))
        submit(row, only(mass="absent"))  # type: ignore[arg-type]
    labels = {(label.finding, label.value) for label in labels_in_force(project)}
    assert labels == {("nodule", "present"), ("effusion", "absent"), ("mass", "absent")}
    assert n_complete_pool_cases(project) == 1
    finished_rounds_close()
    round_.refresh_from_db()
    assert round_.closed_at is not None


def test_a_label_comes_from_the_newest_closed_labels_round_that_asked(
    project: Project, people: People
) -> None:
    (case,) = make_cases(project, 1)
    for reader in (people.reader, people.second_reader):
        read_case(reader, project)
    again = open_round(project, people, [case], findings=["effusion"])

    def value() -> str:
        return labels_in_force(project).get(finding="effusion").value

    first = claim(people.reader, project)
    assert first is not None and first.round == again
    submit(first, only(effusion="present"))  # type: ignore[arg-type]
    assert value() == "absent"
    second = claim(people.second_reader, project)
    assert second is not None
    submit(second, only(effusion="present"))  # type: ignore[arg-type]
    assert value() == "present" and labels_in_force(project).count() == 2


def test_her_list_says_of_each_round_whether_the_case_is_closed_in_it(
    project: Project, people: People, client_of: Callable[..., Any]
) -> None:
    protocol_create_version(actor=None, project=project, values={"show_outcome_when_closed": True})
    (case,) = make_cases(project, 1)
    for reader in (people.reader, people.second_reader):
        read_case(reader, project)
    open_round(project, people, [case], findings=["effusion"])
    again = claim(people.reader, project)
    assert again is not None
    submit(again, only(effusion="absent"))  # type: ignore[arg-type]
    page = client_of(people.reader).get(f"/api/v1/projects/{project.slug}/worklist/").json()
    closed = {row["id"]: row["closed"] for row in page["submitted"]}
    first = Assignment.objects.get(reader=people.reader, round__number=1)
    assert closed == {str(first.id): True, str(again.id): False}


def test_an_excluded_case_keeps_no_round_open(project: Project, people: People) -> None:
    kept, excluded = make_cases(project, 2)
    round_ = open_round(project, people, [kept, excluded], findings=["effusion"])
    cases_exclude([excluded.id])
    finished_rounds_close()
    round_.refresh_from_db()
    assert round_.closed_at is None
    for reader in (people.reader, people.second_reader):
        row = claim(reader, project)
        assert row is not None and row.case == kept
        submit(row, only(effusion="absent"))  # type: ignore[arg-type]
    finished_rounds_close()
    round_.refresh_from_db()
    assert round_.closed_at is not None


@pytest.mark.parametrize("by_person", [False, True])
def test_a_round_that_closed_itself_opens_again_for_one_more_reader(
    project: Project, people: People, by_person: bool
) -> None:
    (case,) = make_cases(project, 1)
    round_ = open_round(project, people, [case], findings=["effusion"])
    for reader in (people.reader, people.second_reader):
        row = claim(reader, project)
        assert row is not None
        submit(row, only(effusion="absent"))  # type: ignore[arg-type]
    round_close(actor=people.manager if by_person else None, round_=round_)
    mine = own_assignment(people.reader, Assignment.objects.get(reader=people.reader).id)
    sent = submission(mine, {**document(), "answers": {}, "not_readable": True}, reason="too dark")
    amend_read(actor=people.reader, assignment=mine, submission=sent)
    for step in STEPS:
        if step.__name__.startswith("finished_rounds"):
            step()
    third = claim(people.third_reader, project)
    assert third is not None and third.round.number == (1 if by_person else 2)


@pytest.mark.parametrize("purpose", [CALIBRATION, Round.Purpose.READER_STUDY])
def test_other_purposes_close_their_cases_without_label_or_adjudication(
    project: Project, people: People, purpose: str
) -> None:
    (case,) = make_cases(project, 1)
    round_ = open_round(project, people, [case], purpose=purpose)
    for reader, value in ((people.reader, "present"), (people.second_reader, "absent")):
        row = claim(reader, project)
        assert row is not None and row.round == round_
        submit(row, document({"nodule": value}))
    assert CaseRound.objects.get(round=round_).closed_at is not None
    for model in (ConsensusLabel, Adjudication, Discordance):
        assert not model.objects.exists()
    assert n_complete_pool_cases(project) == 0


def test_only_the_readers_of_a_round_are_offered_it_and_none_before_its_time(
    project: Project, people: People
) -> None:
    (case,) = make_cases(project, 1)
    round_ = open_round(project, people, [case], readers=[people.reader], purpose=CALIBRATION)
    theirs = claim(people.second_reader, project)
    assert theirs is not None and theirs.round.is_standing
    Round.objects.filter(id=round_.id).update(not_before=timezone.now() + timedelta(hours=1))
    early = claim(people.reader, project, ahead=True)
    assert early is not None and early.round.is_standing
    Assignment.objects.filter(id=early.id).delete()
    Round.objects.filter(id=round_.id).update(not_before=timezone.now() - timedelta(hours=1))
    mine = claim(people.reader, project)
    assert mine is not None and mine.round == round_


def test_a_closed_round_gives_out_nothing_and_the_standing_one_stays_open(
    project: Project, people: People
) -> None:
    (case,) = make_cases(project, 1)
    round_ = open_round(project, people, [case], purpose=CALIBRATION)
    round_close(actor=people.manager, round_=round_)
    row = claim(people.reader, project)
    assert row is not None and row.round.is_standing
    with pytest.raises(Conflict):
        round_close(actor=people.manager, round_=row.round)


def test_what_is_only_reserved_in_a_round_is_not_opened_once_it_is_closed(
    project: Project, people: People
) -> None:
    (case,) = make_cases(project, 1)
    round_ = open_round(project, people, [case], purpose=CALIBRATION)
    ahead = claim(people.reader, project, ahead=True)
    assert ahead is not None and ahead.round == round_
    round_close(actor=people.manager, round_=round_)
    row = claim(people.reader, project)
    assert row is not None and row.round.is_standing
    left = CaseRound.objects.get(round=round_)
    assert (left.n_open, left.begun_seq) == (2, None)


def test_a_reader_who_joins_later_reads_in_the_open_rounds_too(project: Project, people: People) -> None:
    (case,) = make_cases(project, 1)
    claim(people.reader, project)
    round_ = open_round(project, people, [case], purpose=CALIBRATION, readers=[people.second_reader])
    Round.objects.filter(id=round_.id).update(for_all=True)
    row = claim(people.third_reader, project)
    assert row is not None and row.round == round_


@pytest.mark.parametrize("findings", [["unknown"], []])
def test_a_round_asks_findings_of_the_schema(project: Project, people: People, findings: list[str]) -> None:
    with pytest.raises(InvalidContent):
        round_open(actor=people.manager, project=project, purpose=LABELS, findings=findings)


def test_strangers_do_not_read_in_a_round(project: Project, people: People) -> None:
    with pytest.raises(InvalidContent):
        round_open(actor=people.manager, project=project, purpose=LABELS, readers=[people.stranger])
