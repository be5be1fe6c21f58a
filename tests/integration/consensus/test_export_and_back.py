"""Exported reads taken into a new project give the same agreement figures."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from labelhub.consensus.models import Adjudication, ConsensusLabel, RoundStatistics
from labelhub.consensus.shown_agreement import pairs_shown
from labelhub.consensus.statistics import reader_names
from labelhub.core import append_only
from labelhub.core.errors import InvalidContent
from labelhub.imaging.models import Case, Patient
from labelhub.projects.models import Project
from labelhub.reading.models import CaseRound, Read, Round
from labelhub.reading.services.case_rounds import cases_exclude
from labelhub.releases.services import export_start, export_stream
from labelhub.workflows.consensus.adjudicate import claim_adjudication
from labelhub.workflows.consensus.decide import FindingDecision, decide_adjudication
from labelhub.workflows.intake.import_decisions import import_decisions
from labelhub.workflows.intake.import_reads import ReadsImported, import_reads
from labelhub.workflows.projects.refresh_statistics import refresh_statistics
from labelhub.workflows.reading.submit_read import amend_read, record_exported_read
from tests.factories.cases import make_case, make_cases
from tests.factories.projects import FINDINGS, People, make_project
from tests.factories.reading import box, claim, document, read_case, submission, submit


def exported(project: Project, folder: Path, format: str, what: str = "reads") -> Path:
    export = export_start(actor=None, project=project, what=what, format=format)
    folder.mkdir(exist_ok=True)
    path = folder / f"{what}.{format}"
    path.write_text("".join(export_stream(export)), encoding="utf-8", newline="")
    return path


def read_cases(project: Project, people: People) -> None:
    make_cases(project, 8)
    for i in range(8):
        first = claim(people.reader, project)
        assert first is not None
        boxes = [box(first.case, 30, 30)] if i % 2 else []
        submit(first, document({"nodule": "present" if i % 2 else "absent"}, boxes=boxes))
    for i in range(8):
        read_case(
            people.second_reader,
            project,
            {**document({"nodule": "uncertain" if i == 3 else "absent"}), "comment": '=1+1, "quoted"\nline'},
        )
    read = Read.objects.filter(assignment__reader=people.second_reader)[0]
    amend_read(
        actor=people.second_reader,
        assignment=read.assignment,
        submission=submission(read.assignment, document({"effusion": "present"}), reason="second look"),
    )


@pytest.mark.parametrize("format", ["csv", "json"])
def test_the_same_figures_in_a_new_project(
    project: Project, people: People, tmp_path: Path, format: str
) -> None:
    read_cases(project, people)
    copy = make_project()
    done = import_reads(exported(project, tmp_path, format), actor=None, project=copy)
    assert (done.n_reads, done.n_cases_made, done.refused) == (17, 8, [])
    before, after = (refresh_statistics(p).body for p in (project, copy))
    for name in ("agreement", "reads", "discordant"):
        assert before[name] == after[name], name
    tables = [RoundStatistics.objects.get(round__project=each) for each in (project, copy)]
    pairs = [pairs_shown(row, reader_names(row.round.project)) for row in tables]
    assert pairs[0] == pairs[1] != []
    assert labels(project) == labels(copy)


def test_taking_the_same_file_twice_changes_nothing(project: Project, people: People, tmp_path: Path) -> None:
    read_cases(project, people)
    path, copy = exported(project, tmp_path, "csv"), make_project()
    import_reads(path, actor=None, project=copy)
    again = import_reads(path, actor=None, project=copy)
    assert again.n_reads == 0 and {row["code"] for row in again.refused} == {"already_read"}


def test_reads_that_do_not_fit_the_schema_leave_nothing_behind(
    project: Project, people: People, tmp_path: Path
) -> None:
    read_cases(project, people)
    path, copy = exported(project, tmp_path, "csv"), make_project(findings=FINDINGS[:1])
    done = import_reads(path, actor=None, project=copy)
    assert (done.n_reads, done.n_cases_made) == (0, 0) and len(done.refused) == 17
    assert not Case.objects.filter(project=copy).exists()


def test_another_file_is_refused(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("image,patient_id\na.png,1\n")
    with pytest.raises(InvalidContent) as error:
        import_reads(path, actor=None, project=project)
    assert error.value.code == "not_an_export"


def labels(project: Project) -> list[Any]:
    rows = ConsensusLabel.objects.filter(case_round__round__project=project, is_current=True)
    return sorted(rows.values_list("finding", "value", "method", "probability"))


def test_a_read_made_with_the_models_help_stays_one(project: Project, people: People, tmp_path: Path) -> None:
    """Else it would count in the test split of the new project, whose protocol hides the model."""
    make_cases(project, 1)
    read_case(people.reader, project)
    with append_only.suspended():
        Read.objects.update(ai_visible=True)
    copy = make_project()
    import_reads(exported(project, tmp_path, "csv"), actor=None, project=copy)
    assert Read.objects.get(assignment__round__project=copy).ai_visible


OF_ANOTHER_PROJECT = {
    "case", "case_number", "study", "read", "decision", "reserved_at", "opened_at", "reader_position", "offered_by",
    "context_shown", "decided_at", "reads",
}  # fmt: skip
"""Columns that are the project's own; all others come back as they went out."""


