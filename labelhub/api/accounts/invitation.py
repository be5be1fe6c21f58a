"""What the holder of an invitation's link sees and does. The secret comes in the body: no address, no log holds it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labelhub.accounts.models import User
from labelhub.api.accounts.session import SessionOutput, begin_session, session_summary
from labelhub.api.accounts.throttles import PostsByAddress
from labelhub.api.http.permissions import PUBLIC
from labelhub.api.reading.documents import StrictSerializer
from labelhub.projects.invitations import usable_invitation
from labelhub.projects.models import Membership
from labelhub.workflows.projects.accept_invitation import (
    NewPerson,
    accept_invitation,
    accept_invitation_as_new,
)


class InvitationToken(StrictSerializer):
    token = serializers.CharField(max_length=200)


class InvitationPerson(StrictSerializer):
    username = serializers.CharField(max_length=150)
    display_name = serializers.CharField(max_length=100)
    password = serializers.CharField(max_length=1024, trim_whitespace=False)


class InvitationAcceptance(InvitationToken):
    person = InvitationPerson(
        allow_null=True, default=None, help_text="Of a new account; null: whoever is signed in accepts."
    )


class InvitationView(serializers.Serializer[Any]):
    project = serializers.CharField(help_text="Its name.")
    roles = serializers.ListField(child=serializers.ChoiceField(choices=Membership.Role.choices))
    expires_at = serializers.DateTimeField()


class InvitationLookApi(APIView):
    policy = PUBLIC
    throttle_classes = [PostsByAddress]
    throttle_scope = "invitation-address"

    @extend_schema(request=InvitationToken, responses=InvitationView)
    def post(self, request: Request) -> Response:
        """What the link is for. Changes nothing."""
        data = InvitationToken(data=request.data)
        data.is_valid(raise_exception=True)
        invitation = usable_invitation(data.validated_data["token"])
        return Response(
            {
                "project": invitation.project.name,
                "roles": invitation.roles,
                "expires_at": invitation.expires_at,
            }
        )


class InvitationAcceptApi(APIView):
    policy = PUBLIC
    throttle_classes = [PostsByAddress]
    throttle_scope = "invitation-address"

    @extend_schema(
        request=InvitationAcceptance,
        responses=inline_serializer(
            "InvitationAccepted",
            {"slug": serializers.CharField(help_text="Of the project."), "session": SessionOutput},
        ),
    )
    def post(self, request: Request) -> Response:
        """Join the project. A new person is signed in by it."""
        data = InvitationAcceptance(data=request.data)
        data.is_valid(raise_exception=True)
        token, person = data.validated_data["token"], data.validated_data["person"]
        if person is not None:
            user, project = accept_invitation_as_new(person=NewPerson(**person), token=token)
            begin_session(request, user)
        elif isinstance(request.user, User):
            project = accept_invitation(user=request.user, token=token)
        else:
            raise NotAuthenticated()
        return Response(
            {"slug": project.slug, "session": session_summary(request)}, status=status.HTTP_200_OK
        )
