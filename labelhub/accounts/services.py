"""Creating people and tokens."""

from __future__ import annotations

import secrets

from django.db import transaction

from labelhub.accounts.models import ApiToken, User
from labelhub.core import audit
from labelhub.core.errors import Conflict

TOKEN_PREFIX = "lh_"


def user_create(
    *, actor: User | None, username: str, password: str | None = None, display_name: str = ""
) -> User:
    """Create a person; without a password only tokens sign in. Raises Conflict for a name that is taken."""
    with transaction.atomic():
        if User.objects.filter(username__iexact=username).exists():
            raise Conflict(
                f"There is already a user named {username}. Choose another name.", code="user_exists"
            )
        user = User(username=username, display_name=display_name or username)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save()
        audit.record(actor_id=actor.id if actor else None, action="user.created", obj=user)
    return user


def token_create(*, actor: User | None, user: User, name: str, scope: str = ApiToken.Scope.FULL) -> str:
    """Create a token and return it: the only time it can be seen."""
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        row = ApiToken.objects.create(user=user, name=name, scope=scope, sha256=ApiToken.digest(token))
        audit.record(actor_id=actor.id if actor else None, action="token.created", obj=row)
    return token
