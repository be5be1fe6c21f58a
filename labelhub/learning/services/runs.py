"""Training runs: asking for one, noticing that one is due, cancelling, and what a run keeps while it goes on."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from labelhub.accounts.models import User
from labelhub.core import audit
from labelhub.core.errors import Conflict, InvalidContent
from labelhub.core.jobs import job_enqueue, job_request_cancel
from labelhub.core.models import Job, ScheduledRun
from labelhub.learning.models import TrainingPolicy, TrainingRun
from labelhub.learning.selectors import n_complete_pool_cases, n_new_pool_cases, policy_of
from labelhub.learning.services.policy import daily_due_at, daily_name
from labelhub.projects.models import Project

# A dead worker costs an attempt and a checkpoint interval, not the run.
MAX_ATTEMPTS = 5


def training_request(*, actor: User | None, project: Project, trigger: str) -> TrainingRun:
    """Queue a training run. Raises Conflict when one is active, InvalidContent with too few labels."""
    policy = policy_of(project)
    n_labels = n_complete_pool_cases(project)
    if n_labels < policy.min_cases:
        raise InvalidContent(
            f"Training needs {policy.min_cases} pool cases with a complete consensus; there are {n_labels}. "
            "Read and adjudicate more cases, or lower the number in the training policy.",
            code="too_few_labels",
            details={"needed": policy.min_cases, "present": n_labels},
        )
    with transaction.atomic():
        job, created = job_enqueue(
            kind="train",
            dedupe_key=f"train:{project.id}",
            params={"trigger": trigger},
            project_id=project.id,
            actor_id=actor.id if actor else None,
            max_attempts=MAX_ATTEMPTS,
        )
        if not created:
            raise Conflict(
                "A training run of this project is already waiting or running. Wait for it, or cancel it.",
                code="training_active",
                details={"job": str(job.id)},
            )
        run = TrainingRun.objects.create(
            project=project, job=job, trigger=trigger, config=training_config(policy), n_labels=n_labels
        )
        audit.record(
            actor_id=actor.id if actor else None,
            action="training_run.requested",
            obj=run,
            project_id=project.id,
            data={"trigger": trigger, "n_labels": n_labels},
        )
    return run


def training_config(policy: TrainingPolicy) -> dict[str, Any]:
    """The trainer's configuration, as `workers.training` reads it."""
    return {
        "preset": "demo" if policy.network == "small" else "default",
        "net": policy.network,
        "size": policy.image_size,
        "epochs": policy.max_epochs,
        "batch_size": policy.batch_size,
        "learning_rate": policy.learning_rate,
        "seed": policy.seed,
        "min_positives": policy.min_positives,
    }


def training_due_check(project: Project) -> TrainingRun | None:
    """Start a training run when the policy says so: enough new labels, or its time of day. Cheap when not due."""
    policy = TrainingPolicy.objects.filter(project=project, is_enabled=True).first()
    if policy is None or _is_active(project):
        return None
    try:
        # The note that today's daily run was started stands or falls with the run.
        with transaction.atomic():
            trigger = _due_trigger(policy, project)
            return training_request(actor=None, project=project, trigger=trigger) if trigger else None
    except (Conflict, InvalidContent):
        return None  # another process was quicker, or labels are too few


def training_cancel(*, actor: User, run: TrainingRun) -> None:
    """Ask a run to stop: at once while it waits, within seconds while it trains."""
    if run.job.state not in Job.ACTIVE:
        raise Conflict("This training run has ended already.", code="training_ended")
    job_request_cancel(job_id=run.job_id, actor_id=actor.id)


def _is_active(project: Project) -> bool:
    return Job.objects.filter(dedupe_key=f"train:{project.id}", state__in=Job.ACTIVE).exists()


def _due_trigger(policy: TrainingPolicy, project: Project) -> str | None:
    runs = TrainingRun.objects.filter(project=project).order_by("-created_at")
    since = runs.values_list("created_at", flat=True).first()
    wanted = policy.every_n_labels or 1
    if since is None:
        wanted = max(wanted, policy.min_cases)
    n_new = n_new_pool_cases(project, since=since, limit=wanted)
    if policy.every_n_labels and n_new >= wanted:
        return "labels"
    due = daily_due_at(policy, timezone.now())
    if n_new and due and ScheduledRun.objects.get_or_create(name=daily_name(project), due_at=due)[1]:
        return "daily"
    return None
