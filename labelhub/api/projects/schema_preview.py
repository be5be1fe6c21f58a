"""What a changed label schema would mean for the cases that are there, before it is saved."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.api.http.views import Api
from labelhub.api.projects.projects import MANAGER_OF_PROJECT, LabelSchemaInput
from labelhub.api.projects.schemas import FindingOutput, RegionClassOutput
from labelhub.projects.models import Project
from labelhub.workflows.projects.preview_schema import SAID, schema_preview


class StandingOutput(serializers.Serializer[Any]):
    """Cases of rounds for labels, by how far they are."""

    new = serializers.IntegerField(help_text="Nobody has begun them.")
    open = serializers.IntegerField(help_text="Begun and not settled.")
    read = serializers.IntegerField(help_text="Settled, and a decision or a further read is outstanding.")
    closed = serializers.IntegerField()


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
