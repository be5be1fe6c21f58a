"""Deleting an archived project, by its manager, who types its name."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.api.http.views import Api
from labelhub.api.projects.projects import MANAGER_ALSO_IN_ARCHIVE
from labelhub.api.reading.documents import StrictSerializer
from labelhub.projects.models import Project, ProjectDeletion
from labelhub.workflows.projects.delete_project import ask_deletion


class DeletionInput(StrictSerializer):
    name = serializers.CharField(
        max_length=200, trim_whitespace=False, help_text="The project's name, exactly as it is."
    )
    reason = serializers.CharField(
        max_length=ProjectDeletion._meta.get_field("reason").max_length,
        help_text="Kept for good: nothing about a patient.",
    )


class ProjectDeleteApi(Api):
    policy = MANAGER_ALSO_IN_ARCHIVE
    subject: Project

    @extend_schema(
        request=DeletionInput,
        responses=inline_serializer(
            "DeletionAsked",
            {"due_at": serializers.DateTimeField(help_text="Until then an administrator can take it back.")},
        ),
    )
    def post(self, request: Request, slug: str) -> Response:
        """Delete it: nobody sees it from now on; after some days its records, then its images, are gone for good."""
        data: Any = DeletionInput(data=request.data)
        data.is_valid(raise_exception=True)
        deletion = ask_deletion(actor=self.user, project=self.subject, **data.validated_data)
        return Response({"due_at": deletion.due_at})
