"""One action on many cases: a few at a time, so that nobody who reads waits long, and with what became of each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from uuid import UUID

from labelhub.imaging.models import Case
from labelhub.projects.models import Project
from labelhub.reading.services.locks import cases_locked

MOST_CASES = 1_000
CHUNK = 100


@dataclass(frozen=True)
class Refusal:
    """Why the action was not done with one case."""

    case: UUID
    code: str
    message: str


@dataclass
class Outcome:
    """How many cases it was done with, and how many were so already; the others, each with a sentence."""

    n_done: int = 0
    n_already: int = 0
    refused: list[Refusal] = field(default_factory=list)


def in_chunks(case_ids: Collection[UUID]) -> Iterator[list[UUID]]:
    """Each case once, in the order of ids."""
    ids = sorted(set(case_ids))
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]


def cases_held(project: Project, case_ids: Collection[UUID]) -> list[Case]:
    """Those of the cases that are of the project and can be read, locked until commit with their slots."""
    rows = Case.objects.filter(project=project, id__in=case_ids, current_version__isnull=False)
    cases_locked(list(rows.values_list("id", flat=True)))
    return list(rows.select_for_update(no_key=True).order_by("id"))


def unknown_cases(case_ids: Collection[UUID], found: Iterable[Case]) -> list[Refusal]:
    """Refusals of those that are not among the cases that were found."""
    known = {case.id for case in found}
    message = "This project has no such case that can be read."
    return [Refusal(pk, "unknown_case", message) for pk in case_ids if pk not in known]
