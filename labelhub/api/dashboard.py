"""The data manager's page: progress, agreement, queue health, flags, late reads, and what she may do about them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.api.documents import StrictSerializer
from labelhub.api.images import case_name
from labelhub.api.permissions import Policy
from labelhub.api.projects import MANAGER_OF_PROJECT
from labelhub.api.views import Api
from labelhub.consensus.models import ProjectStatistics
from labelhub.core.errors import NotFound
from labelhub.imaging.selectors import import_warnings
from labelhub.learning.selectors import job_rows, model_summary, queue_health
from labelhub.projects.models import Project
from labelhub.projects.policies import MANAGER, project_by_id_for
from labelhub.reading.models import Assignment, Flag, LateRead
from labelhub.reading.services.flags import flag_mark_seen
from labelhub.reading.services.leases import assignment_release
from labelhub.releases.models import Export
from labelhub.releases.services import FORMATS, export_filename, export_start, export_stream
from labelhub.workflows.submit_read import accept_late_read

LIMIT = 50


def _managed(model: Any, key: str) -> Any:
    """A policy's load: the object, for the manager of the project whose case it is about."""

    def load(user: Any, method: str, kwargs: dict[str, Any]) -> Any:
        related = "case" if model is Assignment else "assignment__case"
        row = model.objects.select_related(related).filter(id=kwargs[key]).first()
        if row is None:
            raise NotFound()
        case = row.case if model is Assignment else row.assignment.case
        project_by_id_for(user, case.project_id, {MANAGER})
        return row

    return load


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
        "flags": inline_serializer(
            "FlagRow",
            {
                "id": serializers.UUIDField(),
                "kind": serializers.ChoiceField(choices=Flag.Kind.choices),
                "text": serializers.CharField(),
                "case": serializers.UUIDField(),
                "label": serializers.CharField(),
                "reader": serializers.CharField(),
                "created_at": serializers.DateTimeField(),
                "seen_at": serializers.DateTimeField(allow_null=True),
            },
            many=True,
        ),
        "late_reads": inline_serializer(
            "LateReadRow",
            {
                "id": serializers.UUIDField(),
                "label": serializers.CharField(),
                "reader": serializers.CharField(),
                "submitted_at": serializers.DateTimeField(),
                "accepted_at": serializers.DateTimeField(allow_null=True),
            },
            many=True,
        ),
        "open_assignments": inline_serializer(
            "OpenAssignmentRow",
            {
                "id": serializers.UUIDField(),
                "label": serializers.CharField(),
                "reader": serializers.CharField(),
                "state": serializers.ChoiceField(choices=Assignment.State.choices),
                "opened_at": serializers.DateTimeField(allow_null=True),
                "lease_until": serializers.DateTimeField(allow_null=True),
            },
            many=True,
        ),
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
                "warnings": import_warnings(project),
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


class FlagSeenApi(Api):
    policy = Policy("manager of the flag's project", _managed(Flag, "flag_id"))
    subject: Flag

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, flag_id: UUID) -> Response:
        flag_mark_seen(actor=self.user, flag=self.subject)
        return Response(status=status.HTTP_204_NO_CONTENT)


class LateReadAcceptApi(Api):
    policy = Policy("manager of the late read's project", _managed(LateRead, "late_read_id"))
    subject: LateRead

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, late_read_id: UUID) -> Response:
        accept_late_read(actor=self.user, late_read=self.subject)
        return Response(status=status.HTTP_204_NO_CONTENT)


class AssignmentManagerReleaseApi(Api):
    policy = Policy("manager of the assignment's project", _managed(Assignment, "assignment_id"))
    subject: Assignment

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, assignment_id: UUID) -> Response:
        assignment_release(actor=self.user, assignment=self.subject)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ExportInput(StrictSerializer):
    what = serializers.ChoiceField(choices=Export.What.choices)
    format = serializers.ChoiceField(choices=sorted(FORMATS))


class ExportApi(Api):
    policy = MANAGER_OF_PROJECT
    subject: Project

    @extend_schema(request=ExportInput, responses={(200, "text/csv"): OpenApiTypes.BINARY})
    def post(self, request: Request, slug: str) -> StreamingHttpResponse:
        data = ExportInput(data=request.data)
        data.is_valid(raise_exception=True)
        export = export_start(actor=self.user, project=self.subject, **data.validated_data)
        return StreamingHttpResponse(
            export_stream(export),
            content_type=FORMATS[export.format],
            headers={
                "Content-Disposition": f'attachment; filename="{export_filename(export)}"',
                "X-Content-Type-Options": "nosniff",
            },
        )


def flag_rows(project: Project) -> list[dict[str, Any]]:
    """Flags not yet seen first, urgent ones before the others, newest first."""
    rows = Flag.objects.filter(assignment__round__project=project).select_related(
        "assignment__reader", "seen"
    )
    unseen = rows.filter(seen__isnull=True).order_by("-kind", "-created_at")[:LIMIT]
    seen = rows.filter(seen__isnull=False).order_by("-created_at")[:10]
    return [
        {
            "id": flag.id,
            "kind": flag.kind,
            "text": flag.text,
            "case": flag.assignment.case_id,
            "label": case_name(flag.assignment.case_id),
            "reader": _name(flag.assignment),
            "created_at": flag.created_at,
            "seen_at": flag.seen.seen_at if hasattr(flag, "seen") else None,
        }
        for flag in [*unseen, *seen]
    ]


def late_read_rows(project: Project) -> list[dict[str, Any]]:
    rows = LateRead.objects.filter(assignment__round__project=project).select_related(
        "assignment__reader", "decision"
    )
    return [
        {
            "id": row.id,
            "label": case_name(row.assignment.case_id),
            "reader": _name(row.assignment),
            "submitted_at": row.submitted_at,
            "accepted_at": row.decision.accepted_at if hasattr(row, "decision") else None,
        }
        for row in rows.order_by("-submitted_at")[:LIMIT]
    ]


def open_assignment_rows(project: Project) -> list[dict[str, Any]]:
    """Cases that readers hold now, longest held first."""
    rows = Assignment.objects.filter(
        round__project=project, state__in=[Assignment.State.OPEN, Assignment.State.RETURNED]
    ).select_related("reader")
    return [
        {
            "id": row.id,
            "label": case_name(row.case_id),
            "reader": _name(row),
            "state": row.state,
            "opened_at": row.opened_at or timezone.now(),
            "lease_until": row.lease_until,
        }
        for row in rows.order_by("opened_at")[:LIMIT]
    ]


def _name(assignment: Assignment) -> str:
    return assignment.reader.display_name or assignment.reader.username
