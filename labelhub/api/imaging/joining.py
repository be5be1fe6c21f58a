"""Joining the patients of two cases: what would follow, and doing it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.api.http.pagination import checked_query
from labelhub.api.http.views import Api
from labelhub.api.imaging.cases import MANAGED_CASE
from labelhub.api.reading.documents import StrictSerializer
from labelhub.core.errors import InvalidContent
from labelhub.imaging.models import Case, Split
from labelhub.imaging.services.joining import Joining
from labelhub.workflows.intake.join_patients import join_patients, preview_joining

THIS, OTHER = "this", "other"


class JoiningQuery(StrictSerializer):
    """`same_as`: the number of another case of the project. `keep`: whose split the person keeps."""

    same_as = serializers.IntegerField(min_value=1)
    keep = serializers.ChoiceField(choices=(THIS, OTHER), default=THIS)


class JoiningInput(JoiningQuery):
    split = serializers.ChoiceField(
        choices=Split.choices, help_text="The split that the person was shown to keep."
    )
    excluded = serializers.ListField(
        child=serializers.IntegerField(),
        max_length=10_000,
        help_text="The cases that were shown to be excluded by it.",
    )


class MovedCaseOutput(serializers.Serializer[Any]):
    label = serializers.CharField(source="case.name")  # type: ignore[assignment]
    split_before = serializers.ChoiceField(choices=Split.choices)
    split = serializers.ChoiceField(choices=Split.choices)
    is_begun = serializers.BooleanField()


class JoiningOutput(serializers.Serializer[Any]):
    split = serializers.CharField(source="keep.split", help_text="Which the person keeps.")
    kept = serializers.ListField(child=serializers.CharField(), help_text="Cases that stay as they are.")
    moved = MovedCaseOutput(many=True)
    excluded = serializers.ListField(child=serializers.IntegerField())
    contradicts = serializers.BooleanField(help_text="Sex, birth date or ages cannot be those of one person.")


class CaseJoiningApi(Api):
    policy = MANAGED_CASE
    subject: Case

    @extend_schema(
        parameters=[
            OpenApiParameter("same_as", int, required=True),
            OpenApiParameter("keep", str, enum=[THIS, OTHER]),
        ],
        responses=JoiningOutput,
    )
    def get(self, request: Request, case_id: UUID) -> Response:
        """What would follow if the case's patient were that of another case. Changes nothing."""
        query = JoiningQuery(data=checked_query(request.query_params, {"same_as", "keep"}))
        query.is_valid(raise_exception=True)
        keep, other = self._cases(query.validated_data)
        return Response(_shown(preview_joining(keep=keep, other=other)))

    @extend_schema(request=JoiningInput, responses=JoiningOutput)
    def post(self, request: Request, case_id: UUID) -> Response:
        """Join the two patients, as it was shown."""
        data = JoiningInput(data=request.data)
        data.is_valid(raise_exception=True)
        keep, other = self._cases(data.validated_data)
        shown = {name: data.validated_data[name] for name in ("split", "excluded")}
        return Response(_shown(join_patients(actor=self.user, keep=keep, other=other, **shown)))

    def _cases(self, asked: dict[str, Any]) -> tuple[Case, Case]:
        """The case that keeps its split, and the other."""
        cases = Case.objects.select_related("patient").filter(project=self.subject.project_id)
        this = cases.get(id=self.subject.id)
        other = cases.filter(number=asked["same_as"]).first()
        if other is None:
            raise InvalidContent(f"There is no case {asked['same_as']} in this project.", code="unknown_case")
        return (this, other) if asked["keep"] == THIS else (other, this)


def _shown(joining: Joining) -> dict[str, Any]:
    kept = [case.name for case in joining.kept]
    fields = {name: getattr(joining, name) for name in ("keep", "moved", "excluded", "contradicts")}
    return dict(JoiningOutput({**fields, "kept": kept}).data)
