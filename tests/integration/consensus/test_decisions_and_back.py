"""Exported decisions and their boxes taken into a new project, also one without images."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from labelhub.accounts.services import user_create
from labelhub.consensus.models import Adjudication
from labelhub.projects.models import Project
from labelhub.projects.services import membership_add
from labelhub.reading.models import Assignment, CaseSeen, Round
from labelhub.workflows.consensus.adjudicate import claim_adjudication
from labelhub.workflows.consensus.decide import FindingDecision, decide_adjudication
from labelhub.workflows.intake.import_decisions import import_decisions
from labelhub.workflows.intake.import_reads import ReadsImported, import_reads
from labelhub.workflows.reading.submit_read import amend_read
from tests.factories.deciding import decide
from tests.factories.exports import exported, read_cases, rows_of
from tests.factories.projects import People, make_project
from tests.factories.reading import box, document, submission


def decide_all(project: Project, people: People) -> int:
    """Decide every discordance, present with a box; returns how many."""
    rows = list(Adjudication.objects.filter(project=project))
    for row in rows:
        claim_adjudication(actor=people.adjudicator, adjudication=row)
        findings = row.case_round.discordances.filter(needs_adjudication=True)
        decide_adjudication(
            actor=people.adjudicator,
            adjudication=row,
            client_uuid=uuid.uuid4(),
            decisions=[
                FindingDecision(
                    finding=each.finding,
                    value="present",
                    reason="seen on both",
                    annotations=[box(row.case_round.case, 20, 25, finding=each.finding)]
                    if each.finding == "nodule"
                    else [],
                )
                for each in findings
            ],
        )
    return len(rows)


@pytest.mark.parametrize("format", ["csv", "json"])
def test_reads_decisions_and_boxes_come_back_also_without_images(
    project: Project, people: People, tmp_path: Path, format: str
) -> None:
    read_cases(project, people)
    assert decide_all(project, people) > 1
    copy = make_project()
    done = import_reads(exported(project, tmp_path, format), actor=None, project=copy)
    assert not done.refused
    import_decisions(
        exported(project, tmp_path, format, "adjudications"), actor=None, project=copy, result=done
    )
    assert not done.refused and done.n_decisions >= 4
    for what in ("reads", "adjudications", "consensus"):
        assert rows_of(copy, what) == rows_of(project, what), what
    assert any(row["boxes"] for row in rows_of(copy, "reads"))
    assert any(row["boxes"] for row in rows_of(copy, "adjudications"))
    # A second time nothing changes, and each row says why it was not taken.
    again = import_reads(exported(project, tmp_path, format), actor=None, project=copy)
    import_decisions(
        exported(project, tmp_path, format, "adjudications"), actor=None, project=copy, result=again
    )
    assert (again.n_reads, again.n_decisions) == (0, 0) and again.refused


def test_a_box_on_an_image_that_the_case_lacks_is_not_lost_in_silence(
    project: Project, people: People, tmp_path: Path
) -> None:
    read_cases(project, people)
    path = exported(project, tmp_path, "json")
    rows = json.loads(path.read_text())
    for row in rows:
        for each in row["boxes"]:
            each["image"] = "0" * 64
    path.write_text(json.dumps(rows))
    done = import_reads(path, actor=None, project=make_project())
    assert {row["code"] for row in done.refused} == {"image_not_here"} and done.n_reads == 17 - len(
        done.refused
    )


@pytest.mark.parametrize("format", ["csv", "json"])
def test_what_is_of_a_further_round_is_refused_and_not_mixed_with_the_first(
    project: Project, people: People, tmp_path: Path, format: str
) -> None:
    read_cases(project, people)
    decide_all(project, people)
    paths = [exported(project, tmp_path, format, what) for what in ("reads", "adjudications")]
    for path, of_further in zip(paths, ("reads-2", "adjudications-2"), strict=True):
        Round.objects.filter(project=project).update(number=2)
        further = exported(project, tmp_path / of_further, format, path.stem)
        Round.objects.filter(project=project).update(number=1)
        if format == "json":
            rows = [*json.loads(path.read_text()), *json.loads(further.read_text())]
            path.write_text(json.dumps(rows))
        else:
            path.write_text(path.read_text() + further.read_text().split("\n", 1)[1], newline="")
    copy = make_project()
    done = import_reads(paths[0], actor=None, project=copy)
    assert done.n_reads == 17 and [row["code"] for row in done.refused] == ["further_round"] * 17
    before = len(done.refused)
    import_decisions(paths[1], actor=None, project=copy, result=done)
    assert done.n_decisions >= 4 and {row["code"] for row in done.refused[before:]} == {"further_round"}
    assert rows_of(copy, "reads") == rows_of(project, "reads")


def test_decisions_without_their_reads_are_refused(project: Project, people: People, tmp_path: Path) -> None:
    read_cases(project, people)
    decide_all(project, people)
    done = ReadsImported()
    path = exported(project, tmp_path, "csv", "adjudications")
    import_decisions(path, actor=None, project=make_project(), result=done)
    assert done.n_decisions == 0 and {row["code"] for row in done.refused} == {"no_adjudication"}


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite locks no rows")
def test_the_round_of_a_case_is_locked_before_its_adjudication(
    project: Project, people: People, tmp_path: Path
) -> None:
    """The order of `locks`: a read that is submitted meanwhile takes them so, and would wait in a circle."""
    read_cases(project, people)
    decide_all(project, people)
    copy = make_project()
    done = import_reads(exported(project, tmp_path, "json"), actor=None, project=copy)
    path = exported(project, tmp_path, "json", "adjudications")
    with CaptureQueriesContext(connection) as statements:
        import_decisions(path, actor=None, project=copy, result=done)
    locked = [each["sql"].split('"')[1] for each in statements if "FOR NO KEY UPDATE" in each["sql"]]
    tables = [table for table in locked if table in ("reading_caseround", "consensus_adjudication")]
    assert done.n_decisions and tables[0] == "reading_caseround"


@pytest.mark.parametrize("format", ["csv", "json"])
def test_each_decision_keeps_who_made_it_and_when(
    project: Project, people: People, row: Adjudication, tmp_path: Path, format: str
) -> None:
    """Of a case decided twice by one adjudicator and, reopened by an amendment, on another finding by another."""
    decide(people, row, "absent")
    decide(people, row, "present", "on second thoughts")
    mine = Assignment.objects.get(reader=people.reader)
    answers = document({"nodule": "present", "effusion": "present"})
    amend_read(
        actor=people.reader, assignment=mine, submission=submission(mine, answers, reason="overlooked")
    )
    other = user_create(actor=None, username="other")
    membership_add(actor=None, project=project, user=other, role="adjudicator")
    decide_adjudication(
        actor=other,
        adjudication=claim_adjudication(actor=other, adjudication=row),
        client_uuid=uuid.uuid4(),
        decisions=[FindingDecision("effusion", "absent", "", [])],
    )
    copy = make_project()
    done = import_reads(exported(project, tmp_path, format), actor=None, project=copy)
    import_decisions(
        exported(project, tmp_path, format, "adjudications"), actor=None, project=copy, result=done
    )
    assert (done.n_decisions, done.refused) == (3, [])
    for what in ("adjudications", "consensus"):
        assert rows_of(copy, what) == rows_of(project, what), what
    by = {(each["finding"], each["adjudicator"]) for each in rows_of(copy, "adjudications")}
    assert by == {("nodule", people.adjudicator.username), ("effusion", "other")}
    seen = CaseSeen.objects.filter(project=copy).values_list("user__username", flat=True)
    assert set(seen) == {people.adjudicator.username, "other"}


@pytest.mark.parametrize("effusion", ["absent", "present"])
def test_a_decision_stands_although_the_readers_agreed_later(
    project: Project, people: People, row: Adjudication, tmp_path: Path, effusion: str
) -> None:
    """Amended to agreement on the nodule, which was decided; with another finding in dispute, which is decided then."""
    decide(people, row, "present")
    mine = Assignment.objects.get(reader=people.reader)
    answers = document({"nodule": "absent", "effusion": effusion})
    amend_read(actor=people.reader, assignment=mine, submission=submission(mine, answers, reason="oops"))
    if effusion == "present":
        decide_adjudication(
            actor=people.adjudicator,
            adjudication=claim_adjudication(actor=people.adjudicator, adjudication=row),
            client_uuid=uuid.uuid4(),
            decisions=[FindingDecision("effusion", "absent", "", [])],
        )
    copy = make_project()
    done = import_reads(exported(project, tmp_path, "json"), actor=None, project=copy)
    import_decisions(
        exported(project, tmp_path, "json", "adjudications"), actor=None, project=copy, result=done
    )
    assert done.refused == []
    for what in ("reads", "adjudications", "consensus"):
        assert rows_of(copy, what) == rows_of(project, what), what
    states = Adjudication.objects.filter(project__in=[project, copy]).values_list("state", flat=True)
    assert set(states) == {"decided"}


def test_a_decision_stands_although_another_finding_waits_for_one_since(
    project: Project, people: People, row: Adjudication, tmp_path: Path
) -> None:
    decide(people, row, "present")
    mine = Assignment.objects.get(reader=people.reader)
    answers = document({"nodule": "present", "effusion": "present"})
    amend_read(actor=people.reader, assignment=mine, submission=submission(mine, answers, reason="oops"))
    copy = make_project()
    done = import_reads(exported(project, tmp_path, "json"), actor=None, project=copy)
    import_decisions(
        exported(project, tmp_path, "json", "adjudications"), actor=None, project=copy, result=done
    )
    assert (done.n_decisions, done.refused) == (1, [])
    for what in ("reads", "adjudications", "consensus"):
        assert rows_of(copy, what) == rows_of(project, what), what
    states = Adjudication.objects.filter(project__in=[project, copy]).values_list("state", flat=True)
    assert set(states) == {"open"}


def test_what_the_protocol_never_left_to_an_adjudicator_is_refused(
    project: Project, people: People, row: Adjudication, tmp_path: Path
) -> None:
    decide(people, row, "present")
    path = exported(project, tmp_path, "json", "adjudications")
    (nodule,) = json.loads(path.read_text())
    path.write_text(json.dumps([nodule, {**nodule, "finding": "effusion", "boxes": []}]))
    copy = make_project()
    done = import_reads(exported(project, tmp_path, "json"), actor=None, project=copy)
    import_decisions(path, actor=None, project=copy, result=done)
    assert [each["code"] for each in done.refused] == ["incomplete"]
    assert Adjudication.objects.get(project=copy).state == "open" and done.n_decisions == 0
