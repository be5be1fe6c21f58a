"""What earlier imports are said to have assumed, brought up to date when something later makes it known.

An import may have a million files: it is counted outside any transaction, and what was found is kept by a short one.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Count, QuerySet

from labelhub.imaging.models import ImportBatch, ImportFile, Patient, Study
from labelhub.imaging.selectors import import_summary

N_COUNTED = "n_counted"
"""How often an import was counted, in its options."""
COUNTED = (ImportBatch.State.RUNNING, ImportBatch.State.DONE)
"""One that runs may have been counted for the last time already: whoever ends it then counts once more."""


@dataclass(frozen=True)
class Counted:
    """What an import assumed, as it was counted, and how often it had been counted before."""

    batch_id: UUID
    summary: dict[str, int]
    n_before: int


def studies_touched(batch: ImportBatch) -> QuerySet[Study]:
    """The studies whose images an import may have changed the warnings of: its own, and all of an ID that is shared."""
    own = Study.objects.filter(series__instances__importfile__batch=batch).order_by().distinct()
    patients = Patient.objects.filter(project=batch.project_id)
    keys = patients.filter(split_key__in=own.values("patient__split_key")).values("split_key")
    shared = keys.annotate(n=Count("id")).filter(n__gt=1).values("split_key")
    of_shared = Study.objects.filter(patient__in=patients.filter(split_key__in=shared))
    # A union, where OR between two subqueries would be asked of each study that there is.
    return Study.objects.filter(id__in=own.values("id").union(of_shared.values("id")))


def batches_of(studies: QuerySet[Study]) -> list[UUID]:
    """The imports that brought images of these studies, by id, but for those that have still to run."""
    brought = ImportFile.objects.filter(
        outcome=ImportFile.Outcome.ACCEPTED, instance__series__study__in=studies.values("id")
    )
    counted = ImportBatch.objects.filter(state__in=COUNTED, id__in=brought.order_by().values("batch"))
    return list(counted.order_by("id").values_list("id", flat=True))


def summaries_refresh(studies: QuerySet[Study], *, counted: ImportBatch) -> None:
    """Count again for the imports that brought images of these studies, but for one that was just counted."""
    for batch_id in batches_of(studies):
        if batch_id != counted.id:
            while not summary_keep(summary_count(batch_id)):
                pass


def summary_count(batch_id: UUID) -> Counted:
    """Count an import. Call outside any transaction: SQLite's would keep readers from saving."""
    batch = ImportBatch.objects.get(id=batch_id)
    return Counted(batch.id, import_summary(batch), batch.options.get(N_COUNTED, 0))


def summary_keep(counted: Counted) -> bool:
    """False: another count was kept since this one began, which may know less or more. Count again."""
    with transaction.atomic():
        batch = ImportBatch.objects.select_for_update().get(id=counted.batch_id)
        if batch.options.get(N_COUNTED, 0) != counted.n_before:
            return False
        batch.options = {**batch.options, **counted.summary, N_COUNTED: counted.n_before + 1}
        batch.save(update_fields=["options"])
    return True
