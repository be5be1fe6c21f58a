"""A process's idle connections: the last one kept is taken first; none that is broken or busy is given."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from labelhub.core.postgres.idle import IDLE
from labelhub.core.prepared import prepare_all

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no server to be connected to"),
]


@pytest.fixture
def idle() -> Iterator[None]:
    yield
    IDLE.close()


@pytest.fixture
def threads(idle: None) -> Iterator[list[Any]]:
    """Django's wrapper as three threads of a process that keeps two connections would each have it."""
    wrappers = [connection.copy() for _ in range(3)]
    for wrapper in wrappers:
        wrapper.settings_dict["IDLE_CONNECTIONS"] = 2
    yield wrappers
    for wrapper in wrappers:
        wrapper.close()


def session(wrapper: Any) -> int:
    """The server's process behind it."""
    with wrapper.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid: int = cursor.fetchone()[0]
    return pid


def test_the_last_one_kept_is_taken_first(threads: list[Any]) -> None:
    first, second, third = threads
    early, late = session(first), session(second)
    first.close()
    second.close()
    assert session(third) == late
    assert session(first) == early
    assert session(second) not in {early, late}


def test_no_more_are_kept_than_said(threads: list[Any]) -> None:
    for wrapper in threads:
        session(wrapper)
    for wrapper in threads:
        wrapper.close()
    assert len(IDLE) == 2


def test_one_that_the_server_ended_is_not_given(threads: list[Any]) -> None:
    ended = session(threads[0])
    threads[0].close()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [ended])
    assert session(threads[1]) != ended
    assert len(IDLE) == 0


def test_one_that_was_closed_meanwhile_is_not_given(threads: list[Any]) -> None:
    session(threads[0])
    kept = threads[0].connection
    threads[0].close()
    kept.close()
    assert session(threads[1]) and len(IDLE) == 0


def test_one_that_another_process_opened_is_not_kept(threads: list[Any]) -> None:
    session(threads[0])
    threads[0]._opened_by = os.getppid()
    threads[0].close()
    assert len(IDLE) == 0


def test_one_for_another_database_is_not_given(threads: list[Any]) -> None:
    here = session(threads[0])
    threads[0].close()
    threads[1].settings_dict["NAME"] = "postgres"
    assert session(threads[1]) != here


def test_one_closed_within_a_transaction_is_closed(threads: list[Any]) -> None:
    wrapper = threads[0]
    wrapper.ensure_connection()
    wrapper.set_autocommit(False)
    session(wrapper)
    wrapper.close()
    assert len(IDLE) == 0


def test_a_child_of_fork_has_none(threads: list[Any]) -> None:
    session(threads[0])
    threads[0].close()
    child = os.fork()
    if child == 0:
        os._exit(len(IDLE))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.django_db(transaction=True)
def test_what_was_prepared_is_known_to_the_next_thread(idle: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "IDLE_CONNECTIONS", 1)
    connection.close()
    prepare_all()
    known = n_prepared()
    connection.close()
    assert known == n_prepared() > 1


@pytest.mark.django_db(transaction=True)
def test_a_failed_statement_does_not_spoil_the_connection(
    idle: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connection.settings_dict, "IDLE_CONNECTIONS", 1)
    before = session(connection)
    with pytest.raises(OperationalError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 1")
        cursor.execute("SELECT pg_sleep(5)")
    connection.close()
    assert session(connection) == before
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone()[0] == "0"


def n_prepared() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        number: int = cursor.fetchone()[0]
    return number
