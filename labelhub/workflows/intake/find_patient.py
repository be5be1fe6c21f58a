"""A study that was nobody's, or that a wrong table named, is found to be of a patient: a file or a table says so.

Its case follows the patient while nobody has opened it. Later, one person must not be in two splits: where the splits
differ the case is excluded, which the audit trail and the manager's pages say.
"""

from __future__ import annotations

from django.db import transaction

from labelhub.accounts.models import User
from labelhub.imaging.models import Case, Study
from labelhub.imaging.services.patients import PatientFacts
from labelhub.imaging.services.renaming import study_identifiers_locked, study_patient_set
from labelhub.reading.models import Assignment
from labelhub.reading.services.case_splits import case_rounds_split_set
from labelhub.reading.services.locks import cases_locked


def find_patient(*, study: Study, facts: PatientFacts, actor: User | None) -> str:
    """Give the study to its patient; returns "same", "moved" or "excluded"."""
    with transaction.atomic():
        study_identifiers_locked(study, facts.split_key)
        case = Case.objects.filter(study=study).first()
        if case is not None:
            cases_locked([case.id])
        opened = Assignment.objects.filter(case=case, opened_at__isnull=False)
        result = study_patient_set(study=study, facts=facts, is_begun=opened.exists(), actor=actor)
        if result != "same" and case is not None:
            case.refresh_from_db()
            case_rounds_split_set(case)
    return result
