"""The health of the queue: where the next case comes from, and what is wrong with that (design invariant 12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, OuterRef, QuerySet, Subquery, UUIDField

from labelhub.core.jobs import job_retry_at
from labelhub.core.models import Job
from labelhub.core.prepared import Prepared
from labelhub.learning.models import ModelVersion, Promotion, Ranking, TrainingPolicy
from labelhub.learning.selectors import (
    HEAVY,
    model_in_use,
    n_new_pool_cases,
    ranking_in_force,
    scoring_retry_at,
)
from labelhub.projects.models import Membership, Project

LEARNING_KINDS = ["train", "promote", "score"]


@dataclass(frozen=True)
class Standing:
    """What the queue's health is judged by. `failed`: the newest finished learning job, when it failed."""

    ranking: Ranking | None
    model: ModelVersion | None
    policy: TrainingPolicy | None
    failed: Job | None


def standing(project: Project) -> Standing:
    """As it is now."""
    policy = TrainingPolicy.objects.filter(project=project).first()
    return Standing(ranking_in_force(project), model_in_use(project), policy, _last_failure(project.id))


def standing_of(row: Membership) -> Standing:
    """From a row of STANDING; asks for the model in use and the failed job only where the row does not hold them."""
    worklist: Any = getattr(row.project, "worklist", None)
    ranking: Ranking | None = getattr(worklist.queue, "ranking", None) if worklist else None
    ranked_by = ranking.scoring_run.model_version if ranking else None
    in_use, last = row.in_use, row.last_job  # type: ignore[attr-defined]
    model = ranked_by if ranked_by and ranked_by.id == in_use else in_use and model_in_use(row.project)
    failed = _last_failure(row.project_id) if last == Job.State.FAILED else None
    return Standing(ranking, model or None, getattr(row.project, "training_policy", None), failed)


def _standing_rows(user: Any, slug: Any) -> QuerySet[Any]:
    """A person's memberships of a project, with statistics, ranking, its model, and policy beside the project."""
    model = "project__worklist__queue__ranking__scoring_run__model_version"
    promotions = Promotion.objects.filter(project_id=OuterRef("project_id")).order_by("-created_at")
    return (
        Membership.objects.filter(user_id=user, project__slug=slug)
        .select_related(f"{model}__run", "project__statistics", "project__training_policy")
        .defer(f"{model}__card", *(f"{model}__run__{name}" for name in HEAVY))
        .annotate(
            in_use=Subquery(promotions.values("model_version_id")[:1], output_field=UUIDField()),
            last_job=Subquery(_finished(OuterRef("project_id")).values("state")[:1]),
        )
    )


STANDING = Prepared(_standing_rows, user=UUIDField(), slug=CharField())


def queue_health(project: Project, known: Standing | None = None) -> dict[str, Any]:
    """Where the next case comes from. A fall-back is loud."""
    now = known or standing(project)
    ranking = now.ranking
    if ranking is None:
        return {
            "source": "random",
            "message": _why_random(now),
            "published_at": None,
            "n_entries": 0,
            "stale": bool(now.model),
        }
    complaint = _why_stale(project, ranking, now)
    number = ranking.scoring_run.model_version.number
    return {
        "source": "ranking",
        "message": complaint or f"Ranked by model {number}.",
        "published_at": ranking.created_at,
        "n_entries": ranking.queue.n_entries,
        "stale": complaint is not None,
    }


def _why_random(now: Standing) -> str:
    if now.failed:
        return f"Cases come in random order: {_told(now.failed, 'failed')}"
    if now.model is None:
        return "No model yet: cases come in random order."
    return f"Model {now.model.number} has not ranked the pool yet: cases come in random order."


def _why_stale(project: Project, ranking: Ranking, now: Standing) -> str | None:
    failed, model, policy = now.failed, now.model, now.policy
    if failed and failed.created_at > ranking.created_at:
        return f"The ranking is old: {_told(failed, 'failed since')}"
    if model and model.id != ranking.scoring_run.model_version_id:
        return f"The ranking is of another model than model {model.number}, which is in use; it is being renewed."
    if policy is None or not policy.every_n_labels:
        return None
    since = ranking.scoring_run.model_version.run.created_at
    many = 2 * policy.every_n_labels
    if n_new_pool_cases(project, since=since, limit=many) >= many:
        return f"The ranking is old: {many} or more cases got their consensus since its model was trained."
    return None


def _last_failure(project_id: Any) -> Job | None:
    newest = _finished(project_id).first()
    return newest if newest and newest.state == Job.State.FAILED else None


def _finished(project_id: Any) -> QuerySet[Job]:
    """Finished trainings, promotions and scorings of a project, newest first."""
    jobs = Job.objects.filter(project_id=project_id, kind__in=LEARNING_KINDS)
    return jobs.exclude(state__in=Job.ACTIVE).order_by("-created_at")


def _told(failed: Job, what: str) -> str:
    if failed.kind == "train":
        return f"the last training run {what}. {failed.error_message}"
    if failed.kind == "promote":
        again = f"It is tried again at {job_retry_at(failed):%H:%M} UTC, and a person can put it in use."
        return f"putting the newest model in use {what}. {failed.error_message} {again}"
    again = f"It is tried again at {scoring_retry_at(failed):%H:%M} UTC."
    return f"the last scoring of the pool {what}. {failed.error_message} {again}"
