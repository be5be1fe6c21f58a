"""Open connections that no thread uses just now. The one that came back last is taken first.

A connection knows more with every statement: tables looked up, statements parsed and planned. The application server
deals requests out to its threads in turn, so that with a connection for each thread a statement that is asked for now
and then finds one that has never run it. Last in, first out: few connections do nearly all of the work, and are warm.
"""

from __future__ import annotations

import os
import select
import time
from collections import deque
from dataclasses import dataclass
from typing import Any

from psycopg2.extensions import TRANSACTION_STATUS_IDLE

# A firewall may have forgotten a connection that was silent for longer.
MAX_IDLE_S = 600.0


@dataclass(frozen=True)
class _Kept:
    connection: Any
    opened_with: dict[str, Any]
    since: float


class IdleConnections:
    """Any thread of this process may keep and take; each step on the deque is one that Python does not interrupt."""

    def __init__(self) -> None:
        self._kept: deque[_Kept] = deque()

    def __len__(self) -> int:
        return len(self._kept)

    def keep(self, connection: Any, opened_with: dict[str, Any], *, at_most: int) -> bool:
        """Whether it was kept: one that is broken, inside a transaction or one too many is the caller's to close."""
        if len(self._kept) >= at_most or not _stands(connection):
            return False
        if connection.get_transaction_status() != TRANSACTION_STATUS_IDLE:
            return False
        self._kept.append(_Kept(connection, opened_with, time.monotonic()))
        return True

    def take(self, opened_with: dict[str, Any]) -> Any | None:
        """The connection kept last that was opened in this way and still stands; None: open one."""
        while self._kept:
            try:
                last = self._kept.pop()
            except IndexError:
                return None
            is_young = time.monotonic() - last.since < MAX_IDLE_S
            if is_young and last.opened_with == opened_with and _stands(last.connection):
                return last.connection
            last.connection.close()
        return None

    def close(self) -> None:
        while self._kept:
            self._kept.pop().connection.close()


def _stands(connection: Any) -> bool:
    """Whether the server is still there, without asking it: what it would have to say to an idle client is its end."""
    if connection.closed:
        return False
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return not poll.poll(0)


IDLE = IdleConnections()
# A child of fork would share the sockets, and end its parent's sessions with its own.
os.register_at_fork(before=IDLE.close)
