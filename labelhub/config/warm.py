"""What the first requests of a process would otherwise wait for."""

from __future__ import annotations

import logging

from django.db import DatabaseError, connection
from django.urls import get_resolver

from labelhub.core.prepared import prepare_all

logger = logging.getLogger(__name__)


def warm() -> None:
    """Load every view, compile every prepared statement and leave one connection that knows them.

    A database that is away or not migrated yet stops nothing: the first requests do this work then.
    """
    assert get_resolver().url_patterns
    try:
        prepare_all()
    except DatabaseError:
        logger.warning("The database is away or not migrated: the first requests are slower.", exc_info=True)
    finally:
        connection.close()
