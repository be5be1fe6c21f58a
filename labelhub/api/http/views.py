"""The base of every view behind a sign-in: what the request is about, and who asks."""

from __future__ import annotations

from typing import Any

from rest_framework.views import APIView

from labelhub.accounts.models import User
from labelhub.api.http.permissions import Policy


class Api(APIView):
    """A view names its `policy`; its `load` sets `subject` before the method runs."""

    policy: Policy
    subject: Any

    @property
    def user(self) -> User:
        """The signed-in person: the policy has refused everybody else."""
        user = self.request.user
        assert isinstance(user, User)
        return user
