"""Learning for data managers and ML engineers: the training policy, models, the curve, and the state of the queue."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.api.http.permissions import Policy
from labelhub.api.http.preconditions import IF_MATCH, etag, expected_version
from labelhub.api.http.views import Api
from labelhub.api.learning.training_runs import LEARNING, RunField, run_row
from labelhub.api.reading.documents import StrictSerializer
from labelhub.core.models import Job
from labelhub.learning import selectors
from labelhub.learning.health import queue_health
from labelhub.learning.models import Promotion, TrainingPolicy
from labelhub.learning.policies import model_version_for
from labelhub.learning.services.policy import ACQUISITIONS, NETWORKS, policy_update
from labelhub.learning.services.promotions import model_promote, rollback_lift
from labelhub.projects.models import Project

MODEL = Policy(
    "manager or engineer of the model's project",
    lambda user, method, kwargs: model_version_for(user, kwargs["model_id"]),
)
RUNS_SHOWN = 50


class TrainingPolicyInput(StrictSerializer):
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


class TrainingPolicyField(TrainingPolicyInput):
    version = serializers.IntegerField(help_text="Send it as If-Match with a change.")


class IntervalField(serializers.Serializer[Any]):
    value = serializers.FloatField()
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class FindingMetricsField(serializers.Serializer[Any]):
    n = serializers.IntegerField()
    n_positive = serializers.IntegerField()
    n_negative = serializers.IntegerField()
    n_positive_patients = serializers.IntegerField(required=False, help_text="Absent in models of before.")
    n_negative_patients = serializers.IntegerField(required=False)
    n_soft = serializers.IntegerField(required=False, help_text="Left soft by the readers: not measured.")
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
    mean_findings = serializers.ListField(
        child=serializers.CharField(), allow_null=True, help_text="Findings in the mean; null: not recorded."
    )
    n_test_cases = serializers.IntegerField()
    n_complete = serializers.IntegerField(help_text="Test cases whose labels are complete.")
    min_positives = serializers.IntegerField()
    findings = serializers.DictField(child=FindingMetricsField())
    in_use = serializers.BooleanField()
    held_back = serializers.CharField(allow_null=True, help_text="Why it was not put in use by itself.")
    mean_compares = serializers.BooleanField(
        allow_null=True,
        help_text="The mean is over the findings and test cases of the model in use; null: not recorded.",
    )


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


RollbackField = inline_serializer(
    "Rollback",
    {
        "model": serializers.IntegerField(help_text="Number of the model that was put back."),
        "by": serializers.CharField(),
        "reason": serializers.CharField(),
        "created_at": serializers.DateTimeField(),
    },
    allow_null=True,
)

LearningOutput = inline_serializer(
    "Learning",
    {
        "policy": TrainingPolicyField(),
        "n_complete": serializers.IntegerField(
            help_text="Pool cases with a complete consensus, counted up to the policy's min_cases."
        ),
        "runs": RunField(many=True),
        "models": ModelField(many=True),
        "curve": CurvePointField(many=True),
        "queue": QueueField(),
        "rollback": RollbackField,
        "allowed_actions": serializers.ListField(
            child=serializers.ChoiceField(choices=["train", "lift_rollback"])
        ),
    },
)


class TrainingPolicyApi(Api):
    policy = LEARNING

    @extend_schema(responses=TrainingPolicyField)
    def get(self, request: Request, slug: str) -> Response:
        """When models are trained, and when one is used."""
        policy = selectors.policy_of(self.subject)
        return Response(_policy(policy), headers=etag(policy.version))

    @extend_schema(request=TrainingPolicyInput, responses=TrainingPolicyField, parameters=[IF_MATCH])
    def put(self, request: Request, slug: str) -> Response:
        """Save the training policy over the version it was edited from."""
        data = TrainingPolicyInput(data=request.data)
        data.is_valid(raise_exception=True)
        policy = policy_update(
            actor=self.user,
            project=self.subject,
            values=data.validated_data,
            edited_from=expected_version(request, "training policy"),
        )
        return Response(_policy(policy), headers=etag(policy.version))


class LearningApi(Api):
    policy = LEARNING

    @extend_schema(responses=LearningOutput)
    def get(self, request: Request, slug: str) -> Response:
        """Training policy, newest runs, models and learning curve."""
        project: Project = self.subject
        policy, in_use = selectors.policy_of(project), selectors.model_in_use(project)
        runs = selectors.runs_of(project)[:RUNS_SHOWN]
        rows = [run_row(run) for run in runs]
        is_busy = any(row["state"] in Job.ACTIVE for row in rows)
        n_complete = selectors.n_new_pool_cases(project, since=None, limit=policy.min_cases)
        held = selectors.rollback_in_force(project)
        may = {"train": n_complete >= policy.min_cases and not is_busy, "lift_rollback": held is not None}
        return Response(
            {
                "policy": _policy(policy),
                "n_complete": n_complete,
                "runs": rows,
                "models": [
                    {
                        **selectors.model_row(model),
                        "in_use": in_use is not None and model.id == in_use.id,
                        "held_back": selectors.held_back(model),
                        "mean_compares": selectors.mean_compares(model, in_use),
                    }
                    for model in selectors.models_of(project)
                ],
                "curve": selectors.learning_curve(project),
                "queue": queue_health(project),
                "rollback": _rollback(held) if held else None,
                "allowed_actions": [action for action, is_allowed in may.items() if is_allowed],
            }
        )


class PromoteInput(StrictSerializer):
    reason = serializers.CharField(max_length=300)


class ModelPromoteApi(Api):
    """Put a model in use and rank the pool by it. An older one is a roll-back: it holds until a person lifts it."""

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


class RollbackLiftApi(Api):
    """Let models that are trained from now on be used again; the one in use stays until then."""

    policy = LEARNING

    @extend_schema(request=PromoteInput, responses={204: None})
    def post(self, request: Request, slug: str) -> Response:
        data = PromoteInput(data=request.data)
        data.is_valid(raise_exception=True)
        rollback_lift(actor=self.user, project=self.subject, reason=data.validated_data["reason"])
        return Response(status=status.HTTP_204_NO_CONTENT)


def _rollback(held: Promotion) -> dict[str, Any]:
    person = held.promoted_by
    return {
        "model": held.model_version.number,
        "by": (person.display_name or person.username) if person else "",
        "reason": held.reason,
        "created_at": held.created_at,
    }


def _policy(policy: TrainingPolicy) -> dict[str, Any]:
    return {str(name): getattr(policy, str(name)) for name in TrainingPolicyField().fields}
