"""The region class of a mark is in every export that carries marks, and comes back with them."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from labelhub.consensus.models import Adjudication
from labelhub.projects.models import Project
from labelhub.reading.models import Annotation
from labelhub.workflows.consensus.adjudicate import claim_adjudication
from labelhub.workflows.intake.import_decisions import import_decisions
from labelhub.workflows.intake.import_reads import ReadsImported, import_reads
from tests.factories.cases import make_case
from tests.factories.deciding import decide
from tests.factories.exports import exported, rows_of
from tests.factories.projects import make_people, make_project
from tests.factories.reading import box, document, read_case

pytestmark = pytest.mark.django_db
REGIONS = [{"code": code, "name": code.capitalize(), "kinds": ["box"]} for code in ("apex", "hilum")]
EXPORTS = ("reads", "adjudications", "consensus")


@pytest.fixture
def source() -> Project:
    """A case on whose place both readers agree, one of them without a region, and one that was decided."""
    project = make_project(region_classes=REGIONS)
    people = make_people(project)
    for values, regions in (
        (("present", "present"), ("apex", None)),
        (("present", "absent"), ("hilum", None)),
    ):
        case = make_case(project)
        for reader, value, region in zip((people.reader, people.second_reader), values, regions, strict=True):
            boxes = [{**box(case, 30, 30), "region_class": region}] if value == "present" else []
            read_case(reader, project, document({"nodule": value}, boxes=boxes))
    row = claim_adjudication(actor=people.adjudicator, adjudication=Adjudication.objects.get())
    decide(people, row, boxes=[{**box(row.case_round.case, 20, 25), "region_class": "apex"}])
    return project


def taken_in(source: Project, copy: Project, folder: Path, format: str) -> ReadsImported:
    done = import_reads(exported(source, folder, format), actor=None, project=copy)
    decisions = exported(source, folder, format, "adjudications")
    import_decisions(decisions, actor=None, project=copy, result=done)
    return done


def boxes_in(path: Path) -> list[dict[str, Any]]:
    text = path.read_text()
    if path.suffix == ".json":
        return [each for row in json.loads(text) for each in row["boxes"]]
    return [each for row in csv.DictReader(text.splitlines()) for each in json.loads(row["boxes"])]


@pytest.mark.parametrize("format", ["csv", "json"])
def test_every_export_of_marks_names_it(source: Project, tmp_path: Path, format: str) -> None:
    found = {
        what: sorted(str(each["region_class"]) for each in boxes_in(exported(source, tmp_path, format, what)))
        for what in EXPORTS
    }
    assert found == {
        "reads": ["None", "apex", "hilum"],
        "adjudications": ["apex"],
        "consensus": ["None", "apex", "apex"],
    }


@pytest.mark.parametrize("format", ["csv", "json"])
def test_it_comes_back(source: Project, tmp_path: Path, format: str) -> None:
    copy = make_project(region_classes=REGIONS)
    assert not taken_in(source, copy, tmp_path, format).refused
    for what in EXPORTS:
        assert rows_of(copy, what) == rows_of(source, what), what
    stored = Annotation.objects.filter(read__assignment__round__project=copy)
    assert sorted(stored.values_list("region_class", flat=True)) == ["", "apex", "hilum"]


def test_a_read_with_a_region_that_the_schema_lacks_is_refused_with_its_reason(
    source: Project, tmp_path: Path
) -> None:
    done = taken_in(source, make_project(region_classes=REGIONS[:1]), tmp_path, "json")
    assert any("region_class" in row["message"] for row in done.refused) and done.n_reads == 3


def test_an_export_from_before_it_was_named_is_taken_in(source: Project, tmp_path: Path) -> None:
    path = exported(source, tmp_path, "json")
    rows = json.loads(path.read_text())
    for each in (each for row in rows for each in row["boxes"]):
        del each["region_class"]
    path.write_text(json.dumps(rows))
    assert not import_reads(path, actor=None, project=make_project()).refused
