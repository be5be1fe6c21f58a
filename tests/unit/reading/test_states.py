"""The state machines of reading and adjudication, for all (state, event) pairs."""

from __future__ import annotations

import pytest

from labelhub.consensus.models import Adjudication
from labelhub.consensus.states import ADJUDICATION
from labelhub.core.errors import InvalidTransition
from labelhub.core.states import Transitions, next_state, states_that_allow
from labelhub.reading.models import Assignment
from labelhub.reading.policies import allowed_actions
from labelhub.reading.states import ASSIGNMENT, EDITABLE, EVENTS, LOST

A, J = Assignment.State, Adjudication.State

# Written out again, so that a change of the table is a change of two files.
ASSIGNMENT_ALLOWS = {
    "reserved": {"open": "open", "skip": "skipped"},
    "open": {
        "open": "open",
        "submit": "submitted",
        "skip": "skipped",
        "release": "released",
        "expire": "expired",
    },
    "submitted": {"amend": "submitted", "return": "returned"},
    "returned": {"resume": "returned", "submit": "submitted", "return": "returned", "recall": "submitted"},
    "skipped": {"unskip": "open"},
    "expired": {"revive": "open", "accept_late": "submitted"},
    "released": {"revive": "open", "accept_late": "submitted"},
}
ADJUDICATION_ALLOWS = {
    "open": {"claim": "claimed", "resolve": "resolved"},
    "claimed": {
        "decide": "decided",
        "release": "open",
        "expire": "open",
        "return": "waiting",
        "resolve": "resolved",
    },
    "waiting": {"reopen": "open", "recall": "open", "resolve": "resolved"},
    "decided": {"correct": "decided", "reopen": "open"},
    "resolved": {"reopen": "open"},
}
MACHINES = {
    "assignment": (ASSIGNMENT, ASSIGNMENT_ALLOWS, A.values),
    "adjudication": (ADJUDICATION, ADJUDICATION_ALLOWS, J.values),
}
PAIRS = [
    (name, state, event)
    for name, (table, _, states) in MACHINES.items()
    for state in states
    for event in sorted({event for _, event in table})
]


@pytest.mark.parametrize(("name", "state", "event"), PAIRS, ids=lambda value: str(value))
def test_every_pair_leads_where_the_table_says_or_is_refused(name: str, state: str, event: str) -> None:
    table, allows, _ = MACHINES[name]
    after = allows[state].get(event)
    if after is None:
        with pytest.raises(InvalidTransition) as error:
            next_state(table, state, event, subject=name)
        assert error.value.status == 409
        assert error.value.details == {"state": state, "event": event}
    else:
        assert next_state(table, state, event, subject=name) == after


@pytest.mark.parametrize("name", MACHINES)
def test_the_table_knows_no_other_state_or_event(name: str) -> None:
    table, allows, states = MACHINES[name]
    assert set(allows) == set(states)
    assert {(state, event): after for state, events in allows.items() for event, after in events.items()} == {
        (str(state), event): str(after) for (state, event), after in table.items()
    }
    assert set(table.values()) <= set(states)


@pytest.mark.parametrize("name", MACHINES)
def test_every_state_but_the_first_can_be_reached(name: str) -> None:
    table, _, states = MACHINES[name]
    first = {"assignment": A.RESERVED, "adjudication": J.OPEN}[name]
    assert _reachable(table, str(first)) == set(states)


def test_a_submitted_read_is_left_only_by_being_sent_back() -> None:
    assert {event for (state, event), after in ASSIGNMENT.items() if state == A.SUBMITTED} == {
        "amend",
        "return",
    }


def test_events_and_groups_of_states_agree_with_the_table() -> None:
    assert sorted({event for _, event in ASSIGNMENT}) == EVENTS
    assert states_that_allow(ASSIGNMENT, "submit") == sorted(EDITABLE)
    assert states_that_allow(ASSIGNMENT, "revive") == sorted(LOST)


@pytest.mark.parametrize("state", A.values)
def test_what_the_page_offers_is_what_the_table_allows(state: str) -> None:
    """`save`, `flag` and submitting work whose slot may be gone are no transitions of their own."""
    offered = set(allowed_actions(Assignment(state=state)))
    events = set(ASSIGNMENT_ALLOWS[state])
    if state in LOST:
        assert offered == {"save", "submit", "open"}
        assert set(allowed_actions(Assignment(state=state), has_late_read=True)) == set()
        return
    assert offered - {"save", "flag"} <= events
    for action in ("submit", "amend", "release"):
        assert (action in offered) == (action in events), action
    assert ("save" in offered) == (state in EDITABLE)


def _reachable(table: Transitions, first: str) -> set[str]:
    found, queue = {first}, [first]
    while queue:
        state = queue.pop()
        new = {str(after) for (before, _), after in table.items() if before == state} - found
        found |= new
        queue += sorted(new)
    return found
