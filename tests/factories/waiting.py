"""Two transactions at once: the test holds locks in its own until the other's, in a thread, waits for them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connection

PATIENCE_S = 60.0


def wait_until_blocked_or(done: Callable[[], bool]) -> None:
    """Until the other transaction waits for a lock of this one, or is through without."""
    if connection.vendor != "postgresql":
        return
    until = time.monotonic() + PATIENCE_S
    with connection.cursor() as cursor:
        while not done() and time.monotonic() < until:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
            time.sleep(0.02)


@contextmanager
def at_once(act: Callable[..., Any], **arguments: Any) -> Iterator[Callable[[], Any]]:
    """Runs `act` in another thread until it waits for a lock of this transaction, or is through without.

    What is yielded gives its result, or raises what it raised: call it once this transaction has ended.
    """

    def run() -> Any:
        try:
            return act(**arguments)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        future: Future[Any] = pool.submit(run)
        wait_until_blocked_or(future.done)
        yield lambda: future.result(timeout=PATIENCE_S)
