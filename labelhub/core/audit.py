"""The audit trail: one row per change, written in the change's own transaction, sealed into a hash chain."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.db.models import Max
from django.utils import timezone

from labelhub.core.models import AuditEvent, AuditSeal, SealMark
from labelhub.core.prepared import PreparedInsert

GENESIS = "0" * 64
# Ids are given out before a transaction commits, so that one with a lower id may appear later. No transaction of
# LabelHub lasts this long; what came later still would be named as unsealed by `audit_verify`.
SETTLED = timedelta(minutes=10)
EVENTS = PreparedInsert(AuditEvent)


def record(
    *,
    actor_id: UUID | None,
    action: str,
    obj: models.Model,
    project_id: UUID | None = None,
    data: dict[str, Any] | None = None,
) -> None:
    """Write one audit row. Call inside the transaction that makes the change."""
    EVENTS.run(
        AuditEvent(
            at=timezone.now(),
            actor_id=actor_id,
            action=action,
            object_type=obj._meta.label_lower,
            object_id=str(obj.pk),
            project_id=project_id,
            data=data or {},
        )
    )


def link_hash(previous: str, event: AuditEvent) -> str:
    """SHA-256 over the previous link and the event's canonical JSON (sorted keys, UTC times)."""
    body = json.dumps(
        {
            "id": event.id,
            "at": event.at.isoformat(),
            "actor": str(event.actor_id) if event.actor_id else None,
            "action": event.action,
            "object": [event.object_type, event.object_id],
            "project": str(event.project_id) if event.project_id else None,
            "data": event.data,
        },
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )
    return hashlib.sha256(f"{previous}\n{body}".encode()).hexdigest()


def seal_new_events(limit: int = 5000) -> int:
    """Chain up to `limit` unsealed events and return how many. Only one job at a time may call this.

    Events up to the mark are sealed and are not looked at again, so that the work does not grow with the trail.
    """
    with transaction.atomic():
        mark, _ = SealMark.objects.get_or_create(id=1)
        last = AuditSeal.objects.order_by("-seq").first()
        seq, previous = (last.seq, last.sha256) if last else (0, GENESIS)
        seals = []
        for event in AuditEvent.objects.filter(id__gt=mark.event_id, seal__isnull=True).order_by("id")[
            :limit
        ]:
            seq += 1
            previous = link_hash(previous, event)
            seals.append(AuditSeal(seq=seq, event=event, sha256=previous))
        AuditSeal.objects.bulk_create(seals)
        if len(seals) < limit:
            _move(mark)
    return len(seals)


def _move(mark: SealMark) -> None:
    """Set the mark to the newest event that none can still come before: all that is visible has been sealed."""
    settled = AuditEvent.objects.filter(id__gt=mark.event_id, at__lt=timezone.now() - SETTLED)
    if top := settled.aggregate(top=Max("id"))["top"]:
        mark.event_id = top
        mark.save(update_fields=["event_id"])


@dataclass(frozen=True)
class Verification:
    """What `audit_verify` found. `fault` names the first broken link or gap, else is None."""

    n_sealed: int
    n_unsealed: int
    head: str
    fault: str | None


def verify_chain() -> Verification:
    """Walk the chain from its first link; stop at the first fault."""
    previous, expected = GENESIS, 0
    fault = None
    for seal in _seals():
        expected += 1
        fault = _fault_of(seal, expected, previous)
        if fault:
            break
        previous = seal.sha256
    unsealed = AuditEvent.objects.filter(seal__isnull=True).count()
    return Verification(n_sealed=expected - bool(fault), n_unsealed=unsealed, head=previous, fault=fault)


def _seals() -> Iterable[AuditSeal]:
    return AuditSeal.objects.select_related("event").order_by("seq").iterator(chunk_size=2000)


def _fault_of(seal: AuditSeal, expected: int, previous: str) -> str | None:
    if seal.seq != expected:
        return f"gap: link {expected} is missing (the next link found is {seal.seq})"
    if link_hash(previous, seal.event) != seal.sha256:
        return f"broken link {seal.seq}: audit event {seal.event_id} does not match its seal"
    return None


def newest_event_id() -> int:
    """Highest event id, 0 when there is none."""
    return AuditEvent.objects.aggregate(top=Max("id"))["top"] or 0
