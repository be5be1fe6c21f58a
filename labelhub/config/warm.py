"""What the first requests of a process would otherwise wait for."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import DatabaseError, connection
from django.urls import get_resolver

from labelhub.core.prepared import prepare_all

# Of what one connection has to learn, a request that comes beside others would wait for the whole. More than three of a
# process are seldom in use at once, and each takes 50 ms of the start.
CONNECTIONS = 3

logger = logging.getLogger(__name__)


def warm() -> None:
    """Load every view, compile every prepared statement and leave connections that know them.

    A database that is away or not migrated yet stops nothing: the first requests do this work then.
    """
    assert get_resolver().url_patterns
    n = min(CONNECTIONS, connection.settings_dict.get("IDLE_CONNECTIONS", 0)) or 1
    all_have_one = Barrier(n)
    try:
        with ThreadPoolExecutor(n) as pool:
            for leaving in [pool.submit(_leave_a_connection, all_have_one) for _ in range(n)]:
                leaving.result()
    except DatabaseError:
        logger.warning("The database is away or not migrated: the first requests are slower.", exc_info=True)


def _leave_a_connection(all_have_one: Barrier) -> None:
    """Given back before the others are open, one connection would be warmed again and again."""
    try:
        prepare_all()
    finally:
        all_have_one.wait()
        connection.close()
