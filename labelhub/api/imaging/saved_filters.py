"""Filters of the list of cases under a name: chosen, saved and deleted."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.accounts.models import User
from labelhub.api.http.permissions import Policy
from labelhub.api.http.views import Api
from labelhub.api.imaging.cases import MANAGERS
from labelhub.api.reading.documents import StrictSerializer
from labelhub.core.errors import NotFound
from labelhub.projects.models import Project, SavedFilter
from labelhub.projects.policies import MANAGER, project_for
from labelhub.workflows.cases.filters import CaseFilter
from labelhub.workflows.cases.orders import ORDERS
from labelhub.workflows.cases.saved_filters import filter_delete, filter_save


def _project(user: User, method: str, kwargs: dict[str, Any]) -> Project:
    return project_for(user, kwargs["slug"], MANAGERS if method in ("GET", "HEAD", "OPTIONS") else {MANAGER})


def _saved(user: User, method: str, kwargs: dict[str, Any]) -> SavedFilter:
    project = project_for(user, kwargs["slug"], {MANAGER})
    saved = project.saved_filters.filter(id=kwargs["filter_id"]).first()
    if saved is None:
        raise NotFound()
    return saved


class SavedFilterInput(StrictSerializer):
    name = serializers.CharField(max_length=80)
    query = serializers.DictField(
        child=serializers.CharField(allow_blank=True),
        help_text="{filter: value}, as the list of cases takes them.",
    )
    order = serializers.ChoiceField(choices=list(ORDERS), default="number")
    view = serializers.ChoiceField(choices=SavedFilter.View.choices, default=SavedFilter.View.TABLE)


class SavedFilterOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    query = serializers.DictField(child=serializers.CharField())
    order = serializers.ChoiceField(choices=list(ORDERS))
    view = serializers.ChoiceField(choices=SavedFilter.View.choices)
    created_by = serializers.SerializerMethodField(help_text="Name of who saved it.")
    created_at = serializers.DateTimeField()

    def get_created_by(self, saved: SavedFilter) -> str:
        return saved.created_by.display_name or saved.created_by.username


class SavedFiltersApi(Api):
    policy = Policy("manager of the project; engineer, to choose one", _project)
    subject: Project

    @extend_schema(responses=inline_serializer("SavedFilterList", {"results": SavedFilterOutput(many=True)}))
    def get(self, request: Request, slug: str) -> Response:
        """The filters that were saved, by name: a project has few."""
        rows = self.subject.saved_filters.select_related("created_by").order_by("name")
        return Response({"results": SavedFilterOutput(rows, many=True).data})

    @extend_schema(request=SavedFilterInput, responses={201: SavedFilterOutput})
    def post(self, request: Request, slug: str) -> Response:
        """Keep a filter under a name that no other has. It holds what is asked, not which cases that is."""
        data = SavedFilterInput(data=request.data)
        data.is_valid(raise_exception=True)
        values = data.validated_data
        saved = filter_save(
            actor=self.user,
            project=self.subject,
            name=values["name"],
            asked=CaseFilter.parse(values["query"]),
            order=values["order"],
            view=values["view"],
        )
        return Response(SavedFilterOutput(saved).data, status=status.HTTP_201_CREATED)


class SavedFilterApi(Api):
    policy = Policy("manager of the filter's project", _saved)
    subject: SavedFilter

    @extend_schema(responses={204: None})
    def delete(self, request: Request, slug: str, filter_id: UUID) -> Response:
        """Delete a saved filter, for everybody in the project."""
        filter_delete(actor=self.user, saved=self.subject)
        return Response(status=status.HTTP_204_NO_CONTENT)
