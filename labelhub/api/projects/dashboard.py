"""The data manager's page: progress, agreement, model, queue health, and what waits for her."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.api.http.permissions import Policy
from labelhub.api.http.views import Api
from labelhub.api.projects.agreement import AgreementOutput, AgreementRound
from labelhub.api.projects.attention import attention
from labelhub.api.projects.steering import FlagRow, LateReadRow, OpenAssignmentRow
from labelhub.imaging.selectors import import_warnings
from labelhub.learning.health import STANDING, queue_health, standing_of
from labelhub.learning.selectors import model_row
from labelhub.projects.models import Membership
from labelhub.projects.policies import MANAGER, checked

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
        "agreement": AgreementOutput(many=True, help_text="Of the standing round."),
        "agreement_rounds": AgreementRound(many=True, help_text="Rounds that have such tables."),
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
        "warnings": serializers.ListField(child=serializers.CharField()),
    },
)

EMPTY_STATISTICS: dict[str, Any] = {
    "reads": {"done": 0, "needed": 0},
    "cases": {"total": 0, "begun": 0, "complete": 0, "closed": 0},
    "discordant": {"n_read": 0, "n_discordant": 0, "open": 0, "decided": 0, "share": None},
    "readers": [],
    "agreement": [],
    "agreement_rounds": [],
}


def _load(user: Any, method: str, kwargs: dict[str, Any]) -> list[Membership]:
    """Her memberships with the project and all that the page says of it by one row each."""
    mine = STANDING.all(user=user.id, slug=kwargs["slug"])
    checked(mine, {MANAGER})
    return mine


class DashboardApi(Api):
    """Where the project stands. Polled while people read: five queries, none of which grows with the project."""

    policy = Policy("manager of the project", _load)
    subject: list[Membership]

    @extend_schema(responses=DashboardOutput)
    def get(self, request: Request, slug: str) -> Response:
        row = self.subject[0]
        project, standing = row.project, standing_of(row)
        statistics = getattr(project, "statistics", None)
        figures = statistics.body if statistics else EMPTY_STATISTICS
        warnings = figures.get("warnings")
        return Response(
            {
                "computed_at": statistics.computed_at if statistics else None,
                **{name: figures[name] for name in EMPTY_STATISTICS},
                "model": model_row(standing.model) if standing.model else None,
                "queue": queue_health(project, standing),
                **attention(project),
                "warnings": import_warnings(project) if warnings is None else warnings,
            }
        )
