"""Creating people and tokens."""

from __future__ import annotations

import secrets

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from labelhub.accounts.models import ApiToken, User
from labelhub.core import audit
from labelhub.core.errors import Conflict

TOKEN_PREFIX = "lh_"


def user_create(
    *,
    actor: User | None,
    username: str,
    password: str | None = None,
    encoded: str | None = None,
    display_name: str = "",
) -> User:
    """Create a person; without a password only tokens sign in. `encoded` is a password that is hashed already.

    Raises Conflict (user_exists) for a name that is taken.
    """
    user = User(username=username, display_name=display_name or username)
    user.password = encoded or make_password(password)
    try:
        with transaction.atomic():
            username_check(username)
            user.full_clean(exclude=["password"], validate_unique=False)
            user.save()
            audit.record(actor_id=actor.id if actor else None, action="user.created", obj=user)
    except IntegrityError:  # somebody has taken the name since it was looked for
        raise _taken(username) from None
    return user


def username_check(username: str) -> None:
    """Raises Conflict (user_exists) for a name that is taken, in whatever case it is written."""
    if User.objects.filter(username__iexact=username).exists():
        raise _taken(username)


def _taken(username: str) -> Conflict:
    sentence = f"There is already a user named {username}. Choose another name."
    return Conflict(sentence, code="user_exists", details={"username": [sentence]})


def token_create(*, actor: User | None, user: User, name: str, scope: str = ApiToken.Scope.FULL) -> str:
    """Create a token and return it: the only time it can be seen."""
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        row = ApiToken.objects.create(user=user, name=name, scope=scope, sha256=ApiToken.digest(token))
        audit.record(actor_id=actor.id if actor else None, action="token.created", obj=row)
    return token
