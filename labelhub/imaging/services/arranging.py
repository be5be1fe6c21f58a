"""Which studies under one identifier are of which person, by what all their files say; and what their images are
warned of.

It is decided anew for all of them once files have said something new of their patient, at the end of their import, so
that it does not matter in which order, or in how many imports, the files came. All patients of one identifier lie in
one split, so that no case leaves its split by this.

Whoever gives studies to patients holds the identifiers first (`identifiers_locked`), also an import that adds a study:
none is moved, no patient is made and no split changes by two at once.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import astuple
from uuid import UUID

from django.db import transaction

from labelhub.core import audit
from labelhub.core.names import names_locked
from labelhub.imaging.dicom.identity.identity import Pseudonyms
from labelhub.imaging.models import Case, Patient, Study
from labelhub.imaging.persons import Person, Said, contradicts_itself, persons_apart
from labelhub.imaging.services.patient_warnings import (
    CONTRADICTION,
    OWN_PATIENT,
    STUDY_CONTRADICTION,
    studies_warned,
)
from labelhub.imaging.services.patients import is_own_patient, persons_of
from labelhub.projects.models import Project

CHUNK = 500
MAX_SAID = 64
"""Of so many different persons that files of one study name, one more says nothing new."""


def is_said(study: Study, person: Person) -> bool:
    """Whether the study has kept already what a file says of its patient."""
    return study.said is not None and (not person.says_something or person in persons_of(study))


def study_says(study: Study, person: Person) -> None:
    """Keep what a file of the study, which is locked, says of its patient: it is to be arranged anew."""
    _persons_keep(study, [*persons_of(study), person])
    study.is_to_arrange = True
    study.save(update_fields=["said", "is_to_arrange"])


def identifiers_locked(project_id: UUID, split_keys: Iterable[str]) -> None:
    """Hold identifiers of patients until commit. Their place in the order of locks: `reading/services/locks.py`."""
    names_locked(f"{project_id}|{key}" for key in split_keys)


def studies_to_arrange(project: Project) -> list[str]:
    """The identifiers with studies that are to be arranged, also those that an import left which did not end."""
    waiting = Study.objects.filter(project=project, is_to_arrange=True)
    return sorted(set(waiting.values_list("patient__split_key", flat=True)))


def studies_arrange(project: Project, split_key: str) -> list[Study]:
    """Give each study under an identifier to its person, and its images the warnings that follow. Returns them all.

    What a manager has said of a study stays, and so do studies of another identifier whose patient was joined.
    """
    with transaction.atomic():
        identifiers_locked(project.id, [split_key])
        patients, studies = _locked(project, split_key)
        fixed: dict[UUID, list[Study]] = defaultdict(list)
        free: dict[str, Study] = {}
        for study in studies:
            if _is_fixed(study, split_key):
                fixed[study.patient_id].append(study)
            else:
                free[study.source_hash] = study
        for study in free.values():
            if study.said is None:
                _persons_keep(study, persons_of(study))
                study.save(update_fields=["said"])
        sure = [patient for patient in patients if patient.id in fixed]
        persons = persons_apart(
            {key: _said([study]) for key, study in free.items()},
            [_said(fixed[patient.id]) for patient in sure],
        )
        members = [[free[key] for key in keys] for keys in persons]
        others = [patient for patient in patients if patient.id not in fixed]
        rows = [*sure, *_rows_for(members[len(sure) :], others, project, split_key)]
        pairs = [(study, patient) for patient, own in zip(rows, members, strict=True) for study in own]
        _move([(study, patient) for study, patient in pairs if study.patient_id != patient.id])
        for patient, own in zip(rows, members, strict=True):
            _facts_keep(patient, _said(own), is_sure=patient.id in fixed)
        studies_warned((study, _codes(study, is_id_shared=len(persons) > 1)) for study in free.values())
        _arranged(studies)
    return studies


def _locked(project: Project, split_key: str) -> tuple[list[Patient], list[Study]]:
    """Who an identifier may stand for, the first who had it before the others; and their studies. Locked until commit.

    Studies before patients, each by id. One that is given to her meanwhile is not among them, and stays to be arranged.
    """
    own = Patient.objects.filter(project=project, split_key=split_key).values_list("id", "joined_to")
    # As values: two subqueries with OR between them are answered by reading the whole table, for each identifier.
    ids = {row_id for row in own for row_id in row if row_id is not None}
    studies = list(Study.objects.filter(patient__in=ids).select_for_update(no_key=True).order_by("id"))
    who = Patient.objects.filter(id__in=ids).select_for_update(no_key=True).order_by("id")
    found = {row.id: row for row in who}
    for study in studies:
        study.patient = found[study.patient_id]
    rows = sorted(
        (row for row in found.values() if row.split_key == split_key),
        key=lambda row: (row.pseudonym != split_key, row.pseudonym),
    )
    people = {row.joined_to_id or row.id: found[row.joined_to_id or row.id] for row in rows}
    return list(people.values()), studies


def _is_fixed(study: Study, split_key: str) -> bool:
    return study.named_by == Study.NamedBy.MANAGER or study.patient.split_key != split_key


def _said(studies: Iterable[Study]) -> Said:
    return Said.by(person for study in studies for person in persons_of(study))


def _rows_for(
    persons: list[list[Study]], rows: list[Patient], project: Project, split_key: str
) -> list[Patient]:
    """A row for each person: the one that most of her studies have already, else one that is free, else a new one."""
    places = {row.id: at for at, row in enumerate(rows)}
    shared = Counter(
        (person, places[study.patient_id])
        for person, own in enumerate(persons)
        for study in own
        if study.patient_id in places
    )
    found: dict[int, int] = {}
    taken: set[int] = set()
    for _, at, person in sorted((-n, at, person) for (person, at), n in shared.items()):
        if person not in found and at not in taken:
            found[person] = at
            taken.add(at)
    free = iter([row for at, row in enumerate(rows) if at not in taken])
    n_before = Patient.objects.filter(project=project, split_key=split_key).count()
    result: list[Patient] = []
    made: list[Patient] = []
    for n in range(len(persons)):
        row = rows[found[n]] if n in found else next(free, None)
        if row is None:
            row = _row_new(project, split_key, n_before + len(made), split=persons[n][0].patient.split)
            made.append(row)
        result.append(row)
    Patient.objects.bulk_create(made, batch_size=CHUNK)
    return result


def patient_apart(patient: Patient) -> Patient:
    """One more patient under her identifier, which is held, in her split."""
    n_before = Patient.objects.filter(project=patient.project_id, split_key=patient.split_key).count()
    row = _row_new(patient.project, patient.split_key, n_before, split=patient.split)
    row.save(force_insert=True)
    return row


def _row_new(project: Project, split_key: str, number: int, *, split: str) -> Patient:
    """One more patient under an identifier, in the split of those who are there."""
    names = Pseudonyms(bytes.fromhex(project.pseudonym_key))
    pseudonym = names.hash_of("patient", f"{split_key}|{number}")
    return Patient(project=project, pseudonym=pseudonym, split_key=split_key, split=split)


def _move(moves: list[tuple[Study, Patient]]) -> None:
    """Give the studies, and their cases if those were the same patient's, to patients of the same split."""
    for start in range(0, len(moves), CHUNK):
        chunk = moves[start : start + CHUNK]
        cases = Case.objects.filter(study__in=[study.id for study, _ in chunk])
        of_study = {case.study_id: case for case in cases.select_for_update(no_key=True).order_by("id")}
        moved = []
        for study, patient in chunk:
            before, study.patient = study.patient, patient
            case = of_study.get(study.id)
            if case is not None and case.patient_id == before.id:
                case.patient = patient
                moved.append(case)
                audit.record(
                    actor_id=None,
                    action="case.patient_apart",
                    obj=case,
                    project_id=study.project_id,
                    data={"patient_before": str(before.id), "patient": str(patient.id)},
                )
        Study.objects.bulk_update([study for study, _ in chunk], ["patient"])
        Case.objects.bulk_update(moved, ["patient"])


