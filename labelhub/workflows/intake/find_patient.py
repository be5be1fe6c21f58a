"""A study that was a patient of its own is found to be of a named patient: a file or a labels table says so.

Its case follows the patient while nobody has opened it. Later, one person must not be in two splits: where the splits
differ the case is excluded, which the audit trail and the manager's pages say.
"""

from __future__ import annotations

from django.db import transaction

from labelhub.accounts.models import User
from labelhub.imaging.models import Study
from labelhub.imaging.services.patients import PatientFacts, study_patient_set
from labelhub.reading.models import Assignment
from labelhub.reading.services.case_rounds import case_rounds_split_set


def find_patient(*, study: Study, facts: PatientFacts, actor: User | None, warnings: list[str]) -> str:
    """Give the study to its patient; returns "same", "moved" or "excluded". Warnings are added to those of the file."""
    with transaction.atomic():
        opened = Assignment.objects.filter(case__study=study, opened_at__isnull=False)
        result = study_patient_set(
            study=study, facts=facts, is_begun=opened.exists(), actor=actor, warnings=warnings
        )
        case = getattr(study, "case", None)
        if result != "same" and case is not None:
            case.refresh_from_db()
            case_rounds_split_set(case)
    return result
