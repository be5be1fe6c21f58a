"""State machines as data: a table of (state, event) -> state, and one function that applies it."""

from __future__ import annotations

from collections.abc import Mapping

from labelhub.core.errors import InvalidTransition

Transitions = Mapping[tuple[str, str], str]


def next_state(transitions: Transitions, state: str, event: str, *, subject: str) -> str:
    """The state that `event` leads to. Raises InvalidTransition (409) for a pair that is not in the table."""
    try:
        return transitions[(state, event)]
    except KeyError:
        raise InvalidTransition(
            f"This {subject} is {state}: it cannot be changed by '{event}' now. Reload to see where it stands.",
            details={"state": state, "event": event},
        ) from None


def states_that_allow(transitions: Transitions, event: str) -> list[str]:
    """All states from which `event` is possible, for conditional updates."""
    return sorted(state for state, name in transitions if name == event)
