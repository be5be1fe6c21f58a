"""Signing in and out, and who is signed in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.db import transaction
from django.middleware.csrf import get_token
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labelhub.accounts.models import User
from labelhub.api.accounts.throttles import PostsByAddress, SignInByName
from labelhub.api.http.permissions import PUBLIC
from labelhub.core import audit
from labelhub.core.errors import LabelHubError
from labelhub.projects.models import Membership
from labelhub.projects.policies import may_create_projects


class InvalidCredentials(LabelHubError):
    status = 401
    code = "invalid_credentials"


class ProjectSummary(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    slug = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField()
    archived_at = serializers.DateTimeField(
        allow_null=True, help_text="Since when nothing in it may be changed."
    )
    roles = serializers.ListField(child=serializers.ChoiceField(choices=Membership.Role.choices))


SessionOutput = inline_serializer(
    "Session",
    {
        "user": inline_serializer(
            "SessionUser",
            {
                "id": serializers.UUIDField(),
                "username": serializers.CharField(),
                "display_name": serializers.CharField(),
                "is_admin": serializers.BooleanField(),
            },
            allow_null=True,
        ),
        "csrf_token": serializers.CharField(),
        "demo": serializers.BooleanField(),
        "may_create_projects": serializers.BooleanField(),
        "projects": ProjectSummary(many=True),
    },
)


class SignInInput(serializers.Serializer[Any]):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=1024, trim_whitespace=False)


class SessionApi(APIView):
    policy = PUBLIC
    throttle_classes = [SignInByName, PostsByAddress]
    throttle_scope = "sign-in-address"

    @extend_schema(responses=SessionOutput)
    def get(self, request: Request) -> Response:
        """Who is signed in, with projects and roles, and the token for writes."""
        return Response(session_summary(request))

    @extend_schema(request=SignInInput, responses=SessionOutput)
    def post(self, request: Request) -> Response:
        """Sign in."""
        data = SignInInput(data=request.data)
        data.is_valid(raise_exception=True)
        user = authenticate(request._request, **data.validated_data)
        if user is None:
            raise InvalidCredentials("The name or the password is wrong. Try again.")
        begin_session(request, user)
        return Response(session_summary(request))

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        """Sign out."""
        with transaction.atomic():
            _end_session(request)
        return Response(status=status.HTTP_204_NO_CONTENT)


def begin_session(request: Request, user: Any) -> None:
    """Sign her in; the session that the browser came with ends."""
    with transaction.atomic():
        _end_session(request)
        login(request._request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
        audit.record(actor_id=user.pk, action="session.signed_in", obj=user)
    request.user = user


def _end_session(request: Request) -> None:
    """End the browser's session, if the request came with one: a token's did not."""
    user = request.user
    if isinstance(user, User) and request.auth is None:
        audit.record(actor_id=user.pk, action="session.signed_out", obj=user)
        logout(request._request)


def session_summary(request: Request) -> dict[str, Any]:
    """Who is signed in, with projects and roles. Says nothing of anybody else."""
    user = request.user if isinstance(request.user, User) else None
    mine = projects_of(user) if user else []
    held = {role for project in mine for role in project["roles"]}
    return {
        "user": _person(user) if user else None,
        "csrf_token": get_token(request._request),
        "demo": settings.DEMO,
        "may_create_projects": user is not None and may_create_projects(user, held),
        "projects": mine,
    }


def _person(user: User) -> dict[str, Any]:
    return {
        "id": user.pk,
        "username": user.username,
        "display_name": user.display_name or user.username,
        "is_admin": user.is_superuser,
    }


def projects_of(user: Any) -> list[dict[str, Any]]:
    rows: dict[Any, dict[str, Any]] = {}
    for membership in (
        Membership.objects.filter(user=user).select_related("project").order_by("project__name", "role")
    ):
        project = membership.project
        summary = {
            "id": project.id,
            "slug": project.slug,
            "name": project.name,
            "description": project.description,
            "archived_at": project.archived_at,
            "roles": [],
        }
        rows.setdefault(project.id, summary)["roles"].append(membership.role)
    return list(rows.values())
