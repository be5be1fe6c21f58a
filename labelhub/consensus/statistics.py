"""Progress, agreement and reader figures of a project, from its reads.

Agreement uses the first submitted version of each read (design invariant 1). Every figure here grows with
the number of cases, so it is computed in the background and kept in ProjectStatistics.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from statistics import median
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum

from labelhub.accounts.models import User
from labelhub.consensus.agreement import Agreement, Ratings, pairwise_table, summarise, tabulate_by_finding
from labelhub.consensus.models import Adjudication, ConsensusLabel, Discordance
from labelhub.imaging.models import Split
from labelhub.projects.models import Membership, Project
from labelhub.projects.selectors import schema_in_force
from labelhub.questions import presence
from labelhub.reading.models import Assignment, CaseRound, Read, ReadAnswer


def project_statistics(project: Project) -> dict[str, Any]:
    """All figures of the dashboard that grow with the data, as JSON."""
    names = _reader_names(project)
    tables = _ratings(project)
    return {
        **progress(project),
        "discordant": discordance_funnel(project),
        "readers": reader_figures(project, names),
        "agreement": [agreement_row(finding, tables.get(finding["code"])) for finding in _findings(project)],
        "pairs": _pairs(tables, names),
        "consensus": _consensus_counts(project),
    }


def progress(project: Project) -> dict[str, Any]:
    """Reads done and needed in all rounds, and how many cases are begun, complete and closed.

    Each case counts once, by the standing round, which has them all; one that is excluded is read no more.
    """
    rows = CaseRound.objects.filter(round__project=project)
    reads = rows.aggregate(done=Sum("n_submitted"), needed=Sum("n_needed"))
    cases = rows.filter(round__number=1).exclude(split=Split.EXCLUDED)
    totals = cases.aggregate(
        total=Count("id"),
        begun=Count("id", filter=Q(begun_seq__isnull=False)),
        complete=Count("id", filter=Q(n_submitted__gte=F("n_needed"))),
        closed=Count("id", filter=Q(closed_at__isnull=False)),
    )
    return {"reads": {key: n or 0 for key, n in reads.items()}, "cases": totals}


def discordance_funnel(project: Project) -> dict[str, Any]:
    """From cases read by two or more, over discordant ones, to adjudicated ones."""
    read_twice = CaseRound.objects.filter(round__project=project, n_submitted__gte=2)
    n_read = read_twice.values("case").distinct().count()
    discordant = Discordance.objects.filter(case_round__round__project=project)
    n_discordant = discordant.values("case_round__case").distinct().count()
    states = dict(
        Adjudication.objects.filter(project=project).values_list("state").annotate(n=Count("id")).order_by()
    )
    decided = states.get("decided", 0) + states.get("resolved", 0)
    return {
        "n_read": n_read,
        "n_discordant": n_discordant,
        "open": sum(states.values()) - decided,
        "decided": decided,
        "share": round(n_discordant / n_read, 4) if n_read else None,
    }


def reader_figures(project: Project, names: dict[UUID, str]) -> list[dict[str, Any]]:
    """Per reader: reads submitted, pace and skips; also of who reads no longer, since her reads count."""
    readers = set(_members_who_read(project).values_list("user_id", flat=True))
    times: dict[UUID, list[int]] = defaultdict(list)
    first = Read.objects.filter(assignment__round__project=project, version=1)
    for reader, ms in first.values_list("assignment__reader_id", "active_ms").iterator(chunk_size=5000):
        times[reader].append(ms)
    skipped = dict(
        Assignment.objects.filter(round__project=project, state=Assignment.State.SKIPPED)
        .values_list("reader_id")
        .annotate(n=Count("id"))
        .order_by()
    )
    return [
        {
            "id": str(reader),
            "name": names[reader],
            "submitted": len(times.get(reader, [])),
            "median_seconds": _median_seconds(times.get(reader, [])),
            "skipped": skipped.get(reader, 0),
            "is_reader": reader in readers,
        }
        for reader in sorted(names, key=lambda pk: names[pk])
    ]


def agreement_row(finding: dict[str, Any], ratings: Ratings | None) -> dict[str, Any]:
    """One finding's statistics; a figure that cannot be given is null, with the reason."""
    row: dict[str, Any] = {"finding": finding["code"], "name": finding["name"], "n": 0, "reason": None}
    names = ("percent", "cohen", "fleiss", "alpha", "ac1", "pabak")
    if ratings is None:
        return {**row, **dict.fromkeys(names), "reason": "Nobody has read a case twice yet."}
    figures = summarise(ratings)
    row["n"] = figures["percent"].n_items
    for name in names:
        row[name] = _figure(figures[name])
    alpha = figures["alpha"]
    row["reason"] = alpha.reason.sentence if alpha.reason else None
    return row


