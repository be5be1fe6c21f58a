"""Which studies under one identifier are of which person, by what all their files say; and what their images are
warned of.

It is decided anew for all of them when a file says something new of its patient, so that it does not matter in which
order, or in how many imports, the files came. All patients of one identifier lie in one split, so that no case leaves
its split by this.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from django.db import transaction
from django.db.models import Q

from labelhub.core import audit
from labelhub.imaging.dicom.identity.identity import Pseudonyms
from labelhub.imaging.models import Case, ImportFile, Instance, Patient, Study
from labelhub.imaging.persons import Person, Said, contradicts_itself, persons_apart
from labelhub.imaging.services.patients import is_own_patient, persons_of
from labelhub.projects.models import Project

OWN_PATIENT = "own_patient"
"""Warning: nothing says who the patient is, so the study is taken as a patient of its own."""
CONTRADICTION = "contradictory_patient"
"""Warning: the file's patient ID stands for another person too; both are patients apart, in one split."""
STUDY_CONTRADICTION = "contradictory_study"
"""Warning: the files of the study do not all say the same sex, birth date or age."""
CODES = (OWN_PATIENT, CONTRADICTION, STUDY_CONTRADICTION)
MAX_SAID = 64
"""Of so many different persons that files of one study name, one more says nothing new."""


def is_said(study: Study, person: Person) -> bool:
    """Whether the study has kept already what a file says of its patient."""
    return study.said is not None and (not person.says_something or person in persons_of(study))


def study_says(study: Study, person: Person) -> None:
    """Keep what a file of the study says of its patient, and arrange all studies of her identifier anew."""
    with transaction.atomic():
        row = study_locked_with_others(study)
        _persons_keep(row, [*persons_of(row), person])
        studies_arrange(row.project, row.patient.split_key)
    study.refresh_from_db(fields=["patient", "said", "warnings"])


def study_locked_with_others(study: Study, *split_keys: str) -> Study:
    """The study as it now stands, locked until commit with all studies of its identifier and of `split_keys`.

    Then their patients. Each kind is locked by id in one statement: two imports that move studies between the same
    identifiers, or an import and a manager who joins them, else wait for each other in a circle.
    """
    own = study.patient.split_key
    while True:
        savepoint = transaction.savepoint()
        _lock(study.project, {own, *split_keys}, study)
        row = Study.objects.select_related("patient", "project").get(id=study.id)
        if row.patient.split_key in {own, *split_keys}:
            transaction.savepoint_commit(savepoint)
            return row
        # It was given to a third while this waited, whose studies may come before those that are locked.
        transaction.savepoint_rollback(savepoint)
        own = row.patient.split_key


def studies_arrange(project: Project, split_key: str) -> None:
    """Give each study under an identifier to its person, and its images the warnings that follow.

    What a manager has said of a study stays, and so do studies of another identifier whose patient was joined.
    """
    with transaction.atomic():
        patients, studies = _locked(project, split_key)
        fixed = [study for study in studies if _is_fixed(study, split_key)]
        free = {study.source_hash: study for study in studies if not _is_fixed(study, split_key)}
        for study in free.values():
            if study.said is None:
                _persons_keep(study, persons_of(study))
        sure = [patient for patient in patients if any(study.patient_id == patient.id for study in fixed)]
        persons = persons_apart(
            {key: _said([study]) for key, study in free.items()},
            [_said(study for study in fixed if study.patient_id == patient.id) for patient in sure],
        )
        members = [[free[key] for key in keys] for keys in persons]
        others = [patient for patient in patients if patient not in sure]
        rows = [*sure, *_rows_for(members[len(sure) :], others, project, split_key)]
        for patient, own in zip(rows, members, strict=True):
            for study in own:
                _move(study, patient)
            _facts_keep(patient, _said(own), is_sure=patient in sure)
        for study in free.values():
            _warn(study, is_id_shared=len(persons) > 1)


def study_warned(study: Study, codes: Sequence[str]) -> None:
    """Give a study's images the warnings of whose it is, and take back those that hold no longer."""
    if list(codes) == study.warnings:
        return
    study.warnings = list(codes)
    study.save(update_fields=["warnings"])
    images = Instance.objects.filter(series__study=study)
    files = ImportFile.objects.filter(instance__series__study=study, outcome=ImportFile.Outcome.ACCEPTED)
    rows: list[Instance | ImportFile] = [*images.only("warnings"), *files.only("warnings")]
    for row in rows:
        kept = [code for code in row.warnings if code in codes or code not in CODES]
        row.warnings = [*kept, *(code for code in codes if code not in kept)]
        row.save(update_fields=["warnings"])


def study_codes(study: Study) -> list[str]:
    """What a study's images are warned of, of whose it is."""
    if study.warnings is not None:
        return list(study.warnings)
    found = Instance.objects.filter(series__study=study).values_list("warnings", flat=True)
    return [code for code in CODES if any(code in warnings for warnings in found)]


