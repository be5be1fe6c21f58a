"""One assignment: open, save, submit, amend, skip, flag, release, and its outcome when closed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.api.http.permissions import Policy
from labelhub.api.http.preconditions import IF_MATCH, etag, expected_version
from labelhub.api.http.views import Api
from labelhub.api.reading.documents import (
    AnnotationField,
    AnswerField,
    DocumentField,
    JSONObject,
    StrictSerializer,
)
from labelhub.api.reading.workspace import WorkspaceOutput, workspace
from labelhub.core.errors import NotFound
from labelhub.reading.models import Assignment, Flag
from labelhub.reading.policies import own_assignment
from labelhub.reading.selectors import own_previous
from labelhub.reading.services import drafts, flags, leases
from labelhub.reading.submissions import parse_draft, parse_submission
from labelhub.workflows.consensus.outcomes import look_at_outcome
from labelhub.workflows.reading.submit_read import Submitted, amend_read, submit_read

OWN_ASSIGNMENT = Policy(
    "the reader's own assignment", lambda user, method, kwargs: own_assignment(user, kwargs["assignment_id"])
)


class AssignmentApi(Api):
    """Base: `self.subject` is the reader's own assignment."""

    policy = OWN_ASSIGNMENT
    subject: Assignment


class AssignmentDetailApi(AssignmentApi):
    @extend_schema(responses=WorkspaceOutput)
    def get(self, request: Request, assignment_id: str) -> Response:
        """The case as its workspace shows it, with the reader's draft."""
        return Response(workspace(self.subject))


class AssignmentPreviousApi(AssignmentApi):
    @extend_schema(
        responses=inline_serializer("PreviousCase", {"id": serializers.UUIDField(allow_null=True)})
    )
    def get(self, request: Request, assignment_id: str) -> Response:
        """What she submitted before this one."""
        return Response({"id": own_previous(self.user, self.subject)})


class AssignmentOpenApi(AssignmentApi):
    @extend_schema(request=None, responses=WorkspaceOutput)
    def post(self, request: Request, assignment_id: str) -> Response:
        """Open the case and hold it: its workspace."""
        return Response(workspace(leases.assignment_open(actor=self.user, assignment=self.subject)))


class AssignmentHeartbeatApi(AssignmentApi):
    @extend_schema(
        request=None,
        responses=inline_serializer("Heartbeat", {"lease_until": serializers.DateTimeField(allow_null=True)}),
    )
    def post(self, request: Request, assignment_id: str) -> Response:
        """Keep the case held."""
        row = leases.assignment_heartbeat(assignment=self.subject)
        return Response({"lease_until": row.lease_until})


class DraftInput(StrictSerializer):
    document = JSONObject()


class AssignmentDraftApi(AssignmentApi):
    @extend_schema(
        request=inline_serializer("DraftInput", {"document": DocumentField()}),
        responses=inline_serializer(
            "DraftSaved", {"version": serializers.IntegerField(), "sha256": serializers.CharField()}
        ),
        parameters=[IF_MATCH],
    )
    def put(self, request: Request, assignment_id: str) -> Response:
        """Save the draft over the version it was edited from."""
        data = DraftInput(data=request.data)
        data.is_valid(raise_exception=True)
        document = parse_draft(data.validated_data["document"], assignment=self.subject)
        version = drafts.draft_save(
            assignment=self.subject, version=expected_version(request, "draft"), document=document
        )
        return Response({"version": version, "sha256": document.sha256()}, headers=etag(version))

    @extend_schema(request=None, responses={204: None}, parameters=[IF_MATCH])
    def delete(self, request: Request, assignment_id: str) -> Response:
        """Give the draft up."""
        drafts.draft_give_up(assignment=self.subject, version=expected_version(request, "draft"))
        return Response(status=status.HTTP_204_NO_CONTENT)


class SubmitInput(StrictSerializer):
    client_uuid = serializers.UUIDField()
    document = JSONObject()
    active_ms = serializers.IntegerField(min_value=0, default=0)
    display_state = JSONObject(default=dict)


class AmendInput(SubmitInput):
    reason = serializers.CharField(max_length=300)


ReadOutput = inline_serializer(
    "SubmittedRead",
    {
        "id": serializers.UUIDField(),
        "version": serializers.IntegerField(),
        "submitted_at": serializers.DateTimeField(),
    },
    allow_null=True,
)
SubmitOutput = inline_serializer("SubmitResult", {"read": ReadOutput, "late": serializers.BooleanField()})


