"""Reading policies, runs, models, rankings, and the health of the queue (design invariant 12)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max, Q, QuerySet

from labelhub.core.jobs import job_retry_at
from labelhub.core.models import Job
from labelhub.learning.models import ModelVersion, Promotion, RankedCase, Ranking, TrainingPolicy, TrainingRun
from labelhub.projects.models import Project
from labelhub.reading.models import CaseRound, Round, WorklistState

HEAVY = ("config", "environment", "history", "log_tail", "snapshot")
"""Fields of a training run that only its own page shows."""
RETRY_FIRST, RETRY_LAST = timedelta(minutes=5), timedelta(hours=6)


def policy_of(project: Project) -> TrainingPolicy:
    """The project's policy; defaults (not saved) where none was set, under which nothing starts by itself."""
    return TrainingPolicy.objects.filter(project=project).first() or TrainingPolicy(project=project)


def n_complete_pool_cases(project: Project) -> int:
    """Pool cases whose reads are in and whose findings all have their consensus."""
    return _closed_pool_cases(project).count()


def n_new_pool_cases(project: Project, *, since: datetime | None, limit: int) -> int:
    """As above, closed after `since`, counted up to `limit`: O(limit) by the index `closed_pool`."""
    closed = _closed_pool_cases(project)
    if since is not None:
        closed = closed.filter(closed_at__gt=since)
    return closed.values("id")[:limit].count()


def _closed_pool_cases(project: Project) -> QuerySet[CaseRound]:
    """A case counts once: a round that asks only some of its findings adds labels, but no case."""
    rounds = Round.objects.filter(project=project, purpose=Round.Purpose.LABELS, findings__isnull=True)
    return CaseRound.objects.filter(round__in=rounds, split="pool", closed_at__isnull=False)


def runs_that_knew(project: Project, *, since: datetime) -> QuerySet[TrainingRun]:
    """Runs whose training data may hold a label that has stood since then: those that have not ended before."""
    runs = TrainingRun.objects.filter(project=project, training_data__isnull=False)
    return runs.filter(Q(job__finished_at__isnull=True) | Q(job__finished_at__gte=since)).order_by(
        "created_at"
    )


def model_in_use(project: Project) -> ModelVersion | None:
    """The model of the newest promotion."""
    promotion = (
        Promotion.objects.filter(project=project)
        .select_related("model_version")
        .order_by("-created_at")
        .first()
    )
    return promotion.model_version if promotion else None


def rollback_in_force(project: Project) -> Promotion | None:
    """The promotion in force where a person put back an older model than the newest there was; None once lifted."""
    newest = (
        Promotion.objects.filter(project=project)
        .select_related("model_version", "promoted_by", "lift")
        .order_by("-created_at")
        .first()
    )
    if newest is None or newest.promoted_by_id is None or hasattr(newest, "lift"):
        return None
    had_newer = ModelVersion.objects.filter(
        project=project, number__gt=newest.model_version.number, created_at__lt=newest.created_at
    )
    return newest if had_newer.exists() else None


def held_back(model: ModelVersion) -> str | None:
    """Why the gate did not let a model be put in use by itself; None where it did, or where there was none yet."""
    outcome = getattr(model, "gate", None)
    return outcome.reason if outcome and not outcome.passed else None


def models_of(project: Project) -> QuerySet[ModelVersion]:
    return ModelVersion.objects.filter(project=project).select_related("gate").order_by("-number")


def runs_of(project: Project) -> QuerySet[TrainingRun]:
    """Newest first with their models, without the curve and log of each, which only its own page shows."""
    runs = TrainingRun.objects.filter(project=project).select_related("job", "model_version")
    return runs.defer(*HEAVY, "model_version__metrics", "model_version__card").order_by("-created_at")


def next_model_number(project: Project) -> int:
    newest = ModelVersion.objects.filter(project=project).aggregate(top=Max("number"))["top"]
    return (newest or 0) + 1


def ranking_in_force(project: Project) -> Ranking | None:
    """The ranking behind the queue that readers are offered from, None while the order is random."""
    state = WorklistState.objects.filter(project=project).first()
    if state is None or state.queue_id is None:
        return None
    return (
        Ranking.objects.filter(queue_id=state.queue_id)
        .select_related("queue", "scoring_run__model_version__run")
        .defer(*(f"scoring_run__model_version__run__{name}" for name in HEAVY))
        .first()
    )


def newest_ranking_of(model: ModelVersion) -> Ranking | None:
    """The model's last complete ranking of the pool."""
    complete = Ranking.objects.filter(scoring_run__model_version=model, queue__is_complete=True)
    return complete.order_by("-created_at").first()


def candidates(ranking: Ranking) -> Iterator[RankedCase]:
    """All candidates of a ranking by position, in chunks."""
    return RankedCase.objects.filter(ranking=ranking).order_by("position").iterator(chunk_size=2000)


def ranked_cases(ranking: Ranking, *, after: int, limit: int) -> list[RankedCase]:
    """One keyset page by position."""
    rows = RankedCase.objects.filter(ranking=ranking, position__gt=after).select_related("case__patient")
    return list(rows.order_by("position")[:limit])


def learning_curve(project: Project) -> list[dict[str, Any]]:
    """Discrimination against the number of labels: one point per model, in the order they were made."""
    return [
        {
            "model": model.number,
            "n_labels": model.n_labels,
            "trained_at": model.created_at,
            "auroc": {code: finding.get("auroc") for code, finding in model.metrics["findings"].items()},
        }
        for model in ModelVersion.objects.filter(project=project).order_by("number")
    ]


def model_row(model: ModelVersion) -> dict[str, Any]:
    """A model as pages show it: figures on reader-labelled test cases, and how many of those are complete."""
    metrics = model.metrics
    return {
        "id": model.id,
        "number": model.number,
        "run": model.run_id,
        "n_labels": model.n_labels,
        "created_at": model.created_at,
        "mean_auroc": metrics["mean_auroc"],
        "mean_findings": metrics.get("mean_findings"),
        "n_test_cases": metrics["n_test_cases"],
        "n_complete": metrics["n_complete"],
        "min_positives": metrics["min_positives"],
        "findings": metrics["findings"],
    }


def mean_compares(model: ModelVersion, reference: ModelVersion | None) -> bool | None:
    """Whether two means are over the same findings and test cases; None where a model did not record its own."""
    if reference is None or model.id == reference.id:
        return True
    behind = [each.metrics.get("mean_cases_sha256") for each in (model, reference)]
    return None if None in behind else behind[0] == behind[1]


def jobs_of(project: Project) -> QuerySet[Job]:
    return Job.objects.filter(project_id=project.id).order_by("-created_at")


def job_row(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "kind": job.kind,
        "state": job.state,
        "progress": job.progress,
        "message": job.error_message,
        "run": TrainingRun.objects.filter(job=job).values_list("id", flat=True).first()
        if job.kind == "train"
        else None,
        "batch": job.params.get("batch"),
        "created_at": job.created_at,
        "finished_at": job.finished_at,
    }


def scoring_retry_at(failed: Job) -> datetime:
    """When a scoring that failed is tried again: sooner at first, later each time it fails for this model."""
    return job_retry_at(failed, first=RETRY_FIRST, last=RETRY_LAST)
