"""Whose studies are does not depend on the order in which their files come, nor on the number of imports."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from labelhub.imaging.models import Case, ImportBatch, ImportFile, Instance
from labelhub.imaging.selectors import import_summary
from labelhub.imaging.services.arranging import studies_arrange, studies_to_arrange
from labelhub.imaging.services.batches import batch_create
from labelhub.imaging.services.decisions import decide
from labelhub.imaging.services.instances import file_record
from labelhub.imaging.services.known import Known
from labelhub.projects.models import Project
from tests.factories.imaging import import_files, radiograph
from tests.factories.projects import make_project

FILES = st.lists(
    st.fixed_dictionaries(
        {
            "study": st.integers(1, 4),
            "sex": st.sampled_from(["", "F", "M"]),
            "birth_hash": st.sampled_from(["", "a", "b"]),
            "age_text": st.sampled_from(["", "030Y", "060Y"]),
            "day": st.sampled_from([None, 730_000]),
        }
    ),
    min_size=2,
    max_size=7,
)
Outcome = tuple[set[frozenset[str]], set[str], dict[str, list[str]], dict[str, int]]


def answer_of(number: int, said: dict[str, Any]) -> dict[str, Any]:
    """The import child's answer on an image of one patient, who is said to be so."""
    study = f"study-{said['study']}"
    return {
        "outcome": "accepted",
        "code": "accepted",
        "message": "",
        "kind": "dicom",
        "warnings": [],
        "content_sha256": f"{number:064d}",
        "sop_uid_hash": f"image-{number}",
        "series_uid_hash": f"series-{study}",
        "study_uid_hash": study,
        "patient_hash": "patient",
        "patient_fields": {name: said[name] for name in ("sex", "birth_hash", "age_text")},
        "study": {"day_ordinal": said["day"]},
        "series": {},
        "instance": {"n_frames": 1, "rows": 8, "columns": 8, "pixel_sha256": f"{number}"},
        "has_pixels": True,
    }


def recorded(order: list[tuple[int, dict[str, Any]]], *imports: int) -> Outcome:
    """What comes of the files in one order, in imports that begin at these places in it."""
    project = make_project()
    places = [0, *sorted(imports), len(order)]
    for part in (order[start:end] for start, end in itertools.pairwise(places)):
        batch = batch_create(actor=None, project=project)
        for position, (number, said) in enumerate(part):
            answer = answer_of(number, said)
            file = ImportFile.objects.create(batch=batch, position=position, path=f"{number}")
            plan = decide(batch, answer, lambda twin: False)
            assert file_record(file=file, answer=answer, plan=plan, known=Known(), prefix="objects")
        for split_key in studies_to_arrange(project):
            studies_arrange(project, split_key)
        assert studies_to_arrange(project) == []
    return outcome_of(project)


def outcome_of(project: Project) -> Outcome:
    """Which studies are of one patient, in which splits, what each file is warned of, and what the imports count."""
    cases = Case.objects.filter(project=project).select_related("study", "patient").order_by("patient")
    assert all(case.patient_id == case.study.patient_id for case in cases)
    patients = {
        frozenset(case.study.source_hash for case in group)
        for _, group in itertools.groupby(cases, key=lambda case: case.patient_id)
    }
    splits = {split for case in cases for split in (case.split, case.patient.split)}
    warned = {}
    for file in ImportFile.objects.filter(batch__project=project).select_related("instance"):
        assert file.instance is not None
        assert sorted(file.warnings) == sorted(file.instance.warnings)
        warned[file.path] = sorted(file.warnings)
    counts: dict[str, int] = {}
    for batch in ImportBatch.objects.filter(project=project):
        for name, count in import_summary(batch).items():
            counts[name] = counts.get(name, 0) + count
    return patients, splits, warned, counts


class AnyOrder(TestCase):
    @settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
    @given(st.data(), FILES)
    def test_any_order_gives_the_same_patients_splits_and_warnings(
        self, data: st.DataObject, files: list[dict[str, Any]]
    ) -> None:
        numbered = list(enumerate(files))
        other = data.draw(st.permutations(numbered))
        imports = data.draw(st.lists(st.integers(0, len(files)), max_size=len(files)))
        patients, splits, warned, counts = recorded(numbered)
        self.assertEqual(recorded(other, *imports), (patients, splits, warned, counts))
        self.assertEqual(len(splits), 1)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_a_file_that_names_nobody_may_come_first_or_last(project: Project, order: tuple[int, ...]) -> None:
    """Study 5 is named by one of its files; both of its files and study 6 are of one ID, and of two persons."""
    files = [
        radiograph(1, study=5, PatientID="ANON", PatientSex="F"),
        radiograph(2, study=5, patient="P", PatientSex=None),
        radiograph(3, study=6, patient="P", PatientSex="M"),
    ]
    for n in order:
        import_files(project, {f"{n}.dcm": files[n]})
    cases = Case.objects.select_related("patient").order_by("study__source_hash")
    assert sorted(case.patient.sex for case in cases) == ["F", "M"]
    assert len({case.split for case in cases}) == 1
    warned = {image.order_key: set(image.warnings) for image in Instance.objects.all()}
    assert all("contradictory_patient" in codes for codes in warned.values()) and len(warned) == 3
    assert not any("own_patient" in codes for codes in warned.values())
