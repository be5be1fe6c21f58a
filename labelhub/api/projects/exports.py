"""Getting everything out: reads, consensus, adjudications and agreement, each as one stream."""

from __future__ import annotations

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from labelhub.api.http.permissions import Policy
from labelhub.api.http.views import Api
from labelhub.api.reading.documents import StrictSerializer
from labelhub.core.errors import NotAllowed
from labelhub.projects.models import Project
from labelhub.projects.policies import ENGINEER, MANAGER, project_for, roles_of
from labelhub.releases.models import Export
from labelhub.releases.services import FORMATS, MOST_CASES, export_filename, export_start, export_stream

LABELS = {Export.What.CONSENSUS}
"""What an engineer may take out beside the manager: the labels that models learn from, without anybody's reads."""
MANAGER_OR_ENGINEER = Policy(
    "manager of the project; engineer, for labels",
    lambda user, method, kwargs: project_for(user, kwargs["slug"], {MANAGER, ENGINEER}),
)


class ExportInput(StrictSerializer):
    what = serializers.ChoiceField(choices=Export.What.choices)
    format = serializers.ChoiceField(choices=sorted(FORMATS))
    cases = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**31 - 1),
        allow_null=True,
        default=None,
        max_length=MOST_CASES,
        help_text="Numbers of the cases to take out; null: all. Whoever takes out a part has seen these cases only.",
    )


class ExportApi(Api):
    policy = MANAGER_OR_ENGINEER
    subject: Project

    @extend_schema(request=ExportInput, responses={(200, "text/csv"): OpenApiTypes.BINARY})
    def post(self, request: Request, slug: str) -> StreamingHttpResponse:
        """Labels, reads, decisions and the like as a file. The export is on record."""
        data = ExportInput(data=request.data)
        data.is_valid(raise_exception=True)
        if MANAGER not in roles_of(self.subject) and data.validated_data["what"] not in LABELS:
            raise NotAllowed(
                "An engineer may export the consensus labels. Ask the data manager for the rest."
            )
        export = export_start(actor=self.user, project=self.subject, **data.validated_data)
        return StreamingHttpResponse(
            export_stream(export),
            content_type=FORMATS[export.format],
            headers={
                "Content-Disposition": f'attachment; filename="{export_filename(export)}"',
                "X-Content-Type-Options": "nosniff",
            },
        )
