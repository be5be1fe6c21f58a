"""Opening a calibration or a reader study: counted first, then done."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.accounts.models import User
from labelhub.api.http.views import Api
from labelhub.api.projects.projects import MANAGER_OF_PROJECT
from labelhub.api.projects.rounds import RoundOutput, shown_round
from labelhub.api.reading.documents import StrictSerializer
from labelhub.core.errors import InvalidContent
from labelhub.projects.models import Project
from labelhub.workflows.reading.choose_cases import MOST_CASES, SPLITS, STANDING, Choice
from labelhub.workflows.reading.open_study import PURPOSES, StudyPlan, study_open, study_preview

MOST_READERS = 300


class StudyInput(StrictSerializer):
    """Either `numbers` names the cases, or `n_random` of `split` that stand so in the first round are drawn."""

    purpose = serializers.ChoiceField(choices=[purpose.value for purpose in PURPOSES])
    findings = serializers.ListField(
        child=serializers.CharField(max_length=64),
        allow_null=True,
        default=None,
        min_length=1,
        max_length=60,
        help_text="Null: all findings of the schema.",
    )
    numbers = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**31 - 1), default=list, max_length=MOST_CASES
    )
    n_random = serializers.IntegerField(min_value=0, max_value=MOST_CASES, default=0)
    split = serializers.ChoiceField(
        choices=SPLITS, allow_null=True, default=None, help_text="Null: any split."
    )
    standing = serializers.ChoiceField(choices=list(STANDING), default="any")
    readers_per_case = serializers.IntegerField(min_value=1, max_value=20)
    readers = serializers.ListField(
        child=serializers.UUIDField(),
        default=list,
        max_length=MOST_READERS,
        help_text="None: every reader of the project.",
    )
    not_before = serializers.DateTimeField(allow_null=True, default=None)


class StudyOpening(StudyInput):
    client_uuid = serializers.UUIDField(
        required=False, help_text="Of the round. Sent again with it, the request answers with the same round."
    )


class BarredReader(serializers.Serializer[Any]):
    reader = serializers.CharField()
    n_cases = serializers.IntegerField(
        help_text=f"Of the cases that are named or drawn from; no more than {MOST_CASES} are counted."
    )


class StudyPreview(serializers.Serializer[Any]):
    n_candidates = serializers.IntegerField(
        help_text=f"Cases from which some are drawn; no more than {MOST_CASES} are counted."
    )
    n_cases = serializers.IntegerField()
    n_reads = serializers.IntegerField()
    n_readers = serializers.IntegerField()
    barred = BarredReader(
        many=True, help_text="Readers who are not offered some of the cases: they have seen others' reads."
    )


class StudiesApi(Api):
    policy = MANAGER_OF_PROJECT
    subject: Project

    @extend_schema(request=StudyOpening, responses={201: RoundOutput})
    def post(self, request: Request, slug: str) -> Response:
        """Open a round whose reads are compared, and feed neither consensus nor training."""
        data = StudyOpening(data=request.data)
        data.is_valid(raise_exception=True)
        values = data.validated_data
        made = study_open(
            actor=self.user,
            project=self.subject,
            plan=_plan(values),
            client_uuid=values.get("client_uuid"),
        )
        return Response(shown_round(made), status=status.HTTP_201_CREATED)


class StudyPreviewApi(Api):
    policy = MANAGER_OF_PROJECT
    subject: Project

    @extend_schema(request=StudyInput, responses=StudyPreview)
    def post(self, request: Request, slug: str) -> Response:
        """How many cases and reads such a round would be. Changes nothing."""
        data = StudyInput(data=request.data)
        data.is_valid(raise_exception=True)
        return Response(study_preview(self.subject, _plan(data.validated_data)))


def _plan(values: dict[str, Any]) -> StudyPlan:
    numbers = tuple(sorted(set(values["numbers"])))
    if bool(numbers) == bool(values["n_random"]):
        raise InvalidContent(
            "Name the cases by number, or say how many to draw: one of the two.", code="no_cases"
        )
    findings = values["findings"]
    return StudyPlan(
        purpose=values["purpose"],
        choice=Choice(numbers, values["n_random"], values["split"], values["standing"]),
        readers_per_case=values["readers_per_case"],
        findings=tuple(findings) if findings is not None else None,
        readers=_readers(values["readers"]),
        not_before=values["not_before"],
    )


def _readers(ids: list[Any]) -> tuple[User, ...]:
    people = User.objects.filter(id__in=ids, is_active=True).order_by("username")
    unknown = set(ids) - {user.id for user in people}
    if unknown:
        raise InvalidContent(
            "Choose readers of this project.", details={"unknown": sorted(map(str, unknown))}
        )
    return tuple(people)
