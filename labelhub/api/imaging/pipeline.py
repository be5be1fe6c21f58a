"""What was made of an image: its views, its warnings, and what became of each attribute. The page for one image."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.accounts.models import User
from labelhub.api.http.permissions import Policy
from labelhub.api.http.views import Api
from labelhub.api.imaging.cases import CASE, MANAGERS
from labelhub.api.imaging.images import SpacingOutput, WindowPresetOutput, spacing
from labelhub.api.imaging.pixels import AsStored
from labelhub.core.errors import NotFound
from labelhub.imaging import storage
from labelhub.imaging.dicom.attribute_table.handling import TABLE
from labelhub.imaging.dicom.attribute_table.row import APPLIED, REFUSED, WARNED
from labelhub.imaging.dicom.codes import WARNINGS
from labelhub.imaging.dicom.drawing.rendering import model_input_png
from labelhub.imaging.hanging import BY_DEFAULT
from labelhub.imaging.models import Case, Instance
from labelhub.projects.policies import project_by_id_for

SENTENCES = {
    **WARNINGS,
    BY_DEFAULT: "No image of the case is named a frontal view; the model is given the first one.",
}


def _instance_for(user: User, instance_id: UUID, roles: Collection[str]) -> Instance:
    instance = (
        Instance.objects.select_related("series").filter(id=instance_id).exclude(storage_prefix="").first()
    )
    if instance is None:
        raise NotFound()
    project_by_id_for(user, instance.project_id, roles)
    return instance


IMAGE = Policy(
    "manager or engineer of the image's project",
    lambda user, method, kwargs: _instance_for(user, kwargs["instance_id"], MANAGERS),
)


class CaseSeriesOutput(serializers.Serializer[Any]):
    instance = serializers.UUIDField(help_text="The first image of the series.")
    series_label = serializers.CharField()
    modality = serializers.CharField()
    n_images = serializers.IntegerField()
    warnings = serializers.ListField(child=serializers.CharField())


class AttributeOutput(serializers.Serializer[Any]):
    keyword = serializers.CharField()
    section = serializers.CharField(help_text="Of PS3.3.")
    handling = serializers.ChoiceField(choices=[APPLIED, WARNED, REFUSED])
    effect = serializers.CharField()


class ImageWarningOutput(serializers.Serializer[Any]):
    code = serializers.CharField()
    message = serializers.CharField()


class PipelineOutput(serializers.Serializer[Any]):
    instance = serializers.UUIDField()
    series_label = serializers.CharField()
    modality = serializers.CharField()
    rows = serializers.IntegerField()
    columns = serializers.IntegerField()
    n_frames = serializers.IntegerField()
    photometric = serializers.CharField()
    spacing = SpacingOutput()
    windows = WindowPresetOutput(many=True, help_text="The first is what the image is opened with.")
    warnings = ImageWarningOutput(many=True)
    attributes = AttributeOutput(
        many=True, allow_null=True, help_text="null: imported before this was recorded."
    )
    model_input_url = serializers.CharField()


class CaseImagesApi(Api):
    policy = CASE
    subject: Case

    @extend_schema(responses=inline_serializer("CaseImages", {"results": CaseSeriesOutput(many=True)}))
    def get(self, request: Request, case_id: UUID) -> Response:
        """The series that readers are given, in reading order, each with its first image and the warnings of all."""
        version = self.subject.current_version
        ids = [entry["instance"] for entry in version.manifest] if version else []
        instances = Instance.objects.select_related("series").in_bulk(ids)
        rows: dict[UUID, dict[str, Any]] = {}
        for instance in (instances[UUID(id)] for id in ids if UUID(id) in instances):
            row = rows.setdefault(
                instance.series_id,
                {
                    "instance": instance.id,
                    "series_label": instance.series.label or instance.modality,
                    "modality": instance.modality,
                    "n_images": 0,
                    "warnings": [],
                },
            )
            row["n_images"] += 1
            row["warnings"] += [code for code in instance.warnings if code not in row["warnings"]]
        return Response({"results": CaseSeriesOutput(list(rows.values()), many=True).data})


class PipelineApi(Api):
    policy = IMAGE
    subject: Instance

    @extend_schema(responses=PipelineOutput)
    def get(self, request: Request, instance_id: UUID) -> Response:
        """What LabelHub made of one image, and why it looks as it does."""
        instance = self.subject
        metadata = json.loads(storage.read(storage.metadata_key(instance.storage_prefix)))
        return Response(
            PipelineOutput(
                {
                    "instance": instance.id,
                    "series_label": instance.series.label or instance.modality,
                    "modality": instance.modality,
                    "rows": instance.rows,
                    "columns": instance.columns,
                    "n_frames": instance.n_frames,
                    "photometric": instance.photometric,
                    "spacing": spacing(instance),
                    "windows": [{"function": "LINEAR", **preset} for preset in instance.window_presets],
                    "warnings": [
                        {"code": code, "message": SENTENCES.get(code, "")} for code in instance.warnings
                    ],
                    "attributes": _attributes(metadata.get("labelhub_attributes")),
                    "model_input_url": request.path.replace("/pipeline/", "/model-input.png"),
                }
            ).data
        )


class ModelInputApi(Api):
    policy = IMAGE
    content_negotiation_class = AsStored
    subject: Instance

    @extend_schema(responses={(200, "image/png"): OpenApiTypes.BINARY})
    def get(self, request: Request, instance_id: UUID) -> HttpResponse:
        """The picture that models see: the reader's, with square pixels, in 320 x 320."""
        data = storage.read(storage.model_input_key(self.subject.storage_prefix, self.subject.model_input))
        response = HttpResponse(model_input_png(data), content_type="image/png")
        response["Cache-Control"] = "private, max-age=3600"
        response["Vary"] = "Cookie, Authorization"
        return response


def _attributes(handling: dict[str, str] | None) -> list[dict[str, str]] | None:
    if handling is None:
        return None
    return [
        {
            "keyword": row.keyword,
            "section": row.section,
            "handling": handling[row.keyword],
            "effect": row.effect,
        }
        for row in TABLE
        if row.keyword in handling
    ]
