"""What is insert-only is so for the database too, whichever it is."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from labelhub.core import append_only, audit
from labelhub.core.checks import append_only_triggers
from labelhub.core.models import AuditEvent
from tests.factories.accounts import make_user

pytestmark = pytest.mark.django_db


def test_every_declared_trigger_is_installed() -> None:
    assert append_only.installed_triggers() == append_only.expected_triggers()
    assert append_only_triggers(databases=["default"]) == []


def test_a_missing_trigger_is_noticed() -> None:
    with append_only.suspended():
        (message,) = append_only_triggers(databases=["default"])
    assert f"{len(append_only.expected_triggers())} append-only triggers are missing" in message.msg
    assert append_only_triggers(databases=["default"]) == []


@pytest.mark.parametrize("change", ["update", "delete"])
def test_a_row_is_neither_changed_nor_deleted(change: str) -> None:
    user = make_user()
    audit.record(actor_id=user.id, action="test.happened", obj=user)
    rows = AuditEvent.objects.filter(action="test.happened")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows.update(action="test.other") if change == "update" else rows.delete()
    assert rows.count() == 1


def test_a_table_is_not_emptied() -> None:
    user = make_user()
    audit.record(actor_id=user.id, action="test.happened", obj=user)
    table = AuditEvent._meta.db_table
    statement = f"TRUNCATE {table} CASCADE" if connection.vendor == "postgresql" else f"DELETE FROM {table}"
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert AuditEvent.objects.filter(action="test.happened").exists()
