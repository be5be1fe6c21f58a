"""Which cases a calibration or reader-study round is to have: named ones, or some drawn at random."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from labelhub.core.errors import InvalidContent
from labelhub.imaging.models import Case, Split
from labelhub.projects.models import Project
from labelhub.reading.models import CaseRound

MOST_CASES = 5_000
"""They come into their round in one transaction, so that a draw is had whole or not at all."""
SPLITS = tuple(split for split in Split.values if split != Split.EXCLUDED)
STANDING = {
    "any": {},
    "not_begun": {"begun_seq__isnull": True},
    "closed": {"closed_at__isnull": False},
}
"""Where a case stands in the standing round -> filter of its row there."""


@dataclass(frozen=True)
class Choice:
    """The cases of these numbers; without any, `n_random` of those in `split` (None: any) that stand so."""

    numbers: tuple[int, ...] = ()
    n_random: int = 0
    split: str | None = None
    standing: str = "any"

    def as_json(self) -> dict[str, Any]:
        """For a job and the audit trail."""
        if self.numbers:
            return {"numbers": list(self.numbers)}
        return {"n_random": self.n_random, "split": self.split, "standing": self.standing}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Choice:
        return cls(**{**value, "numbers": tuple(value.get("numbers", ()))})


def candidates(project: Project, choice: Choice) -> QuerySet[Case]:
    """The cases that are chosen, or from which some are drawn.

    Raises InvalidContent `unknown_cases` for numbers that no case has which can be read.
    """
    cases = Case.objects.filter(project=project, current_version__isnull=False).exclude(split=Split.EXCLUDED)
    if choice.numbers:
        return cases_named(cases, choice.numbers)
    if choice.split:
        cases = cases.filter(split=choice.split)
    if choice.standing != "any":
        there = CaseRound.objects.filter(case_id=OuterRef("pk"), round__number=1, **STANDING[choice.standing])
        cases = cases.filter(Exists(there))
    return cases


def cases_named(cases: QuerySet[Case], numbers: Collection[int]) -> QuerySet[Case]:
    """Those of the cases that have these numbers. Raises InvalidContent `unknown_cases` for numbers that none has."""
    named = cases.filter(number__in=numbers)
    unknown = sorted(set(numbers) - set(named.values_list("number", flat=True)))
    if unknown:
        raise InvalidContent(
            "No case that can be read has these numbers. The page of cases names them.",
            code="unknown_cases",
            details={"numbers": unknown},
        )
    return named


def drawn(project: Project, choice: Choice, seed: int) -> list[UUID]:
    """The ids of the chosen cases. A draw takes each set of candidates equally often, whatever was read before.

    The order of the standing round is no draw: its first cases are those that everybody has read.
    """
    ids = candidates(project, choice).values_list("id", flat=True)
    if choice.numbers:
        return list(ids)
    return heapq.nsmallest(choice.n_random, ids.iterator(chunk_size=10_000), key=lambda pk: _ticket(seed, pk))


def _ticket(seed: int, case_id: UUID) -> bytes:
    return hashlib.sha256(f"{seed}:{case_id}".encode()).digest()
