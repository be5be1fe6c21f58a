"""Letters for readers: A, B, C in an order that says nothing of who read the case."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from uuid import UUID

from labelhub.consensus.models import Adjudication


def lettered(assignment_ids: Iterable[UUID], seed: int, first: int = 0) -> dict[UUID, str]:
    """Assignment id -> letter, by a seeded hash of the id; `first` letters are given already."""
    ordered = sorted(assignment_ids, key=lambda pk: hashlib.sha256(f"{seed}:{pk}".encode()).digest())
    return {pk: _letter(first + i) for i, pk in enumerate(ordered)}


def letters(adjudication: Adjudication) -> dict[UUID, str]:
    return {UUID(pk): letter for pk, letter in adjudication.letters.items()}


def letters_extended(adjudication: Adjudication, assignment_ids: Iterable[UUID]) -> dict[str, str]:
    """The letters with those of reads that came since: who has a letter keeps it."""
    given = letters(adjudication)
    new = lettered(set(assignment_ids) - set(given), adjudication.label_seed, first=len(given))
    return {str(pk): letter for pk, letter in {**given, **new}.items()}


def _letter(index: int) -> str:
    return chr(ord("A") + index) if index < 26 else f"R{index + 1}"
