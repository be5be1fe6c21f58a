"""Everybody who has an account: who is active, in how many projects with which roles; who may sign in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.accounts.models import User
from labelhub.accounts.services import person_reactivate
from labelhub.api.administration.policy import ADMINISTRATOR, ADMINISTRATOR_OF_PERSON
from labelhub.api.http.pagination import bad_cursor, checked_query, decode_cursor, encode_cursor
from labelhub.api.http.views import Api
from labelhub.projects.models import Membership
from labelhub.workflows.administration.deactivate_person import deactivate_person
from labelhub.workflows.administration.people import (
    count_administrators,
    n_projects,
    people_page,
    person_actions,
    roles_held,
)


class RoleHeld(serializers.Serializer[Any]):
    role = serializers.ChoiceField(choices=Membership.Role.choices)
    n_projects = serializers.IntegerField()


class PersonOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    username = serializers.CharField()
    display_name = serializers.CharField()
    is_active = serializers.BooleanField()
    is_administrator = serializers.BooleanField()
    last_sign_in = serializers.DateTimeField(allow_null=True)
    n_projects = serializers.IntegerField()
    roles = RoleHeld(many=True)
    allowed_actions = serializers.ListField(
        child=serializers.ChoiceField(choices=["deactivate", "reactivate"])
    )


class PersonList(serializers.Serializer[Any]):
    results = PersonOutput(many=True)
    next = serializers.CharField(allow_null=True)


class PeopleApi(Api):
    policy = ADMINISTRATOR

    @extend_schema(
        parameters=[
            OpenApiParameter("prefix", str, description="Of the sign-in name or the name that is shown."),
            OpenApiParameter("cursor", str),
        ],
        responses=PersonList,
    )
    def get(self, request: Request) -> Response:
        """Everybody who has an account, by sign-in name."""
        query = checked_query(request.query_params, {"prefix", "cursor"})
        cursor = decode_cursor(query.get("cursor"), 1)
        if cursor is not None and not isinstance(cursor[0], str):
            raise bad_cursor()
        rows, has_more = people_page(prefix=query.get("prefix", ""), after=cursor[0] if cursor else None)
        return Response(
            {
                "results": _shown(rows, self.user),
                "next": encode_cursor([rows[-1].username]) if has_more else None,
            }
        )


class PersonDeactivateApi(Api):
    policy = ADMINISTRATOR_OF_PERSON
    subject: User

    @extend_schema(request=None, responses=PersonOutput)
    def post(self, request: Request, user_id: UUID) -> Response:
        """Close her account: she is signed out at once, and what she has open is given back."""
        row = deactivate_person(actor=self.user, person=self.subject)
        return Response(_shown([row], self.user)[0])


class PersonReactivateApi(Api):
    policy = ADMINISTRATOR_OF_PERSON
    subject: User

    @extend_schema(request=None, responses=PersonOutput)
    def post(self, request: Request, user_id: UUID) -> Response:
        """Open her account again: she signs in with what she signed in with before."""
        row = person_reactivate(actor=self.user, user=self.subject)
        return Response(_shown([row], self.user)[0])


def _shown(people: list[User], actor: User) -> list[dict[str, Any]]:
    roles, projects, n_administrators = roles_held(people), n_projects(people), count_administrators()
    return [
        {
            "id": person.id,
            "username": person.username,
            "display_name": person.display_name or person.username,
            "is_active": person.is_active,
            "is_administrator": person.is_superuser,
            "last_sign_in": person.last_login,
            "n_projects": projects.get(person.id, 0),
            "roles": [{"role": role, "n_projects": n} for role, n in roles[person.id].items()],
            "allowed_actions": person_actions(person, actor=actor, n_administrators=n_administrators),
        }
        for person in people
    ]
