"""A model that was trained passes the gate, or does not, and is put in use: a step of its own after training."""

from __future__ import annotations

from django.db import transaction

from labelhub.core import jobs
from labelhub.core.models import Job
from labelhub.learning.models import ModelVersion
from labelhub.learning.selectors import model_in_use
from labelhub.learning.services.promotions import NEWEST, gate_pass, model_promote


def run_promotion_job(job: Job) -> None:
    """The handler of the job's kind. Gate, promotion, scoring job and the end of this one appear together."""
    model = ModelVersion.objects.select_related("project").get(id=job.params["model_version"])
    with transaction.atomic():
        jobs.job_heartbeat(job)
        outcome = gate_pass(model=model)
        in_use = model_in_use(model.project)
        # A person may have put it in use while the job waited.
        if outcome.passed and (in_use is None or in_use.id != model.id):
            model_promote(actor=None, model=model, reason=NEWEST)
        jobs.job_succeed(job, {"number": model.number, "promoted": outcome.passed})
