"""The state machine of jobs, for all (state, event) pairs."""

from __future__ import annotations

import pytest

from labelhub.core.errors import InvalidTransition
from labelhub.core.jobs import EVENTS, JOB
from labelhub.core.models import Job
from labelhub.core.states import next_state, target_of

# Written out again, so that a change of the table is a change of two files.
ALLOWS: dict[str, dict[str, str]] = {
    "queued": {"claim": "running", "withdraw": "cancelled"},
    "running": {
        "take_over": "running",
        "heartbeat": "running",
        "succeed": "succeeded",
        "retry": "queued",
        "rest": "queued",
        "fail": "failed",
        "give_up": "failed",
        "stop": "cancelled",
    },
    "succeeded": {},
    "failed": {},
    "cancelled": {},
}


def test_the_table_names_every_state() -> None:
    assert set(ALLOWS) == set(Job.State.values)


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("state", Job.State.values)
def test_every_pair_is_allowed_or_refused(state: str, event: str) -> None:
    if event in ALLOWS[state]:
        assert next_state(JOB, state, event, subject="job") == ALLOWS[state][event] == target_of(JOB, event)
    else:
        with pytest.raises(InvalidTransition):
            next_state(JOB, state, event, subject="job")
