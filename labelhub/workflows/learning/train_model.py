"""Training a model, as two steps round the trainer: `prepare` writes its folder, `record` publishes its result.

The snapshot of labels is taken once, at the first attempt; later attempts of the job resume from the same data.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from labelhub.core import jobs
from labelhub.core.errors import InvalidContent
from labelhub.core.models import Job
from labelhub.learning.files import (
    earlier_folders_remove,
    job_folder,
    remove_job_folder,
    store_weights,
    write_json,
)
from labelhub.learning.models import TrainingRun, TrainingSnapshot
from labelhub.learning.services.models import model_record
from labelhub.learning.services.policy import smallest_batch
from labelhub.learning.services.promotions import promotion_request
from labelhub.learning.services.snapshot import datalist, snapshot_take

LOG_TAIL = 20_000


def prepare(job: Job) -> Path:
    """Write config.json and datalist.json into the job's folder and return it."""
    run = TrainingRun.objects.select_related("project").get(job=job)
    if not run.snapshot:
        _take_snapshot(job, run)
    cases = TrainingSnapshot.objects.get(run=run).cases
    earlier_folders_remove(job)
    folder = job_folder(job)
    jobs.job_heartbeat(job, {"stage": "images"})
    config = {name: value for name, value in run.config.items() if name != "batch_was_halved"}
    write_json(folder / "datalist.json", datalist({**run.snapshot, "cases": cases}))
    write_json(folder / "config.json", {**config, "code_version": settings.CODE_VERSION})
    return folder


def note_progress(job: Job, history: list[dict[str, Any]], log_tail: str) -> None:
    """Keep the run's curve and log where the data manager sees them. Call after a heartbeat that was accepted."""
    TrainingRun.objects.filter(job=job).update(history=history, log_tail=log_tail[-LOG_TAIL:])


def halve_batch(job: Job) -> bool:
    """After running out of memory: half the batch at the next attempt, once."""
    run = TrainingRun.objects.get(job=job)
    half = run.config["batch_size"] // 2
    if run.config.get("batch_was_halved") or half < smallest_batch(run.config["net"], run.config["size"]):
        return False
    run.config = {**run.config, "batch_size": half, "batch_was_halved": True}
    run.save(update_fields=["config"])
    return True


def record(job: Job, done: dict[str, Any]) -> None:
    """Store the weights, then record the model, ask for its promotion and end the job in one transaction.

    The compare-and-set on the job's attempt decides: a worker that lost its lease publishes nothing.
    """
    run = TrainingRun.objects.select_related("project", "job").get(job=job)
    card = json.loads(Path(done["card"]).read_text())
    key = store_weights(Path(done["weights"]))
    with transaction.atomic():
        jobs.job_heartbeat(job)
        run.environment = {
            **{name: card.get(name) for name in ("versions", "device", "precision", "seed", "data_sha256")},
            "code_version": card.get("code_version"),
        }
        run.save(update_fields=["environment"])
        model = model_record(run=run, weights_key=key, done=done, card=card)
        promotion_request(model=model)
        jobs.job_succeed(job, {"model": str(model.id), "number": model.number, "step": done["step"]})
    remove_job_folder(job)


def _take_snapshot(job: Job, run: TrainingRun) -> None:
    snapshot = snapshot_take(run.project)
    if not any(case["role"] == "train" for case in snapshot["cases"]):
        raise InvalidContent(
            "No labelled pool case has an image that the model can use. Read frontal radiographs first.",
            code="nothing_to_train_on",
        )
    with transaction.atomic():
        jobs.job_heartbeat(job)
        TrainingSnapshot.objects.create(run=run, cases=snapshot.pop("cases"))
        run.snapshot, run.n_labels = snapshot, snapshot["n_labels"]
        run.save(update_fields=["snapshot", "n_labels"])
