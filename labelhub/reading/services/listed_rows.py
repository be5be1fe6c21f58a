"""The row by which a case is listed, and what a list finds noted there: `CaseRound.listed_in` and `is_flagged`.

The others of its columns that lists go by are written with a case's slots (`case_rounds.py`): no claim, save or submit
asks the database once more for the sake of a list (docs/decisions/0079-lists-of-cases.md).
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Exists, OuterRef

from labelhub.reading.models import CaseRound, Flag, Round


def list_by_newest(case_ids: Collection[UUID], project_id: UUID) -> None:
    """List the cases by their rows in the newest round of labels that each is in."""
    _lock(case_ids)
    rows = CaseRound.objects.filter(case_id__in=case_ids, round__purpose=Round.Purpose.LABELS)
    newest: dict[UUID, UUID] = {}
    for row_id, case_id in rows.order_by("-round__number").values_list("id", "case_id"):
        newest.setdefault(case_id, row_id)
    rows.exclude(id__in=newest.values()).update(listed_in=None, is_flagged=False)
    CaseRound.objects.filter(id__in=newest.values()).update(listed_in=project_id)
    _note_flags(case_ids)


def flags_note(case_ids: Collection[UUID]) -> None:
    """Note in the rows by which the cases are listed whether a flag of theirs stands. Call once the flags are written.

    The rows are locked first: whoever lists the cases by other rows meanwhile is waited for, and those rows are seen.
    """
    _lock(case_ids)
    _note_flags(case_ids)


def _lock(case_ids: Collection[UUID]) -> None:
    """All rows of the cases (5 in `locks.py`), in a statement of its own: those after it see what was waited for."""
    rows = CaseRound.objects.filter(case_id__in=case_ids).order_by("-round__number", "case_id")
    list(rows.select_for_update(no_key=True, of=("self",)).only("id"))


def _note_flags(case_ids: Collection[UUID]) -> None:
    standing = Flag.objects.filter(assignment__case=OuterRef("case"), withdrawn__isnull=True)
    CaseRound.objects.filter(case_id__in=case_ids, listed_in__isnull=False).update(
        is_flagged=Exists(standing)
    )
