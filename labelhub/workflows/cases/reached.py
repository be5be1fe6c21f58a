"""What rests on cases that a correction reaches: reads, labels, and models that may have learned from them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db.models import Count, Min, QuerySet

from labelhub.consensus.models import ConsensusLabel
from labelhub.imaging.models import Case, Split
from labelhub.imaging.services.corrections import CorrectedCase
from labelhub.learning.models import TrainingRun
from labelhub.learning.selectors import runs_that_knew
from labelhub.reading.models import Read


def cases_reached(cases: Collection[Case], splits: Mapping[UUID, str]) -> tuple[CorrectedCase, ...]:
    """The cases with the split that each comes to lie in (by case id; else it stays), and what rests on them."""
    reads = Read.objects.filter(assignment__case__in=cases, version=1).order_by()
    n_reads = dict(reads.values_list("assignment__case_id").annotate(n=Count("id")))
    labels = ConsensusLabel.objects.filter(case_round__case__in=cases, is_current=True).order_by()
    n_labels = dict(labels.values_list("case_round__case_id").annotate(n=Count("id")))
    return tuple(
        CorrectedCase(
            id=str(case.id),
            label=case.name,
            split_before=case.split,
            split=splits.get(case.id, case.split),
            n_reads=n_reads.get(case.id, 0),
            n_labels=n_labels.get(case.id, 0),
        )
        for case in cases
    )


def trainings_that_knew(cases: Collection[Case]) -> list[str]:
    """`model 3`, `a training that has not ended`: those that may have learned from one of the cases as they lie now."""
    # An excluded case may have taught a model before it was taken out.
    taught = [case for case in cases if case.split != Split.TEST]
    if not taught:
        return []
    labels = ConsensusLabel.objects.filter(case_round__case__in=taught)
    since = labels.aggregate(first=Min("created_at"))["first"]
    if since is None:
        return []
    runs: QuerySet[TrainingRun] = runs_that_knew(taught[0].project, since=since)
    return [_named(run) for run in runs.select_related("job", "model_version")]


def _named(run: TrainingRun) -> str:
    if run.job.finished_at is None:
        return "a training that has not ended"
    model = getattr(run, "model_version", None)
    return f"model {model.number}" if model else "a training without a model"
