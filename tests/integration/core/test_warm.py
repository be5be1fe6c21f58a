"""What the application server does before its first request, with a database and without."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.db import connection

from labelhub.config.warm import CONNECTIONS, warm
from labelhub.core import prepared
from labelhub.core.postgres.idle import IDLE
from labelhub.core.postgres.plans import PLANS
from labelhub.core.prepared import Prepared
from labelhub.projects.models import Project


@pytest.mark.django_db(transaction=True)
def test_every_statement_is_compiled(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        warm()
    assert not caplog.records
    assert all(connection.vendor in each._compiled for each in prepared.ALL)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite plans nothing ahead")
@pytest.mark.django_db(transaction=True)
def test_requests_that_come_together_find_connections_that_know_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(connection.settings_dict, "IDLE_CONNECTIONS", 8)
    try:
        warm()
        assert len(IDLE) == CONNECTIONS > 1
        left: list[Any] = [IDLE.take(connection.get_connection_params()) for _ in range(CONNECTIONS)]
        assert [len(PLANS[each].known) for each in left] == [len(prepared.ALL)] * CONNECTIONS
        for each in left:
            each.close()
    finally:
        IDLE.close()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite plans nothing ahead")
@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_not_migrated_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    missing = Prepared(lambda: Project.objects.extra(tables=["no_such_table"]))
    with caplog.at_level(logging.WARNING):
        warm()
    assert [record.name for record in caplog.records] == ["labelhub.config.warm"]
    prepared.ALL.discard(missing)
