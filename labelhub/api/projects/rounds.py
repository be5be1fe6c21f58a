"""Rounds of a project: how far each is, asking new findings of cases that were read without them, and closing."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.api.http.permissions import Policy
from labelhub.api.http.views import Api
from labelhub.api.projects.projects import MANAGER_OF_PROJECT
from labelhub.api.reading.documents import StrictSerializer
from labelhub.consensus.models import ProjectStatistics
from labelhub.core.errors import NotFound
from labelhub.projects.models import Project
from labelhub.projects.policies import MANAGER, project_for
from labelhub.reading.models import Round
from labelhub.reading.services.rounds import round_close
from labelhub.workflows.reading.open_round import supplementary_open, supplementary_preview

FIELDS = (
    "number", "purpose", "findings", "readers_per_case", "for_all", "not_before", "filled_at", "closed_at",
)  # fmt: skip


class RoundOutput(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    purpose = serializers.ChoiceField(choices=Round.Purpose.choices)
    findings = serializers.ListField(child=serializers.CharField(), allow_null=True)
    readers_per_case = serializers.IntegerField(allow_null=True, help_text="Null: as the protocol says.")
    for_all = serializers.BooleanField(help_text="Every reader of the project reads in it.")
    not_before = serializers.DateTimeField(allow_null=True)
    filled_at = serializers.DateTimeField(allow_null=True, help_text="All its cases are in it.")
    closed_at = serializers.DateTimeField(allow_null=True)


class RoundProgress(serializers.Serializer[Any]):
    n_cases = serializers.IntegerField()
    n_closed = serializers.IntegerField()
    done = serializers.IntegerField(help_text="Reads.")
    needed = serializers.IntegerField(help_text="Reads.")


class RoundRow(RoundOutput):
    n_readers = serializers.IntegerField(help_text="Those who may read in it, or have.")
    progress = RoundProgress(allow_null=True, help_text="Counted in the background; null: not yet.")


class LackingOutput(serializers.Serializer[Any]):
    """A finding that some cases were read without."""

    finding = serializers.CharField()
    n_cases = serializers.IntegerField()
    n_reads = serializers.IntegerField()


class SupplementaryInput(StrictSerializer):
    findings = serializers.ListField(child=serializers.CharField(max_length=64), min_length=1, max_length=60)
    client_uuid = serializers.UUIDField(
        required=False, help_text="Of the round. Sent again with it, the request answers with the same round."
    )


class RoundsApi(Api):
    policy = MANAGER_OF_PROJECT
    subject: Project

    @extend_schema(
        responses=inline_serializer(
            "RoundList",
            {"computed_at": serializers.DateTimeField(allow_null=True), "results": RoundRow(many=True)},
        )
    )
    def get(self, request: Request, slug: str) -> Response:
        """The project's rounds of reading."""
        statistics = ProjectStatistics.objects.filter(project=self.subject).first()
        counted = {row["number"]: row for row in statistics.body["rounds"]} if statistics else {}
        rounds = self.subject.rounds.annotate(n_readers=Count("readercursor")).order_by("number")
        results = [
            {
                **shown_round(row),
                "n_readers": row.n_readers,
                "progress": counted.get(row.number),
            }
            for row in rounds
        ]
        return Response({"computed_at": statistics and statistics.computed_at, "results": results})

    @extend_schema(request=SupplementaryInput, responses={201: RoundOutput})
    def post(self, request: Request, slug: str) -> Response:
        """Open a supplementary pass: a round that asks only these findings."""
        data = SupplementaryInput(data=request.data)
        data.is_valid(raise_exception=True)
        made = supplementary_open(actor=self.user, project=self.subject, **data.validated_data)
        return Response(shown_round(made), status=status.HTTP_201_CREATED)


class RoundPreviewApi(Api):
    policy = MANAGER_OF_PROJECT
    subject: Project

    @extend_schema(
        responses=inline_serializer("RoundPreview", {"results": LackingOutput(many=True)}),
    )
    def get(self, request: Request, slug: str) -> Response:
        """How many cases and reads a supplementary pass for each finding would be. Changes nothing."""
        return Response({"results": supplementary_preview(self.subject)})


def _managed_round(user: Any, method: str, kwargs: dict[str, Any]) -> Round:
    project = project_for(user, kwargs["slug"], {MANAGER})
    round_ = Round.objects.filter(project=project, number=kwargs["number"]).first()
    if round_ is None:
        raise NotFound()
    return round_


class RoundCloseApi(Api):
    policy = Policy("manager of the round's project", _managed_round)
    subject: Round

    @extend_schema(request=None, responses=RoundOutput)
    def post(self, request: Request, slug: str, number: int) -> Response:
        """Give out no case of the round any more. Reads that are in or under way stay."""
        round_close(actor=self.user, round_=self.subject)
        self.subject.refresh_from_db()
        return Response(shown_round(self.subject))


def shown_round(row: Round) -> dict[str, Any]:
    return {name: getattr(row, name) for name in FIELDS}
