"""A study turns out to be somebody else's than was thought: it was nobody's, or a label table named the wrong one."""

from __future__ import annotations

from django.db import transaction

from labelhub.accounts.models import User
from labelhub.core import audit
from labelhub.imaging.models import Case, Instance, Patient, Split, Study
from labelhub.imaging.services.patients import OWN_PATIENT, PatientFacts, is_of, is_own_patient, patient_of

CASE_EXCLUDED = "case_excluded"
"""Warning: the file names the patient of a study that was begun in another split: its case is excluded."""


def study_patient_set(
    *, study: Study, facts: PatientFacts, is_begun: bool, actor: User | None, warnings: list[str]
) -> str:
    """Give a study to the patient it is now known to be of: one that was a patient of its own, or that a table named.

    What a table said gives way to a file; to another table only while nobody has opened the case.

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
        if is_of(row, facts.split_key) or not _may_rename(row, facts, is_begun):
            return "same"
        before = row.patient
        patient = patient_of(row.project, row.source_hash, facts, warnings)
        row.patient, row.named_by = patient, facts.named_by
        row.save(update_fields=["patient", "named_by"])
        study.patient, study.named_by = patient, row.named_by
        take_back_own_patient(row)
        case = Case.objects.select_for_update().filter(study=row).first()
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


def _may_rename(study: Study, facts: PatientFacts, is_begun: bool) -> bool:
    if study.named_by == Study.NamedBy.TABLE:
        return facts.named_by == Study.NamedBy.FILE or not is_begun
    return is_own_patient(study)


def take_back_own_patient(study: Study) -> None:
    """Take back the warning that nobody has named the study's patient."""
    for instance in Instance.objects.filter(series__study=study).only("warnings"):
        if OWN_PATIENT in instance.warnings:
            instance.warnings = [code for code in instance.warnings if code != OWN_PATIENT]
            instance.save(update_fields=["warnings"])
