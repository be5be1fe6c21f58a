"""State machines as data: a table of (state, event) -> state, and one function that applies it to a row.

Every event leads to one state, whatever state it comes from, so that one conditional UPDATE applies it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.db.models import Model, QuerySet

from labelhub.core.errors import InvalidTransition, NotFound
from labelhub.core.prepared import PreparedUpdate

Transitions = Mapping[tuple[str, str], str]


def next_state(transitions: Transitions, state: str, event: str, *, subject: str) -> str:
    """The state that `event` leads to. Raises InvalidTransition (409) for a pair that is not in the table."""
    try:
        return transitions[(state, event)]
    except KeyError:
        raise _refused(state, event, subject) from None


def states_that_allow(transitions: Transitions, event: str) -> list[str]:
    """All states from which `event` is possible, for conditional updates."""
    return sorted(state for state, name in transitions if name == event)


def target_of(transitions: Transitions, event: str) -> str:
    """The one state that `event` leads to. Raises ValueError for a table that gives it several, or none."""
    (target,) = {after for (_, name), after in transitions.items() if name == event}
    return target


def try_advance(
    row: Model,
    transitions: Transitions,
    event: str,
    *,
    fence: Mapping[str, Any] | None = None,
    **values: Any,
) -> bool:
    """Apply `event` to the row by one UPDATE, with `values` beside the state; False when the row does not allow it.

    `fence` narrows the UPDATE further (a job's attempt, a claim's holder). `row` is brought up to date.
    """
    allowed = tuple(states_that_allow(transitions, event))
    values["state"] = target_of(transitions, event)
    if fence is None:
        changed = _updating(type(row), allowed, tuple(sorted(values))).run(pk=row.pk, **values)
    else:
        rows = type(row)._default_manager.filter(pk=row.pk, state__in=allowed, **fence)
        changed = rows.update(**values)
    if not changed:
        return False
    for name, value in values.items():
        setattr(row, name, value)
    return True


@cache
def _updating(model: type[Model], allowed: tuple[str, ...], names: tuple[str, ...]) -> PreparedUpdate:
    """The UPDATE of an event that readers wait for, written once for the columns that it sets."""

    def build(pk: Any, **become: Any) -> tuple[QuerySet[Any], dict[str, Any]]:
        return model._default_manager.filter(pk=pk, state__in=allowed), become

    fields: dict[str, Any] = {name: model._meta.get_field(name) for name in names}
    return PreparedUpdate(build, pk=model._meta.pk, **fields)


def advance(row: Model, transitions: Transitions, event: str, *, subject: str, **values: Any) -> None:
    """As `try_advance`. Raises InvalidTransition (409) with the state in which the row really is."""
    if try_advance(row, transitions, event, **values):
        return
    state = type(row)._default_manager.filter(pk=row.pk).values_list("state", flat=True).first()
    if state is None:
        raise NotFound()
    raise _refused(state, event, subject)


def _refused(state: str, event: str, subject: str) -> InvalidTransition:
    return InvalidTransition(
        f"This {subject} is {state}: it cannot be changed by '{event}' now. Reload to see where it stands.",
        details={"state": state, "event": event},
    )
