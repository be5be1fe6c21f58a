"""Keyset cursors: an opaque, unsigned position; a broken one is a 400."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from labelhub.core.errors import Malformed


def encode_cursor(values: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(values, default=str).encode()).decode()


def decode_cursor(cursor: str | None, n_values: int) -> list[Any] | None:
    """The position's values, or None at the start. Raises Malformed for anything else."""
    values = decode_values(cursor)
    if values is not None and len(values) != n_values:
        raise bad_cursor()
    return values


def decode_values(cursor: str | None) -> list[Any] | None:
    """As `decode_cursor`, of as many values as there are: the caller checks them."""
    if not cursor:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor.encode()))
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, list):
        raise bad_cursor()
    return values


def decode_numbers(cursor: str | None, n_values: int) -> list[int] | None:
    """As `decode_cursor`, of a position that is whole numbers from 0."""
    values = decode_cursor(cursor, n_values)
    if values is not None and not all(type(value) is int and 0 <= value < 2**63 for value in values):
        raise bad_cursor()
    return values


def decode_time_cursor(cursor: str | None) -> tuple[datetime, UUID] | None:
    """The position (time, id) of a list in the order of time. Raises Malformed."""
    values = decode_cursor(cursor, 2)
    if values is None:
        return None
    try:
        # In UTC: at the ends of the calendar a time with an offset cannot be compared.
        return datetime.fromisoformat(values[0]).astimezone(UTC), UUID(values[1])
    except (AttributeError, OverflowError, TypeError, ValueError):
        raise bad_cursor() from None


def decode_time(text: str | None) -> datetime | None:
    """A point in time in ISO 8601 with its offset from UTC, or None where none is given. Raises Malformed."""
    if not text:
        return None
    try:
        when = datetime.fromisoformat(text)
        if when.tzinfo is None:
            raise ValueError("no offset")
        return when.astimezone(UTC)
    except (OverflowError, ValueError):
        raise Malformed(
            "Send the time in ISO 8601 with its offset, such as 2026-01-31T00:00:00+01:00.", code="bad_time"
        ) from None


def bad_cursor() -> Malformed:
    return Malformed("This page address is not valid. Start again from the first page.", code="bad_cursor")


def checked_query(params: Any, allowed: set[str]) -> dict[str, str]:
    """Query parameters from an allow-list; anything else is a 400."""
    unknown = sorted(set(params) - allowed)
    if unknown:
        raise Malformed("There is no such filter.", code="unknown_filter", details={"filters": unknown})
    query = {name: params[name] for name in params}
    if any("\x00" in value for value in query.values()):
        raise Malformed("A filter holds a NUL.", code="unknown_filter")
    return query
