"""Rows of an export of agreement: one per round, finding, readers and statistic."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from labelhub.accounts.models import User
from labelhub.consensus.models import RoundStatistics
from labelhub.consensus.shown_agreement import FIGURE, OF_ALL, OF_PAIRS
from labelhub.projects.models import Project

AGREEMENT = [
    "round",
    "purpose",
    "finding",
    "first_reader",
    "second_reader",
    "statistic",
    "cases",
    "value",
    "low",
    "high",
    "standard_error",
    "reason",
    "computed_at",
]


def agreement_rows(project: Project) -> Iterator[dict[str, Any]]:
    """The tables of every round as they were last computed; readers by their sign-in names, none = all of them."""
    tables = RoundStatistics.objects.filter(round__project=project).select_related("round")
    for table in tables.order_by("round__number"):
        ids = {pair[key] for pair in table.body["pairs"] for key in ("first", "second")}
        names = {
            str(pk): user.username for pk, user in User.objects.in_bulk([UUID(pk) for pk in ids]).items()
        }
        common = {
            "round": table.round.number,
            "purpose": table.round.purpose,
            "computed_at": table.computed_at,
        }
        for finding, row in table.body["findings"].items():
            yield from _statistics({**common, "finding": finding, **_readers("", "")}, row, OF_ALL)
        for row in table.body["pairs"]:
            first, second = sorted((names[row["first"]], names[row["second"]]))
            pair = {**common, "finding": row["finding"], **_readers(first, second)}
            yield from _statistics(pair, row, OF_PAIRS)


def _readers(first: str, second: str) -> dict[str, str]:
    return {"first_reader": first, "second_reader": second}


def _statistics(
    common: dict[str, Any], row: dict[str, Any], statistics: tuple[str, ...]
) -> Iterator[dict[str, Any]]:
    for name in statistics:
        figure = row[name] or dict.fromkeys(FIGURE)
        reason = row["reasons"].get(name)
        yield {**common, "statistic": name, "cases": row["n"], **figure, "reason": reason}
