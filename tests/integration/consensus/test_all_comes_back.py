"""Whatever a project has exported comes back into a new one, also what was asked, found or drawn meanwhile."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from labelhub.consensus.models import Adjudication
from labelhub.core.errors import InvalidContent
from labelhub.projects.models import Membership, Project
from labelhub.projects.services import membership_add, schema_create_version
from labelhub.reading.models import Assignment, Read
from labelhub.reading.services.leases import assignment_release
from labelhub.workflows.consensus.adjudicate import claim_adjudication
from labelhub.workflows.intake.import_decisions import import_decisions
from labelhub.workflows.intake.import_reads import import_reads
from labelhub.workflows.reading.submit_read import accept_late_read, amend_read, submit_read
from tests.factories.accounts import make_user
from tests.factories.cases import make_case, make_cases
from tests.factories.deciding import decide
from tests.factories.exports import exported, read_cases, rows_of
from tests.factories.projects import FINDINGS, People, make_project
from tests.factories.reading import box, claim, document, read_case, submission, submit

MASS = {"code": "mass", "name": "Mass", "hotkey": "3", "required": True, "boxes": False}
FORMATS = pytest.mark.parametrize("format", ["csv", "json"])
OTHER_VERSIONS = {"schema_version", "protocol_version"}


@FORMATS
def test_what_was_read_before_a_finding_was_asked_lacks_it_still(
    project: Project, people: People, tmp_path: Path, format: str
) -> None:
    make_cases(project, 2)
    for answers in ({}, {"mass": "present"}):
        for reader in (people.reader, people.second_reader):
            read_case(reader, project, document(answers))
        schema_create_version(actor=None, project=project, findings=[*FINDINGS, MASS], region_classes=[])
    copy = make_project(findings=[*FINDINGS, MASS])
    done = import_reads(exported(project, tmp_path, format), actor=None, project=copy)
    assert (done.n_reads, done.refused) == (4, [])
    for what in ("reads", "consensus"):
        before, after = (
            [{name: row[name] for name in row.keys() - OTHER_VERSIONS} for row in rows_of(each, what)]
            for each in (project, copy)
        )
        assert before == after, what
    assert Read.objects.filter(assignment__round__project=copy, answers__finding="mass").count() == 2


@FORMATS
def test_who_was_asked_since_another_took_her_read_back(
    project: Project, people: People, tmp_path: Path, format: str
) -> None:
    make_case(project)
    for reader in (people.reader, people.second_reader):
        read_case(reader, project)
    mine = Assignment.objects.get(reader=people.second_reader)
    unreadable = {**document(), "answers": {}, "not_readable": True}
    sent = submission(mine, unreadable, reason="it is the wrong way round")
    amend_read(actor=people.second_reader, assignment=mine, submission=sent)
    assert read_case(people.third_reader, project, document({"effusion": "present"}))
    copy = make_project()
    done = import_reads(exported(project, tmp_path, format), actor=None, project=copy)
    assert (done.n_reads, done.refused) == (4, [])
    for what in ("reads", "consensus"):
        assert rows_of(copy, what) == rows_of(project, what) != [], what


@FORMATS
def test_a_read_beyond_the_protocols_number(
    project: Project, people: People, tmp_path: Path, format: str
) -> None:
    """A reader was asked for one that was not readable, and had the case when it was found to be; another came late."""
    make_case(project)
    late = claim(people.reader, project)
    assert late is not None
    assignment_release(actor=people.reader, assignment=late)
    unreadable = {**document(), "answers": {}, "not_readable": True}
    mine = read_case(people.second_reader, project, unreadable)
    assert mine is not None
    fourth = make_user()
    membership_add(actor=None, project=project, user=fourth, role=Membership.Role.READER)
    asked = [claim(reader, project) for reader in (people.third_reader, fourth)]
    sent = submission(mine.assignment, document(), reason="found the right window")
    amend_read(actor=people.second_reader, assignment=mine.assignment, submission=sent)
    for row in asked:
        assert row is not None and submit(row, document({"effusion": "present"})) is not None
    kept = submit_read(actor=people.reader, assignment=late, submission=submission(late)).late
    assert kept is not None
    accept_late_read(actor=people.manager, late_read=kept)
    copy = make_project()
    done = import_reads(exported(project, tmp_path, format), actor=None, project=copy)
    assert (done.n_reads, done.refused) == (5, [])
    for what in ("reads", "consensus"):
        assert rows_of(copy, what) == rows_of(project, what) != [], what


def test_a_case_that_is_read_here_takes_no_more_reads_than_the_protocol_asks(
    project: Project, people: People, tmp_path: Path
) -> None:
    make_case(project)
    for reader in (people.reader, people.second_reader):
        read_case(reader, project)
    rows = json.loads(exported(project, tmp_path, "json").read_text(encoding="utf-8"))
    file = tmp_path / "other.json"
    file.write_text(json.dumps([{**row, "reader": people.third_reader.username} for row in rows[:2]]))
    done = import_reads(file, actor=None, project=project)
    assert [row["code"] for row in done.refused] == ["no_open_slot"]


@FORMATS
def test_as_many_marks_as_a_read_may_hold(
    project: Project, people: People, tmp_path: Path, format: str
) -> None:
    """In a CSV they are one cell; so are the images of a CT."""
    case = make_case(project)
    boxes = [box(case, i % 400, i // 400, side=20) for i in range(2_000)]
    read_case(people.reader, project, document({"nodule": "present"}, boxes=boxes))
    copy = make_project()
    done = import_reads(exported(project, tmp_path, format), actor=None, project=copy)
    assert (done.n_reads, done.refused) == (1, [])
    assert rows_of(copy, "reads") == rows_of(project, "reads")


def test_a_decision_without_a_reason_where_none_was_asked_for(
    project: Project, people: People, tmp_path: Path
) -> None:
    make_case(project)
    for reader, value in ((people.reader, "present"), (people.second_reader, "absent")):
        read_case(reader, project, document({"nodule": value}))
    decide(people, claim_adjudication(actor=people.adjudicator, adjudication=Adjudication.objects.get()))
    copy = make_project(protocol={"adjudication_reason_required": True})
    done = import_reads(exported(project, tmp_path, "json"), actor=None, project=copy)
    decisions = exported(project, tmp_path, "json", "adjudications")
    import_decisions(decisions, actor=None, project=copy, result=done)
    assert (done.n_decisions, done.refused) == (1, [])
    assert rows_of(copy, "adjudications") == rows_of(project, "adjudications")


def test_her_cases_go_on_being_numbered_behind_those_that_came(
    project: Project, people: People, tmp_path: Path
) -> None:
    read_cases(project, people)
    copy = make_project()
    import_reads(exported(project, tmp_path, "json"), actor=None, project=copy)
    make_cases(copy, 2)
    for _ in range(2):
        read_case(people.reader, copy)
    hers = Assignment.objects.filter(round__project=copy, reader=people.reader)
    assert sorted(hers.values_list("reader_position", flat=True)) == list(range(1, 11))


def cut(text: str) -> str:
    return text[: len(text) * 2 // 3]


def cut_in_its_last_row(text: str) -> str:
    return text[:-40]


def of_something_else(text: str) -> str:
    return '{"reads": 3}'


def of_numbers(text: str) -> str:
    return "[1, 2]"


def empty(text: str) -> str:
    return ""


@pytest.mark.parametrize(
    ("format", "spoil"),
    [
        ("csv", cut),
        ("csv", cut_in_its_last_row),
        ("json", cut),
        ("json", cut_in_its_last_row),
        ("json", of_something_else),
        ("json", of_numbers),
        ("json", empty),
        ("csv", empty),
    ],
)
def test_a_file_that_is_not_whole_is_refused(
    project: Project, people: People, tmp_path: Path, format: str, spoil: Callable[[str], str]
) -> None:
    read_cases(project, people)
    path = exported(project, tmp_path, format)
    path.write_text(spoil(path.read_text(encoding="utf-8")), encoding="utf-8", newline="")
    copy = make_project()
    with pytest.raises(InvalidContent) as error:
        import_reads(path, actor=None, project=copy)
    assert error.value.code == "not_an_export"
    assert not Read.objects.filter(assignment__round__project=copy).exists()
    assert claim(people.reader, copy) is None
