"""The data manager's page: progress, agreement, model, queue health, and what waits for her."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.api.projects import MANAGER_OF_PROJECT
from labelhub.api.steering import (
    FlagRow,
    LateReadRow,
    OpenAssignmentRow,
    flag_rows,
    late_read_rows,
    open_assignment_rows,
)
from labelhub.api.views import Api
from labelhub.consensus.models import ProjectStatistics
from labelhub.imaging.selectors import import_warnings
from labelhub.learning.selectors import job_rows, model_summary, queue_health
from labelhub.projects.models import Project


class FigureOutput(serializers.Serializer[Any]):
    value = serializers.FloatField()
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class AgreementOutput(serializers.Serializer[Any]):
    finding = serializers.CharField()
    name = serializers.CharField()
    n = serializers.IntegerField()
    percent = FigureOutput(allow_null=True)
    cohen = FigureOutput(allow_null=True)
    fleiss = FigureOutput(allow_null=True)
    alpha = FigureOutput(allow_null=True)
    ac1 = FigureOutput(allow_null=True)
    pabak = FigureOutput(allow_null=True)
    reason = serializers.CharField(allow_null=True)


class PairOutput(serializers.Serializer[Any]):
    finding = serializers.CharField()
    first = serializers.CharField()
    second = serializers.CharField()
    n = serializers.IntegerField()
    percent = FigureOutput(allow_null=True)
    cohen = FigureOutput(allow_null=True)
    ac1 = FigureOutput(allow_null=True)


DashboardOutput = inline_serializer(
    "Dashboard",
    {
        "computed_at": serializers.DateTimeField(allow_null=True),
        "reads": inline_serializer(
            "ReadProgress", {"done": serializers.IntegerField(), "needed": serializers.IntegerField()}
        ),
        "cases": inline_serializer(
            "CaseProgress",
            {name: serializers.IntegerField() for name in ("total", "begun", "complete", "closed")},
        ),
        "discordant": inline_serializer(
            "DiscordanceFunnel",
            {
                **{
                    name: serializers.IntegerField() for name in ("n_read", "n_discordant", "open", "decided")
                },
                "share": serializers.FloatField(allow_null=True),
            },
        ),
        "readers": inline_serializer(
            "ReaderFigures",
            {
                "id": serializers.UUIDField(),
                "name": serializers.CharField(),
                "submitted": serializers.IntegerField(),
                "median_seconds": serializers.FloatField(allow_null=True),
                "skipped": serializers.IntegerField(),
                "is_reader": serializers.BooleanField(
                    required=False, help_text="False: she reads no longer."
                ),
            },
            many=True,
        ),
        "agreement": AgreementOutput(many=True),
        "pairs": PairOutput(many=True),
        "model": serializers.JSONField(allow_null=True),
        "queue": inline_serializer(
            "QueueHealth",
            {
                "source": serializers.ChoiceField(choices=["ranking", "random"]),
                "message": serializers.CharField(),
                "published_at": serializers.DateTimeField(allow_null=True),
                "n_entries": serializers.IntegerField(),
                "stale": serializers.BooleanField(),
            },
        ),
        "flags": FlagRow,
        "late_reads": LateReadRow,
        "open_assignments": OpenAssignmentRow,
        "jobs": serializers.ListField(child=serializers.JSONField()),
        "warnings": serializers.ListField(child=serializers.CharField()),
    },
)

EMPTY_STATISTICS: dict[str, Any] = {
    "reads": {"done": 0, "needed": 0},
    "cases": {"total": 0, "begun": 0, "complete": 0, "closed": 0},
    "discordant": {"n_read": 0, "n_discordant": 0, "open": 0, "decided": 0, "share": None},
    "readers": [],
    "agreement": [],
    "pairs": [],
}


class DashboardApi(Api):
    policy = MANAGER_OF_PROJECT
    subject: Project

    @extend_schema(responses=DashboardOutput)
    def get(self, request: Request, slug: str) -> Response:
        project = self.subject
        statistics = ProjectStatistics.objects.filter(project=project).first()
        figures = statistics.body if statistics else EMPTY_STATISTICS
        return Response(
            {
                "computed_at": statistics.computed_at if statistics else None,
                **{name: figures[name] for name in EMPTY_STATISTICS},
                "model": model_summary(project),
                "queue": queue_health(project),
                "flags": flag_rows(project),
                "late_reads": late_read_rows(project),
                "open_assignments": open_assignment_rows(project),
                "jobs": job_rows(project),
                "warnings": [*figures.get("warnings", []), *import_warnings(project)],
            }
        )


class AgreementApi(Api):
    """Agreement per finding and per pair of readers, first submitted versions only."""

    policy = MANAGER_OF_PROJECT
    subject: Project

    @extend_schema(
        responses=inline_serializer(
            "AgreementPage",
            {
                "computed_at": serializers.DateTimeField(allow_null=True),
                "agreement": AgreementOutput(many=True),
                "pairs": PairOutput(many=True),
            },
        )
    )
    def get(self, request: Request, slug: str) -> Response:
        statistics = ProjectStatistics.objects.filter(project=self.subject).first()
        figures = statistics.body if statistics else EMPTY_STATISTICS
        return Response(
            {
                "computed_at": statistics.computed_at if statistics else None,
                "agreement": figures["agreement"],
                "pairs": figures["pairs"],
            }
        )
