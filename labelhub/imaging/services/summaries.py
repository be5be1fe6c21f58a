"""What earlier imports are said to have assumed, brought up to date when a later one makes it known."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from labelhub.imaging.models import ImportBatch, ImportFile, Patient, Study
from labelhub.imaging.selectors import import_summary


def studies_touched(batch: ImportBatch) -> QuerySet[Study]:
    """The studies whose images an import may have changed the warnings of: its own, and all of an ID that is shared."""
    own = Study.objects.filter(series__instances__importfile__batch=batch)
    patients = Patient.objects.filter(project=batch.project_id)
    keys = patients.filter(split_key__in=own.values("patient__split_key")).values("split_key")
    shared = keys.annotate(n=Count("id")).filter(n__gt=1).values("split_key")
    return Study.objects.filter(
        Q(id__in=own.values("id")) | Q(patient__in=patients.filter(split_key__in=shared))
    )


def summaries_refresh(studies: QuerySet[Study], *, counted: ImportBatch | None = None) -> None:
    """Count again for the finished imports that brought images of these studies; not for one that was just counted."""
    brought = ImportFile.objects.filter(
        outcome=ImportFile.Outcome.ACCEPTED, instance__series__study__in=studies.values("id")
    )
    batches = ImportBatch.objects.filter(
        state=ImportBatch.State.DONE, id__in=brought.order_by().values("batch")
    )
    if counted is not None:
        batches = batches.exclude(id=counted.id)
    for batch_id in list(batches.values_list("id", flat=True)):
        with transaction.atomic():
            batch = ImportBatch.objects.select_for_update().get(id=batch_id)
            batch.options = {**batch.options, **import_summary(batch)}
            batch.save(update_fields=["options"])
