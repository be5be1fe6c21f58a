"""Putting pool cases that nobody has begun before all others that are new, and back in their turn."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Exists, OuterRef

from labelhub.projects.models import Project
from labelhub.reading.models import Assignment, CaseRound
from labelhub.reading.services.rounds import worklist_state


def rows_to_order(project: Project, case_ids: Collection[UUID]) -> list[CaseRound]:
    """The cases' rows in the standing round, locked, with `is_opened`: somebody has opened it there, or read it."""
    round_ = worklist_state(project).round
    rows = CaseRound.objects.filter(round=round_, case_id__in=case_ids, case__project=project)
    held = list(
        rows.select_for_update(no_key=True, of=("self",)).order_by("case_id").values_list("id", flat=True)
    )
    opened = Assignment.objects.filter(round=round_, case_id=OuterRef("case_id")).exclude(
        state=Assignment.State.RESERVED
    )
    # Asked once the rows are locked.
    return list(CaseRound.objects.filter(id__in=held).annotate(is_opened=Exists(opened)).order_by("case_id"))


def read_first_set(rows: Collection[CaseRound], *, is_first: bool) -> None:
    """Whether these, which are locked, come before the ranking and the random order."""
    CaseRound.objects.filter(id__in=[row.id for row in rows]).update(read_first=is_first)
