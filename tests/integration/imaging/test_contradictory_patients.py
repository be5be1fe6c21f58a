"""Studies under one patient ID whose files contradict each other: patients apart, in one split."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from labelhub.core.models import AuditEvent
from labelhub.imaging.models import Case, Patient, Study
from labelhub.imaging.selectors import import_warnings
from labelhub.projects.models import Project
from tests.factories.imaging import import_files, radiograph, warnings_of

CONTRADICTIONS: list[dict[str, Any]] = [
    {"PatientSex": "M"},
    {"PatientBirthDate": "19500101"},
    {"PatientAge": "012Y"},
]
NO_DATES = dict.fromkeys(("StudyDate", "SeriesDate", "AcquisitionDate", "ContentDate"))
SAID = {"PatientSex": "F", "PatientBirthDate": "19860101", "PatientAge": "034Y"}


@pytest.mark.parametrize("other", CONTRADICTIONS)
def test_studies_that_contradict_each_other_are_patients_apart_in_one_split(
    project: Project, other: dict[str, Any]
) -> None:
    said = {key: SAID[key] for key in other}
    batch = import_files(
        project,
        {
            "1.dcm": radiograph(1, patient="P", **{**SAID, "PatientBirthDate": None, **said}),
            "2.dcm": radiograph(2, patient="P", **{**SAID, "PatientBirthDate": None, **said, **other}),
            "3.dcm": radiograph(3, patient="P", **{**SAID, "PatientBirthDate": None, **said}),
            "4.dcm": radiograph(4, patient="P", **{**SAID, "PatientBirthDate": None, **said, **other}),
        },
    )
    patients = list(Patient.objects.filter(project=project))
    assert (
        len(patients) == 2 and len({p.split_key for p in patients}) == len({p.split for p in patients}) == 1
    )
    assert sorted(p.studies.count() for p in patients) == [2, 2]
    warned = [path for path, found in warnings_of(batch).items() if "contradictory_patient" in found]
    assert warned == ["1.dcm", "2.dcm", "3.dcm", "4.dcm"]
    assert any("nobody is in two" in sentence for sentence in import_warnings(project))


def test_an_import_looks_once_at_all_studies_of_an_id_however_many_it_brings(project: Project) -> None:
    """An ID that stands for many: by their birth dates twelve persons, with two studies each."""
    files = {
        f"{n}.dcm": radiograph(n, patient="MANY", PatientBirthDate=f"19{40 + n % 12}0101", PatientAge=None)
        for n in range(1, 25)
    }
    with CaptureQueriesContext(connection) as statements:
        import_files(project, files)
    looks = [each["sql"] for each in statements if '"imaging_study"."patient_id" IN' in each["sql"]]
    assert len([sql for sql in looks if "said" in sql]) == 1
    patients = Patient.objects.filter(project=project)
    assert [patient.studies.count() for patient in patients] == [2] * 12
    assert set(Case.objects.values_list("split", flat=True)) == set(patients.values_list("split", flat=True))
    assert all(case.patient_id == case.study.patient_id for case in Case.objects.select_related("study"))
    assert not Study.objects.filter(is_to_arrange=True).exists()


def test_contradictory_studies_stay_in_one_split_whatever_the_seed(project: Project) -> None:
    for number in range(1, 20, 2):
        files = {
            f"{n}.dcm": radiograph(n, patient=f"P{number}", PatientSex=sex)
            for n, sex in ((number, "F"), (number + 1, "M"))
        }
        import_files(project, files)
    by_key = itertools.groupby(Patient.objects.order_by("split_key"), key=lambda patient: patient.split_key)
    assert [len({patient.split for patient in group}) for _, group in by_key] == [1] * 10


def test_files_of_one_study_that_contradict_each_other_stay_together_with_a_warning(project: Project) -> None:
    batch = import_files(
        project,
        {
            "1.dcm": radiograph(1, study=5, patient="P", PatientSex="F"),
            "2.dcm": radiograph(2, study=5, patient="P", PatientSex="M"),
        },
    )
    assert (Patient.objects.count(), Case.objects.count()) == (1, 1)
    assert "contradictory_study" in warnings_of(batch)["2.dcm"]


def test_ages_that_contradict_each_other_in_one_study_are_found_without_its_date(project: Project) -> None:
    batch = import_files(
        project,
        {
            f"{n}.dcm": radiograph(n, study=5, patient="P", PatientAge=age, **NO_DATES)
            for n, age in ((1, "030Y"), (2, "031Y"), (3, "060Y"))
        },
    )
    found = [path for path, codes in warnings_of(batch).items() if "contradictory_study" in codes]
    assert found == ["1.dcm", "2.dcm", "3.dcm"]


@pytest.mark.parametrize(
    ("element", "ours", "theirs"),
    [
        ("PatientAge", "030Y", "060Y"),
        ("PatientSex", "F", "M"),
        ("PatientBirthDate", "19900101", "19600101"),
    ],
)
def test_a_contradiction_that_a_later_file_of_a_study_brings_sets_the_study_apart(
    project: Project, element: str, ours: str, theirs: str
) -> None:
    """The first file of each study says nothing."""
    silence = {"PatientAge": None, "PatientSex": None, "PatientBirthDate": None}
    said = {"1.dcm": (5, None), "2.dcm": (6, None), "3.dcm": (5, ours), "4.dcm": (6, theirs)}
    files = {
        path: radiograph(n, study=study, patient="P", **{**silence, element: value})
        for n, (path, (study, value)) in enumerate(said.items(), start=1)
    }
    batch = import_files(project, files)
    first, second = Case.objects.select_related("patient", "study").order_by("number")
    assert first.patient_id != second.patient_id
    assert [case.study.patient_id for case in (first, second)] == [first.patient_id, second.patient_id]
    assert first.patient.split_key == second.patient.split_key and first.split == second.split
    assert all("contradictory_patient" in found for found in warnings_of(batch).values())
    assert "contradictory_study" not in sum(warnings_of(batch).values(), [])
    apart = {str(first.patient_id), str(second.patient_id)}
    assert AuditEvent.objects.get(action="case.patient_apart").data["patient"] in apart


def test_a_study_whose_later_file_is_another_persons_fits_nobody_and_stays_in_the_split(
    project: Project,
) -> None:
    """Study 6 says F and M: it is one case, of a patient apart, and its sex is not known."""
    first = import_files(
        project,
        {
            "1.dcm": radiograph(1, study=5, patient="P", PatientSex="F"),
            "2.dcm": radiograph(2, study=6, patient="P", PatientSex="F"),
        },
    )
    assert Patient.objects.count() == 1
    later = import_files(project, {"3.dcm": radiograph(3, study=6, patient="P", PatientSex="M")})
    cases = Case.objects.select_related("patient").order_by("number")
    assert [case.patient.sex for case in cases] == ["F", ""]
    assert len({case.patient_id for case in cases}) == 2 and len({case.split for case in cases}) == 1
    found = warnings_of(first) | warnings_of(later)
    assert found["1.dcm"] == ["contradictory_patient"]
    assert found["2.dcm"] == found["3.dcm"] == ["contradictory_patient", "contradictory_study"]
    first.refresh_from_db()
    assert (first.options["n_contradictory"], first.options["n_contradictory_study"]) == (2, 1)
    assert any(
        "stands for several persons" in sentence and ": 3." in sentence
        for sentence in import_warnings(project)
    )
