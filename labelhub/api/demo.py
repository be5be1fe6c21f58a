"""The demo's drop zone: a person's own study, read first in the project of sample images."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.accounts.models import User
from labelhub.api.http.permissions import Policy
from labelhub.api.http.views import Api
from labelhub.api.imaging.imports import ImportOutput
from labelhub.api.reading.documents import StrictSerializer
from labelhub.core.errors import NotFound
from labelhub.demo.own_study import claim_own_study
from labelhub.imaging.models import Case, ImportBatch
from labelhub.imaging.services.batches import batch_create
from labelhub.projects.models import Project
from labelhub.projects.policies import ANYBODY, READER, project_for

TAKES_OWN_STUDIES = ("real", "own")
"""The demo's project of sample images, or the one of the person's own folder where it was started with one."""


def _project(user: User, roles: Collection[str]) -> Project:
    if not settings.DEMO:
        raise NotFound()
    there = Project.objects.filter(slug__in=TAKES_OWN_STUDIES).order_by("created_at").first()
    return project_for(user, there.slug if there else TAKES_OWN_STUDIES[0], roles)


class OwnStudyApi(Api):
    policy = Policy(
        "member of the demo's project that takes own studies",
        lambda user, method, kwargs: _project(user, ANYBODY),
    )
    subject: Project

    @extend_schema(request=None, responses={201: ImportOutput})
    def post(self, request: Request) -> Response:
        """Begin an import whose cases are read first; its files are sent as to any import."""
        batch = batch_create(actor=self.user, project=self.subject, read_first=True)
        return Response(ImportOutput(batch).data, status=status.HTTP_201_CREATED)


class OwnStudyReadInput(StrictSerializer):
    batch = serializers.UUIDField()


class OwnStudyReadApi(Api):
    policy = Policy(
        "reader of the demo's project that takes own studies",
        lambda user, method, kwargs: _project(user, {READER}),
    )
    subject: Project

    @extend_schema(
        request=OwnStudyReadInput,
        responses=inline_serializer(
            "OwnStudyRead",
            {"assignment": serializers.UUIDField(allow_null=True), "message": serializers.CharField()},
        ),
    )
    def post(self, request: Request) -> Response:
        """Open a case of one's own import, before anything that the worklist would offer."""
        data = OwnStudyReadInput(data=request.data)
        data.is_valid(raise_exception=True)
        cases = _cases_of(self.user, self.subject, data.validated_data)
        if not cases:
            message = "These files hold no image to read. They are kept as objects (dose, masks, reports, scouts ...)."
            return Response({"assignment": None, "message": message})
        assignment = claim_own_study(reader=self.user, project=self.subject, cases=cases)
        if assignment is None:
            message = "You have read all of these cases already, or seen what others said of them."
            return Response({"assignment": None, "message": message})
        return Response({"assignment": assignment.id, "message": ""})


def _cases_of(user: User, project: Project, values: dict[str, Any]) -> list[Any]:
    """Cases that the person's own import made or found there already."""
    batch = ImportBatch.objects.filter(id=values["batch"], project=project, created_by=user).first()
    if batch is None:
        raise NotFound()
    found = Case.objects.filter(project=project, instances__importfile__batch=batch)
    return list(found.values_list("id", flat=True).distinct())
