"""Training runs: asking for one, following it, stopping it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.api.http.permissions import Policy
from labelhub.api.http.views import Api
from labelhub.core.models import Job
from labelhub.learning.models import TrainingRun
from labelhub.learning.policies import learning_project_for, training_run_for
from labelhub.learning.services.runs import training_cancel, training_request

LEARNING = Policy(
    "manager or engineer of the project",
    lambda user, method, kwargs: learning_project_for(user, kwargs["slug"]),
)
RUN = Policy(
    "manager or engineer of the run's project",
    lambda user, method, kwargs: training_run_for(user, kwargs["run_id"]),
)


class RunField(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    job = serializers.UUIDField()
    trigger = serializers.ChoiceField(choices=["labels", "daily", "manual"])
    state = serializers.ChoiceField(choices=Job.State.choices)
    progress = serializers.DictField()
    attempt = serializers.IntegerField()
    n_labels = serializers.IntegerField()
    error_code = serializers.CharField()
    message = serializers.CharField()
    model = serializers.IntegerField(allow_null=True, help_text="Number of the model it made.")
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    allowed_actions = serializers.ListField(child=serializers.ChoiceField(choices=["cancel"]))


class RunDetailField(RunField):
    config = serializers.DictField()
    environment = serializers.DictField()
    history = serializers.ListField(child=serializers.DictField())
    log_tail = serializers.CharField()
    snapshot = serializers.DictField(
        help_text="Counts and hash of the labels; the list itself stays in the database."
    )


RUN_DETAILS = ("config", "environment", "history", "log_tail", "snapshot")


class TrainingRunsApi(Api):
    policy = LEARNING

    @extend_schema(request=None, responses={201: RunField})
    def post(self, request: Request, slug: str) -> Response:
        """Train a model now."""
        run = training_request(actor=self.user, project=self.subject, trigger="manual")
        return Response(run_row(run), status=status.HTTP_201_CREATED)


class TrainingRunApi(Api):
    policy = RUN

    @extend_schema(responses=RunDetailField)
    def get(self, request: Request, run_id: UUID) -> Response:
        """One training: its state, its settings and its epochs."""
        run: TrainingRun = self.subject
        details = {name: getattr(run, name) for name in RUN_DETAILS}
        return Response({**run_row(run), **details})


class TrainingRunCancelApi(Api):
    policy = replace(RUN, in_archive=True)

    @extend_schema(request=None, responses=RunField)
    def post(self, request: Request, run_id: UUID) -> Response:
        """Stop a training."""
        run: TrainingRun = self.subject
        training_cancel(actor=self.user, run=run)
        run.job.refresh_from_db()
        return Response(run_row(run))


def run_row(run: TrainingRun) -> dict[str, Any]:
    job = run.job
    model = getattr(run, "model_version", None)
    return {
        "id": run.id,
        "job": job.id,
        "trigger": run.trigger,
        "state": job.state,
        "progress": job.progress,
        "attempt": job.attempt,
        "n_labels": run.n_labels,
        "error_code": job.error_code,
        "message": job.error_message,
        "model": model.number if model else None,
        "created_at": run.created_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
        "allowed_actions": ["cancel"] if job.state in Job.ACTIVE and not job.cancel_requested else [],
    }
