"""Progress and reader figures of a project, from its reads.

Every figure here grows with the number of cases, so it is computed in the background and kept in ProjectStatistics.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from statistics import median
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, F, Q, QuerySet, Sum, When

from labelhub.accounts.models import User
from labelhub.consensus.models import Adjudication, ConsensusLabel, Discordance
from labelhub.imaging.models import Split
from labelhub.projects.models import Membership, Project
from labelhub.reading.models import Assignment, CaseRound, Read, Round

EXCLUDED = Q(split=Split.EXCLUDED)


def project_statistics(project: Project) -> dict[str, Any]:
    """All figures of the dashboard that grow with the data, as JSON; agreement is a matter of each round."""
    return {
        **progress(project),
        "discordant": discordance_funnel(project),
        "readers": reader_figures(project, reader_names(project)),
        "consensus": _consensus_counts(project),
    }


def progress(project: Project) -> dict[str, Any]:
    """Reads done and needed, in all rounds and in each; how many cases are begun, complete and closed.

    Each case counts once, by the standing round, which has them all; one that is excluded is read no more. A round that
    was closed needs no read beyond those that were begun.
    """
    rows = CaseRound.objects.filter(round__project=project)
    rounds = _of_each_round(rows)
    cases = rows.filter(~EXCLUDED, round__number=1)
    totals = cases.aggregate(
        total=Count("id"),
        begun=Count("id", filter=Q(begun_seq__isnull=False)),
        complete=Count("id", filter=Q(n_submitted__gte=F("n_needed"))),
        closed=Count("id", filter=Q(closed_at__isnull=False)),
    )
    reads = {key: sum(row[key] for row in rounds) for key in ("done", "needed")}
    return {"reads": reads, "cases": totals, "rounds": rounds}


def _of_each_round(rows: QuerySet[CaseRound]) -> list[dict[str, Any]]:
    taken = F("n_needed") - F("n_open")
    wanted = Case(When(round__closed_at__isnull=True, then=F("n_needed")), default=taken)
    counted = (
        rows.values(number=F("round__number"))
        .annotate(
            n_cases=Count("id", filter=~EXCLUDED),
            n_closed=Count("id", filter=~EXCLUDED & Q(closed_at__isnull=False)),
            done=Sum("n_submitted"),
            needed=Sum(wanted),
        )
        .order_by("number")
    )
    return [dict(row) for row in counted]


def discordance_funnel(project: Project) -> dict[str, Any]:
    """From cases read for labels by two or more, over discordant ones, to adjudicated ones. Without excluded cases.

    In rounds of another purpose nothing is compared.
    """
    read_twice = CaseRound.objects.filter(
        ~EXCLUDED, round__project=project, round__purpose=Round.Purpose.LABELS, n_submitted__gte=2
    )
    n_read = read_twice.values("case").distinct().count()
    discordant = Discordance.objects.filter(case_round__round__project=project).exclude(
        case_round__split=Split.EXCLUDED
    )
    n_discordant = discordant.values("case_round__case").distinct().count()
    adjudications = Adjudication.objects.filter(project=project).exclude(case_round__split=Split.EXCLUDED)
    states = dict(adjudications.values_list("state").annotate(n=Count("id")).order_by())
    decided, resolved = states.get("decided", 0), states.get("resolved", 0)
    return {
        "n_read": n_read,
        "n_discordant": n_discordant,
        "open": sum(states.values()) - decided - resolved,
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


def _consensus_counts(project: Project) -> list[dict[str, Any]]:
    rows = (
        ConsensusLabel.objects.filter(case_round__round__project=project, is_current=True)
        .exclude(case_round__split=Split.EXCLUDED)
        .values("finding", "value")
        .annotate(n=Count("id"))
        .order_by("finding", "value")
    )
    return [dict(row) for row in rows]


def _members_who_read(project: Project) -> QuerySet[Membership]:
    return project.memberships.filter(role=Membership.Role.READER)


def reader_names(project: Project) -> dict[UUID, str]:
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
