"""What the data manager steers by hand: flags to look at, late reads to take in, cases to take back."""

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
from labelhub.api.reading.documents import StrictSerializer
from labelhub.consensus.models import Adjudication
from labelhub.core.errors import InvalidContent, NotFound
from labelhub.projects.policies import MANAGER, project_by_id_for
from labelhub.reading.models import Assignment, Flag, LateRead
from labelhub.reading.services.flags import flag_mark_seen
from labelhub.reading.services.leases import assignment_release
from labelhub.workflows.consensus.adjudicate import adjudication_give_back
from labelhub.workflows.reading.hand_over import hand_over
from labelhub.workflows.reading.submit_read import accept_late_read

FlagRow = inline_serializer(
    "FlagRow",
    {
        "id": serializers.UUIDField(),
        "kind": serializers.ChoiceField(choices=Flag.Kind.choices),
        "text": serializers.CharField(),
        "case": serializers.UUIDField(),
        "label": serializers.CharField(),
        "reader": serializers.CharField(),
        "reader_position": serializers.IntegerField(
            help_text="The case's number in this reader's own order."
        ),
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
        "reader_position": serializers.IntegerField(
            help_text="The case's number in this reader's own order."
        ),
        "submitted_at": serializers.DateTimeField(),
        "accepted_at": serializers.DateTimeField(allow_null=True),
        "has_seen": serializers.BooleanField(help_text="The reader has seen others' reads of the case."),
    },
    many=True,
)

OpenAssignmentRow = inline_serializer(
    "OpenAssignmentRow",
    {
        "id": serializers.UUIDField(),
        "label": serializers.CharField(),
        "reader": serializers.CharField(),
        "reader_position": serializers.IntegerField(
            help_text="The case's number in this reader's own order."
        ),
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
        """Note that the flag was seen."""
        flag_mark_seen(actor=self.user, flag=self.subject)
        return Response(status=status.HTTP_204_NO_CONTENT)


class LateReadAcceptApi(Api):
    policy = Policy("manager of the late read's project", _managed(LateRead, "late_read_id"))
    subject: LateRead

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, late_read_id: UUID) -> Response:
        """Take a late read into the count."""
        accept_late_read(actor=self.user, late_read=self.subject)
        return Response(status=status.HTTP_204_NO_CONTENT)


class AssignmentManagerReleaseApi(Api):
    policy = Policy("manager of the assignment's project", _managed(Assignment, "assignment_id"))
    subject: Assignment

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, assignment_id: UUID) -> Response:
        """Give the case back for its reader; her draft is kept. A case that is not held any more stays as it is."""
        assignment_release(actor=self.user, assignment=self.subject)
        return Response(status=status.HTTP_204_NO_CONTENT)


class HandOverInput(StrictSerializer):
    reader = serializers.UUIDField(help_text="Who gets the case.")


class AssignmentHandOverApi(Api):
    policy = Policy("manager of the assignment's project", _managed(Assignment, "assignment_id"))
    subject: Assignment

    @extend_schema(request=HandOverInput, responses={204: None})
    def post(self, request: Request, assignment_id: UUID) -> Response:
        """Take an open case from its reader and reserve it for another. The first one's draft is kept."""
        data = HandOverInput(data=request.data)
        data.is_valid(raise_exception=True)
        reader = User.objects.filter(id=data.validated_data["reader"]).first()
        if reader is None:
            raise InvalidContent("Choose a reader of this project.", code="not_a_reader")
        hand_over(actor=self.user, assignment=self.subject, reader=reader)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _adjudication_managed(user: User, method: str, kwargs: dict[str, Any]) -> Adjudication:
    row = Adjudication.objects.select_related("project").filter(id=kwargs["adjudication_id"]).first()
    if row is None:
        raise NotFound()
    project_by_id_for(user, row.project_id, {MANAGER})
    return row


class AdjudicationManagerReleaseApi(Api):
    policy = Policy("manager of the adjudication's project", _adjudication_managed)
    subject: Adjudication

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, adjudication_id: UUID) -> Response:
        """Free a claimed case: it waits for another adjudicator. One that nobody has claimed stays as it is."""
        adjudication_give_back(actor=self.user, adjudication=self.subject)
        return Response(status=status.HTTP_204_NO_CONTENT)