def _figure(figure: Agreement) -> dict[str, float | None] | None:
    if figure.value is None:
        return None
    return {"value": figure.value, "low": figure.low, "high": figure.high}


def _ratings(project: Project) -> dict[str, Ratings]:
    """Per finding, the first submitted version of every read, clustered by patient."""
    columns = list(
        zip(
            *ReadAnswer.objects.filter(read__assignment__round__project=project, read__version=1)
            .order_by("read__submitted_at", "id")
            .values_list(
                "finding",
                "read__assignment__case_id",
                "read__assignment__round_id",
                "read__assignment__reader_id",
                "value",
                "read__assignment__case__patient_id",
            )
            .iterator(chunk_size=10_000),
            strict=True,
        )
    )
    if not columns:
        return {}
    finding, case, round_, reader, value, patient = columns
    return tabulate_by_finding(
        finding=finding,
        item=[f"{pk}:{number}" for pk, number in zip(case, round_, strict=True)],
        reader=[str(pk) for pk in reader],
        value=value,
        cluster=[str(pk) for pk in patient],
        categories=list(presence.SCALE),
    )


def _pairs(tables: dict[str, Ratings], names: dict[UUID, str]) -> list[dict[str, Any]]:
    """Reader x reader figures per finding, for the heat map; readers by name, within a pair and among pairs."""
    shown = {str(pk): name for pk, name in names.items()}
    rows = []
    for code, ratings in tables.items():
        for pair in pairwise_table(ratings):
            first, second = sorted((shown[str(pair.first)], shown[str(pair.second)]))
            figures = {name: _figure(getattr(pair, name)) for name in ("percent", "cohen", "ac1")}
            rows.append({"finding": code, "first": first, "second": second, "n": pair.n_items, **figures})
    return sorted(rows, key=lambda row: (row["finding"], row["first"], row["second"]))


def _consensus_counts(project: Project) -> list[dict[str, Any]]:
    rows = (
        ConsensusLabel.objects.filter(case_round__round__project=project, is_current=True)
        .values("finding", "value")
        .annotate(n=Count("id"))
        .order_by("finding", "value")
    )
    return [dict(row) for row in rows]


def _findings(project: Project) -> list[dict[str, Any]]:
    return list(schema_in_force(project).findings)


def _members_who_read(project: Project) -> QuerySet[Membership]:
    return project.memberships.filter(role=Membership.Role.READER)


def _reader_names(project: Project) -> dict[UUID, str]:
    """Everyone who reads or has read: her reads stay in the figures when her role is taken away.

    Two of one name are told apart by their sign-in names.
    """
    has_read = Assignment.objects.filter(round__project=project, reads__isnull=False).values("reader_id")
    people = User.objects.filter(Q(id__in=_members_who_read(project).values("user_id")) | Q(id__in=has_read))
    names = {person: person.display_name or person.username for person in people}
    times = Counter(names.values())
    return {
        person.id: name if times[name] == 1 else f"{name} ({person.username})"
        for person, name in names.items()
    }


def _median_seconds(times: list[int]) -> float | None:
    timed = [ms for ms in times if ms]
    return round(median(timed) / 1000, 1) if timed else None
