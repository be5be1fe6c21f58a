"""The orders of a list of cases. Each is one index, and a page of it one or two ranges of that index.

An order by something that a case may lack lists the cases that have it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet, Subquery

from labelhub.imaging.models import Case
from labelhub.learning.models import RankedCase, Ranking
from labelhub.projects.models import Project
from labelhub.reading.models import CaseRound
from labelhub.workflows.cases.filters import ON_LISTED_ROWS, CaseFilter, labels_asked, listed_rows, narrowed

Key = tuple[Any, ...]
FEW = 5_000


class Placed(NamedTuple):
    """A case, and its place in the order: where the next page begins."""

    case_id: UUID
    key: Key


class Wanted(NamedTuple):
    """The cases that a list is to hold. `found`: what `asked.find` came to, as a condition on Case."""

    project: Project
    asked: CaseFilter
    found: Q = Q()


class Order(NamedTuple):
    """`page(wanted, after, size)`; `read_key` makes a key of what a cursor holds, or raises ValueError."""

    page: Callable[[Wanted, Key | None, int], list[Placed]]
    read_key: Callable[[list[Any]], Key]
    shows_outcome: bool = False
    shows_model: bool = False


def cases_of(wanted: Wanted) -> QuerySet[Case]:
    """The cases that are wanted, in no order."""
    project = wanted.project
    asked_for = narrowed(project, wanted.asked) & wanted.found
    return Case.objects.filter(asked_for, project=project, current_version__isnull=False)


def _by_number(newest_first: bool) -> Order:
    def page(wanted: Wanted, after: Key | None, size: int) -> list[Placed]:
        beyond = "lt" if newest_first else "gt"
        rows: QuerySet[Any]
        if wanted.asked.finding:
            others = wanted._replace(asked=replace(wanted.asked, finding="", value="", find=""))
            rows = labels_asked(wanted.project, wanted.asked)
            if others.asked != CaseFilter() or wanted.found:
                rows = rows.filter(case_round__case__in=cases_of(others))
            column, case = "case_number", "case_round__case_id"
        elif wanted.asked.state or wanted.asked.flag:
            rows = _listed(wanted)
            column, case = "case_number", "case_id"
        else:
            rows, column, case = cases_of(wanted), "number", "pk"
        if after is not None:
            rows = rows.filter(**{f"{column}__{beyond}": after[0]})
        found = rows.order_by(f"-{column}" if newest_first else column).values_list(case, column)[:size]
        return [Placed(case_id, (number,)) for case_id, number in found]

    return Order(page, lambda values: (_number(values[0], values, 1),))


def _by_read(newest_first: bool) -> Order:
    def page(wanted: Wanted, after: Key | None, size: int) -> list[Placed]:
        rows = _listed(wanted).filter(newest_read_at__isnull=False)
        return _page(rows, ("newest_read_at", "case_number", "case_id"), newest_first, after, size)

    def read_key(values: list[Any]) -> Key:
        when = datetime.fromisoformat(values[0])
        return when.astimezone(UTC), _number(values[1], values, 2)

    return Order(page, read_key)


def _by_disagreement(wanted: Wanted, after: Key | None, size: int) -> list[Placed]:
    rows = _listed(wanted).filter(n_discordant__gt=0)
    return _page(rows, ("n_discordant", "case_number", "case_id"), True, after, size)


def _by_score(wanted: Wanted, after: Key | None, size: int) -> list[Placed]:
    """By the acquisition score of the ranking in force: what would teach most comes first."""
    ranking = Ranking.objects.filter(queue__workliststate__project=wanted.project).values("id")
    rows = RankedCase.objects.filter(ranking=Subquery(ranking), score__isnull=False)
    rows = _of_cases(rows, "case", wanted)
    return _page(rows, ("score", "position", "case_id"), True, after, size)


def _by_date(newest_first: bool) -> Order:
    """By the day of the study. The cursor names the case: a day is not shown to anybody."""

    def page(wanted: Wanted, after: Key | None, size: int) -> list[Placed]:
        rows = Case.objects.filter(project=wanted.project, current_version__isnull=False, day__isnull=False)
        place = None
        if after is not None:
            last = Case.objects.filter(project=wanted.project, number=after[0], day__isnull=False)
            place = last.values_list("day", "number").first()
            if place is None:
                return []
        found = _page(_of_cases(rows, "pk", wanted), ("day", "number", "pk"), newest_first, place, size)
        return [Placed(each.case_id, each.key[1:]) for each in found]

    return Order(page, lambda values: (_number(values[0], values, 1),))


def _page(
    rows: QuerySet[Any], columns: tuple[str, str, str], newest_first: bool, after: Key | None, size: int
) -> list[Placed]:
    """Rows by (value, number): those that share the value of `after`, then those beyond it; an index range each."""
    value, number, case = columns
    sign, beyond = ("-", "lt") if newest_first else ("", "gt")
    rows = rows.order_by(f"{sign}{value}", f"{sign}{number}").values_list(case, value, number)
    if after is None:
        found = list(rows[:size])
    else:
        found = list(rows.filter(**{value: after[0], f"{number}__{beyond}": after[1]})[:size])
        if len(found) < size:
            found += rows.filter(**{f"{value}__{beyond}": after[0]})[: size - len(found)]
    return [Placed(case_id, tuple(key)) for case_id, *key in found]


def _listed(wanted: Wanted) -> QuerySet[CaseRound]:
    """The rows by which the wanted cases are listed."""
    rows = listed_rows(wanted.project, wanted.asked)
    others = replace(wanted.asked, **dict.fromkeys(ON_LISTED_ROWS, ""), find="")
    if others == CaseFilter() and not wanted.found:
        return rows
    return rows.filter(case__in=cases_of(wanted._replace(asked=others)))


def _of_cases(rows: QuerySet[Any], case: str, wanted: Wanted) -> QuerySet[Any]:
    """Those of the rows whose case is wanted.

    A few cases are looked up first: PostgreSQL would walk the order and look each case up, in the belief that those
    wanted are scattered evenly over it. Labelled cases by the score of those still to be read are at no place of it.
    """
    if replace(wanted.asked, find="") == CaseFilter() and not wanted.found:
        return rows
    cases = cases_of(wanted)
    ids = list(cases.values_list("pk", flat=True)[: FEW + 1])
    return rows.filter(**{f"{case}__in": ids if len(ids) <= FEW else cases})


def _number(value: Any, values: list[Any], length: int) -> int:
    if len(values) != length or type(value) is not int or not 0 <= value < 2**63:
        raise ValueError(value)
    return value


def _numbers(values: list[Any]) -> Key:
    return _number(values[0], values, 2), _number(values[1], values, 2)


def _score(values: list[Any]) -> Key:
    return float(values[0]), _number(values[1], values, 2)


ORDERS: dict[str, Order] = {
    "number": _by_number(newest_first=False),
    "-number": _by_number(newest_first=True),
    "-read": _by_read(newest_first=True),
    "read": _by_read(newest_first=False),
    "-disagreement": Order(_by_disagreement, _numbers, shows_outcome=True),
    "-score": Order(_by_score, _score, shows_model=True),
    "-date": _by_date(newest_first=True),
    "date": _by_date(newest_first=False),
}
