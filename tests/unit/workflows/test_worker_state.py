"""What is said of a worker follows from when it was heard of, and from whether anything waits for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from labelhub.workflows.administration.machinery import worker_state

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
LONG_AGO, LATELY = NOW - timedelta(hours=3), NOW - timedelta(seconds=40)


@pytest.mark.parametrize(
    ("heard_at", "is_working", "expected_since", "state"),
    [
        (LATELY, True, None, "working"),
        (LONG_AGO, True, LONG_AGO, "working"),  # its lease is alive
        (LATELY, False, None, "heard"),
        (LATELY, False, LONG_AGO, "heard"),  # the rest waits for its turn
        (LONG_AGO, False, None, "idle"),
        (None, False, None, "idle"),
        (LONG_AGO, False, LATELY, "idle"),  # it may still pick it up
        (LONG_AGO, False, LONG_AGO, "silent"),
        (None, False, LONG_AGO, "silent"),
    ],
)
def test_a_worker_is_called_silent_only_when_something_waits(
    heard_at: datetime | None, is_working: bool, expected_since: datetime | None, state: str
) -> None:
    told = worker_state(heard_at=heard_at, is_working=is_working, expected_since=expected_since, now=NOW)
    assert told == state
