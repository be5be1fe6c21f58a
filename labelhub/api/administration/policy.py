"""Administrators alone. To everybody else, managers too, these routes look as if they did not exist."""

from __future__ import annotations

from typing import Any

from labelhub.accounts.models import User
from labelhub.api.http.permissions import Policy
from labelhub.core.errors import NotFound


def refuse_others(user: User, method: str, kwargs: dict[str, Any]) -> None:
    if not user.is_superuser:
        raise NotFound()


def _person(user: User, method: str, kwargs: dict[str, Any]) -> User:
    refuse_others(user, method, kwargs)
    person = User.objects.filter(id=kwargs["user_id"]).first()
    if person is None:
        raise NotFound()
    return person


ADMINISTRATOR = Policy("administrators", refuse_others)
ADMINISTRATOR_OF_PERSON = Policy("administrators, of a person", _person)
