"""A manager joins two patients who turned out to be one person: first shown, then done as it was shown."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from labelhub.accounts.models import User
from labelhub.core.errors import Conflict
from labelhub.imaging.models import Case, Patient, Study
from labelhub.imaging.services.joining import (
    Joining,
    cases_of_group,
    joining_changed,
    joining_identifiers_locked,
    joining_lock,
    joining_of,
    keys_to_arrange,
    patients_join,
)
from labelhub.reading.models import Assignment
from labelhub.reading.services.case_splits import case_rounds_split_set
from labelhub.reading.services.locks import cases_locked
from labelhub.workflows.intake.arrange_studies import arrange_studies
from labelhub.workflows.intake.count_summaries import summaries_request


def preview_joining(*, keep: Case, other: Case) -> Joining:
    """What would follow if the two cases' patients were one person, who keeps the split of `keep`.

    Raises:
        Conflict: they are one already.
    """
    if keep.patient_id == other.patient_id:
        raise Conflict("Both cases are of one patient already. Nothing to do.", code="same_patient")
    return _joining(keep.patient, other.patient)


def join_patients(*, actor: User, keep: Case, other: Case, split: str, excluded: Collection[int]) -> Joining:
    """Join them, as the manager was shown: the person keeps `split`, and the cases numbered `excluded` are excluded.

    What imports have left under their IDs is given to its persons first, and stays so: else a study of somebody else
    would be joined with them.

    Raises:
        Conflict: they are one already, or something else would follow by now.
    """
    for split_key in keys_to_arrange(keep.patient, other.patient):
        arrange_studies(keep.project, split_key)
    with transaction.atomic():
        keys = joining_identifiers_locked(keep.patient, other.patient)
        case_ids = {case.id for each in (keep, other) for case in cases_of_group(each.patient)}
        cases_locked(case_ids)
        patients = joining_lock(keep.patient, other.patient, keys, case_ids)
        now = [Case.objects.select_related("patient").get(id=case.id) for case in (keep, other)]
        preview_joining(keep=now[0], other=now[1])
        if [case.patient_id for case in now] != [keep.patient_id, other.patient_id]:
            raise joining_changed()  # joined or given to others: what was locked is not what they belong to
        if keys_to_arrange(*patients):
            raise joining_changed()  # an import that runs has just brought more of them
        joining = _joining(*patients)
        if (joining.keep.split, joining.excluded) != (split, sorted(excluded)):
            raise joining_changed()
        patients_join(joining, actor=actor)
        for moved in joining.moved:
            case_rounds_split_set(moved.case)
        summaries_request(Study.objects.filter(patient=joining.keep), project_id=joining.keep.project_id)
    return joining


def _joining(keep: Patient, other: Patient) -> Joining:
    cases = cases_of_group(other)
    opened = Assignment.objects.filter(case__in=cases, opened_at__isnull=False)
    begun: set[UUID] = set(opened.values_list("case_id", flat=True))
    return joining_of(keep, other, begun)
