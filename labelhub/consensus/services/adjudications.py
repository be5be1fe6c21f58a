"""Adjudications: the only code that opens one or changes its state."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from labelhub.consensus.anonymity import letters_extended
from labelhub.consensus.models import Adjudication
from labelhub.consensus.states import ADJUDICATION
from labelhub.core.states import advance, try_advance
from labelhub.reading.models import CaseRound

GIVEN_BACK: dict[str, Any] = {"adjudicator": None, "lease_until": None}


def adjudication_open(case_round: CaseRound, assignment_ids: Iterable[UUID]) -> Adjudication:
    """A case waits for an adjudicator; its reads get their letters."""
    row = Adjudication(
        project_id=case_round.case.project_id, case_round=case_round, label_seed=case_round.order_key
    )
    row.letters = letters_extended(row, assignment_ids)
    row.save(force_insert=True)
    return row


def adjudication_advance(row: Adjudication, event: str, **values: Any) -> None:
    """Apply an event of the table, with other columns beside the state. Raises InvalidTransition (409)."""
    advance(row, ADJUDICATION, event, subject="adjudication", **values)


def adjudication_try(row: Adjudication, event: str, **values: Any) -> bool:
    """As `adjudication_advance`, answering False instead of raising."""
    return try_advance(row, ADJUDICATION, event, **values)


def letters_append(row: Adjudication, assignment_ids: Iterable[UUID]) -> None:
    """Reads that came after the case was opened get the next letters."""
    letters = letters_extended(row, assignment_ids)
    if letters != row.letters:
        row.letters = letters
        row.save(update_fields=["letters"])
