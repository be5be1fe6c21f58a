"""Session cookie with CSRF for browsers; hashed bearer tokens for machines."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication, exceptions
from rest_framework.request import Request

from labelhub.accounts.models import ApiToken, User
from labelhub.core.errors import StaleToken


class SessionAuthentication(authentication.SessionAuthentication):
    """Answers 401, not 403, when nobody is signed in, and names a stale CSRF token by its own code."""

    def authenticate_header(self, request: Request) -> str:
        return "Session"

    def enforce_csrf(self, request: Request) -> None:
        try:
            super().enforce_csrf(request)
        except exceptions.PermissionDenied:
            raise StaleToken("Reload the page and try again.") from None


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer <token>`. A read token may only GET."""

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        alive = Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now())
        row = (
            ApiToken.objects.select_related("user")
            .filter(
                alive, sha256=ApiToken.digest(token.strip()), revoked_at__isnull=True, user__is_active=True
            )
            .first()
        )
        if row is None:
            raise exceptions.AuthenticationFailed("This token is not valid. Ask for a new one.")
        if row.scope == ApiToken.Scope.READ and request.method not in {"GET", "HEAD", "OPTIONS"}:
            raise exceptions.PermissionDenied("This token may only read.")
        return row.user, row


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = SessionAuthentication
    name = "session"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}
