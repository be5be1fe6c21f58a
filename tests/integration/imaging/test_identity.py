"""Whose a study is by its file: ages at the study, placeholders, character sets and issuers of an ID."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from pydicom.dataset import Dataset

from labelhub.imaging.models import Case, Instance, Patient, Study
from labelhub.imaging.selectors import import_warnings
from labelhub.projects.models import Project
from tests.factories.imaging import import_files, radiograph, warnings_of


def test_the_age_is_that_at_the_study(project: Project) -> None:
    import_files(
        project,
        {
            "1.dcm": radiograph(1, patient="GROWS", StudyDate="20050101", PatientAge="030Y"),
            "2.dcm": radiograph(
                2, patient="GROWS", StudyDate="20200101", PatientAge="045Y", PatientWeight=61
            ),
        },
    )
    ages = Study.objects.order_by("day").values_list("age", "weight_kg")
    assert list(ages) == [("030Y", None), ("045Y", 61)]
    assert Patient.objects.count() == 1


@pytest.mark.parametrize("patient_id", ["ANONYMOUS", "UNKNOWN", "0", "000000", "NONE", "TEST", None])
def test_each_study_of_a_placeholder_is_a_patient_of_its_own(
    project: Project, patient_id: str | None
) -> None:
    files = {f"{n}.dcm": radiograph(n, PatientID=patient_id) for n in (1, 2, 3)}
    files["more.dcm"] = radiograph(4, study=3, PatientID=patient_id)
    batch = import_files(project, files)
    assert (Patient.objects.count(), Study.objects.count()) == (3, 3)
    assert all("own_patient" in found for path, found in warnings_of(batch).items() if path != "more.dcm")
    assert any("patient of its own" in sentence for sentence in import_warnings(project))


def test_a_patient_id_is_one_in_whatever_character_set_it_is_written(project: Project) -> None:
    written = [("ISO_IR 100", "\u00c4-17"), ("ISO_IR 192", "\u00c4-17"), ("ISO_IR 192", "A\u0308-17")]
    files = {
        f"{n}.dcm": radiograph(n, SpecificCharacterSet=charset, PatientID=patient_id)
        for n, (charset, patient_id) in enumerate(written, start=1)
    }
    import_files(project, files)
    assert (Patient.objects.count(), Study.objects.count()) == (1, 3)


def issued_by(authority: str) -> list[Dataset]:
    item = Dataset()
    item.UniversalEntityID, item.UniversalEntityIDType = authority, "ISO"
    return [item]


@pytest.mark.parametrize("issuer", ["IssuerOfPatientID", "IssuerOfPatientIDQualifiersSequence"])
def test_an_id_of_two_issuers_is_of_two_persons_in_one_split(project: Project, issuer: str) -> None:
    """A study that names no issuer is of one of them; a file of a study is of whom the others are."""
    names: dict[str, Any] = {"here": "HERE", "there": "there", "Here": "here "}
    if issuer != "IssuerOfPatientID":
        names = {"here": issued_by("1.2.3"), "there": issued_by("1.2.4"), "Here": issued_by("1.2.3")}
    files = {
        f"{n}.dcm": radiograph(n, patient="P", **{issuer: name}) for n, name in enumerate(names.values(), 1)
    }
    files["4.dcm"] = radiograph(4, patient="P")
    files["5.dcm"] = radiograph(5, study=1, patient="P")
    batch = import_files(project, files)
    found = Patient.objects.filter(project=project)
    assert sorted(patient.studies.count() for patient in found) in ([1, 3], [2, 2])
    assert len({patient.split for patient in found}) == 1
    studies = {image.content_sha256: image.series.study for image in Instance.objects.all()}
    of = {path: studies[hashlib.sha256(content).hexdigest()].patient_id for path, content in files.items()}
    assert of["1.dcm"] == of["3.dcm"] == of["5.dcm"] != of["2.dcm"]
    assert all(codes == ["contradictory_patient"] for codes in warnings_of(batch).values())


def test_studies_of_before_issuers_were_read_stay_with_those_of_one_issuer(project: Project) -> None:
    import_files(project, {"1.dcm": radiograph(1, patient="P", PatientSex="F")})
    Study.objects.update(said=[["F", "", None, ""]])
    import_files(project, {"2.dcm": radiograph(2, patient="P", PatientSex="F", IssuerOfPatientID="HERE")})
    assert Patient.objects.filter(project=project).count() == 1
    assert Case.objects.count() == 2