def _arranged(studies: list[Study]) -> None:
    ids = [study.id for study in studies if study.is_to_arrange]
    for start in range(0, len(ids), CHUNK):
        Study.objects.filter(id__in=ids[start : start + CHUNK]).update(is_to_arrange=False)


def _persons_keep(study: Study, persons: Iterable[Person]) -> None:
    said = {
        (each.sex, each.birth_hash, each.day or 0, each.age, each.issuer, each.authority): each
        for each in persons
        if each.says_something
    }
    kept = [said[key] for key in sorted(said)[:MAX_SAID]]
    study.said = [list(astuple(each)) for each in kept]


def _facts_keep(patient: Patient, said: Said, *, is_sure: bool) -> None:
    """Sex and birth date are what all her files say; where they contradict each other, neither is known."""
    sex, birth = said.sex, said.birth_hash
    if is_sure:
        sex, birth = patient.sex or sex, patient.birth_hash or birth
    if (sex, birth) != (patient.sex, patient.birth_hash):
        patient.sex, patient.birth_hash = sex, birth
        patient.save(update_fields=["sex", "birth_hash"])


def _codes(study: Study, *, is_id_shared: bool) -> list[str]:
    holds = {
        OWN_PATIENT: is_own_patient(study),
        CONTRADICTION: is_id_shared,
        STUDY_CONTRADICTION: contradicts_itself(persons_of(study)),
    }
    return [code for code, does in holds.items() if does]