def rows_of(project: Project, what: str) -> list[dict[str, Any]]:
    export = export_start(actor=None, project=project, what=what, format="json")
    rows = json.loads("".join(export_stream(export)))
    kept = OF_ANOTHER_PROJECT if what != "adjudications" else OF_ANOTHER_PROJECT - {"decided_at"}
    return sorted(
        ({name: value for name, value in row.items() if name not in kept} for row in rows),
        key=lambda row: json.dumps(row, sort_keys=True),
    )


@pytest.mark.parametrize("alone", [False, True])
def test_an_excluded_case_comes_back_as_one_and_takes_no_other_case_of_its_patient_with_it(
    project: Project, people: People, tmp_path: Path, alone: bool
) -> None:
    excluded = make_case(project)
    if not alone:
        make_case(project, patient=excluded.patient)
    for reader in (people.reader, people.second_reader):
        for _ in range(1 if alone else 2):
            read_case(reader, project)
    Case.objects.filter(id=excluded.id).update(split="excluded")
    cases_exclude([excluded.id])
    copy = make_project()
    done = import_reads(exported(project, tmp_path, "json"), actor=None, project=copy)
    assert not done.refused and rows_of(copy, "reads") == rows_of(project, "reads")
    assert not Patient.objects.filter(project=copy, split="excluded").exists()
    assert CaseRound.objects.get(case__project=copy, case__split="excluded").split == "excluded"


def test_an_interrupted_import_excludes_its_case_when_it_is_repeated(
    project: Project, people: People, tmp_path: Path
) -> None:
    excluded = make_case(project)
    for reader in (people.reader, people.second_reader):
        read_case(reader, project)
    Case.objects.filter(id=excluded.id).update(split="excluded")
    cases_exclude([excluded.id])
    copy, file = make_project(), exported(project, tmp_path, "json")
    import_reads(file, actor=None, project=copy)
    # As it stands when the command ends before it excludes.
    Case.objects.filter(project=copy).update(split="pool")
    again = import_reads(file, actor=None, project=copy)
    assert {each["code"] for each in again.refused} == {"already_read"}
    assert Case.objects.get(project=copy).split == "excluded"


def test_an_excluded_case_is_offered_to_nobody_wherever_its_import_is_interrupted(
    project: Project, people: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    excluded = make_case(project)
    for reader in (people.reader, people.second_reader):
        read_case(reader, project)
    Case.objects.filter(id=excluded.id).update(split="excluded")
    cases_exclude([excluded.id])
    copy, file = make_project(), exported(project, tmp_path, "json")
    recorded: list[Read] = []

    def record(**read: Any) -> None:
        if recorded:
            raise KeyboardInterrupt
        recorded.append(record_exported_read(**read))

    monkeypatch.setattr("labelhub.workflows.intake.import_reads.record_exported_read", record)
    with pytest.raises(KeyboardInterrupt):
        import_reads(file, actor=None, project=copy)
    assert recorded and claim(people.third_reader, copy) is None


@pytest.mark.parametrize("microsecond", [0, 1, 999, 123456])
def test_a_time_comes_back_as_it_went_out_whatever_its_fraction(
    project: Project, people: People, tmp_path: Path, microsecond: int
) -> None:
    make_cases(project, 1)
    read_case(people.reader, project)
    with append_only.suspended():
        Read.objects.update(submitted_at=datetime(2026, 3, 1, 12, 0, 1, microsecond, tzinfo=UTC))
    copy = make_project()
    import_reads(exported(project, tmp_path, "json"), actor=None, project=copy)
    assert rows_of(copy, "reads") == rows_of(project, "reads")


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
