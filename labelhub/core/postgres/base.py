"""The database backend: Django's own for PostgreSQL, with `IDLE_CONNECTIONS` kept open by the process.

`CONN_MAX_AGE` is to be 0, so that Django gives a connection back after each request.
"""

from __future__ import annotations

import os
from typing import Any

from django.db.backends.postgresql import base

from labelhub.core.postgres.idle import IDLE


class DatabaseWrapper(base.DatabaseWrapper):
    """Takes an idle connection where there is one, and keeps it when Django would close it."""

    _opened_with: dict[str, Any]
    _opened_by = 0

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self._opened_with, self._opened_by = conn_params, os.getpid()
        kept = IDLE.take(conn_params)
        return self._opened(conn_params) if kept is None else kept

    def _opened(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        with connection.cursor() as cursor:
            # A prepared statement (labelhub.core.prepared) is planned once: by itself PostgreSQL plans it five times.
            cursor.execute("SET plan_cache_mode = force_generic_plan")
        connection.commit()
        return connection

    def _close(self) -> None:
        # Closed within a transaction, Django keeps hold of the connection until the block ends; one that came here by
        # fork is its parent's.
        is_own = self._opened_by == os.getpid() and not self.in_atomic_block
        at_most = self.settings_dict.get("IDLE_CONNECTIONS", 0) if is_own else 0
        if not IDLE.keep(self.connection, self._opened_with, at_most=at_most):
            super()._close()  # type: ignore[misc]  # not in the stubs
