"""A manager says whose a study is: of another case's patient, or of a patient of its own.

Its case follows to her split while nobody has opened it; one that was begun in another split is excluded, as where two
patients are joined. A patient of its own stays in the split of the one whom it leaves, as whoever stands under one ID
does: whichever is true, nobody is in two splits.
"""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction

from labelhub.consensus.services.agreement_kept import agreement_outdate
from labelhub.core.errors import Conflict
from labelhub.imaging.models import Case, Correction, Patient, Split, Study
from labelhub.imaging.services.arranging import patient_apart
from labelhub.imaging.services.corrections import (
    Asked,
    Preview,
    correction_keep,
    correction_made,
    refuse_unless_shown,
)
from labelhub.imaging.services.joining import joining_changed, joining_identifiers_locked, keys_to_arrange
from labelhub.imaging.services.patients import patients_contradict
from labelhub.imaging.services.renaming import case_patient_set, split_under, take_back_own_patient
from labelhub.reading.models import Assignment
from labelhub.reading.services.case_splits import case_rounds_split_set
from labelhub.reading.services.locks import cases_locked
from labelhub.workflows.cases.reached import cases_reached
from labelhub.workflows.intake.arrange_studies import arrange_studies
from labelhub.workflows.intake.count_summaries import summaries_request

KIND = Correction.Kind.PATIENT
NEW = "new"


def preview_patient(case: Case, same_as: Case | None) -> Preview:
    """What would follow if the case's study were of the patient of `same_as`; None: of a patient of its own.

    Raises:
        Conflict: `same_patient`; `only_study` where there is nothing to divide.
    """
    before = case.patient
    if same_as is not None and same_as.patient_id == before.id:
        raise Conflict("Both cases are of one patient already. Nothing to do.", code="same_patient")
    if same_as is None and not Study.objects.filter(patient=before).exclude(id=case.study_id).exists():
        raise Conflict("This study is the only one of its patient. Nothing to divide.", code="only_study")
    patient = same_as.patient if same_as else None
    split = split_under(case, patient.split if patient else before.split, is_begun=_is_begun(case))
    return Preview(
        kind=KIND,
        before={"study": str(case.study_id), "patient": str(before.id)},
        after={"study": str(case.study_id), "patient": str(patient.id) if patient else NEW},
        cases=cases_reached([case], {case.id: split}),
        notes=tuple(_notes(case, patient, split)),
    )


def correct_patient(case: Case, same_as: Case | None, asked: Asked) -> Correction:
    """Give the study to its patient, as it was shown; earlier studies, clusters of agreement and slots follow.

    Raises:
        Conflict: as `preview_patient`; `correction_changed` or `joining_changed` when something else would follow by
            now.
    """
    made = correction_made(asked, case, KIND)
    if made:
        return made
    other = same_as or case
    for split_key in keys_to_arrange(case.patient, other.patient):
        arrange_studies(case.project, split_key)
    with transaction.atomic():
        joining_identifiers_locked(case.patient, other.patient)
        cases_locked([case.id])
        now, other_now = _locked(case, other)
        if keys_to_arrange(now.patient, other_now.patient):
            raise joining_changed()
        preview = preview_patient(now, other_now if same_as else None)
        refuse_unless_shown(preview, asked)
        before = now.patient
        if same_as:
            patient = other_now.patient
        else:
            # Else those that stay would be taken for hers again when the studies of their ID are next arranged.
            Study.objects.filter(patient=before).update(named_by=Study.NamedBy.MANAGER)
            patient = patient_apart(before)
        Study.objects.filter(id=now.study_id).update(patient=patient, named_by=Study.NamedBy.MANAGER)
        case_patient_set(now, patient, is_begun=_is_begun(now), actor=asked.actor, before=before)
        case_rounds_split_set(now)
        take_back_own_patient(Study.objects.filter(id=now.study_id))
        agreement_outdate([now.id])
        correction = correction_keep(
            replace(preview, after={**preview.after, "patient": str(patient.id)}), asked, now
        )
        summaries_request(Study.objects.filter(patient__in=[before, patient]), project_id=now.project_id)
    return correction


def _locked(case: Case, other: Case) -> tuple[Case, Case]:
    """Both as they now stand, with their studies and patients locked: studies, patients, cases.

    Raises Conflict: one of them was given to somebody else while this waited.
    """
    patients = {case.patient_id, other.patient_id}
    list(Study.objects.select_for_update(no_key=True).filter(patient__in=patients).order_by("id"))
    list(Patient.objects.select_for_update(no_key=True).filter(id__in=patients).order_by("id"))
    list(Case.objects.select_for_update(no_key=True).filter(id__in={case.id, other.id}).order_by("id"))
    now, other_now = (
        Case.objects.select_related("patient__project", "project").get(id=each.id) for each in (case, other)
    )
    if (now.patient_id, other_now.patient_id) != (case.patient_id, other.patient_id):
        raise joining_changed()
    return now, other_now


def _is_begun(case: Case) -> bool:
    return Assignment.objects.filter(case=case, opened_at__isnull=False).exists()


def _notes(case: Case, patient: Patient | None, split: str) -> list[str]:
    notes = []
    if patient and patients_contradict(case.patient, patient):
        notes.append(
            "What is known of the two patients cannot be true of one person: compare sex, birth date and ages."
        )
    if split == Split.EXCLUDED != case.split:
        notes.append("The case is excluded for good: it was begun in another split than that of its patient.")
    if patient is None:
        notes.append("The new patient stays in the same split, so that nobody is in two.")
    notes.append("Files of this study that come later and name somebody else are refused.")
    return notes
