"""Statements that PostgreSQL parses and plans once a connection: half of its own share of a short statement's time."""

from __future__ import annotations

import time
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection

FRESH_S = 1.0
# Never given twice, also where a signal came between a PREPARE and its note.
NUMBERS = count()


class Plans:
    """The statements that one connection has prepared: text -> what runs it.

    A plan made on an empty table may read the whole of it when it is full, and PostgreSQL looks at a table's size by
    itself once a minute at best. So a connection makes its plans anew when it is twice as old as the last time.
    """

    def __init__(self) -> None:
        self.known: dict[str, str] = {}
        self.born = time.monotonic()
        self.age = FRESH_S

    def are_old(self) -> bool:
        """Whether they are to be made anew now."""
        age = time.monotonic() - self.born
        if age < 2 * self.age:
            return False
        self.age = age
        return True


PLANS: WeakKeyDictionary[Any, Plans] = WeakKeyDictionary()


def planned(cursor: Any, sql: str, n: int) -> str:
    """What runs the statement, with a place (`%s`) for each of its `n` parameters (`$1` to `$n`)."""
    plans = PLANS.get(connection.connection)
    if plans is None:
        plans = PLANS[connection.connection] = Plans()
    # Beside Django's count and log of queries, and without values: signs for percent are not undone.
    with connection.wrap_database_errors:
        if plans.are_old():
            cursor.cursor.execute("DISCARD PLANS")
        if sql not in plans.known:
            name = f"labelhub_{next(NUMBERS)}"
            cursor.cursor.execute(f"PREPARE {name} AS {sql.replace('%%', '%')}")
            places = f" ({', '.join(['%s'] * n)})" if n else ""
            # The comment says in every log what is run.
            plans.known[sql] = f"EXECUTE {name}{places} /* {sql} */"
    return plans.known[sql]
