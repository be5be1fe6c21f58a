"""People."""

from __future__ import annotations

from itertools import count

from labelhub.accounts.models import User
from labelhub.accounts.services import user_create

PASSWORD = "a long test password"
_numbers = count(1)


def make_user(username: str = "", **fields: str) -> User:
    """A person who signs in with PASSWORD."""
    return user_create(
        actor=None, username=username or f"person{next(_numbers)}", password=PASSWORD, **fields
    )
