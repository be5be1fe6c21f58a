"""Who a study belongs to: the patient that its files name, or a patient of its own.

The split is drawn from the source's patient ID (`Patient.split_key`), so that all that may be one person lies in one
split. Which studies under one ID are of which person is in `arranging.py`; what follows when a study's patient changes,
in `renaming.py` and `joining.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

from labelhub.imaging.models import Patient, Study
from labelhub.imaging.persons import Person, Said
from labelhub.imaging.split import draw_split
from labelhub.projects.models import Project


@dataclass(frozen=True)
class PatientFacts:
    """What a file and its labels say of a patient. `split_key`: the HMAC of the source's identifier.

    `named_by`: a value of `Study.NamedBy`, or empty where nobody names her and the key is the study's.
    """

    split_key: str
    person: Person
    named_by: str = ""


def is_own_patient(study: Study) -> bool:
    """Whether the study is a patient of its own, since nothing has named its patient."""
    return study.patient.pseudonym == study.source_hash and study.named_by != Study.NamedBy.MANAGER


def is_of(study: Study, split_key: str) -> bool:
    """Whether the study's patient is whom the identifier names; also when that patient was joined to her."""
    patient = study.patient
    return patient.split_key == split_key or patient.joined.filter(split_key=split_key).exists()


def patient_named(project: Project, facts: PatientFacts) -> Patient:
    """The patient whom an identifier names, made if need be: who gets a study until `arranging` has looked at it."""
    rows = Patient.objects.filter(project=project, split_key=facts.split_key)
    patient = rows.filter(pseudonym=facts.split_key).first() or rows.order_by("id").first()
    if patient is not None:
        return patient
    patient, _ = Patient.objects.get_or_create(
        project=project,
        pseudonym=facts.split_key,
        defaults={
            "split_key": facts.split_key,
            "split": draw_split(
                seed=project.split_seed,
                pseudonym=facts.split_key,
                pool_share=project.pool_share,
                validation_share=project.validation_share,
            ),
        },
    )
    return patient


def persons_of(study: Study) -> list[Person]:
    """What the files of a study say of its patient; of one imported before that was kept, what is known of her."""
    if study.said is None:
        return [Person(study.patient.sex, study.patient.birth_hash, study.day, study.age)]
    return [Person(*said) for said in study.said]


def patients_contradict(first: Patient, second: Patient) -> bool:
    """Whether what is known of two patients cannot be true of one person."""
    return _said_of(first).contradicts(_said_of(second))


def _said_of(patient: Patient) -> Said:
    studies = Study.objects.select_related("patient").filter(patient=patient)
    return Said.by(person for study in studies for person in persons_of(study))


def patient_fill_in(patient: Patient, **said: str) -> None:
    """Keep what nothing has said of the patient before."""
    missing = {name: value for name, value in said.items() if value and not getattr(patient, name)}
    if missing:
        Patient.objects.filter(id=patient.id).update(**missing)
