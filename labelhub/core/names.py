"""Locks on names: of what has no row of its own, or has several."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from django.db import connection


def names_locked(names: Iterable[str]) -> None:
    """Hold these names until commit, or until a savepoint before this is rolled back to: others wait for them.

    In one order whoever asks, so that two that hold several do not wait for each other in a circle. SQLite has one
    writer at a time, who holds everything.
    """
    if connection.vendor != "postgresql":
        return
    digests = (hashlib.sha256(name.encode()).digest() for name in names)
    with connection.cursor() as cursor:
        for key in sorted({int.from_bytes(digest[:8], "big", signed=True) for digest in digests}):
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
