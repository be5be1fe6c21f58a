"""Giving chosen cases to chosen readers: what would come of it, doing it, and taking back what is not opened yet."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from labelhub.accounts.models import User
from labelhub.api.http.views import Api
from labelhub.api.projects.projects import MANAGER_OF_PROJECT
from labelhub.api.reading.documents import StrictSerializer
from labelhub.core.errors import InvalidContent
from labelhub.projects.models import Project
from labelhub.reading.services.assigning import WhyNot
from labelhub.workflows.reading.assign_cases import (
    MOST_NUMBERS,
    MOST_READERS,
    Choosing,
    Given,
    assign_cases,
    assign_preview,
    assigned_withdraw,
)


class AssigningInput(StrictSerializer):
    numbers = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**31 - 1),
        min_length=1,
        max_length=MOST_NUMBERS,
        help_text="Of the cases.",
    )
    readers = serializers.ListField(
        child=serializers.UUIDField(),
        min_length=1,
        max_length=MOST_READERS,
        help_text="Where a case has fewer free slots, the first of them get it.",
    )
    round = serializers.IntegerField(min_value=1, max_value=2**31 - 1, default=1, help_text="Its number.")


class NotGiven(serializers.Serializer[Any]):
    code = serializers.ChoiceField(choices=WhyNot.choices)
    message = serializers.CharField()
    numbers = serializers.ListField(child=serializers.IntegerField())


class GivenToReader(serializers.Serializer[Any]):
    reader = serializers.UUIDField()
    name = serializers.CharField()
    numbers = serializers.ListField(child=serializers.IntegerField(), help_text="Of the cases that she gets.")
    refused = NotGiven(many=True)


class GivenList(serializers.Serializer[Any]):
    results = GivenToReader(many=True)


class AssigningApi(Api):
    policy = MANAGER_OF_PROJECT
    subject: Project

    @extend_schema(request=AssigningInput, responses=GivenList)
    def post(self, request: Request, slug: str) -> Response:
        """Reserve the cases for the readers, for 30 days at most. Sent again, it gives what was not given."""
        choosing = _choosing(request)
        return _told(assign_cases(actor=self.user, project=self.subject, choosing=choosing))


class AssigningPreviewApi(Api):
    policy = MANAGER_OF_PROJECT
    subject: Project

    @extend_schema(request=AssigningInput, responses=GivenList)
    def post(self, request: Request, slug: str) -> Response:
        """Which cases each reader would get, and why not the others. Changes nothing."""
        return _told(assign_preview(self.subject, _choosing(request)))


class AssignedWithdrawApi(Api):
    policy = MANAGER_OF_PROJECT
    subject: Project

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, slug: str, user_id: UUID) -> Response:
        """Take back all that was chosen for her and that she has not opened."""
        assigned_withdraw(actor=self.user, project=self.subject, reader_id=user_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _choosing(request: Request) -> Choosing:
    data = AssigningInput(data=request.data)
    data.is_valid(raise_exception=True)
    values = data.validated_data
    people = User.objects.in_bulk(values["readers"])
    unknown = [str(pk) for pk in values["readers"] if pk not in people]
    if unknown:
        raise InvalidContent(
            "Choose readers of this project.", code="not_a_reader", details={"unknown": unknown}
        )
    readers = tuple(people[pk] for pk in dict.fromkeys(values["readers"]))
    return Choosing(tuple(sorted(set(values["numbers"]))), readers, values["round"])


def _told(given: list[Given]) -> Response:
    return Response(
        {
            "results": [
                {
                    "reader": each.reader.id,
                    "name": each.reader.display_name or each.reader.username,
                    "numbers": each.numbers,
                    "refused": [
                        {"code": reason.value, "message": reason.label, "numbers": numbers}
                        for reason, numbers in each.refused.items()
                    ],
                }
                for each in given
            ]
        }
    )
