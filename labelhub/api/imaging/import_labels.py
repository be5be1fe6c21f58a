"""The label table of an import: sent by itself, and what it does not match."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.api.http.pagination import checked_query, decode_numbers, encode_cursor
from labelhub.api.imaging.imports import OF_IMPORT, FormApi, ImportOutput
from labelhub.core.errors import Malformed
from labelhub.imaging.models import ImportBatch, LabelMismatch, SourceLabel
from labelhub.imaging.selectors import PAGE, label_mismatches_page
from labelhub.imaging.services.batches import shown_path
from labelhub.workflows.intake.labels.given import labels_receive


class LabelsInput(serializers.Serializer[Any]):
    file = serializers.FileField(allow_empty_file=True)
    labels_as = serializers.CharField(default=SourceLabel.Kind.HIDDEN_TRUTH.value, max_length=200)


class ImportLabelsApi(FormApi):
    """The label table of an import, sent by itself."""

    policy = OF_IMPORT
    limit_setting = "LABELS_FILE_LIMIT_BYTES"
    subject: ImportBatch

    @extend_schema(
        parameters=[
            OpenApiParameter("kind", str, required=True, enum=LabelMismatch.Kind.values),
            OpenApiParameter("cursor", str),
        ],
        responses=inline_serializer(
            "LabelMismatchPage",
            {
                "results": serializers.ListField(child=serializers.CharField()),
                "next": serializers.CharField(allow_null=True),
            },
        ),
    )
    def get(self, request: Request, import_id: UUID) -> Response:
        """Names of the lines without a file, or of the files without a line."""
        query = checked_query(request.query_params, {"cursor", "kind"})
        if query.get("kind") not in LabelMismatch.Kind.values:
            raise Malformed("Ask for kind=line or kind=file.", code="unknown_filter")
        after = decode_numbers(query.get("cursor"), 1)
        rows = label_mismatches_page(self.subject, query["kind"], after=after[0] if after else 0)
        return Response(
            {
                "results": [row.name for row in rows],
                "next": encode_cursor([rows[-1].id]) if len(rows) == PAGE else None,
            }
        )

    @extend_schema(request={"multipart/form-data": LabelsInput}, responses=ImportOutput)
    def post(self, request: Request, import_id: UUID) -> Response:
        """Send the table, or another in its place. Start the import (again) to have it read."""
        data = LabelsInput(data=request.data)
        data.is_valid(raise_exception=True)
        file = data.validated_data["file"]
        labels_receive(
            actor=self.user,
            batch=self.subject,
            name=shown_path(file.name or ""),
            chunks=file.chunks(),
            labels_as=data.validated_data["labels_as"],
        )
        return Response(ImportOutput(self.subject).data)
