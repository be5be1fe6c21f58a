"""What the data manager steers by hand: flags to look at, late reads to take in, cases to take back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.api.permissions import Policy
from labelhub.api.views import Api
from labelhub.core.errors import NotFound
from labelhub.projects.models import Project
from labelhub.projects.policies import MANAGER, project_by_id_for
from labelhub.reading.models import Assignment, Flag, LateRead
from labelhub.reading.services.flags import flag_mark_seen
from labelhub.reading.services.leases import assignment_release
from labelhub.workflows.submit_read import accept_late_read

LIMIT = 50

FlagRow = inline_serializer(
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
        "withdrawn_at": serializers.DateTimeField(allow_null=True, help_text="Taken back by the reader."),
    },
    many=True,
)

LateReadRow = inline_serializer(
    "LateReadRow",
    {
        "id": serializers.UUIDField(),
        "label": serializers.CharField(),
        "reader": serializers.CharField(),
        "submitted_at": serializers.DateTimeField(),
        "accepted_at": serializers.DateTimeField(allow_null=True),
    },
    many=True,
)

OpenAssignmentRow = inline_serializer(
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
)


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


def flag_rows(project: Project) -> list[dict[str, Any]]:
    """Flags to look at first, urgent ones before the others, newest first; then those seen or taken back."""
    rows = Flag.objects.filter(assignment__round__project=project).select_related(
        "assignment__reader", "assignment__case", "seen", "withdrawn"
    )
    to_see = rows.filter(seen__isnull=True, withdrawn__isnull=True).order_by("-kind", "-created_at")[:LIMIT]
    done = rows.filter(Q(seen__isnull=False) | Q(withdrawn__isnull=False)).order_by("-created_at")[:10]
    return [
        {
            "id": flag.id,
            "kind": flag.kind,
            "text": flag.text,
            "case": flag.assignment.case_id,
            "label": flag.assignment.case.name,
            "reader": _name(flag.assignment),
            "created_at": flag.created_at,
            "seen_at": flag.seen.seen_at if hasattr(flag, "seen") else None,
            "withdrawn_at": flag.withdrawn.withdrawn_at if hasattr(flag, "withdrawn") else None,
        }
        for flag in [*to_see, *done]
    ]


def late_read_rows(project: Project) -> list[dict[str, Any]]:
    rows = LateRead.objects.filter(assignment__round__project=project).select_related(
        "assignment__reader", "assignment__case", "decision"
    )
    return [
        {
            "id": row.id,
            "label": row.assignment.case.name,
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
    ).select_related("reader", "case")
    return [
        {
            "id": row.id,
            "label": row.case.name,
            "reader": _name(row),
            "state": row.state,
            "opened_at": row.opened_at or timezone.now(),
            "lease_until": row.lease_until,
        }
        for row in rows.order_by("opened_at")[:LIMIT]
    ]


def _name(assignment: Assignment) -> str:
    return assignment.reader.display_name or assignment.reader.username
