"""Inviting people by link: making links, what became of each, and withdrawing them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.accounts.models import User
from labelhub.api.http.pagination import checked_query, decode_time_cursor, encode_cursor
from labelhub.api.http.permissions import Policy
from labelhub.api.http.views import Api
from labelhub.api.projects.projects import MANAGER_ALSO_IN_ARCHIVE
from labelhub.api.reading.documents import StrictSerializer
from labelhub.core.errors import NotFound
from labelhub.projects.invitations import (
    DAYS,
    MOST_AT_ONCE,
    Invited,
    Made,
    invitation_state,
    invitation_withdraw,
    invitations_create,
    managers_of,
)
from labelhub.projects.models import Invitation, Membership, Project
from labelhub.projects.policies import MANAGER, project_by_id_for

PAGE = 50


class InvitedInput(StrictSerializer):
    note = serializers.CharField(
        max_length=200, allow_blank=True, default="", help_text="Whom it is for. Only data managers see it."
    )
    roles = serializers.ListField(
        child=serializers.ChoiceField(choices=Membership.Role.choices), min_length=1, max_length=4
    )


class InvitationsInput(StrictSerializer):
    client_uuid = serializers.UUIDField(
        help_text="Of the set. Sent again with it, the request is refused: links are shown once."
    )
    days = serializers.ChoiceField(choices=DAYS, default=7, help_text="How long the links work.")
    invitations = serializers.ListField(child=InvitedInput(), min_length=1, max_length=MOST_AT_ONCE)


class InvitationOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    note = serializers.CharField()
    roles = serializers.ListField(child=serializers.ChoiceField(choices=Membership.Role.choices))
    state = serializers.ChoiceField(choices=Invitation.State.choices)
    created_by = serializers.CharField(help_text="Name of the data manager who made it.")
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    accepted_by = serializers.CharField(allow_null=True, help_text="Name of the person who joined by it.")
    accepted_at = serializers.DateTimeField(allow_null=True)


class MadeInvitation(InvitationOutput):
    token = serializers.CharField(help_text="The link's secret, shown this once: /invitation#TOKEN.")


class MadeInvitations(serializers.Serializer[Any]):
    results = MadeInvitation(many=True)


class InvitationList(serializers.Serializer[Any]):
    results = InvitationOutput(many=True)
    next = serializers.CharField(allow_null=True)


class InvitationsApi(Api):
    policy = MANAGER_ALSO_IN_ARCHIVE
    subject: Project

    @extend_schema(parameters=[OpenApiParameter("cursor", str)], responses=InvitationList)
    def get(self, request: Request, slug: str) -> Response:
        """The links that were made, newest first."""
        query = checked_query(request.query_params, {"cursor"})
        rows = self.subject.invitations.select_related("created_by", "accepted_by")
        if after := decode_time_cursor(query.get("cursor")):
            made_at, id = after
            rows = rows.filter(Q(created_at=made_at, id__lt=id) | Q(created_at__lt=made_at))
        page = list(rows.order_by("-created_at", "-id")[: PAGE + 1])
        last = page[PAGE - 1] if len(page) > PAGE else None
        return Response(
            {
                "results": _shown(self.subject, page[:PAGE]),
                "next": encode_cursor([last.created_at.isoformat(), last.id]) if last else None,
            }
        )

    @extend_schema(request=InvitationsInput, responses={201: MadeInvitations})
    def post(self, request: Request, slug: str) -> Response:
        """Make links, each for one person."""
        data = InvitationsInput(data=request.data)
        data.is_valid(raise_exception=True)
        values = data.validated_data
        made = invitations_create(
            actor=self.user,
            project=self.subject,
            client_uuid=values["client_uuid"],
            days=values["days"],
            invited=[Invited(**each) for each in values["invitations"]],
        )
        return Response({"results": _with_tokens(self.subject, made)}, status=status.HTTP_201_CREATED)


def _invitation_for(user: User, method: str, kwargs: dict[str, Any]) -> Invitation:
    invitation = Invitation.objects.filter(id=kwargs["invitation_id"]).first()
    if invitation is None:
        raise NotFound()
    project_by_id_for(user, invitation.project_id, {MANAGER})
    return invitation


class InvitationWithdrawApi(Api):
    policy = Policy("manager of the invitation's project", _invitation_for, in_archive=True)
    subject: Invitation

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, invitation_id: UUID) -> Response:
        """The link works no more."""
        invitation_withdraw(actor=self.user, invitation=self.subject)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _with_tokens(project: Project, made: list[Made]) -> list[dict[str, Any]]:
    shown = _shown(project, [each.invitation for each in made])
    return [{**row, "token": each.token} for row, each in zip(shown, made, strict=True)]


def _shown(project: Project, invitations: list[Invitation]) -> list[dict[str, Any]]:
    managers, now = managers_of(project), timezone.now()
    return [
        {
            "id": each.id,
            "note": each.note,
            "roles": each.roles,
            "state": invitation_state(each, managers, now),
            "created_by": _name(each.created_by),
            "created_at": each.created_at,
            "expires_at": each.expires_at,
            "accepted_by": _name(each.accepted_by) if each.accepted_by else None,
            "accepted_at": each.accepted_at,
        }
        for each in invitations
    ]


def _name(user: User) -> str:
    return user.display_name or user.username
