"""Sealing looks at what is new, finds what appears late, and the chain names what it does not hold."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from labelhub.core import audit
from labelhub.core.models import AuditEvent, AuditSeal, SealMark

pytestmark = pytest.mark.django_db


def happen(n: int, *, ago: timedelta = timedelta(), first_id: int | None = None) -> list[AuditEvent]:
    """`n` events, by default just now and with the next free ids."""
    return [
        AuditEvent.objects.create(
            **({"id": first_id + i} if first_id else {}),
            at=timezone.now() - ago,
            action="test.happened",
            object_type="test",
            object_id=str(i),
        )
        for i in range(n)
    ]


def seal() -> int:
    total = 0
    while n := audit.seal_new_events(limit=3):
        total += n
    return total


def test_everything_is_sealed_once_and_the_chain_holds() -> None:
    seal()
    happen(7, ago=timedelta(hours=1))
    assert seal() == 7
    assert seal() == 0
    happen(2)
    assert seal() == 2
    found = audit.verify_chain()
    assert (found.fault, found.n_unsealed, found.n_sealed) == (None, 0, AuditEvent.objects.count())


def test_what_is_settled_is_not_looked_at_again() -> None:
    old = happen(5, ago=timedelta(hours=1))
    seal()
    assert SealMark.objects.get().event_id == old[-1].id
    with CaptureQueriesContext(
        connection,
    ) as queries:
        seal()
    (looked,) = [
        each["sql"] for each in queries if "core_auditevent" in each["sql"] and "LIMIT 3" in each["sql"]
    ]
    assert f"> {old[-1].id}" in looked


def test_an_event_that_appears_behind_a_sealed_one_is_sealed_too() -> None:
    """Its transaction took its id first and committed last."""
    base = happen(1, ago=timedelta(hours=1))[0].id
    happen(1, first_id=base + 5)
    seal()
    (late,) = happen(1, first_id=base + 3)
    assert seal() == 1
    assert AuditSeal.objects.filter(event=late).exists()
    assert audit.verify_chain().fault is None


def test_what_is_behind_the_mark_and_not_sealed_is_named() -> None:
    base = happen(1, ago=timedelta(hours=1))[0].id
    happen(1, first_id=base + 5, ago=timedelta(hours=1))
    seal()
    happen(1, first_id=base + 3)
    seal()
    assert audit.verify_chain().n_unsealed == 1
