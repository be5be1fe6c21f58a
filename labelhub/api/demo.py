"""The demo's drop zone: a person's own study, read first in the project of real images."""

from __future__ import annotations

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.accounts.models import User
from labelhub.api.imports import ImportOutput
from labelhub.api.permissions import Policy
from labelhub.api.views import Api
from labelhub.core.errors import NotFound
from labelhub.imaging.services.batches import batch_create
from labelhub.projects.models import Project
from labelhub.projects.policies import ANYBODY, project_for

REAL_IMAGES = "real"


def _real_project(user: User) -> Project:
    if not settings.DEMO:
        raise NotFound()
    return project_for(user, REAL_IMAGES, ANYBODY)


class OwnStudyApi(Api):
    policy = Policy(
        "member of the demo's project of real images", lambda user, method, kwargs: _real_project(user)
    )
    subject: Project

    @extend_schema(request=None, responses={201: ImportOutput})
    def post(self, request: Request) -> Response:
        """Begin an import whose cases are read first; its files are sent as to any import."""
        batch = batch_create(actor=self.user, project=self.subject, read_first=True)
        return Response(ImportOutput(batch).data, status=status.HTTP_201_CREATED)
