"""What a changed schema or protocol would mean for the cases that are there, before it is saved."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.api.http.pagination import checked_query
from labelhub.api.http.views import Api
from labelhub.api.projects.projects import MANAGER_OF_PROJECT, LabelSchemaInput
from labelhub.api.projects.schemas import FindingOutput, RegionClassOutput, StandingOutput
from labelhub.core.errors import Malformed
from labelhub.projects.models import Project
from labelhub.workflows.projects.change_protocol import slots_preview
from labelhub.workflows.projects.preview_schema import SAID, schema_preview
from labelhub.workflows.projects.standing import labels_rounds, standing


class FindingSaidOutput(serializers.Serializer[Any]):
    name = serializers.CharField()
    type = serializers.CharField()
    hotkey = serializers.CharField()
    required = serializers.BooleanField()  # type: ignore[assignment]
    boxes = serializers.BooleanField()


class PassSizeOutput(serializers.Serializer[Any]):
    n_cases = serializers.IntegerField()
    n_reads = serializers.IntegerField()


class FindingChangeOutput(serializers.Serializer[Any]):
    """A finding that is another in the changed schema."""

    code = serializers.CharField()
    kind = serializers.ChoiceField(choices=["added", "removed", "changed"])
    before = FindingSaidOutput(allow_null=True)
    after = FindingSaidOutput(allow_null=True)
    fields = serializers.ListField(  # type: ignore[assignment]
        child=serializers.ChoiceField(choices=SAID), help_text="In what it is another."
    )
    cases = StandingOutput(help_text="Of the rounds that ask it.")
    n_labelled = serializers.IntegerField(help_text="Cases that have a label of it, and keep it.")
    supplementary = PassSizeOutput(
        allow_null=True, help_text="What asking it of the cases read without it would be; of an added one."
    )


class SchemaPreviewApi(Api):
    policy = MANAGER_OF_PROJECT
    subject: Project

    @extend_schema(
        request=inline_serializer(
            "SchemaPreviewInput",
            {"findings": FindingOutput(many=True), "region_classes": RegionClassOutput(many=True)},
        ),
        responses=inline_serializer(
            "SchemaPreview",
            {
                "cases": StandingOutput(help_text="Of the rounds that ask the whole schema."),
                "findings": FindingChangeOutput(many=True),
            },
        ),
    )
    def post(self, request: Request, slug: str) -> Response:
        """What saving this schema would mean for how many cases. Changes nothing."""
        data = LabelSchemaInput(data=request.data)
        data.is_valid(raise_exception=True)
        return Response(schema_preview(self.subject, **data.validated_data))


class ProtocolPreviewApi(Api):
    policy = MANAGER_OF_PROJECT
    subject: Project

    @extend_schema(
        parameters=[OpenApiParameter("readers_per_case", int, required=True)],
        responses=inline_serializer(
            "ProtocolPreview",
            {
                "n_cases": serializers.IntegerField(
                    help_text="Cases that are not closed whose slots change."
                ),
                "n_more": serializers.IntegerField(help_text="Reads asked for beside those asked now."),
                "n_fewer": serializers.IntegerField(help_text="Reads not asked any more."),
                "n_completed": serializers.IntegerField(help_text="Cases that have all their reads by that."),
                "n_asked_again": serializers.IntegerField(
                    help_text="Complete cases that lack a read by that."
                ),
                "cases": StandingOutput(
                    help_text="A new or open one is settled by the new rules; another keeps those it was settled by."
                ),
            },
        ),
    )
    def get(self, request: Request, slug: str) -> Response:
        """What another number of readers would mean for cases that are not closed, and other rules for all of them.

        Changes nothing.
        """
        query = checked_query(request.query_params, {"readers_per_case"})
        wanted = query.get("readers_per_case", "")
        if not wanted.isdecimal() or len(wanted) > 2 or not 1 <= int(wanted) <= 20:
            raise Malformed("readers_per_case is a whole number from 1 to 20.")
        cases = standing(labels_rounds(self.subject))
        return Response({**slots_preview(self.subject, int(wanted)), "cases": cases})
