"""The append-only triggers, declared once for SQLite and PostgreSQL.

`migrate` installs them as its last step (SQLite drops a table's triggers when it rebuilds the table), and a
system check compares them with the database at start. Erasure by order goes through `erasing`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import connection

INSERT_ONLY = (
    "core.AuditEvent",
    "core.AuditSeal",
    "projects.LabelSchema",
    "projects.ReadingProtocol",
    "imaging.CaseVersion",
    "imaging.Correction",
    "reading.Read",
    "reading.ReadAnswer",
    "reading.Annotation",
    "reading.LateRead",
    "reading.LateReadDecision",
    "reading.Flag",
    "reading.FlagSeen",
    "reading.FlagWithdrawn",
    "consensus.AdjudicationDecision",
    "learning.TrainingSnapshot",
    "learning.ModelVersion",
    "learning.Ranking",
    "learning.RankedCase",
    "learning.GateOutcome",
    "learning.Promotion",
    "learning.RollbackLift",
)
PREFIX = "append_only_"


def table_names() -> list[str]:
    return [apps.get_model(label)._meta.db_table for label in INSERT_ONLY]


def events() -> tuple[str, ...]:
    """What the triggers refuse; SQLite has no TRUNCATE."""
    return ("update", "delete", "truncate") if connection.vendor == "postgresql" else ("update", "delete")


def expected_triggers() -> set[str]:
    return {f"{PREFIX}{table}_{event}" for table in table_names() for event in events()}


def install() -> None:
    """Create every trigger that is missing. Safe to call again."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRES_FUNCTION)
        for table in table_names():
            for event in events():
                for statement in _statements(table, event):
                    cursor.execute(statement)


def remove() -> None:
    """Drop every trigger (test fixtures only)."""
    with connection.cursor() as cursor:
        for table in table_names():
            for event in events():
                on_table = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {PREFIX}{table}_{event}{on_table}")


@contextmanager
def suspended() -> Iterator[None]:
    """Triggers off within the block."""
    remove()
    try:
        yield
    finally:
        install()


@contextmanager
def erasing(labels: Collection[str]) -> Iterator[None]:
    """Within the block its own transaction may delete rows of these models; to every other one they stay insert-only.

    PostgreSQL's trigger reads a setting of the transaction. SQLite has none, but what a transaction does to triggers
    nobody sees before it ends, and it writes alone. A transaction that fails leaves everything as it was.
    """
    assert connection.in_atomic_block
    tables = [apps.get_model(label)._meta.db_table for label in labels if label in INSERT_ONLY]
    _allow_deletes(tables)
    yield
    _refuse_deletes(tables)


def installed_triggers() -> set[str]:
    query = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE %s"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [f"{PREFIX}%"])
        return {row[0] for row in cursor.fetchall()}


def _allow_deletes(tables: list[str]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"SET LOCAL {_ERASING} = 'on'")
            return
        for table in tables:
            cursor.execute(f"DROP TRIGGER IF EXISTS {PREFIX}{table}_delete")


def _refuse_deletes(tables: list[str]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"SET LOCAL {_ERASING} = 'off'")
            return
        for table in tables:
            for statement in _statements(table, "delete"):
                cursor.execute(statement)


_ERASING = "labelhub.erasing"
_POSTGRES_FUNCTION = f"""
CREATE OR REPLACE FUNCTION append_only_refuse() RETURNS trigger AS $$
BEGIN
  IF TG_OP = 'DELETE' AND current_setting('{_ERASING}', true) = 'on' THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'append-only: % on % is refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$ LANGUAGE plpgsql
"""


def _statements(table: str, event: str) -> list[str]:
    name = f"{PREFIX}{table}_{event}"
    if connection.vendor == "postgresql":
        each = "STATEMENT" if event == "truncate" else "ROW"
        return [
            f"DROP TRIGGER IF EXISTS {name} ON {table}",
            f"CREATE TRIGGER {name} BEFORE {event.upper()} ON {table} "
            f"FOR EACH {each} EXECUTE FUNCTION append_only_refuse()",
        ]
    return [
        f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {event.upper()} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, 'append-only: {event} on {table} is refused'); END"
    ]
