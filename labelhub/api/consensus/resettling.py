"""Settling cases anew after a change of schema or protocol: what it would change, and having it done."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.api.http.permissions import Policy
from labelhub.api.http.views import Api
from labelhub.api.reading.documents import StrictSerializer
from labelhub.core.models import Job
from labelhub.projects.policies import MANAGER, project_for
from labelhub.projects.selectors import versions_in_force
from labelhub.workflows.consensus import resettle


class FindingDifference(serializers.Serializer[Any]):
    finding = serializers.CharField()
    gained = serializers.IntegerField()
    lost = serializers.IntegerField()
    changed = serializers.IntegerField()


class ResettlingOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    apply = serializers.BooleanField(help_text="False: a comparison, which changes nothing.")
    state = serializers.ChoiceField(choices=Job.State.choices)
    is_current = serializers.BooleanField(help_text="It is about the schema and protocol in force.")
    message = serializers.CharField()
    n_done = serializers.IntegerField()
    n_cases = serializers.IntegerField(help_text="Cases settled under other versions; 0 until it is done.")
    n_changed = serializers.IntegerField()
    n_opened = serializers.IntegerField(help_text="Closed cases that would wait for an adjudicator.")
    n_closed = serializers.IntegerField(help_text="Waiting cases that would close.")
    findings = FindingDifference(many=True)


class ResettlingInput(StrictSerializer):
    compared = serializers.UUIDField(
        allow_null=True, default=None, help_text="The comparison that was seen; null asks for a comparison."
    )


class ResettlingApi(Api):
    policy = Policy(
        "manager of the project", lambda user, method, kwargs: project_for(user, kwargs["slug"], {MANAGER})
    )

    @extend_schema(responses=inline_serializer("Resettling", {"newest": ResettlingOutput(allow_null=True)}))
    def get(self, request: Request, slug: str) -> Response:
        """The newest comparison or settling of cases under the rules in force."""
        job = resettle.jobs_of(self.subject).first()
        return Response({"newest": _row(job, self.subject) if job else None})

    @extend_schema(request=ResettlingInput, responses={202: ResettlingOutput})
    def post(self, request: Request, slug: str) -> Response:
        """Compare what the rules in force would change; with `compared`, settle the cases anew by them."""
        data = ResettlingInput(data=request.data)
        data.is_valid(raise_exception=True)
        compared = data.validated_data["compared"]
        if compared is None:
            job = resettle.compare_request(actor=self.user, project=self.subject)
        else:
            job = resettle.resettle_request(actor=self.user, project=self.subject, compared=compared)
        return Response(_row(job, self.subject), status=status.HTTP_202_ACCEPTED)


def _row(job: Job, project: Any) -> dict[str, Any]:
    in_force = tuple(str(pk) for pk in versions_in_force(project.id))
    numbers = {name: job.result.get(name, 0) for name in ("n_cases", "n_changed", "n_opened", "n_closed")}
    return {
        "id": job.id,
        "apply": job.params["apply"],
        "state": job.state,
        "is_current": (job.params["schema"], job.params["protocol"]) == in_force,
        "message": job.error_message,
        "n_done": job.progress.get("n_done", 0),
        **numbers,
        "findings": job.result.get("findings", []),
    }
