"""What a case's study holds beside the images that are read: dose, masks, reports, scouts, exposures with a twin."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.api.http.views import Api
from labelhub.api.imaging.cases import CASE
from labelhub.imaging.hanging import objects_about
from labelhub.imaging.models import Case, Instance


class CaseObjectOutput(serializers.Serializer[Any]):
    instance = serializers.UUIDField(source="id")
    kind = serializers.CharField()
    modality = serializers.CharField()
    series_number = serializers.IntegerField(source="series.number", allow_null=True)
    series_label = serializers.CharField(source="series.label")
    number = serializers.IntegerField(source="place.number", allow_null=True, default=None)
    n_frames = serializers.IntegerField(help_text="0: it holds no pixels.")
    original_kept = serializers.SerializerMethodField()
    warnings = serializers.ListField(child=serializers.CharField())

    def get_original_kept(self, row: Instance) -> bool:
        return bool(row.original_key)


class CaseObjectsApi(Api):
    policy = CASE
    subject: Case

    @extend_schema(responses=inline_serializer("CaseObjects", {"results": CaseObjectOutput(many=True)}))
    def get(self, request: Request, case_id: UUID) -> Response:
        """Objects about the case: kept, listed, neither read nor trained on."""
        return Response({"results": CaseObjectOutput(objects_about(self.subject), many=True).data})
