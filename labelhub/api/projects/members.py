"""Who does what in a project."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.accounts.models import User
from labelhub.api.http.views import Api
from labelhub.api.projects.projects import MANAGER_ALSO_IN_ARCHIVE, MANAGER_OF_PROJECT
from labelhub.api.reading.documents import StrictSerializer
from labelhub.core.errors import InvalidContent
from labelhub.projects.absences import absences_by_person
from labelhub.projects.models import Absence, Membership, Project
from labelhub.projects.policies import sees_others_reads
from labelhub.workflows.projects.add_member import add_member
from labelhub.workflows.projects.change_roles import change_roles, take_role
from labelhub.workflows.projects.set_absence import Wanted, set_absence


class MemberUser(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    username = serializers.CharField()
    display_name = serializers.CharField()


class AbsenceOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    begins_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(
        allow_null=True, help_text="Null: paused, until a data manager ends it."
    )
    has_begun = serializers.BooleanField(help_text="Nothing new is given to her now.")


class MemberOutput(serializers.Serializer[Any]):
    user = MemberUser()
    roles = serializers.ListField(child=serializers.ChoiceField(choices=Membership.Role.choices))
    absence = AbsenceOutput(allow_null=True, help_text="That lasts, or is to come.")
    sees_others_reads = serializers.BooleanField(
        help_text="Reads here and manages or adjudicates: what she has looked at is not offered to her."
    )


class MemberList(serializers.Serializer[Any]):
    results = MemberOutput(many=True)


class MemberInput(StrictSerializer):
    username = serializers.CharField(max_length=150)
    role = serializers.ChoiceField(choices=Membership.Role.choices)


class RolesInput(StrictSerializer):
    roles = serializers.ListField(
        child=serializers.ChoiceField(choices=Membership.Role.choices),
        max_length=4,
        help_text="All that she is to have. Without any she is no member any longer.",
    )
    edited_from = serializers.ListField(
        child=serializers.ChoiceField(choices=Membership.Role.choices),
        max_length=4,
        help_text="Those that she had when you looked: refused (412, roles_changed) when she has others by now.",
    )


class AbsenceTimes(StrictSerializer):
    begins_at = serializers.DateTimeField(allow_null=True, default=None, help_text="Null: now.")
    ends_at = serializers.DateTimeField(
        allow_null=True, default=None, help_text="Null: until a data manager ends it."
    )


class AbsenceInput(StrictSerializer):
    absence = AbsenceTimes(allow_null=True, help_text="Null: she is here.")
    edited_from = serializers.UUIDField(
        allow_null=True,
        help_text="The absence that you saw, if any: refused (412, absence_changed) when it is another by now.",
    )


class MembersApi(Api):
    policy = MANAGER_ALSO_IN_ARCHIVE
    subject: Project

    @extend_schema(responses=MemberList)
    def get(self, request: Request, slug: str) -> Response:
        """The members and their roles."""
        return Response({"results": members(self.subject)})

    @extend_schema(request=MemberInput, responses=MemberList)
    def post(self, request: Request, slug: str) -> Response:
        """Give a role to a person who has an account."""
        data = MemberInput(data=request.data)
        data.is_valid(raise_exception=True)
        user = User.objects.filter(username=data.validated_data["username"], is_active=True).first()
        if user is None:
            raise InvalidContent(
                "There is nobody of that name. Invite her by link, or ask an administrator for an account.",
                code="unknown_user",
            )
        add_member(actor=self.user, project=self.subject, user=user, role=data.validated_data["role"])
        return Response({"results": members(self.subject)})


class MemberApi(Api):
    policy = MANAGER_ALSO_IN_ARCHIVE
    subject: Project

    @extend_schema(request=RolesInput, responses=MemberList)
    def put(self, request: Request, slug: str, user_id: UUID) -> Response:
        """Set a member's roles. What she holds open by a role that she loses is free for others at once."""
        data = RolesInput(data=request.data)
        data.is_valid(raise_exception=True)
        change_roles(actor=self.user, project=self.subject, user_id=user_id, **data.validated_data)
        return Response({"results": members(self.subject)})


class MemberAbsenceApi(Api):
    policy = MANAGER_OF_PROJECT
    subject: Project

    @extend_schema(request=AbsenceInput, responses=MemberList)
    def put(self, request: Request, slug: str, user_id: UUID) -> Response:
        """Pause a member, note her leave, or have her back. What she has open stays hers to finish."""
        data = AbsenceInput(data=request.data)
        data.is_valid(raise_exception=True)
        times = data.validated_data["absence"]
        set_absence(
            actor=self.user,
            project=self.subject,
            user_id=user_id,
            wanted=Wanted(**times) if times is not None else None,
            edited_from=data.validated_data["edited_from"],
        )
        return Response({"results": members(self.subject)})


class MemberRoleApi(Api):
    policy = MANAGER_ALSO_IN_ARCHIVE
    subject: Project

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, slug: str, user_id: UUID, role: str) -> Response:
        """Take one role away. What she holds open by it is free for others at once."""
        take_role(actor=self.user, project=self.subject, user_id=user_id, role=role)
        return Response(status=status.HTTP_204_NO_CONTENT)


def members(project: Project) -> list[dict[str, Any]]:
    rows: dict[Any, dict[str, Any]] = {}
    absences = absences_by_person(project)
    for membership in project.memberships.select_related("user").order_by("user__username", "role"):
        user = membership.user
        person = {
            "id": user.id,
            "username": user.username,
            "display_name": user.display_name or user.username,
        }
        rows.setdefault(user.id, {"user": person, "roles": []})["roles"].append(membership.role)
    return [
        {
            **row,
            "absence": _absence(absences.get(user_id)),
            "sees_others_reads": sees_others_reads(row["roles"]),
        }
        for user_id, row in rows.items()
    ]


def _absence(absence: Absence | None) -> dict[str, Any] | None:
    if absence is None:
        return None
    return {
        "id": absence.id,
        "begins_at": absence.begins_at,
        "ends_at": absence.ends_at,
        "has_begun": absence.begins_at <= timezone.now(),
    }
