"""The base of every view behind a sign-in: what the request is about, and who asks."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.views import APIView

from labelhub.accounts.models import User
from labelhub.api.http.permissions import Policy
from labelhub.api.http.subjects import project_of
from labelhub.projects.policies import refuse_if_archived


class Api(APIView):
    """A view names its `policy`; its `load` sets `subject` before the method runs.

    Nothing is changed in an archived project, but by what a policy names as `in_archive`.
    """

    policy: Policy
    subject: Any

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method not in SAFE_METHODS and not self.policy.in_archive:
            project = project_of(getattr(self, "subject", None))
            if project is not None:
                refuse_if_archived(project)

    @property
    def user(self) -> User:
        """The signed-in person: the policy has refused everybody else."""
        user = self.request.user
        assert isinstance(user, User)
        return user
