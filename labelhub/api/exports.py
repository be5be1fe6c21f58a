"""Getting everything out: reads, consensus and adjudications as one stream."""

from __future__ import annotations

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from labelhub.api.documents import StrictSerializer
from labelhub.api.projects import MANAGER_OF_PROJECT
from labelhub.api.views import Api
from labelhub.projects.models import Project
from labelhub.releases.models import Export
from labelhub.releases.services import FORMATS, export_filename, export_start, export_stream


class ExportInput(StrictSerializer):
    what = serializers.ChoiceField(choices=Export.What.choices)
    format = serializers.ChoiceField(choices=sorted(FORMATS))


class ExportApi(Api):
    policy = MANAGER_OF_PROJECT
    subject: Project

    @extend_schema(request=ExportInput, responses={(200, "text/csv"): OpenApiTypes.BINARY})
    def post(self, request: Request, slug: str) -> StreamingHttpResponse:
        data = ExportInput(data=request.data)
        data.is_valid(raise_exception=True)
        export = export_start(actor=self.user, project=self.subject, **data.validated_data)
        return StreamingHttpResponse(
            export_stream(export),
            content_type=FORMATS[export.format],
            headers={
                "Content-Disposition": f'attachment; filename="{export_filename(export)}"',
                "X-Content-Type-Options": "nosniff",
            },
        )
