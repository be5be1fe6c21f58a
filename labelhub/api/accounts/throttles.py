"""How often an address may try what needs no sign-in."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.throttling import ScopedRateThrottle, SimpleRateThrottle
from rest_framework.views import APIView


class SignInByName(SimpleRateThrottle):
    """Ten tries a minute for one name from one address, so that nobody else can lock a person out."""

    scope = "sign-in"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        if request.method != "POST":
            return None
        name = str(request.data.get("username", ""))[:150].lower() if isinstance(request.data, dict) else ""
        return self.cache_format % {"scope": self.scope, "ident": f"{self.get_ident(request)}:{name}"}


class PostsByAddress(ScopedRateThrottle):
    """By the view's `throttle_scope`."""

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        return super().get_cache_key(request, view) if request.method == "POST" else None
