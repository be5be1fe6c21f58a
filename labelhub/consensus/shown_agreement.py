"""The agreement of a round as pages and exports show it, from what was computed and kept (`round_agreement`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from labelhub.consensus.models import RoundStatistics
from labelhub.projects.selectors import schema_in_force
from labelhub.reading.asked import asked
from labelhub.reading.models import Round

OF_ALL = ("percent", "cohen", "fleiss", "alpha", "ac1", "pabak")
OF_PAIRS = ("percent", "cohen", "ac1")
FIGURE = ("value", "low", "high", "standard_error")
NOBODY_TWICE = "Nobody has read a case twice yet."


def agreement_shown(round_: Round, row: RoundStatistics | None) -> list[dict[str, Any]]:
    """A row for each finding that the round asks or has asked."""
    figures = row.body["findings"] if row else {}
    return [
        {"finding": code, "name": name, **(figures.get(code) or _nothing())}
        for code, name in _finding_names(round_, figures).items()
    ]


def pairs_shown(row: RoundStatistics | None, names: Mapping[UUID, str]) -> list[dict[str, Any]]:
    """A row for each finding and two readers, in order of names: within a pair, and among pairs."""
    named = [_named(pair, names) for pair in (row.body["pairs"] if row else [])]
    return sorted(named, key=lambda pair: (pair["finding"], pair["first"], pair["second"]))


def _finding_names(round_: Round, figures: Mapping[str, Any]) -> dict[str, str]:
    """What the round asks under the schema in force, in its order; then what it asked before, marked as such."""
    in_force = asked(schema_in_force(round_.project), round_)
    named = {row["code"]: row["name"] for row in in_force.findings}
    gone = sorted(set(figures) - set(named))
    if gone:
        earlier = round_.project.schemas.order_by("version")
        once = {row["code"]: row["name"] for schema in earlier for row in schema.findings}
        named |= {code: f"{once.get(code, code)} (no longer asked)" for code in gone}
    return named


def _nothing() -> dict[str, Any]:
    return {"n": 0, **dict.fromkeys(OF_ALL), "reasons": dict.fromkeys(OF_ALL, NOBODY_TWICE)}


def _named(pair: dict[str, Any], names: Mapping[UUID, str]) -> dict[str, Any]:
    first, second = sorted(names[UUID(pair[key])] for key in ("first", "second"))
    return {**pair, "first": first, "second": second}
