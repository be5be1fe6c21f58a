"""Model versions: made once, never changed."""

from __future__ import annotations

from typing import Any

from labelhub.core import audit
from labelhub.learning.models import ModelVersion, TrainingRun
from labelhub.learning.selectors import next_model_number


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
