"""Model versions: made once, never changed; and promotions, which say which one is in use."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from labelhub.accounts.models import User
from labelhub.core import audit
from labelhub.core.errors import Conflict, InvalidContent
from labelhub.core.jobs import job_enqueue
from labelhub.core.models import Job
from labelhub.learning.models import ModelVersion, Promotion, TrainingRun
from labelhub.learning.selectors import model_in_use, next_model_number


def model_record(
    *, run: TrainingRun, weights_key: str, done: dict[str, Any], card: dict[str, Any]
) -> ModelVersion:
    """Insert the model of a finished run. Call in the transaction that ends the run's job."""
    model = ModelVersion.objects.create(
        project=run.project,
        run=run,
        number=next_model_number(run.project),
        weights_key=weights_key,
        weights_sha256=done["sha256"],
        findings=card["findings"],
        metrics=done["metrics"],
        card=card,
        n_labels=run.snapshot["n_labels"],
    )
    audit.record(
        actor_id=None,
        action="model_version.created",
        obj=model,
        project_id=run.project_id,
        data={"number": model.number, "sha256": model.weights_sha256, "run": str(run.id)},
    )
    return model


def model_promote(*, actor: User | None, model: ModelVersion, reason: str) -> Job:
    """Put a model in use (an older one: a roll-back) and have it rank the pool. Returns the scoring job."""
    if not reason.strip():
        raise InvalidContent("Give a reason for using this model.", details={"field": "reason"})
    with transaction.atomic():
        in_use = model_in_use(model.project)
        if in_use is not None and in_use.id == model.id:
            raise Conflict(f"Model {model.number} is in use already.", code="already_in_use")
        promotion = Promotion.objects.create(
            project=model.project, model_version=model, promoted_by=actor, reason=reason.strip()[:300]
        )
        audit.record(
            actor_id=actor.id if actor else None,
            action="model_version.promoted",
            obj=promotion,
            project_id=model.project_id,
            data={"model": str(model.id), "number": model.number, "reason": promotion.reason},
        )
        return scoring_request(model=model)


def scoring_request(*, model: ModelVersion) -> Job:
    """Queue the scoring of the pool by this model; an active one is returned as it is."""
    job, _ = job_enqueue(
        kind="score",
        dedupe_key=f"score:{model.id}",
        params={"model_version": str(model.id)},
        project_id=model.project_id,
    )
    return job