def _locked(project: Project, split_key: str) -> tuple[list[Patient], list[Study]]:
    """Who an identifier may stand for, the first who had it before the others; and their studies. Locked until commit.

    Studies before patients, as everywhere. A manager who joins one of them meanwhile waits, or is waited for; what
    was committed while this waited is seen, since the rows are read after they are locked.
    """
    _lock(project, {split_key})
    rows = _rows(project, split_key)
    people = {patient.id: patient for patient in (row.joined_to or row for row in rows)}
    studies = Study.objects.select_related("patient").order_by("id")
    return list(people.values()), list(studies.filter(patient__in={*people, *(row.id for row in rows)}))


def _lock(project: Project, split_keys: Collection[str], study: Study | None = None) -> None:
    """The studies under these identifiers, `study` among them, then their patients: each by id, in one statement."""
    patients = Patient.objects.filter(project=project, split_key__in=split_keys)
    ids = list(patients.values_list("id", flat=True))
    which = Q(patient__in=ids) | Q(id=study.id) if study else Q(patient__in=ids)
    for rows in (Study.objects.filter(which), Patient.objects.filter(id__in=ids)):
        list(rows.order_by("id").select_for_update(no_key=True).only("id"))


def _rows(project: Project, split_key: str) -> list[Patient]:
    rows = Patient.objects.select_related("joined_to").filter(project=project, split_key=split_key)
    return sorted(rows, key=lambda row: (row.pseudonym != split_key, row.pseudonym))


def _is_fixed(study: Study, split_key: str) -> bool:
    return study.named_by == Study.NamedBy.MANAGER or study.patient.split_key != split_key


def _said(studies: Iterable[Study]) -> Said:
    return Said.by(person for study in studies for person in persons_of(study))


def _rows_for(
    persons: list[list[Study]], rows: list[Patient], project: Project, split_key: str
) -> list[Patient]:
    """A row for each person: the one that most of her studies have already, else one that is free, else a new one."""
    n_shared = [[sum(study.patient_id == row.id for study in own) for row in rows] for own in persons]
    pairs = [(-n, at, person) for person, counts in enumerate(n_shared) for at, n in enumerate(counts)]
    found: dict[int, Patient] = {}
    for _, at, person in sorted(pairs):
        if person not in found and rows[at] not in found.values():
            found[person] = rows[at]
    return [found.get(n) or _row_create(project, split_key) for n in range(len(persons))]


def _row_create(project: Project, split_key: str) -> Patient:
    """One more patient under an identifier, in the split of those who are there."""
    rows = Patient.objects.filter(project=project, split_key=split_key)
    names = Pseudonyms(bytes.fromhex(project.pseudonym_key))
    return Patient.objects.create(
        project=project,
        pseudonym=names.hash_of("patient", f"{split_key}|{rows.count()}"),
        split_key=split_key,
        split=rows[0].split,
    )


def _move(study: Study, patient: Patient) -> None:
    """Give the study, and its case if that was the same patient's, to a patient of the same split."""
    before = study.patient
    if before.id == patient.id:
        return
    study.patient = patient
    study.save(update_fields=["patient"])
    case = Case.objects.select_for_update(no_key=True).filter(study=study, patient=before).first()
    if case is not None:
        case.patient = patient
        case.save(update_fields=["patient"])
        audit.record(
            actor_id=None,
            action="case.patient_apart",
            obj=case,
            project_id=study.project_id,
            data={"patient_before": str(before.id), "patient": str(patient.id)},
        )


def _persons_keep(study: Study, persons: Iterable[Person]) -> None:
    said = {
        (each.sex, each.birth_hash, each.day or 0, each.age): each for each in persons if each.says_something
    }
    kept = [said[key] for key in sorted(said)[:MAX_SAID]]
    study.said = [[each.sex, each.birth_hash, each.day, each.age] for each in kept]
    study.save(update_fields=["said"])


def _facts_keep(patient: Patient, said: Said, *, is_sure: bool) -> None:
    """Sex and birth date are what all her files say; where they contradict each other, neither is known."""
    sex, birth = said.sex, said.birth_hash
    if is_sure:
        sex, birth = patient.sex or sex, patient.birth_hash or birth
    if (sex, birth) != (patient.sex, patient.birth_hash):
        patient.sex, patient.birth_hash = sex, birth
        patient.save(update_fields=["sex", "birth_hash"])


def _warn(study: Study, *, is_id_shared: bool) -> None:
    holds = {
        OWN_PATIENT: is_own_patient(study),
        CONTRADICTION: is_id_shared,
        STUDY_CONTRADICTION: contradicts_itself(persons_of(study)),
    }
    study_warned(study, [code for code, does in holds.items() if does])
