"""The workspace as a reader would get it, for a manager: nothing is stored."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.api.http.pagination import checked_query
from labelhub.api.http.permissions import Policy
from labelhub.api.http.views import Api
from labelhub.api.reading.workspace import WorkspaceOutput, workspace
from labelhub.core.errors import Malformed
from labelhub.projects.models import Project
from labelhub.projects.policies import MANAGER, project_for
from labelhub.workflows.reading.see_as_reader import case_to_see, see_as_reader

NO_CASE = "No case is left that nobody has begun. Choose one under Cases."
MAX_DIGITS = 9

AsReaderOutput = inline_serializer(
    "AsReader",
    {
        "number": serializers.IntegerField(allow_null=True, help_text="Of the case in the project."),
        "next": serializers.IntegerField(
            allow_null=True, help_text="The case behind it that nobody has begun."
        ),
        "message": serializers.CharField(help_text="Why there is none."),
        "workspace": type(WorkspaceOutput)(allow_null=True),
    },
)


class AsReaderApi(Api):
    policy = Policy(
        "manager of the project", lambda user, method, kwargs: project_for(user, kwargs["slug"], {MANAGER})
    )
    subject: Project

    @extend_schema(
        parameters=[
            OpenApiParameter("case", int, description="Its number; else the first that nobody has begun."),
            OpenApiParameter("after", int, description="The first that nobody has begun behind this one."),
        ],
        responses=AsReaderOutput,
    )
    def get(self, request: Request, slug: str) -> Response:
        """A case as a reader would be given it: `case` names it, `after` asks for the next one that nobody has begun.

        Nothing is stored but that it was looked at so.
        """
        query = checked_query(request.query_params, {"case", "after"})
        number, after = _number(query.get("case")), _number(query.get("after"))
        case = case_to_see(self.subject, number=number, after=after)
        if case is None:
            return Response({"number": None, "next": None, "message": NO_CASE, "workspace": None})
        following = case_to_see(self.subject, after=case.number)
        return Response(
            {
                "number": case.number,
                "next": following.number if following else None,
                "message": "",
                "workspace": workspace(see_as_reader(actor=self.user, case=case)),
            }
        )


def _number(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isdecimal() or len(text) > MAX_DIGITS:
        raise Malformed("A case is asked for by its number.", code="unknown_filter")
    return int(text)
