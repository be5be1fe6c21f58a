"""Keeping corrections: what was changed by whom, why, and that a request sent again changes nothing more."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from labelhub.accounts.models import User
from labelhub.core import audit
from labelhub.core.errors import Conflict
from labelhub.imaging.models import Case, Correction


@dataclass(frozen=True)
class CorrectedCase:
    """A case that a correction reaches, with what rests on it."""

    id: str
    label: str
    split_before: str
    split: str
    n_reads: int
    n_labels: int


@dataclass(frozen=True)
class Preview:
    """What a correction would change. `notes`: sentences for the manager."""

    kind: str
    before: dict[str, Any]
    after: dict[str, Any]
    cases: tuple[CorrectedCase, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """Says in a word what was shown, so that nothing else is done."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Asked:
    """Who corrects, why, by which request, and what she was shown."""

    actor: User
    reason: str
    client_uuid: UUID
    shown: str


def correction_made(asked: Asked, case: Case, kind: str) -> Correction | None:
    """The correction that this request has made before. Raises Conflict `id_reused` when another one has its id."""
    made = Correction.objects.filter(id=asked.client_uuid).first()
    if made is None:
        return None
    if (made.case_id, made.kind, made.reason, made.made_by_id) != (
        case.id,
        kind,
        asked.reason,
        asked.actor.id,
    ):
        raise Conflict("This request's id was used before for other content.", code="id_reused")
    return made


def refuse_unless_shown(preview: Preview, asked: Asked) -> None:
    """Raise Conflict `correction_changed` when something else would follow by now."""
    if preview.shown != asked.shown:
        raise Conflict(
            "Something has changed in the meantime. Look at what follows once more.",
            code="correction_changed",
        )


def correction_keep(preview: Preview, asked: Asked, case: Case) -> Correction:
    """Keep it, with its audit row, in the transaction that makes the change."""
    row = Correction.objects.create(
        id=asked.client_uuid,
        case=case,
        kind=preview.kind,
        before=preview.before,
        after=preview.after,
        reason=asked.reason,
        made_by=asked.actor,
    )
    audit.record(
        actor_id=asked.actor.id,
        action=f"{preview.kind}.corrected",
        obj=row,
        project_id=case.project_id,
        data={"case": str(case.id), **_codes(preview)},
    )
    return row


def _codes(preview: Preview) -> dict[str, Any]:
    """For the audit trail, which holds ids and codes: a site's name stays in the correction's row."""
    if preview.kind == Correction.Kind.SITE:
        return {}
    return {"before": preview.before, "after": preview.after}
