"""Exported reads taken into a new project give the same agreement figures."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from labelhub.consensus.models import ConsensusLabel, RoundStatistics
from labelhub.consensus.shown_agreement import pairs_shown
from labelhub.consensus.statistics import reader_names
from labelhub.core import append_only
from labelhub.core.errors import InvalidContent
from labelhub.imaging.models import Case, Patient
from labelhub.projects.models import Project
from labelhub.reading.models import CaseRound, Read
from labelhub.reading.services.case_splits import cases_exclude
from labelhub.workflows.intake.import_reads import import_reads
from labelhub.workflows.projects.refresh_statistics import refresh_statistics
from labelhub.workflows.reading.record_read import record_exported_read
from tests.factories.cases import make_case, make_cases
from tests.factories.exports import exported, read_cases, rows_of
from tests.factories.projects import FINDINGS, People, make_project
from tests.factories.reading import claim, read_case


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


"""Columns that are the project's own; all others come back as they went out."""


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
