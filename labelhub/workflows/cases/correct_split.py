"""A manager corrects the split of a patient: first shown, then done as it was shown.

All who share her split since they may be one person move with her, and all their cases. Nothing that was read in the
test split leaves it, and nothing that a model may have learned from comes into it.
"""

from __future__ import annotations

from django.db import transaction

from labelhub.core import audit
from labelhub.core.errors import Conflict
from labelhub.imaging.models import Case, Correction, Patient, Split
from labelhub.imaging.services.corrections import (
    Asked,
    Preview,
    correction_keep,
    correction_made,
    refuse_unless_shown,
)
from labelhub.imaging.services.joining import (
    cases_of_group,
    joining_changed,
    joining_identifiers_locked,
    joining_lock,
    keys_to_arrange,
    split_group_set,
)
from labelhub.imaging.split import needs_ai_hidden
from labelhub.reading.models import Assignment, Read
from labelhub.reading.services.case_splits import case_rounds_split_set
from labelhub.reading.services.locks import cases_locked
from labelhub.workflows.cases.reached import cases_reached, trainings_that_knew
from labelhub.workflows.intake.arrange_studies import arrange_studies

KIND = Correction.Kind.SPLIT


def preview_split(case: Case, split: str) -> Preview:
    """What would follow if the case's patient lay in this split.

    Raises:
        Conflict: `same_split`; `test_was_read`, `learned_from` or `aided_reads` where it may not be.
    """
    patient = case.patient
    if patient.split == split:
        raise Conflict(f"The patient is in the {split} split already. Nothing to do.", code="same_split")
    cases = cases_of_group(patient)
    _refuse_leaving_test(patient, cases)
    _refuse_learned(split, cases)
    _refuse_aided(split, cases)
    moved = {each.id: split for each in cases if each.split != Split.EXCLUDED}
    knew = trainings_that_knew(cases)
    notes = [f"May have learned from these cases: {', '.join(knew)}."] if knew else []
    if len(cases) > len(moved):
        notes.append("Excluded cases stay excluded.")
    return Preview(
        kind=KIND,
        before={"patient": str(patient.id), "split": patient.split},
        after={"patient": str(patient.id), "split": split},
        cases=cases_reached(cases, moved),
        notes=tuple(notes),
    )


def correct_split(case: Case, split: str, asked: Asked) -> Correction:
    """Move the patient, as it was shown; queue, slots and what is offered follow at once.

    Raises:
        Conflict: as `preview_split`; `correction_changed` or `joining_changed` when something else would follow by now.
    """
    made = correction_made(asked, case, KIND)
    if made:
        return made
    for split_key in keys_to_arrange(case.patient, case.patient):
        arrange_studies(case.project, split_key)
    with transaction.atomic():
        patient = _held(case)
        now = Case.objects.select_related("patient", "project").get(id=case.id)
        if now.patient_id != patient.id:
            raise joining_changed()
        preview = preview_split(now, split)
        refuse_unless_shown(preview, asked)
        split_group_set(patient, split)
        for each in cases_of_group(patient):
            if each.split != Split.EXCLUDED:
                each.split = split
                each.save(update_fields=["split"])
                case_rounds_split_set(each)
                audit.record(
                    actor_id=asked.actor.id,
                    action="case.split_corrected",
                    obj=each,
                    project_id=each.project_id,
                    data={"correction": str(asked.client_uuid), "split": split},
                )
        return correction_keep(preview, asked, now)


def _held(case: Case) -> Patient:
    """The case's patient, locked with all who share her split, and with the slots of all their cases."""
    patient = Patient.objects.get(cases=case)
    keys = joining_identifiers_locked(patient, patient)
    case_ids = {each.id for each in cases_of_group(patient)}
    cases_locked(case_ids)
    held, _ = joining_lock(patient, patient, keys, case_ids)
    return held


def _refuse_leaving_test(patient: Patient, cases: list[Case]) -> None:
    opened = Assignment.objects.filter(case__in=cases, opened_at__isnull=False)
    if patient.split == Split.TEST and opened.exists():
        raise Conflict(
            "A case of this patient was opened or read in the test split. She stays there: else what models are "
            "measured on would be chosen by hand.",
            code="test_was_read",
        )


def _refuse_learned(split: str, cases: list[Case]) -> None:
    if split != Split.TEST:
        return
    knew = trainings_that_knew(cases)
    if knew:
        raise Conflict(
            f"These may have learned from cases of this patient: {', '.join(knew)}. She cannot come into the test "
            "split, since they would be measured on what they know. Exclude her cases instead.",
            code="learned_from",
        )


def _refuse_aided(split: str, cases: list[Case]) -> None:
    if needs_ai_hidden(split) and Read.objects.filter(assignment__case__in=cases, ai_visible=True).exists():
        raise Conflict(
            "A case of this patient was read with a model's output on the screen. Such reads are refused in the test "
            "split: exclude the case instead.",
            code="aided_reads",
        )
