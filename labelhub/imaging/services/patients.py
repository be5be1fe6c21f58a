"""Who a study belongs to: the patient that its files name, or a patient of its own.

The split is drawn from the source's patient ID (`Patient.split_key`), so that all that may be one person lies in one
split: studies that contradict each other under one ID are patients apart with the same key. What follows when a study's
patient changes is in `renaming.py` and `joining.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from labelhub.core import audit
from labelhub.imaging.dicom.identity.identity import Pseudonyms
from labelhub.imaging.models import Case, Patient, Study
from labelhub.imaging.persons import Person, contradict
from labelhub.imaging.split import draw_split
from labelhub.projects.models import Project

OWN_PATIENT = "own_patient"
"""Warning: nothing says who the patient is, so the study is taken as a patient of its own."""
CONTRADICTION = "contradictory_patient"
"""Warning: the file's patient ID stands for another person too; both are patients apart, in one split."""
STUDY_CONTRADICTION = "contradictory_study"
"""Warning: the file says another sex, birth date or age than others of its study."""
ONE_DAY = 0
"""Stands for the day of a study where two of its files are compared."""


@dataclass(frozen=True)
class PatientFacts:
    """What a file and its labels say of a patient. `split_key`: the HMAC of the source's identifier.

    `named_by`: a value of `Study.NamedBy`, or empty where nobody names her and the key is the study's.
    """

    split_key: str
    person: Person
    site: str = ""
    group: str = ""
    named_by: str = ""


def is_own_patient(study: Study) -> bool:
    """Whether the study is a patient of its own, since nothing has named its patient."""
    return study.patient.pseudonym == study.source_hash and study.named_by != Study.NamedBy.MANAGER


def is_of(study: Study, split_key: str) -> bool:
    """Whether the study's patient is whom the identifier names; also when that patient was joined to her."""
    patient = study.patient
    return patient.split_key == split_key or patient.joined.filter(split_key=split_key).exists()


def patient_of(project: Project, study_hash: str, facts: PatientFacts, warnings: list[str]) -> Patient:
    """The patient to whom a new study belongs; made if need be, and what earlier files left open is filled in."""
    known = _known(project, facts.split_key)
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
            "split": known[0].split
            if known
            else draw_split(
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
    own = Person(study.patient.sex, study.patient.birth_hash, ONE_DAY, study.age)
    return contradict(own, replace(person, day=ONE_DAY))


def study_complete(study: Study, facts: PatientFacts, warnings: list[str]) -> None:
    """Keep what a further file of the study is the first to say of its patient.

    When that contradicts her other studies, the study becomes a patient apart, in the same split.
    """
    patient, person = study.patient, facts.person
    is_news = (
        (person.sex and not patient.sex)
        or (person.birth_hash and not patient.birth_hash)
        or (person.age and not study.age)
    )
    if is_news and _contradicts(patient, person):
        named = replace(facts, split_key=patient.split_key)
        study.patient = patient_of(study.project, study.source_hash, named, warnings)
        study.save(update_fields=["patient"])
        case = Case.objects.filter(study=study).first()
        if case is not None:
            Case.objects.filter(id=case.id).update(patient=study.patient)
            audit.record(
                actor_id=None,
                action="case.patient_apart",
                obj=case,
                project_id=study.project_id,
                data={"patient_before": str(patient.id), "patient": str(study.patient_id)},
            )
        return
    patient_fill_in(patient, facts)


def _known(project: Project, split_key: str) -> list[Patient]:
    """Whom an identifier may stand for, by what is known; the first who had it before those who contradict her.

    Locked until commit: a manager who joins one of them meanwhile waits, or is waited for.
    """
    locked = Patient.objects.select_for_update(no_key=True)
    rows = list(locked.filter(project=project, split_key=split_key).order_by("id"))
    rows.sort(key=lambda patient: (patient.pseudonym != split_key, patient.pseudonym))
    return list({(row.joined_to or row).id: row.joined_to or row for row in rows}.values())


def patients_contradict(first: Patient, second: Patient) -> bool:
    """Whether what is known of two patients cannot be true of one person."""
    alone = Person(second.sex, second.birth_hash)
    studies = second.studies.values_list("day", "age")
    said = [alone, *(replace(alone, day=day, age=age) for day, age in studies)]
    return any(_contradicts(first, person) for person in said)


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
