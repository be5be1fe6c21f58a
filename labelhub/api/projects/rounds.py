"""Rounds of a project, and asking new findings of cases that were read without them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.api.http.views import Api
from labelhub.api.projects.projects import MANAGER_OF_PROJECT
from labelhub.api.reading.documents import StrictSerializer
from labelhub.projects.models import Project
from labelhub.reading.models import Round
from labelhub.workflows.reading.open_round import supplementary_open, supplementary_preview


class RoundOutput(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    purpose = serializers.ChoiceField(choices=Round.Purpose.choices)
    findings = serializers.ListField(child=serializers.CharField(), allow_null=True)
    not_before = serializers.DateTimeField(allow_null=True)
    filled_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)


class LackingOutput(serializers.Serializer[Any]):
    """A finding that some cases were read without."""

    finding = serializers.CharField()
    n_cases = serializers.IntegerField()
    n_reads = serializers.IntegerField()


class SupplementaryInput(StrictSerializer):
    findings = serializers.ListField(child=serializers.CharField(max_length=64), min_length=1, max_length=60)


class RoundsApi(Api):
    policy = MANAGER_OF_PROJECT
    subject: Project

    @extend_schema(responses=inline_serializer("RoundList", {"results": RoundOutput(many=True)}))
    def get(self, request: Request, slug: str) -> Response:
        return Response({"results": [_round(row) for row in self.subject.rounds.order_by("number")]})

    @extend_schema(request=SupplementaryInput, responses={201: RoundOutput})
    def post(self, request: Request, slug: str) -> Response:
        """Open a supplementary pass: a round that asks only these findings."""
        data = SupplementaryInput(data=request.data)
        data.is_valid(raise_exception=True)
        made = supplementary_open(actor=self.user, project=self.subject, **data.validated_data)
        return Response(_round(made), status=status.HTTP_201_CREATED)


class RoundPreviewApi(Api):
    policy = MANAGER_OF_PROJECT
    subject: Project

    @extend_schema(
        responses=inline_serializer("RoundPreview", {"results": LackingOutput(many=True)}),
    )
    def get(self, request: Request, slug: str) -> Response:
        """How many cases and reads a supplementary pass for each finding would be. Changes nothing."""
        return Response({"results": supplementary_preview(self.subject)})


def _round(row: Round) -> dict[str, Any]:
    names = ("number", "purpose", "findings", "not_before", "filled_at", "closed_at")
    return {name: getattr(row, name) for name in names}
