"""Authorisation: every view names its policy; a view without one is refused.

A policy's `load` finds what the request is about, or raises NotFound (absent and invisible look the same)
or NotAllowed (known, but not for this role). The view reads it as `self.subject`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

if (
    TYPE_CHECKING
):  # rest_framework.views loads the permission classes named in the settings, this module among them
    from rest_framework.views import APIView

Load = Callable[[Any, str, dict[str, Any]], Any]


@dataclass(frozen=True)
class Policy:
    """`load(user, method, url_kwargs)` returns the subject. `public` lets people in who are not signed in.

    `in_archive`: what it guards may be changed in an archived project too.
    """

    name: str
    load: Load | None = None
    public: bool = False
    in_archive: bool = False


PUBLIC = Policy("public", public=True)
SIGNED_IN = Policy("signed in")


class DenyByDefault(BasePermission):
    message = "You may not do this."

    def has_permission(self, request: Request, view: APIView) -> bool:
        policy: Policy | None = getattr(view, "policy", None)
        if policy is None:
            return False
        if policy.public:
            return True
        if not request.user.is_authenticated:
            return False
        if policy.load is not None:
            view.subject = policy.load(request.user, request.method or "GET", view.kwargs)  # type: ignore[attr-defined]
        return True


class SignedIn(BasePermission):
    """For the schema views of drf-spectacular, which take a permission class."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return bool(request.user.is_authenticated)
