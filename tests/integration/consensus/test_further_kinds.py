"""A further answer type and kind of mark need a module and its line in the registry, and nothing else."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest

from labelhub.consensus.models import Adjudication, ConsensusLabel, Discordance
from labelhub.imaging.models import Case
from labelhub.marks import KINDS
from labelhub.projects.models import Project
from labelhub.questions import TYPES
from labelhub.workflows.intake.import_decisions import import_decisions
from labelhub.workflows.intake.import_reads import import_reads
from labelhub.workflows.projects.refresh_statistics import refresh_statistics
from tests.factories.cases import make_cases
from tests.factories.exports import exported, rows_of
from tests.factories.further_kinds import Circle, Grade
from tests.factories.projects import People, make_project
from tests.factories.reading import box, read_case

SCHEMA: dict[str, Any] = {
    "findings": [
        {"code": "effusion", "name": "Effusion"},
        {"code": "scarring", "name": "Scarring", "type": "grade", "boxes": True},
    ],
    "region_classes": [{"code": "apex", "name": "Apex", "kinds": ["circle"]}],
}


@pytest.fixture
def project(db: None, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setitem(TYPES, "grade", Grade())
    monkeypatch.setitem(KINDS, "circle", Circle())
    return make_project(**SCHEMA)


def circle(case: Case, x: float) -> dict[str, Any]:
    shape = {"kind": "circle", "region_class": "apex", "geometry": {"centre": [x, 40], "radius": 9}}
    return {**box(case, 0, 0, finding="scarring"), **shape}


def graded(value: str, *marks: dict[str, Any]) -> dict[str, Any]:
    answers = {"effusion": {"value": "absent"}, "scarring": {"value": value}}
    return {"answers": answers, "annotations": list(marks), "comment": "", "not_readable": False}


def read_and_decide(project: Project, people: People, client: Any) -> None:
    """Three cases: in one the grades differ, in one the places, in one nothing. What differs is decided."""
    for first, second in (
        (("severe", 40), ("mild", None)),
        (("severe", 40), ("Severe", 90)),
        (("none", None),) * 2,
    ):
        (case,) = make_cases(project, 1)
        for reader, (value, x) in ((people.reader, first), (people.second_reader, second)):
            read_case(reader, project, graded(value, *([circle(case, x)] if x else [])))
    for row in Adjudication.objects.filter(project=project):
        url = f"/api/v1/adjudications/{row.id}"
        assert client.post(f"{url}/claim/").status_code == 200
        for value, mark, status in (("present", None, 422), ("mild", 40, 422), ("severe", 45, 200)):
            marks = [circle(row.case_round.case, mark)] if mark else []
            decision = {"finding": "scarring", "value": value, "annotations": marks}
            sent = {"client_uuid": str(uuid.uuid4()), "decisions": [decision]}
            assert client.post(f"{url}/decide/", sent, format="json").status_code == status, value


@pytest.mark.parametrize("format", ["csv", "json"])
def test_they_are_read_compared_decided_exported_and_taken_in(
    project: Project, people: People, client_of: Any, tmp_path: Path, format: str
) -> None:
    read_and_decide(project, people, client_of(people.adjudicator))
    found = Discordance.objects.filter(case_round__round__project=project, finding="scarring")
    assert sorted(found.values_list("kind", flat=True)) == ["location", "value"]
    labels = ConsensusLabel.objects.filter(case_round__round__project=project, finding="scarring")
    assert sorted(labels.filter(is_current=True).values_list("value", flat=True)) == [
        "none",
        "severe",
        "severe",
    ]
    marks = [box for row in rows_of(project, "consensus") for box in row["boxes"]]
    assert {(mark["kind"], mark["r"], mark["radius_px"], mark["region_class"]) for mark in marks} == {
        ("circle", 9.0, 9.0, "apex")
    }
    copy = make_project(**SCHEMA)
    done = import_reads(exported(project, tmp_path, format), actor=None, project=copy)
    decisions = exported(project, tmp_path, format, "adjudications")
    import_decisions(decisions, actor=None, project=copy, result=done)
    assert not done.refused and done.n_decisions == 2
    for what in ("reads", "adjudications", "consensus"):
        assert rows_of(copy, what) == rows_of(project, what) != [], what
    assert agreement(copy) == agreement(project) != []


def agreement(project: Project) -> list[dict[str, Any]]:
    refresh_statistics(project)
    rows = [row for row in rows_of(project, "agreement") if row["finding"] == "scarring"]
    return [{name: value for name, value in row.items() if name != "computed_at"} for row in rows]


def test_a_mark_of_a_kind_that_is_not_known_is_refused_with_its_reason(
    project: Project, people: People, client_of: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_and_decide(project, people, client_of(people.adjudicator))
    path = exported(project, tmp_path, "json")
    copy = make_project(**SCHEMA)
    monkeypatch.delitem(KINDS, "circle")
    done = import_reads(path, actor=None, project=copy)
    assert {row["code"] for row in done.refused} == {"unknown_kind"} and done.n_reads == 3
