"""Taking cases out by a manager's decision, and bringing them back: the cases' own rows.

The caller holds the cases (`reading/services/locks.cases_locked`), by which nobody changes the split of their patients
either, and takes care of their slots.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils import timezone

from labelhub.accounts.models import User
from labelhub.core import audit
from labelhub.core.errors import Conflict
from labelhub.imaging.models import Case, CaseExclusion, Split


def excluded_by_manager() -> Exists:
    """Whether a manager has taken the case of the row out, and none has brought it back."""
    return Exists(CaseExclusion.objects.filter(case=OuterRef("pk"), brought_back_at__isnull=True))


def exclusions_in_force(case_ids: Collection[UUID]) -> dict[UUID, CaseExclusion]:
    """By case id."""
    rows = CaseExclusion.objects.filter(case_id__in=case_ids, brought_back_at__isnull=True)
    return {row.case_id: row for row in rows}


def taken_out_before(case_ids: Collection[UUID], *, actor: User, reason: str, client_uuid: UUID) -> set[UUID]:
    """Those of the cases that this request has taken out. Raises Conflict `id_reused` when another one had its id."""
    rows = CaseExclusion.objects.filter(case_id__in=case_ids, client_uuid=client_uuid)
    return _of_request((row.case_id, (row.excluded_by_id, row.reason) == (actor.id, reason)) for row in rows)


def put_back_before(case_ids: Collection[UUID], *, actor: User, reason: str, client_uuid: UUID) -> set[UUID]:
    """As `taken_out_before`, of a request to bring them back."""
    rows = CaseExclusion.objects.filter(case_id__in=case_ids, back_uuid=client_uuid)
    return _of_request(
        (row.case_id, (row.brought_back_by_id, row.back_reason) == (actor.id, reason)) for row in rows
    )


def _of_request(found: Iterable[tuple[UUID, bool]]) -> set[UUID]:
    cases = dict(found)
    if not all(cases.values()):
        raise Conflict("This request's id was used before for other content.", code="id_reused")
    return set(cases)


def cases_take_out(cases: Iterable[Case], *, actor: User, reason: str, client_uuid: UUID) -> None:
    """Give the cases, none of which is excluded, the split `excluded`."""
    now = timezone.now()
    taken = [
        CaseExclusion(
            case=case,
            split_before=case.split,
            reason=reason,
            client_uuid=client_uuid,
            excluded_by=actor,
            excluded_at=now,
        )
        for case in cases
    ]
    CaseExclusion.objects.bulk_create(taken)
    Case.objects.filter(id__in=[row.case_id for row in taken]).update(split=Split.EXCLUDED)
    for row in taken:
        row.case.split = Split.EXCLUDED
        audit.record(
            actor_id=actor.id,
            action="case.excluded",
            obj=row.case,
            project_id=row.case.project_id,
            data={
                "split_before": row.split_before,
                "split": Split.EXCLUDED,
                "exclusion": str(row.id),
            },
        )


def case_put_back(row: CaseExclusion, split: str, *, actor: User, reason: str, client_uuid: UUID) -> None:
    """Give the case of the exclusion, which is in force, this split again."""
    row.brought_back_by, row.brought_back_at = actor, timezone.now()
    row.back_reason, row.back_uuid = reason, client_uuid
    row.save(update_fields=["brought_back_by", "brought_back_at", "back_reason", "back_uuid"])
    row.case.split = split
    row.case.save(update_fields=["split"])
    audit.record(
        actor_id=actor.id,
        action="case.brought_back",
        obj=row.case,
        project_id=row.case.project_id,
        data={"split_before": Split.EXCLUDED, "split": split, "exclusion": str(row.id)},
    )
