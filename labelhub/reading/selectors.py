"""Reading assignments, reads and a reader's own day. Nothing here shows one reader another's work."""

from __future__ import annotations

from datetime import datetime, timedelta
from statistics import median
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from labelhub.accounts.models import User
from labelhub.imaging.models import CaseExclusion, Instance, Study
from labelhub.projects.models import Project
from labelhub.reading.models import Assignment, Flag, Read

S = Assignment.State
PAGE = 30
N_PRIORS = 3
N_SKIPPED = 10
# The day on which the clocks go back has 25 hours; the rest is for a clock that goes wrong.
LONGEST_DAY = timedelta(hours=26)


def own_today(reader: User, project: Project, day_began: datetime | None = None) -> dict[str, Any]:
    """The reader's own count and pace since `day_began`, a day ago at most; since midnight UTC where it is not said."""
    now = timezone.now()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    began = max(day_began or midnight, now - LONGEST_DAY)
    times = list(
        Read.objects.filter(
            assignment__reader=reader,
            assignment__round__project=project,
            assignment__submitted_at__gte=began,
            version=1,
        ).values_list("active_ms", flat=True)
    )
    timed = [ms for ms in times if ms]
    return {"n_submitted": len(times), "median_seconds": round(median(timed) / 1000, 1) if timed else None}


def own_unfinished(reader: User, project: Project) -> list[Assignment]:
    """Open and sent-back cases, and those whose lease ran out while a draft was kept."""
    mine = Assignment.objects.filter(reader=reader, round__project=project)
    active = mine.filter(state__in=[S.OPEN, S.RETURNED])
    kept = mine.filter(state__in=[S.EXPIRED, S.RELEASED], draft__isnull=False, late_read__isnull=True)
    return list(active.order_by("-opened_at")[:PAGE]) + list(kept.order_by("-opened_at")[:PAGE])


def own_skipped(reader: User, project: Project) -> list[Assignment]:
    """What she skipped last, newest first."""
    mine = Assignment.objects.filter(reader=reader, round__project=project, state=S.SKIPPED)
    return list(mine.order_by("-reserved_at")[:N_SKIPPED])


def urgently_flagged(rows: list[Assignment]) -> set[UUID]:
    """Those of the assignments that carry an urgent flag which was not taken back."""
    standing = Flag.objects.filter(assignment__in=rows, kind=Flag.Kind.URGENT, withdrawn__isnull=True)
    return set(standing.values_list("assignment_id", flat=True))


def own_submitted(
    reader: User, project: Project, before: tuple[datetime, UUID] | None
) -> QuerySet[Assignment]:
    """Newest first, after the keyset position `before` (submitted_at, id)."""
    # A subquery for the page's rows, where a join would group all that she ever read.
    newest = Read.objects.filter(assignment=OuterRef("pk")).order_by("-version")
    rows = Assignment.objects.filter(
        reader=reader, round__project=project, state=S.SUBMITTED, submitted_at__isnull=False
    ).annotate(
        read_version=Subquery(newest.values("version")[:1]),
        read_not_readable=Subquery(newest.values("is_not_readable")[:1]),
    )
    if before:
        when, pk = before
        rows = rows.filter(submitted_at__lte=when).exclude(submitted_at=when, id__gte=pk)
    return rows.order_by("-submitted_at", "-id")


def own_previous(reader: User, assignment: Assignment) -> UUID | None:
    """What she submitted before this one in its project; before one that is not submitted, what she submitted last."""
    when = assignment.submitted_at if assignment.state == S.SUBMITTED else None
    place = (when, assignment.id) if when else None
    return own_submitted(reader, assignment.case.project, place).values_list("id", flat=True).first()


def case_instances(assignment: Assignment) -> list[Instance]:
    """The instances of the version that the assignment names, in the manifest's order, without those lacking pixels."""
    return manifest_instances(assignment.case_version.manifest)


def manifest_instances(manifest: list[dict[str, Any]]) -> list[Instance]:
    order = {entry["instance"]: i for i, entry in enumerate(manifest)}
    rows = Instance.objects.select_related("series").filter(id__in=list(order)).exclude(n_frames=0)
    return sorted(rows, key=lambda row: order[str(row.id)])


def priors(assignment: Assignment) -> list[tuple[int, list[Instance]]]:
    """Earlier studies of the same patient: (days before, instances), newest first.

    Without those of which it is still to be found whether they are hers: an ID may stand for several persons. Nor
    those that a manager has excluded: she may have done so since they are not hers.
    """
    study = assignment.case.study
    if study.day is None or study.is_to_arrange:
        return []
    taken_out = CaseExclusion.objects.filter(case__study=OuterRef("pk"), brought_back_at__isnull=True)
    earlier = (
        Study.objects.filter(
            patient_id=study.patient_id,
            day__lt=study.day,
            case__current_version__isnull=False,
            is_to_arrange=False,
        )
        .exclude(Exists(taken_out))
        .select_related("case__current_version")
        .order_by("-day")[:N_PRIORS]
    )
    return [
        (study.day - prior.day, manifest_instances(prior.case.current_version.manifest))
        for prior in earlier
        if prior.day is not None and prior.case.current_version is not None
    ]


def newest_read(assignment: Assignment) -> Read | None:
    return (
        Read.objects.filter(assignment=assignment)
        .select_related("schema")
        .prefetch_related("answers", "annotations")
        .order_by("-version")
        .first()
    )


def slip_until(read: Read, window: timedelta) -> datetime:
    return read.submitted_at + window
