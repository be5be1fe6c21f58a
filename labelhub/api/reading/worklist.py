"""The reader's worklist: her own cases, and the next one."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.api.http.pagination import checked_query, decode_time, decode_time_cursor, encode_cursor
from labelhub.api.http.permissions import Policy
from labelhub.api.http.views import Api
from labelhub.api.reading.documents import StrictSerializer
from labelhub.core.errors import Malformed
from labelhub.projects.absences import absence_in_force
from labelhub.projects.policies import READER, project_for
from labelhub.projects.selectors import protocol_in_force
from labelhub.reading.models import Assignment, CaseRound
from labelhub.reading.selectors import (
    PAGE,
    own_skipped,
    own_submitted,
    own_today,
    own_unfinished,
    urgently_flagged,
)
from labelhub.reading.services.claims import claim_next
from labelhub.reading.services.leases import SKIP_REASONS

READER_OF_PROJECT = Policy(
    "reader of the project", lambda user, method, kwargs: project_for(user, kwargs["slug"], {READER})
)


NOTHING_LEFT = (
    "You have read, or skipped, every case that is open to you. Cases that are imported later or given back by "
    "others are offered here by themselves."
)


class UnfinishedOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    label = serializers.CharField()  # type: ignore[assignment]
    state = serializers.ChoiceField(choices=Assignment.State.choices)
    opened_at = serializers.DateTimeField(allow_null=True)


class ReturnedOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    label = serializers.CharField()  # type: ignore[assignment]
    note = serializers.CharField()


class SkippedOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    label = serializers.CharField()  # type: ignore[assignment]
    reason = serializers.ChoiceField(choices=SKIP_REASONS)
    text = serializers.CharField()


class SubmittedOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    label = serializers.CharField()  # type: ignore[assignment]
    submitted_at = serializers.DateTimeField()
    version = serializers.IntegerField()
    closed = serializers.BooleanField(help_text="Its outcome may be looked at.")
    not_readable = serializers.BooleanField()
    urgent = serializers.BooleanField(help_text="Flagged, and not taken back.")


WorklistOutput = inline_serializer(
    "Worklist",
    {
        "today": inline_serializer(
            "Today",
            {
                "n_submitted": serializers.IntegerField(),
                "median_seconds": serializers.FloatField(allow_null=True),
            },
        ),
        "open": UnfinishedOutput(many=True),
        "returned": ReturnedOutput(many=True),
        "skipped": SkippedOutput(many=True),
        "submitted": SubmittedOutput(many=True),
        "away": inline_serializer(
            "Away",
            {
                "until": serializers.DateTimeField(
                    allow_null=True, help_text="Null: until the data manager ends it."
                )
            },
            allow_null=True,
            help_text="She is paused or on leave: no new case is given to her.",
        ),
        "next": serializers.CharField(allow_null=True),
    },
)


class WorklistApi(Api):
    policy = READER_OF_PROJECT

    @extend_schema(
        responses=WorklistOutput,
        parameters=[
            OpenApiParameter("cursor", str),
            OpenApiParameter(
                "day_began",
                datetime,
                description="When her day began, for what is counted as today; otherwise at midnight UTC.",
            ),
        ],
    )
    def get(self, request: Request, slug: str) -> Response:
        """The reader's open, returned, skipped and submitted cases."""
        project, reader = self.subject, self.user
        query = checked_query(request.query_params, {"cursor", "day_began"})
        unfinished = own_unfinished(reader, project)
        rows = list(own_submitted(reader, project, decode_time_cursor(query.get("cursor")))[: PAGE + 1])
        page = rows[:PAGE]
        closed = _closed(page) if protocol_in_force(project).show_outcome_when_closed else set()
        urgent = urgently_flagged(page)
        last = page[-1] if len(rows) > PAGE else None
        absence = absence_in_force(reader.id, project)
        return Response(
            {
                "today": own_today(reader, project, decode_time(query.get("day_began"))),
                "open": [_unfinished(row) for row in unfinished if row.state != Assignment.State.RETURNED],
                "returned": [
                    {"id": row.id, "label": case_label(row), "note": row.return_note}
                    for row in unfinished
                    if row.state == Assignment.State.RETURNED
                ],
                "skipped": [_skipped(row) for row in own_skipped(reader, project)],
                "submitted": [_submitted(row, closed, urgent) for row in page],
                "away": {"until": absence.ends_at} if absence else None,
                "next": encode_cursor([last.submitted_at.isoformat(), last.id]) if last else None,  # type: ignore[union-attr]
            }
        )


class NextInput(StrictSerializer):
    ahead = serializers.BooleanField(default=False)


NextOutput = inline_serializer(
    "NextCase",
    {
        "assignment": inline_serializer(
            "ClaimedAssignment",
            {
                "id": serializers.UUIDField(),
                "state": serializers.ChoiceField(choices=Assignment.State.choices),
                "lease_until": serializers.DateTimeField(allow_null=True),
            },
            allow_null=True,
        ),
        "message": serializers.CharField(),
    },
)


class WorklistNextApi(Api):
    policy = READER_OF_PROJECT

    @extend_schema(
        request=NextInput,
        responses=NextOutput,
        parameters=[OpenApiParameter("Idempotency-Key", UUID, OpenApiParameter.HEADER, required=True)],
    )
    def post(self, request: Request, slug: str) -> Response:
        """Give the reader the next case, or say why there is none."""
        data = NextInput(data=request.data)
        data.is_valid(raise_exception=True)
        assignment = claim_next(
            reader=self.user,
            project=self.subject,
            claim_key=idempotency_key(request),
            ahead=data.validated_data["ahead"],
        )
        if assignment is None:
            return Response({"assignment": None, "message": NOTHING_LEFT})
        claimed = {"id": assignment.id, "state": assignment.state, "lease_until": assignment.lease_until}
        return Response({"assignment": claimed, "message": ""})


def idempotency_key(request: Request) -> UUID:
    try:
        return UUID(request.headers.get("Idempotency-Key", ""))
    except ValueError:
        raise Malformed("Send a UUID as Idempotency-Key.", code="idempotency_key") from None


def case_label(assignment: Assignment) -> str:
    """The case's name for this reader: its place in her own order, which says nothing of anybody else.

    Not `Case 3`: that is the project's third case, for those who steer. They find hers by her name and the number.
    """
    return f"My case {assignment.reader_position}"


def _unfinished(row: Assignment) -> dict[str, Any]:
    return {"id": row.id, "label": case_label(row), "state": row.state, "opened_at": row.opened_at}


def _skipped(row: Assignment) -> dict[str, Any]:
    return {"id": row.id, "label": case_label(row), "reason": row.skip_reason, "text": row.skip_text}


def _submitted(row: Assignment, closed: set[tuple[UUID, UUID]], urgent: set[UUID]) -> dict[str, Any]:
    return {
        "id": row.id,
        "label": case_label(row),
        "submitted_at": row.submitted_at,
        "version": row.read_version,  # type: ignore[attr-defined]
        "closed": (row.round_id, row.case_id) in closed,
        "not_readable": row.read_not_readable,  # type: ignore[attr-defined]
        "urgent": row.id in urgent,
    }


def _closed(page: list[Assignment]) -> set[tuple[UUID, UUID]]:
    """(round, case) of those that are closed: a page mixes rounds, and a case may be open in one of them."""
    rows = CaseRound.objects.filter(
        round_id__in={row.round_id for row in page},
        case_id__in={row.case_id for row in page},
        closed_at__isnull=False,
    )
    return set(rows.values_list("round_id", "case_id"))
