"""What a list says of each of its cases: a bounded number of queries for a page, however many cases there are."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max, Prefetch, Q

from labelhub.accounts.models import User
from labelhub.consensus.selectors import labels_of_cases
from labelhub.imaging.dicom.facts import ABOUT_THE_CASE
from labelhub.imaging.models import Case, Instance
from labelhub.learning.models import RankedCase, Ranking
from labelhub.projects.models import Project
from labelhub.reading.models import CaseRound, Seen
from labelhub.reading.services.seen import cases_seen
from labelhub.workflows.cases.filters import OUTCOME_FILTERS, CaseFilter
from labelhub.workflows.cases.finding import find
from labelhub.workflows.cases.orders import ORDERS, Key, Placed, Wanted, cases_of

MOST_COUNTED = 1_000
MOST_TOLD = 50


@dataclass(frozen=True)
class Label:
    """The label in force of one finding; `value` empty where the votes were left without a majority."""

    finding: str
    value: str
    probability: float | None
    method: str


@dataclass(frozen=True)
class Place:
    """A case in the ranking in force, from 1."""

    position: int
    why: str
    score: float | None


@dataclass(frozen=True)
class Outcome:
    """What came of a case's reads: told to those only who ask for it, of whom it is kept that they have seen it."""

    n_discordant: int
    is_flagged: bool
    labels: list[Label] = field(default_factory=list)


@dataclass(frozen=True)
class ListedCase:
    case: Case
    row: CaseRound | None
    """The row by which it is listed; none where it was excluded before anybody could read it."""
    held_version: int | None
    n_objects: int
    warnings: list[str]
    place: Place | None
    outcome: Outcome | None

    @property
    def state(self) -> str:
        return self.row.state if self.row else CaseRound.State.NOT_BEGUN

    @property
    def n_submitted(self) -> int:
        return self.row.n_submitted if self.row else 0

    @property
    def n_needed(self) -> int:
        return self.row.n_needed if self.row else 0

    @property
    def newest_read_at(self) -> datetime | None:
        return self.row.newest_read_at if self.row else None


@dataclass(frozen=True)
class CaseList:
    """A page of the list. `next`: where the following one begins; None at the end."""

    cases: list[ListedCase]
    next: Key | None
    found_by: str | None
    """As what `find` was understood."""


def list_cases(
    actor: User,
    project: Project,
    asked: CaseFilter,
    *,
    order: str,
    after: Key | None,
    size: int,
    outcomes: bool,
    places: bool,
) -> CaseList:
    """A page of the cases that are asked for. With `outcomes`, or where the list itself tells what was said of its
    cases, it is kept of the actor that she has seen them: they are not offered to her any more.
    """
    wanted, found_by = _wanted(project, asked)
    placed = ORDERS[order].page(wanted, after, size)
    ids = [each.case_id for each in placed]
    is_told = asked.shows_outcome or ORDERS[order].shows_outcome
    if outcomes or is_told:
        # Of a full page those in it: it was asked of more than it holds.
        others = _told_of(wanted) if is_told and len(ids) < size else []
        cases_seen(actor, project.id, {*ids, *others}, Seen.LIST)
    return CaseList(_listed(project, ids, outcomes, places), _next(placed, size), found_by)


def count_cases(actor: User, project: Project, asked: CaseFilter) -> int:
    """How many there are, counted up to one more than `MOST_COUNTED`. A count of few by what was said of them tells
    of each, and is kept as `list_cases` keeps it.
    """
    wanted, _ = _wanted(project, asked)
    if asked.shows_outcome:
        cases_seen(actor, project.id, _told_of(wanted), Seen.LIST)
    return cases_of(wanted).values("pk")[: MOST_COUNTED + 1].count()


def _wanted(project: Project, asked: CaseFilter) -> tuple[Wanted, str | None]:
    """With as what its `find` was understood."""
    if not asked.find:
        return Wanted(project, asked), None
    found = find(project, asked.find)
    return Wanted(project, asked, found.cases), found.by


def _told_of(wanted: Wanted) -> list[UUID]:
    """Of which cases a list tells that is narrowed by what was said of them: where it is asked of few, of those too
    that are not in it. Of many that are not in it, it tells as a figure does.
    """
    others = replace(wanted.asked, **dict.fromkeys(OUTCOME_FILTERS, ""))
    ids = list(cases_of(wanted._replace(asked=others)).values_list("pk", flat=True)[: MOST_TOLD + 1])
    return ids if len(ids) <= MOST_TOLD else []


def _next(placed: list[Placed], size: int) -> Key | None:
    return placed[-1].key if len(placed) == size else None


def _listed(project: Project, ids: list[UUID], outcomes: bool, has_places: bool) -> list[ListedCase]:
    cases = _cases(ids)
    noted = _noted(case for case, _ in cases.values())
    places = _places(project, ids) if has_places else {}
    labels = labels_of_cases(ids) if outcomes else {}
    found = []
    for case_id in ids:
        case, row = cases[case_id]
        n_objects, warnings = noted.get(case.study_id, (0, set()))
        outcome = Outcome(
            row.n_discordant if row else 0,
            row.is_flagged if row else False,
            [
                Label(each.finding, each.value, each.probability, each.method)
                for each in labels.get(case_id, [])
            ],
        )
        found.append(
            ListedCase(
                case=case,
                row=row,
                held_version=case.held_version,
                n_objects=n_objects,
                warnings=sorted(warnings),
                place=places.get(case_id),
                outcome=outcome if outcomes else None,
            )
        )
    return found


def _cases(ids: Collection[UUID]) -> dict[UUID, tuple[Any, CaseRound | None]]:
    """Each case, with what a list asks beside it, and the row by which it is listed."""
    rows = (
        Case.objects.filter(id__in=ids)
        .select_related("study", "first_instance", "current_version")
        # The manifest of a stack is long, and a list shows how long.
        .defer("current_version__manifest")
        .annotate(held_version=Max("versions__held__version__version"))
        .prefetch_related(
            Prefetch("case_rounds", CaseRound.objects.filter(listed_in__isnull=False), to_attr="listed")
        )
    )
    return {row.id: (row, next(iter(row.listed), None)) for row in rows}


def _noted(cases: Iterable[Case]) -> dict[UUID, tuple[int, set[str]]]:
    """By study: how many objects about it are not read, and the warnings of the images of its case."""
    found: dict[UUID, tuple[int, set[str]]] = {}
    rows = Instance.objects.filter(series__study__in=[case.study_id for case in cases])
    rows = rows.filter(~Q(warnings=[]) | ~Q(kind=""))
    for study_id, case_id, kind, codes in rows.values_list("series__study_id", "case_id", "kind", "warnings"):
        n_objects, warnings = found.get(study_id, (0, set()))
        is_object = kind != "" and (case_id is None or ABOUT_THE_CASE in codes)
        of_case = codes if case_id else ()
        found[study_id] = (n_objects + is_object, warnings.union(of_case))
    return found


def _places(project: Project, ids: Iterable[UUID]) -> dict[UUID, Place]:
    ranking = Ranking.objects.filter(queue__workliststate__project=project).values("id")
    rows = RankedCase.objects.filter(ranking__in=ranking, case__in=ids).defer("probabilities")
    return {row.case_id: Place(row.position, row.why, row.score) for row in rows}
