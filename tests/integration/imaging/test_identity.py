"""Whose a study is: ages at the study, placeholders, contradictions, and patients found after the split was drawn."""

from __future__ import annotations

import hashlib
import itertools
import uuid
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pydicom.dataset import Dataset

from labelhub.core.models import AuditEvent
from labelhub.imaging.models import Case, ImportBatch, ImportFile, Instance, Patient, Study
from labelhub.imaging.selectors import import_warnings
from labelhub.learning.services.snapshot import snapshot_take
from labelhub.projects.models import Project
from labelhub.reading.models import Assignment, CaseRound, Queue, QueueEntry
from labelhub.reading.services.case_rounds import Slot, slot_take, unopened_slot_free
from labelhub.reading.services.claims import claim_next
from labelhub.reading.services.leases import assignment_release
from labelhub.reading.services.locks import round_locked
from labelhub.reading.services.rounds import worklist_state
from tests.factories.imaging import import_files, radiograph
from tests.factories.projects import People


def warnings_of(batch: ImportBatch) -> dict[str, list[str]]:
    return dict(ImportFile.objects.filter(batch=batch).order_by("path").values_list("path", "warnings"))


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


def nobodys(n: int) -> bytes:
    return radiograph(n, study=n, PatientID="ANON")


def named(n: int, patient: str) -> bytes:
    """A later image of study `n`, which names the patient."""
    return radiograph(100 + n, study=n, patient=patient)


def study_in(project: Project, split: str) -> int:
    """The number of a study that, nobody's yet, lies in a split."""
    for n in range(1, 60):
        import_files(project, {"a.dcm": nobodys(n)})
        if Case.objects.get(number=n).split == split:
            return n
    raise AssertionError("no study in that split")


def patient_in(project: Project, split: str) -> str:
    """A patient with a case in a split."""
    for n in range(60, 99):
        import_files(project, {"a.dcm": radiograph(n, patient=f"Q{n}")})
        if Case.objects.order_by("-number")[0].split == split:
            return f"Q{n}"
    raise AssertionError("no patient in that split")


def test_a_case_that_nobody_has_opened_follows_its_patient_to_her_split(project: Project) -> None:
    number, patient = study_in(project, "test"), patient_in(project, "pool")
    import_files(project, {"b.dcm": named(number, patient)})
    case = Case.objects.get(number=number)
    assert case.split == case.patient.split == "pool"
    assert set(CaseRound.objects.filter(case=case).values_list("split", flat=True)) == {"pool"}
    assert AuditEvent.objects.filter(action="case.patient_found", object_id=str(case.id)).exists()


@pytest.mark.parametrize(("split", "n_eval"), [("pool", 1), ("test", 0)])
def test_a_reserved_case_counts_in_the_split_that_it_follows_its_patient_to(
    project: Project, people: People, split: str, n_eval: int
) -> None:
    other = {"pool": "test", "test": "pool"}[split]
    number, patient = study_in(project, split), patient_in(project, other)
    case = Case.objects.get(number=number)
    state = worklist_state(project)
    with transaction.atomic():
        slot_take(Slot.of(CaseRound.objects.get(case=case)))
    queue = Queue.objects.create(project=project, round=state.round, n_entries=1, is_complete=True)
    entry = QueueEntry.objects.create(queue=queue, position=0, case=case, is_open=False)
    import_files(project, {"b.dcm": named(number, patient)})
    row = CaseRound.objects.select_related("round").get(case=case)
    assert (row.split, row.round.n_eval_begun) == (other, n_eval)
    with transaction.atomic():
        unopened_slot_free(round_locked(row.round_id), row)
    row.round.refresh_from_db()
    entry.refresh_from_db()
    assert row.round.n_eval_begun == 0 and entry.is_open == (other == "pool")


def test_a_begun_case_of_another_split_is_excluded_and_the_manager_sees_it(
    project: Project, people: People
) -> None:
    number, patient = study_in(project, "pool"), patient_in(project, "test")
    case = Case.objects.get(number=number)
    state = worklist_state(project)
    queue = Queue.objects.create(project=project, round=state.round, n_entries=1, is_complete=True)
    QueueEntry.objects.create(queue=queue, position=0, case=case)
    state.queue = queue
    state.save()
    assignment = claim_next(reader=people.reader, project=project, claim_key=uuid.uuid4(), ahead=False)
    assert assignment is not None and assignment.case_id == case.id

    batch = import_files(project, {"b.dcm": named(number, patient)})
    case.refresh_from_db()
    assert (case.split, case.patient.split) == ("excluded", "test")
    assert "case_excluded" in warnings_of(batch)["b.dcm"]
    assert any("Excluded cases: 1" in sentence for sentence in import_warnings(project))
    event = AuditEvent.objects.get(action="case.excluded")
    assert (event.data["split_before"], event.object_id) == ("pool", str(case.id))
    row = CaseRound.objects.get(case=case)
    assert (row.split, row.n_open) == ("excluded", 0)
    offered = [
        claim_next(reader=people.second_reader, project=project, claim_key=uuid.uuid4(), ahead=False)
        for _ in range(3)
    ]
    assert case.id not in {given.case_id for given in offered if given}
    assert all(each["case"] != str(case.id) for each in snapshot_take(project)["cases"])
    assert Assignment.objects.get(case=case).state == "open"
    assignment_release(actor=people.manager, assignment=assignment)
    assert CaseRound.objects.get(case=case).n_open == 0
