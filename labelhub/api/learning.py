"""Learning for data managers and ML engineers: policy, runs, models, the curve, and why each case is where it is."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.api.documents import StrictSerializer
from labelhub.api.images import case_name
from labelhub.api.pagination import checked_query, decode_cursor, encode_cursor
from labelhub.api.permissions import Policy
from labelhub.api.views import Api
from labelhub.core.errors import Malformed
from labelhub.core.models import Job
from labelhub.learning import selectors
from labelhub.learning.models import RankedCase, TrainingPolicy, TrainingRun
from labelhub.learning.policies import learning_project_for, model_version_for, training_run_for
from labelhub.learning.services.models import model_promote
from labelhub.learning.services.policy import ACQUISITIONS, NETWORKS, policy_update
from labelhub.learning.services.runs import training_cancel, training_request
from labelhub.projects.models import Project
from labelhub.reading.models import QueueEntry

LEARNING = Policy(
    "manager or engineer of the project",
    lambda user, method, kwargs: learning_project_for(user, kwargs["slug"]),
)
RUN = Policy(
    "manager or engineer of the run's project",
    lambda user, method, kwargs: training_run_for(user, kwargs["run_id"]),
)
MODEL = Policy(
    "manager or engineer of the model's project",
    lambda user, method, kwargs: model_version_for(user, kwargs["model_id"]),
)
PAGE = 100
RUNS_SHOWN = 50


class TrainingPolicyField(StrictSerializer):
    is_enabled = serializers.BooleanField(required=False)
    every_n_labels = serializers.IntegerField(
        min_value=1, max_value=1_000_000, allow_null=True, required=False
    )
    daily_at = serializers.TimeField(allow_null=True, required=False, help_text="UTC")
    network = serializers.ChoiceField(choices=NETWORKS, required=False)
    image_size = serializers.IntegerField(min_value=32, max_value=1024, required=False)
    max_epochs = serializers.IntegerField(min_value=1, max_value=10_000, required=False)
    batch_size = serializers.IntegerField(min_value=1, max_value=4096, required=False)
    learning_rate = serializers.FloatField(min_value=1e-7, max_value=1.0, required=False)
    seed = serializers.IntegerField(min_value=0, max_value=2**31 - 1, required=False)
    min_cases = serializers.IntegerField(min_value=1, max_value=1_000_000, required=False)
    min_positives = serializers.IntegerField(min_value=2, max_value=100_000, required=False)
    acquisition = serializers.ChoiceField(choices=ACQUISITIONS, required=False)
    batch_query = serializers.IntegerField(min_value=1, max_value=100_000, required=False)
    random_share = serializers.FloatField(min_value=0, max_value=1, required=False)


class IntervalField(serializers.Serializer[Any]):
    value = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class FindingMetricsField(serializers.Serializer[Any]):
    n = serializers.IntegerField()
    n_positive = serializers.IntegerField()
    n_negative = serializers.IntegerField()
    auroc = IntervalField(allow_null=True)
    sensitivity = IntervalField(allow_null=True)
    specificity = IntervalField(allow_null=True)
    threshold = serializers.FloatField()
    reason = serializers.CharField(allow_null=True, help_text="Why there is no figure.")


class ModelField(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    number = serializers.IntegerField()
    run = serializers.UUIDField()
    n_labels = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    mean_auroc = serializers.FloatField(allow_null=True)
    n_test_cases = serializers.IntegerField()
    n_complete = serializers.IntegerField(help_text="Test cases whose labels are complete.")
    min_positives = serializers.IntegerField()
    findings = serializers.DictField(child=FindingMetricsField())
    in_use = serializers.BooleanField()


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
    snapshot = serializers.DictField(help_text="Counts and hash of the labels; the list itself is exported.")


class QueueField(serializers.Serializer[Any]):
    source = serializers.ChoiceField(choices=["ranking", "random"])  # type: ignore[assignment]
    message = serializers.CharField()
    published_at = serializers.DateTimeField(allow_null=True)
    n_entries = serializers.IntegerField()
    stale = serializers.BooleanField()


class CurvePointField(serializers.Serializer[Any]):
    model = serializers.IntegerField()
    n_labels = serializers.IntegerField()
    trained_at = serializers.DateTimeField()
    auroc = serializers.DictField(child=IntervalField(allow_null=True))


LearningOutput = inline_serializer(
    "Learning",
    {
        "policy": TrainingPolicyField(),
        "n_complete": serializers.IntegerField(help_text="Pool cases with a complete consensus."),
        "runs": RunField(many=True),
        "models": ModelField(many=True),
        "curve": CurvePointField(many=True),
        "queue": QueueField(),
        "allowed_actions": serializers.ListField(child=serializers.ChoiceField(choices=["train"])),
    },
)


class TrainingPolicyApi(Api):
    policy = LEARNING

    @extend_schema(responses=TrainingPolicyField)
    def get(self, request: Request, slug: str) -> Response:
        return Response(_policy(selectors.policy_of(self.subject)))

    @extend_schema(request=TrainingPolicyField, responses=TrainingPolicyField)
    def put(self, request: Request, slug: str) -> Response:
        data = TrainingPolicyField(data=request.data)
        data.is_valid(raise_exception=True)
        project = self.subject
        return Response(_policy(policy_update(actor=self.user, project=project, values=data.validated_data)))


class LearningApi(Api):
    policy = LEARNING

    @extend_schema(responses=LearningOutput)
    def get(self, request: Request, slug: str) -> Response:
        project: Project = self.subject
        policy, in_use = selectors.policy_of(project), selectors.model_in_use(project)
        runs = selectors.runs_of(project).select_related("model_version")[:RUNS_SHOWN]
        rows = [_run(run) for run in runs]
        is_busy = any(row["state"] in Job.ACTIVE for row in rows)
        n_complete = selectors.n_complete_pool_cases(project)
        return Response(
            {
                "policy": _policy(policy),
                "n_complete": n_complete,
                "runs": rows,
                "models": [
                    {**selectors.model_row(model), "in_use": in_use is not None and model.id == in_use.id}
                    for model in selectors.models_of(project)
                ],
                "curve": selectors.learning_curve(project),
                "queue": selectors.queue_health(project),
                "allowed_actions": ["train"] if n_complete >= policy.min_cases and not is_busy else [],
            }
        )


class TrainingRunsApi(Api):
    policy = LEARNING

    @extend_schema(request=None, responses={201: RunField})
    def post(self, request: Request, slug: str) -> Response:
        run = training_request(actor=self.user, project=self.subject, trigger="manual")
        return Response(_run(run), status=status.HTTP_201_CREATED)


class TrainingRunApi(Api):
    policy = RUN

    @extend_schema(responses=RunDetailField)
    def get(self, request: Request, run_id: UUID) -> Response:
        run: TrainingRun = self.subject
        snapshot = {name: value for name, value in run.snapshot.items() if name != "cases"}
        details = {name: getattr(run, name) for name in ("config", "environment", "history", "log_tail")}
        return Response({**_run(run), **details, "snapshot": snapshot})


class TrainingRunCancelApi(Api):
    policy = RUN

    @extend_schema(request=None, responses=RunField)
    def post(self, request: Request, run_id: UUID) -> Response:
        run: TrainingRun = self.subject
        training_cancel(actor=self.user, run=run)
        run.job.refresh_from_db()
        return Response(_run(run))


class PromoteInput(StrictSerializer):
    reason = serializers.CharField(max_length=300)


class ModelPromoteApi(Api):
    """Put a model in use; an older one is a roll-back. The pool is ranked again by it."""

    policy = MODEL

    @extend_schema(
        request=PromoteInput, responses=inline_serializer("Promoted", {"job": serializers.UUIDField()})
    )
    def post(self, request: Request, model_id: UUID) -> Response:
        data = PromoteInput(data=request.data)
        data.is_valid(raise_exception=True)
        model = self.subject
        job = model_promote(actor=self.user, model=model, reason=data.validated_data["reason"])
        return Response({"job": job.id})


class RankedCaseField(serializers.Serializer[Any]):
    position = serializers.IntegerField()
    case = serializers.UUIDField()
    label = serializers.CharField()  # type: ignore[assignment]
    why = serializers.ChoiceField(choices=["uncertainty", "diversity", "random", "rest", "unscored"])
    score = serializers.FloatField(allow_null=True)
    probabilities = serializers.DictField(child=serializers.FloatField())
    is_open = serializers.BooleanField(help_text="Nobody has begun it.")


RankingOutput = inline_serializer(
    "RankingPage",
    {
        "ranking": inline_serializer(
            "RankingHead",
            {
                "id": serializers.UUIDField(),
                "acquisition": serializers.CharField(),
                "created_at": serializers.DateTimeField(),
                "n_cases": serializers.IntegerField(),
                "model_number": serializers.IntegerField(),
            },
            allow_null=True,
        ),
        "results": RankedCaseField(many=True),
        "next": serializers.CharField(allow_null=True),
    },
)


class RankingApi(Api):
    policy = LEARNING

    @extend_schema(responses=RankingOutput, parameters=[OpenApiParameter("cursor", str)])
    def get(self, request: Request, slug: str) -> Response:
        query = checked_query(request.query_params, {"cursor"})
        after = _position(query.get("cursor"))
        ranking = selectors.ranking_in_force(self.subject)
        if ranking is None:
            return Response({"ranking": None, "results": [], "next": None})
        rows = selectors.ranked_cases(ranking, after=after, limit=PAGE + 1)
        page = rows[:PAGE]
        waiting = set(
            QueueEntry.objects.filter(
                queue_id=ranking.queue_id, is_open=True, position__in=[row.position for row in page]
            ).values_list("position", flat=True)
        )
        return Response(
            {
                "ranking": {
                    "id": ranking.id,
                    "acquisition": ranking.acquisition,
                    "created_at": ranking.created_at,
                    "n_cases": ranking.n_cases,
                    "model_number": ranking.scoring_run.model_version.number,
                },
                "results": [_ranked(row, is_open=row.position in waiting) for row in page],
                "next": encode_cursor([page[-1].position]) if len(rows) > PAGE else None,
            }
        )


def _position(cursor: str | None) -> int:
    values = decode_cursor(cursor, 1)
    if values is None:
        return 0
    if not isinstance(values[0], int):
        raise Malformed("This page address is not valid.", code="bad_cursor")
    return values[0]


def _policy(policy: TrainingPolicy) -> dict[str, Any]:
    return {str(name): getattr(policy, str(name)) for name in TrainingPolicyField().fields}


def _run(run: TrainingRun) -> dict[str, Any]:
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


def _ranked(row: RankedCase, *, is_open: bool) -> dict[str, Any]:
    return {
        "position": row.position,
        "case": row.case_id,
        "label": case_name(row.case_id),
        "why": row.why,
        "score": row.score,
        "probabilities": row.probabilities,
        "is_open": is_open,
    }
