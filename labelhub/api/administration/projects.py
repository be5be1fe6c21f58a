"""All projects, by name. An administrator sees that they are there and who manages them, never what is in them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q, Subquery
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.api.administration.policy import ADMINISTRATOR
from labelhub.api.http.pagination import bad_cursor, checked_query, decode_cursor, encode_cursor
from labelhub.api.http.views import Api
from labelhub.imaging.models import CaseCounter
from labelhub.projects.models import Project
from labelhub.workflows.administration.people import project_managers

PAGE = 50
NUMBERED = CaseCounter.objects.filter(project=OuterRef("pk")).values("last")

ProjectRow = inline_serializer(
    "AdministeredProject",
    {
        "id": serializers.UUIDField(),
        "slug": serializers.CharField(),
        "name": serializers.CharField(),
        "created_at": serializers.DateTimeField(),
        "archived_at": serializers.DateTimeField(allow_null=True),
        "deletion_asked_at": serializers.DateTimeField(allow_null=True, help_text="It is to be deleted."),
        "n_cases": serializers.IntegerField(help_text="Numbers given to cases so far."),
        "managers": serializers.ListField(child=serializers.CharField()),
    },
    many=True,
)


class AdministeredProjectsApi(Api):
    policy = ADMINISTRATOR

    @extend_schema(
        parameters=[
            OpenApiParameter("prefix", str, description="Of the name or the short name."),
            OpenApiParameter("cursor", str),
        ],
        responses=inline_serializer(
            "AdministeredProjectList",
            {"results": ProjectRow, "next": serializers.CharField(allow_null=True)},
        ),
    )
    def get(self, request: Request) -> Response:
        """Every project, by name, with the number of its cases."""
        query = checked_query(request.query_params, {"prefix", "cursor"})
        rows = Project.objects.annotate(n_cases=Subquery(NUMBERED)).order_by("name", "id")
        if prefix := query.get("prefix"):
            rows = rows.filter(Q(name__istartswith=prefix) | Q(slug__istartswith=prefix))
        if after := _position(query.get("cursor")):
            name, id = after
            rows = rows.filter(Q(name=name, id__gt=id) | Q(name__gt=name))
        page = list(rows[: PAGE + 1])
        last = page[PAGE - 1] if len(page) > PAGE else None
        return Response(
            {
                "results": _shown(page[:PAGE]),
                "next": encode_cursor([last.name, last.id]) if last else None,
            }
        )


def _position(cursor: str | None) -> tuple[str, UUID] | None:
    values = decode_cursor(cursor, 2)
    if values is None:
        return None
    try:
        if not isinstance(values[0], str):
            raise ValueError("no name")
        return values[0], UUID(values[1])
    except (AttributeError, TypeError, ValueError):
        raise bad_cursor() from None


def _shown(projects: list[Any]) -> list[dict[str, Any]]:
    managers = project_managers([project.id for project in projects])
    return [
        {
            "id": project.id,
            "slug": project.slug,
            "name": project.name,
            "created_at": project.created_at,
            "archived_at": project.archived_at,
            "deletion_asked_at": project.deletion_asked_at,
            "n_cases": project.n_cases or 0,
            "managers": managers[project.id],
        }
        for project in projects
    ]
