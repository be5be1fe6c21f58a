"""Agreement between the readers of one round: computed, kept, and made ready to be shown.

Rounds differ in what is asked, of whom and what for, so their reads are never pooled. The first submitted version of
each read counts (design invariant 1).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.utils import timezone

from labelhub.consensus.agreement import Agreement, Ratings, pairwise_table, summarise, tabulate_by_finding
from labelhub.consensus.models import RoundStatistics
from labelhub.projects.models import Project
from labelhub.projects.selectors import schema_in_force
from labelhub.questions import presence
from labelhub.reading.asked import asked
from labelhub.reading.models import Read, ReadAnswer, Round

OF_ALL = ("percent", "cohen", "fleiss", "alpha", "ac1", "pabak")
OF_PAIRS = ("percent", "cohen", "ac1")
FIGURE = ("value", "low", "high", "standard_error")
NOBODY_TWICE = "Nobody has read a case twice yet."


def agreement_due(project: Project) -> list[RoundStatistics]:
    """The tables, computed but not saved, of each round that was read or whose patients were joined since its last."""
    kept = RoundStatistics.objects.filter(round__project=project)
    known = {row.round_id: (row.n_reads, row.n_patients) for row in kept.defer("body")}
    rounds = (
        Read.objects.filter(assignment__round__project=project, version=1)
        .values_list("assignment__round_id")
        .annotate(Count("id"), Count("assignment__case__patient_id", distinct=True))
        .order_by("assignment__round_id")
    )
    return [
        RoundStatistics(
            round_id=pk,
            computed_at=timezone.now(),
            n_reads=n_reads,
            n_patients=n_patients,
            body=_body(_ratings(pk)),
        )
        for pk, n_reads, n_patients in rounds
        if known.get(pk) != (n_reads, n_patients)
    ]


def agreement_shown(
    round_: Round, row: RoundStatistics | None, names: Mapping[UUID, str]
) -> dict[str, list[dict[str, Any]]]:
    """`agreement`: a row for each finding that the round asks or has asked; `pairs`: rows of two readers by name.

    Pairs are in order of names, within a pair and among pairs.
    """
    figures = row.body["findings"] if row else {}
    pairs = row.body["pairs"] if row else []
    findings = _finding_names(round_, figures)
    return {
        "agreement": [
            {"finding": code, "name": name, **(figures.get(code) or _nothing())}
            for code, name in findings.items()
        ],
        "pairs": sorted(
            (_named(pair, names) for pair in pairs), key=lambda it: (it["finding"], it["first"], it["second"])
        ),
    }


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
    return {"n": 0, **dict.fromkeys(OF_ALL), "reason": NOBODY_TWICE}


def _named(pair: dict[str, Any], names: Mapping[UUID, str]) -> dict[str, Any]:
    first, second = sorted(names[UUID(pair[key])] for key in ("first", "second"))
    return {**pair, "first": first, "second": second}


def _body(tables: Mapping[str, Ratings]) -> dict[str, Any]:
    return {
        "findings": {code: _of_all(ratings) for code, ratings in tables.items()},
        "pairs": [row for code, ratings in tables.items() for row in _of_pairs(code, ratings)],
    }


def _of_all(ratings: Ratings) -> dict[str, Any]:
    """One finding's statistics; a figure that cannot be given is null, with the reason."""
    figures = summarise(ratings)
    reason = figures["alpha"].reason
    return {
        "n": figures["percent"].n_items,
        **{name: _figure(figures[name]) for name in OF_ALL},
        "reason": reason.sentence if reason else None,
    }


def _of_pairs(code: str, ratings: Ratings) -> list[dict[str, Any]]:
    return [
        {
            "finding": code,
            "first": pair.first,
            "second": pair.second,
            "n": pair.n_items,
            **{name: _figure(getattr(pair, name)) for name in OF_PAIRS},
        }
        for pair in pairwise_table(ratings)
    ]


def _figure(figure: Agreement) -> dict[str, float | None] | None:
    if figure.value is None:
        return None
    return {name: getattr(figure, name) for name in FIGURE}


def _ratings(round_id: UUID) -> dict[str, Ratings]:
    """Per finding, the first submitted version of every read, clustered by patient."""
    answers = (
        ReadAnswer.objects.filter(read__assignment__round_id=round_id, read__version=1)
        .order_by("read__submitted_at", "id")
        .values_list(
            "finding",
            "read__assignment__case_id",
            "read__assignment__reader_id",
            "value",
            "read__assignment__case__patient_id",
        )
    )
    columns = list(zip(*answers.iterator(chunk_size=10_000), strict=True))
    if not columns:
        return {}
    finding, case, reader, value, patient = columns
    return tabulate_by_finding(
        finding=finding,
        item=[str(pk) for pk in case],
        reader=[str(pk) for pk in reader],
        value=value,
        cluster=[str(pk) for pk in patient],
        categories=list(presence.SCALE),
    )
