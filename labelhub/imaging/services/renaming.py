"""A study turns out to be somebody else's than was thought: it was nobody's, or a label table named the wrong one."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from labelhub.accounts.models import User
from labelhub.core import audit
from labelhub.imaging.models import Case, Patient, Split, Study
from labelhub.imaging.services.arranging import identifiers_locked
from labelhub.imaging.services.patient_warnings import OWN_PATIENT, studies_warned, study_codes
from labelhub.imaging.services.patients import (
    PatientFacts,
    is_of,
    is_own_patient,
    patient_named,
)

CASE_EXCLUDED = "case_excluded"
"""Warning: the file names the patient of a study that was begun in another split: its case is excluded."""


def study_identifiers_locked(study: Study, split_key: str) -> None:
    """Hold a study's identifier and another one until commit: meanwhile nobody gives it to somebody else."""
    own = study.patient.split_key
    while True:
        savepoint = transaction.savepoint()
        identifiers_locked(study.project_id, [own, split_key])
        now = Patient.objects.values_list("split_key", flat=True).get(studies=study.id)
        if now in {own, split_key}:
            transaction.savepoint_commit(savepoint)
            return
        # It was given to a third while this waited, who may come before those that are held.
        transaction.savepoint_rollback(savepoint)
        own = now


def study_patient_set(*, study: Study, facts: PatientFacts, is_begun: bool, actor: User | None) -> str:
    """Give a study to the patient it is now known to be of: one that was a patient of its own, or that a table named.

    What a table said gives way to a file; to another table only while nobody has opened the case.

    Which person under the identifier it is of is found at the end of the import (`arranging`).

    Returns "same", or "moved": patient and split follow, as nobody has opened the case or the splits are one anyway.
    Otherwise "excluded": what was read, trained on or measured under the old split cannot be undone, and one person
    must not be in two splits, so the case leaves its split for none. The caller holds the study's identifiers
    (`study_identifiers_locked`), and takes care of the case's slots.
    """
    with transaction.atomic():
        row = Study.objects.select_for_update(no_key=True).get(id=study.id)
        if is_of(row, facts.split_key) or not _may_rename(row, facts, is_begun):
            return "same"
        before = row.patient
        row.patient, row.named_by, row.is_to_arrange = patient_named(row.project, facts), facts.named_by, True
        row.save(update_fields=["patient", "named_by", "is_to_arrange"])
        _leave(before)
        study.patient, study.named_by, patient = row.patient, row.named_by, row.patient
        case = Case.objects.select_for_update(no_key=True).filter(study=row).first()
        if case is None:
            return "moved"
        case_patient_set(case, patient, is_begun=is_begun, actor=actor, before=before)
    return "excluded" if case.split == Split.EXCLUDED else "moved"


def case_patient_set(
    case: Case, patient: Patient, *, is_begun: bool, actor: User | None, before: Patient
) -> None:
    """The case, which is locked, follows to the patient and to her split; or is excluded, if it was begun in another.

    `before`: the patient it had.
    """
    split_before = case.split
    case.patient, case.split = patient, split_under(case, patient.split, is_begun=is_begun)
    case.save(update_fields=["patient", "split"])
    audit.record(
        actor_id=actor.id if actor else None,
        action="case.excluded" if case.split == Split.EXCLUDED else "case.patient_found",
        obj=case,
        project_id=case.project_id,
        data={
            "patient_before": str(before.id),
            "patient": str(patient.id),
            "split_before": split_before,
            "split": case.split,
        },
    )


def split_under(case: Case, split: str, *, is_begun: bool) -> str:
    """In which split a case lies once its patient is found to be in `split`; one that is excluded stays so."""
    is_excluded = case.split == Split.EXCLUDED or (is_begun and case.split != split)
    return Split.EXCLUDED if is_excluded else split


def _leave(patient: Patient) -> None:
    """Have the studies that stay under an identifier, which is held, arranged without the one that left."""
    left = Study.objects.filter(patient__project=patient.project_id, patient__split_key=patient.split_key)
    one = left.order_by("id").values_list("id", flat=True).first()
    if one is not None:
        Study.objects.filter(id=one).update(is_to_arrange=True)


def _may_rename(study: Study, facts: PatientFacts, is_begun: bool) -> bool:
    if study.named_by == Study.NamedBy.TABLE:
        return facts.named_by == Study.NamedBy.FILE or not is_begun
    return is_own_patient(study)


def take_back_own_patient(studies: Iterable[Study]) -> None:
    """Take back the warning that nobody has named the studies' patient."""
    studies_warned((study, [code for code in study_codes(study) if code != OWN_PATIENT]) for study in studies)
