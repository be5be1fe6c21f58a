"""Creating people and tokens; administrators; who may sign in."""

from __future__ import annotations

import secrets

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from labelhub.accounts.models import ApiToken, User
from labelhub.accounts.sessions import sessions_end
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


def administrator_make(*, actor: User | None, user: User) -> None:
    """Let a person do what administrators may; whoever is one already stays as she is."""
    with transaction.atomic():
        row = User.objects.select_for_update(no_key=True).get(id=user.id)
        if not row.is_superuser:
            row.is_superuser = row.is_staff = True
            row.save(update_fields=["is_superuser", "is_staff"])
            audit.record(actor_id=actor.id if actor else None, action="user.made_administrator", obj=row)


def person_deactivate(*, actor: User | None, user: User) -> User:
    """Nobody signs in as her any more, with a password or a token, and every session of hers ends.

    Raises Conflict for oneself (own_account) and for the last administrator (last_administrator).
    """
    if actor is not None and actor.id == user.id:
        raise Conflict("You cannot deactivate yourself. Ask another administrator.", code="own_account")
    with transaction.atomic():
        row = _locked_with_administrators(user)
        if not row.is_active:
            return row
        if row.is_superuser and not _other_administrators(row).exists():
            raise Conflict(
                "This is the last administrator. Make another one first (manage.py create_user NAME --administrator).",
                code="last_administrator",
            )
        row.is_active = False
        row.save(update_fields=["is_active"])
        audit.record(actor_id=actor.id if actor else None, action="user.deactivated", obj=row)
        sessions_end(row)
    return row


def person_reactivate(*, actor: User | None, user: User) -> User:
    """Let her sign in again, with the password and the tokens that she had."""
    with transaction.atomic():
        row = User.objects.select_for_update(no_key=True).get(id=user.id)
        if not row.is_active:
            row.is_active = True
            row.save(update_fields=["is_active"])
            audit.record(actor_id=actor.id if actor else None, action="user.reactivated", obj=row)
    return row


def _locked_with_administrators(user: User) -> User:
    """The person, locked with all administrators: of two who deactivate each other, one comes second."""
    rows = User.objects.filter(Q(id=user.id) | Q(is_superuser=True, is_active=True)).order_by("id")
    return next(row for row in rows.select_for_update(no_key=True) if row.id == user.id)


def _other_administrators(user: User) -> QuerySet[User]:
    return User.objects.filter(is_superuser=True, is_active=True).exclude(id=user.id)