class AssignmentSubmitApi(AssignmentApi):
    @extend_schema(request=SubmitInput, responses=SubmitOutput)
    def post(self, request: Request, assignment_id: str) -> Response:
        """Submit the read. Sent again, it changes nothing."""
        data = SubmitInput(data=request.data)
        data.is_valid(raise_exception=True)
        submission = parse_submission(assignment=self.subject, **data.validated_data)
        return Response(
            _submitted(submit_read(actor=self.user, assignment=self.subject, submission=submission))
        )


class AssignmentAmendApi(AssignmentApi):
    @extend_schema(request=AmendInput, responses=SubmitOutput)
    def post(self, request: Request, assignment_id: str) -> Response:
        """Submit the read anew, with a reason; the earlier version is kept."""
        data = AmendInput(data=request.data)
        data.is_valid(raise_exception=True)
        submission = parse_submission(assignment=self.subject, **data.validated_data)
        read = amend_read(actor=self.user, assignment=self.subject, submission=submission)
        return Response(_submitted(Submitted(read, None)))


class SkipInput(StrictSerializer):
    reason = serializers.ChoiceField(choices=leases.SKIP_REASONS)
    text = serializers.CharField(max_length=500, allow_blank=True, default="")


class AssignmentSkipApi(AssignmentApi):
    @extend_schema(request=SkipInput, responses={204: None})
    def post(self, request: Request, assignment_id: str) -> Response:
        """Put the case aside, with a reason: another reader gets the slot."""
        data = SkipInput(data=request.data)
        data.is_valid(raise_exception=True)
        leases.assignment_skip(actor=self.user, assignment=self.subject, **data.validated_data)
        return Response(status=status.HTTP_204_NO_CONTENT)


class AssignmentUnskipApi(AssignmentApi):
    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, assignment_id: str) -> Response:
        """Take back that the case was skipped."""
        leases.assignment_unskip(actor=self.user, assignment=self.subject)
        return Response(status=status.HTTP_204_NO_CONTENT)


class AssignmentReleaseApi(AssignmentApi):
    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, assignment_id: str) -> Response:
        """Give an open case back. The draft is kept."""
        leases.assignment_release(actor=self.user, assignment=self.subject)
        return Response(status=status.HTTP_204_NO_CONTENT)


class FlagInput(StrictSerializer):
    client_uuid = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=Flag.Kind.choices)
    text = serializers.CharField(max_length=1000, allow_blank=True, default="")


class AssignmentFlagApi(AssignmentApi):
    @extend_schema(
        request=FlagInput,
        responses=inline_serializer(
            "Flagged",
            {"id": serializers.UUIDField(), "kind": serializers.ChoiceField(choices=Flag.Kind.choices)},
        ),
    )
    def post(self, request: Request, assignment_id: str) -> Response:
        """Flag the case for the data manager."""
        data = FlagInput(data=request.data)
        data.is_valid(raise_exception=True)
        flag = flags.flag_raise(actor=self.user, assignment=self.subject, **data.validated_data)
        return Response({"id": flag.id, "kind": flag.kind})


class AssignmentFlagWithdrawApi(AssignmentApi):
    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, assignment_id: str, flag_id: UUID) -> Response:
        """Take a flag back."""
        flag = Flag.objects.filter(id=flag_id, assignment=self.subject).first()
        if flag is None:
            raise NotFound()
        flags.flag_withdraw(actor=self.user, flag=flag)
        return Response(status=status.HTTP_204_NO_CONTENT)


class OutcomeFinding(serializers.Serializer[Any]):
    code = serializers.CharField()
    consensus = serializers.CharField(allow_null=True)
    method = serializers.CharField()
    annotations = AnnotationField(many=True, help_text="Marks of the adjudicator's decision.")


class OutcomeRead(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]
    answers = serializers.DictField(child=AnswerField())
    annotations = AnnotationField(many=True)


class AssignmentOutcomeApi(AssignmentApi):
    @extend_schema(
        responses=inline_serializer(
            "Outcome", {"findings": OutcomeFinding(many=True), "reads": OutcomeRead(many=True)}
        )
    )
    def get(self, request: Request, assignment_id: str) -> Response:
        """What a closed case came to. The look is on record."""
        return Response(look_at_outcome(actor=self.user, assignment=self.subject))


def _submitted(done: Submitted) -> dict[str, Any]:
    read = done.read
    return {
        "read": {"id": read.id, "version": read.version, "submitted_at": read.submitted_at} if read else None,
        "late": done.late is not None,
    }
