"""Agreement between the readers of one round, computed. The background alone imports this: scipy takes long to load.

Rounds differ in what is asked, of whom and what for, so their reads are never pooled. The first submitted version of
each read counts (design invariant 1). Excluded cases are not measured.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.utils import timezone

from labelhub.consensus.agreement import Agreement, Ratings, pairwise_table, summarise, tabulate_by_finding
from labelhub.consensus.models import RoundStatistics
from labelhub.consensus.shown_agreement import FIGURE, OF_ALL, OF_PAIRS
from labelhub.imaging.models import Split
from labelhub.projects.models import LabelSchema, Project
from labelhub.questions import question_of
from labelhub.reading.models import Read, ReadAnswer


def agreement_due(project: Project) -> list[RoundStatistics]:
    """The tables, computed but not saved, of each round whose reads or patients are others than at its last."""
    kept = RoundStatistics.objects.filter(round__project=project)
    known = {row.round_id: (row.n_reads, row.n_patients) for row in kept.defer("body")}
    rounds = (
        Read.objects.filter(assignment__round__project=project, version=1)
        .exclude(assignment__case__split=Split.EXCLUDED)
        .values_list("assignment__round_id")
        .annotate(Count("id"), Count("assignment__case__patient_id", distinct=True))
        .order_by("assignment__round_id")
    )
    now = {pk: (n_reads, n_patients) for pk, n_reads, n_patients in rounds}
    # A round all of whose cases were excluded has nothing to measure any more.
    counts = {**dict.fromkeys(known, (0, 0)), **now}
    return [
        RoundStatistics(
            round_id=pk,
            computed_at=timezone.now(),
            n_reads=n_reads,
            n_patients=n_patients,
            body=_body(_ratings(pk)),
        )
        for pk, (n_reads, n_patients) in counts.items()
        if known.get(pk) != (n_reads, n_patients)
    ]


def _body(tables: Mapping[str, Ratings]) -> dict[str, Any]:
    return {
        "findings": {code: _of_all(ratings) for code, ratings in tables.items()},
        "pairs": [row for code, ratings in tables.items() for row in _of_pairs(code, ratings)],
    }


def _of_all(ratings: Ratings) -> dict[str, Any]:
    figures = summarise(ratings)
    return {"n": figures["percent"].n_items, **_figures({name: figures[name] for name in OF_ALL})}


def _of_pairs(code: str, ratings: Ratings) -> list[dict[str, Any]]:
    return [
        {
            "finding": code,
            "first": pair.first,
            "second": pair.second,
            "n": pair.n_items,
            **_figures({name: getattr(pair, name) for name in OF_PAIRS}),
        }
        for pair in pairwise_table(ratings)
    ]


def _figures(figures: Mapping[str, Agreement]) -> dict[str, Any]:
    """Each statistic; one that cannot be given is null. `reasons`: why it, or its interval, cannot be given."""
    reasons = {name: figure.reason.sentence for name, figure in figures.items() if figure.reason}
    return {**{name: _figure(figure) for name, figure in figures.items()}, "reasons": reasons}


def _figure(figure: Agreement) -> dict[str, float | None] | None:
    if figure.value is None:
        return None
    return {name: getattr(figure, name) for name in FIGURE}


def _ratings(round_id: UUID) -> dict[str, Ratings]:
    """Per finding, the first submitted version of every read, clustered by patient."""
    answers = (
        ReadAnswer.objects.filter(read__assignment__round_id=round_id, read__version=1)
        .exclude(read__assignment__case__split=Split.EXCLUDED)
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
        categories=_scales(round_id),
    )


def _scales(round_id: UUID) -> dict[str, list[str]]:
    """{finding: its values in order}, by the versions of the schema under which the round was read."""
    read_under = Read.objects.filter(assignment__round_id=round_id, version=1).values("schema_id")
    scales: dict[str, dict[str, None]] = {}
    for schema in LabelSchema.objects.filter(id__in=read_under).order_by("version"):
        for finding in schema.findings:
            scales.setdefault(finding["code"], {}).update(dict.fromkeys(question_of(finding).SCALE))
    return {finding: list(scale) for finding, scale in scales.items()}
