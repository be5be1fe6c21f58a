"""Who a study belongs to: the patient that its files name, or a patient of its own; and what follows when that changes.

The split is drawn from the source's patient ID (`Patient.split_key`), so that all that may be one person lies in one
split: studies that contradict each other under one ID are patients apart with the same key.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from labelhub.accounts.models import User
from labelhub.core import audit
from labelhub.imaging.dicom.identity.identity import Pseudonyms
from labelhub.imaging.models import Case, Patient, Split, Study
from labelhub.imaging.persons import Person, contradict
from labelhub.imaging.split import draw_split
from labelhub.projects.models import Project

CONTRADICTION = "contradictory_patient"
"""Warning: the file's patient ID stands for another person too; both are patients apart, in one split."""
STUDY_CONTRADICTION = "contradictory_study"
"""Warning: the file says another sex, birth date or age than others of its study."""

CASE_EXCLUDED = "case_excluded"
"""Warning: the file names the patient of a study that was begun in another split: its case is excluded."""


@dataclass(frozen=True)
class PatientFacts:
    """What a file and its labels say of a patient. `split_key`: the HMAC of the source's identifier."""

    split_key: str
    person: Person
    site: str = ""
    group: str = ""


def is_own_patient(study: Study) -> bool:
    """Whether the study is a patient of its own, since nothing has named its patient."""
    return study.patient.pseudonym == study.source_hash


def patient_of(project: Project, study_hash: str, facts: PatientFacts, warnings: list[str]) -> Patient:
    """The patient to whom a new study belongs; made if need be, and what earlier files left open is filled in."""
    known = list(Patient.objects.filter(project=project, split_key=facts.split_key).order_by("pseudonym"))
    known.sort(key=lambda patient: patient.pseudonym != facts.split_key)
    patient = next((each for each in known if not _contradicts(each, facts.person)), None)
    if patient is not None:
        patient_fill_in(patient, facts)
        return patient
    pseudonym = facts.split_key
    if known:
        warnings.append(CONTRADICTION)
        names = Pseudonyms(bytes.fromhex(project.pseudonym_key))
        pseudonym = names.hash_of("patient", f"{facts.split_key}|{study_hash}")
    patient, is_new = Patient.objects.get_or_create(
        project=project,
        pseudonym=pseudonym,
        defaults={
            "split_key": facts.split_key,
            "sex": facts.person.sex,
            "birth_hash": facts.person.birth_hash,
            "site": facts.site,
            "group": facts.group,
            "split": draw_split(
                seed=project.split_seed,
                pseudonym=facts.split_key,
                pool_share=project.pool_share,
                validation_share=project.validation_share,
            ),
        },
    )
    if not is_new and not known:
        # Another import made it in the meantime: it may be another person's.
        return patient_of(project, study_hash, facts, warnings)
    return patient


def study_contradicts(study: Study, person: Person) -> bool:
    """Whether a file of the study says what cannot be true of the person of its other files."""
    own = Person(study.patient.sex, study.patient.birth_hash, study.day, study.age)
    return contradict(own, person)


def study_patient_set(
    *, study: Study, facts: PatientFacts, is_begun: bool, actor: User | None, warnings: list[str]
) -> str:
    """Give a study that was a patient of its own to the patient it is now known to be of.

    Returns "same", or "moved": patient and split follow, as nobody has opened the case or the splits are one anyway.
    Otherwise "excluded": what was read, trained on or measured under the old split cannot be undone, and one person
    must not be in two splits, so the case leaves its split for none. The caller takes care of the case's slots.
    """
    with transaction.atomic():
        row = (
            Study.objects.select_for_update(of=("self",))
            .select_related("patient", "project")
            .get(id=study.id)
        )
        if row.patient.split_key == facts.split_key or not is_own_patient(row):
            return "same"
        before = row.patient
        patient = patient_of(row.project, row.source_hash, facts, warnings)
        row.patient = patient
        row.save(update_fields=["patient"])
        study.patient = patient
        case = Case.objects.select_for_update().filter(study=row).first()
        if case is None:
            return "moved"
        is_excluded = case.split == Split.EXCLUDED or (is_begun and case.split != patient.split)
        split = Split.EXCLUDED if is_excluded else Split(patient.split)
        audit.record(
            actor_id=actor.id if actor else None,
            action="case.excluded" if is_excluded else "case.patient_found",
            obj=case,
            project_id=row.project_id,
            data={
                "patient_before": str(before.id),
                "patient": str(patient.id),
                "split_before": case.split,
                "split": split,
            },
        )
        case.patient, case.split = patient, split
        case.save(update_fields=["patient", "split"])
    return "excluded" if is_excluded else "moved"


def _contradicts(patient: Patient, person: Person) -> bool:
    alone = Person(patient.sex, patient.birth_hash)
    studies = patient.studies.values_list("day", "age")
    return contradict(alone, person) or any(
        contradict(Person(patient.sex, patient.birth_hash, day, age), person) for day, age in studies
    )


def patient_fill_in(patient: Patient, facts: PatientFacts) -> None:
    """Keep what nothing has said of the patient before."""
    said = {
        "sex": facts.person.sex,
        "birth_hash": facts.person.birth_hash,
        "site": facts.site,
        "group": facts.group,
    }
    missing = {name: value for name, value in said.items() if value and not getattr(patient, name)}
    if missing:
        Patient.objects.filter(id=patient.id).update(**missing)
