"""The schema of the API says of an operation what it does and who may, and nothing meant for the views' authors."""

from __future__ import annotations

import pytest
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from labelhub.api.http.permissions import Policy
from labelhub.api.http.schema import Schema


class Base(APIView):
    """What a view must know."""

    policy = Policy("manager of the project")


class OfMethod(Base):
    """What both methods are about."""

    def get(self, request: Request) -> Response:
        """List them."""
        return Response()

    def post(self, request: Request) -> Response:
        return Response()


class Silent(Base):
    def get(self, request: Request) -> Response:
        return Response()


@pytest.mark.parametrize(
    ("view", "method", "said"),
    [
        (OfMethod, "GET", "List them."),
        (OfMethod, "POST", "What both methods are about."),
        (Silent, "GET", ""),
    ],
)
def test_it_says_what_the_view_says_of_itself_and_who_may(view: type[Base], method: str, said: str) -> None:
    schema = Schema()
    schema.view = view()
    schema.method = method
    assert schema.get_description() == said
    assert schema.get_extensions() == {"x-policy": "manager of the project"}
