"""The manager is warned where her project cannot be finished as it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from labelhub.projects.models import Membership, Project
from labelhub.projects.services import protocol_create_version
from labelhub.reading.models import Round, Seen
from labelhub.reading.services.leases import assignment_skip
from labelhub.reading.services.seen import cases_seen
from labelhub.workflows.projects.project_warnings import project_warnings
from labelhub.workflows.projects.refresh_statistics import refresh_statistics
from tests.factories.cases import make_cases
from tests.factories.dicom import gradient, raster_bytes
from tests.factories.projects import FINDINGS, People
from tests.factories.reading import claim, open_round, read_case

Role = Membership.Role


def remove(project: Project, role: str, keep: int = 0) -> None:
    for row in list(Membership.objects.filter(project=project, role=role))[keep:]:
        row.delete()


def test_a_project_with_its_people_is_warned_of_nothing(project: Project, people: People) -> None:
    assert project_warnings(project) == []


@pytest.mark.parametrize(("n_readers", "words"), [(0, "has no reader"), (1, "has 1 reader")])
def test_fewer_readers_than_reads_of_a_case(
    project: Project, people: People, n_readers: int, words: str
) -> None:
    remove(project, Role.READER, keep=n_readers)
    (sentence,) = project_warnings(project)
    assert "2 reads of each case" in sentence and words in sentence


def test_a_case_that_every_reader_has_read_or_skipped(project: Project, people: People) -> None:
    make_cases(project, 1)
    readers = [people.reader, people.second_reader, people.third_reader]
    for reader in readers[:2]:
        assert project_warnings(project) == []
        assignment = claim(reader, project)
        assert assignment is not None
        assignment_skip(actor=reader, assignment=assignment, reason="other", text="")
    (sentence,) = project_warnings(project)
    assert "1 begun case cannot be completed" in sentence
    read_case(people.third_reader, project)
    (sentence,) = project_warnings(project)
    assert "1 begun case cannot be completed" in sentence
    Membership.objects.create(project=project, user=people.stranger, role=Role.READER)
    assert project_warnings(project) == []


def test_a_reader_who_has_seen_others_reads_is_not_left_for_a_case(project: Project, people: People) -> None:
    (case,) = make_cases(project, 1)
    read_case(people.reader, project)
    third = claim(people.third_reader, project)
    assert third is not None
    assignment_skip(actor=people.third_reader, assignment=third, reason="other", text="")
    assert project_warnings(project) == []
    cases_seen(people.second_reader, project.id, [case.id], Seen.FLAG)
    (sentence,) = project_warnings(project)
    assert "1 begun case cannot be completed" in sentence


def test_only_the_readers_of_a_round_are_left_for_its_cases(project: Project, people: People) -> None:
    (case,) = make_cases(project, 1)
    round_ = open_round(
        project,
        people,
        [case],
        purpose=Round.Purpose.CALIBRATION,
        readers=[people.reader, people.second_reader],
    )
    assert read_case(people.reader, project).assignment.round == round_
    assert project_warnings(project) == []
    second = claim(people.second_reader, project)
    assert second is not None and second.round == round_
    assignment_skip(actor=people.second_reader, assignment=second, reason="other", text="")
    (sentence,) = project_warnings(project)
    assert "1 begun case cannot be completed" in sentence


def test_nobody_to_adjudicate(project: Project, people: People) -> None:
    remove(project, Role.ADJUDICATOR)
    (sentence,) = project_warnings(project)
    assert "has none" in sentence
    rules = {finding["code"]: {"rule": "majority"} for finding in FINDINGS}
    protocol_create_version(actor=None, project=project, values={"finding_rules": rules})
    assert project_warnings(project) == []


def test_an_adjudicator_who_is_needed_as_a_reader(project: Project, people: People) -> None:
    Membership.objects.create(project=project, user=people.adjudicator, role=Role.READER)
    assert project_warnings(project) == []
    Membership.objects.filter(role=Role.READER, user__in=[people.reader, people.second_reader]).delete()
    (sentence,) = project_warnings(project)
    assert "a case of her own" in sentence


def test_what_imports_left_out_stands_on_the_dashboard(
    project: Project, people: People, tmp_path: Path, client_of: Any
) -> None:
    (tmp_path / "a.png").write_bytes(raster_bytes(gradient(dtype="u1")))
    (tmp_path / "notes.txt").write_text("no image")
    (tmp_path / "labels.csv").write_text("image,patient_id,nodul\na.png,P1,1\n")
    call_command("import_images", tmp_path, project=project.slug)
    refresh_statistics(project)
    shown = client_of(people.manager).get(f"/api/v1/projects/{project.slug}/dashboard/").json()["warnings"]
    assert any("1 file of recent imports was rejected" in sentence for sentence in shown)
    assert any(
        "1 column of label tables was left out" in sentence and "nodul" in sentence for sentence in shown
    )


@pytest.mark.parametrize(("what", "status"), [("consensus", 200), ("reads", 403), ("adjudications", 403)])
def test_an_engineer_exports_labels_and_nobodys_reads(
    project: Project, people: People, client_of: Any, what: str, status: int
) -> None:
    client = client_of(people.engineer)
    body = {"what": what, "format": "csv"}
    answer = client.post(f"/api/v1/projects/{project.slug}/exports/", body, format="json")
    assert answer.status_code == status
    actions = client.get(f"/api/v1/projects/{project.slug}/").json()["allowed_actions"]
    assert "export_labels" in actions and "export" not in actions
