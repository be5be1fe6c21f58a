"""Letters for readers: A, B, C in an order that is fixed for a case and says nothing of who read it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from uuid import UUID

from labelhub.consensus.models import Adjudication
from labelhub.consensus.services.counted import COUNTED
from labelhub.reading.models import Assignment, CaseRound


def lettered(assignment_ids: Iterable[UUID], seed: int) -> dict[UUID, str]:
    """Assignment id -> letter, by a seeded hash of the id."""
    ordered = sorted(assignment_ids, key=lambda pk: hashlib.sha256(f"{seed}:{pk}".encode()).digest())
    return {pk: _letter(i) for i, pk in enumerate(ordered)}


def letters(adjudication: Adjudication) -> dict[UUID, str]:
    return letters_of(adjudication.case_round)


def letters_of(case_round: CaseRound) -> dict[UUID, str]:
    """The letters of the counted reads of a case."""
    ids = Assignment.objects.filter(
        round_id=case_round.round_id, case_id=case_round.case_id, state__in=COUNTED
    ).values_list("id", flat=True)
    return lettered(ids, case_round.order_key)


def _letter(index: int) -> str:
    return chr(ord("A") + index) if index < 26 else f"R{index + 1}"
