"""Two patients turn out to be one person: a manager joins them after she has seen what follows.

One keeps her split. The other's cases follow to it while nobody has opened them; a case that was begun in another split
is excluded, as nothing of one person may lie in two. So do cases of patients who may be the same person as the other,
since one ID stands for both (`Patient.split_key`): they stay patients apart, and move with her.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from labelhub.accounts.models import User
from labelhub.core import audit
from labelhub.core.errors import Conflict
from labelhub.imaging.models import Case, Patient, Split, Study
from labelhub.imaging.services.arranging import identifiers_locked
from labelhub.imaging.services.patients import patient_fill_in, patients_contradict
from labelhub.imaging.services.renaming import case_patient_set, split_under, take_back_own_patient


@dataclass(frozen=True)
class MovedCase:
    """A case of the patient who is joined, and the split it comes to lie in."""

    case: Case
    is_begun: bool
    split_before: str
    split: str

    @property
    def becomes_excluded(self) -> bool:
        return self.split == Split.EXCLUDED and self.split_before != Split.EXCLUDED


@dataclass(frozen=True)
class Joining:
    """What follows when `other` is joined to `keep`."""

    keep: Patient
    other: Patient
    kept: list[Case]
    moved: list[MovedCase]
    contradicts: bool

    @property
    def excluded(self) -> list[int]:
        """The numbers of the cases that leave their split for none."""
        return sorted(moved.case.number for moved in self.moved if moved.becomes_excluded)


def joining_of(keep: Patient, other: Patient, begun: Collection[UUID]) -> Joining:
    """What would follow. `begun`: those of the cases of `cases_of_group(other)` that somebody has opened."""
    kept = list(Case.objects.filter(patient=keep).order_by("number"))
    moved = [
        MovedCase(
            case, case.id in begun, case.split, split_under(case, keep.split, is_begun=case.id in begun)
        )
        for case in cases_of_group(other)
        if case.patient_id != keep.id
    ]
    return Joining(keep, other, kept, moved, contradicts=patients_contradict(keep, other))


def cases_of_group(patient: Patient) -> list[Case]:
    """Cases of all who share the patient's split since they may be one person.

    Also those that lie with one who was joined, as an import leaves them until their patient is found.
    """
    cases = Case.objects.select_related("patient", "study").filter(patient__in=_split_group(patient))
    return list(cases.order_by("number"))


def keys_to_arrange(keep: Patient, other: Patient) -> list[str]:
    """The identifiers of both and of those who share their splits that have studies whose persons are to be found."""
    keys = _split_keys(keep) | _split_keys(other)
    waiting = Study.objects.filter(project=keep.project_id, is_to_arrange=True, patient__split_key__in=keys)
    return sorted(set(waiting.values_list("patient__split_key", flat=True)))


def split_group_set(patient: Patient, split: str) -> None:
    """Give the patient and all who share her split another one. They are locked, as for a joining."""
    _split_group(patient).update(split=split)


def joining_identifiers_locked(keep: Patient, other: Patient) -> set[str]:
    """Hold the identifiers of both and of all who share their splits until commit. Returns them."""
    keys = _split_keys(keep) | _split_keys(other)
    identifiers_locked(keep.project_id, keys)
    return keys


def joining_lock(
    keep: Patient, other: Patient, keys: set[str], case_ids: Collection[UUID]
) -> tuple[Patient, Patient]:
    """Both as they now stand, locked until commit with all who share their splits.

    Studies, patients, cases: in that order, as an import locks them.
    `keys`: the identifiers that are held; `case_ids`: the cases whose slots are locked.
    Raises Conflict: others belong to them by now.
    """
    studies, _ = _of_groups(keep, other)
    _locked(Study.objects.filter(id__in=studies))
    patients = _locked(Patient.objects.filter(project=keep.project_id, split_key__in=keys))
    _locked(Case.objects.filter(id__in=case_ids))
    cases = {case.id for patient in (keep, other) for case in cases_of_group(patient)}
    if _of_groups(keep, other) != (studies, keys) or cases != set(case_ids):
        raise joining_changed()
    return patients[keep.id], patients[other.id]


def joining_changed() -> Conflict:
    return Conflict(
        "Somebody has opened or joined a case in the meantime. Look at what follows once more.",
        code="joining_changed",
    )


def patients_join(joining: Joining, *, actor: User) -> None:
    """Make it so. Patients and cases are locked; the caller takes care of the cases' slots."""
    keep, other = joining.keep, joining.other
    _split_group(other).exclude(id=keep.id).update(split=keep.split)
    Patient.objects.filter(Q(id=other.id) | Q(joined_to=other)).update(joined_to=keep)
    studies = Study.objects.filter(patient__in=(keep, other))
    studies.update(patient=keep, named_by=Study.NamedBy.MANAGER)
    patient_fill_in(keep, sex=other.sex, birth_hash=other.birth_hash)
    audit.record(
        actor_id=actor.id,
        action="patient.joined",
        obj=keep,
        project_id=keep.project_id,
        data={"joined": str(other.id), "excluded": joining.excluded, "contradicts": joining.contradicts},
    )
    for moved in joining.moved:
        before = moved.case.patient
        patient = keep if before.id == other.id else Patient.objects.get(id=before.id)
        if (patient.id, moved.split) == (before.id, moved.split_before):
            continue
        case_patient_set(moved.case, patient, is_begun=moved.is_begun, actor=actor, before=before)
    take_back_own_patient(Study.objects.filter(patient=keep).order_by("id"))


def _locked(rows: QuerySet[Any]) -> dict[UUID, Any]:
    """The rows by id, locked until commit in the order of their ids."""
    return {row.id: row for row in rows.select_for_update(no_key=True).order_by("id")}


def _of_groups(keep: Patient, other: Patient) -> tuple[set[UUID], set[str]]:
    """The studies of the two patients and of those who share their splits, by id, and their split keys."""
    keys = _split_keys(keep) | _split_keys(other)
    studies = Study.objects.filter(project=keep.project_id, patient__split_key__in=keys)
    return set(studies.values_list("id", flat=True)), keys


def _split_group(patient: Patient) -> QuerySet[Patient]:
    """All who lie in one split with the patient; also who was joined: files that come later are hers at first."""
    return Patient.objects.filter(project=patient.project_id, split_key__in=_split_keys(patient))


def _split_keys(patient: Patient) -> set[str]:
    """The keys under which the patient's split was drawn, or came to be hers by joining."""
    keys = {patient.split_key}
    patients = Patient.objects.filter(project=patient.project_id)
    while True:
        pairs = patients.filter(split_key__in=keys).values_list("id", "joined_to")
        ids = {row_id for pair in pairs for row_id in pair if row_id is not None}
        tied = patients.filter(Q(id__in=ids) | Q(joined_to__in=ids))
        found = set(tied.values_list("split_key", flat=True))
        if found <= keys:
            return keys
        keys |= found
