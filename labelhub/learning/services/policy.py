"""The training policy: when to retrain, on what, and how to rank."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from labelhub.accounts.models import User
from labelhub.core import audit
from labelhub.core.errors import InvalidContent, StaleVersion
from labelhub.core.models import ScheduledRun
from labelhub.learning.models import TrainingPolicy
from labelhub.learning.selectors import policy_of
from labelhub.projects.models import Project

NETWORKS = ("densenet121", "small")
ACQUISITIONS = ("entropy", "margin")


def policy_update(
    *, actor: User | None, project: Project, values: dict[str, Any], edited_from: int | None = None
) -> TrainingPolicy:
    """Change the policy. A daily time that has passed today counts from tomorrow.

    Raises StaleVersion when `edited_from` is no longer the policy's version: someone else has changed it meanwhile.
    """
    with transaction.atomic():
        policy = policy_of(Project.objects.select_for_update(no_key=True).get(id=project.id))
        if edited_from is not None and edited_from != policy.version:
            raise StaleVersion(
                "Someone else has changed the policy since you opened it. Look at both and save what should hold.",
                details={"version": policy.version, "edited_from": edited_from},
            )
        for name, value in values.items():
            setattr(policy, name, value)
        _check(policy)
        policy.version += 1
        policy.save()
        if due := daily_due_at(policy, timezone.now()):
            ScheduledRun.objects.get_or_create(name=daily_name(project), due_at=due)
        audit.record(
            actor_id=actor.id if actor else None,
            action="training_policy.changed",
            obj=policy,
            project_id=project.id,
            data={name: str(value) for name, value in values.items()},
        )
    return policy


def daily_name(project: Project) -> str:
    return f"train-daily:{project.id}"


def daily_due_at(policy: TrainingPolicy, now: datetime) -> datetime | None:
    """The newest due time that is not in the future (missed days are coalesced, not replayed)."""
    if policy.daily_at is None:
        return None
    today = datetime.combine(now.astimezone(UTC).date(), policy.daily_at, tzinfo=UTC)
    return today if today <= now else today - timedelta(days=1)


def smallest_batch(network: str, image_size: int) -> int:
    """How many images a training step of a network needs.

    Of images below 64 px densenet121 keeps one value a channel: normalising over a batch takes two of them.
    """
    return 2 if network == "densenet121" and image_size < 64 else 1


def _check(policy: TrainingPolicy) -> None:
    choices = {"network": (policy.network, NETWORKS), "acquisition": (policy.acquisition, ACQUISITIONS)}
    for name, (value, allowed) in choices.items():
        if value not in allowed:
            raise InvalidContent(f"{name} must be one of: {', '.join(allowed)}.", details={"field": name})
    if not 0 <= policy.random_share <= 1:
        raise InvalidContent("random_share must lie between 0 and 1.", details={"field": "random_share"})
    if policy.batch_size < (smallest := smallest_batch(policy.network, policy.image_size)):
        raise InvalidContent(
            f"batch_size must be at least {smallest} for {policy.network} on images of {policy.image_size} px.",
            details={"field": "batch_size"},
        )
