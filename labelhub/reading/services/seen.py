"""Recording who has seen what others said of a case, and leaving such cases out of what she is offered.

Every route that shows case-level reads, decisions or outcomes calls one of the recording functions; aggregates do not
count. A reader's own reads are no matter of this.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import product
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from labelhub.accounts.models import User
from labelhub.core.models import AuditEvent
from labelhub.imaging.models import Case
from labelhub.projects.models import Membership, Project
from labelhub.reading.models import (
    Assignment,
    CaseRound,
    CaseSeen,
    Flag,
    Read,
    Round,
    RoundSeen,
    Seen,
)
from labelhub.reading.seen_by import in_downloads
from labelhub.reading.services.reservations import reservations_give_up
from labelhub.reading.services.rounds import claims_wait

OUTCOME_VIEWED = "outcome.viewed"


def outcome_seen(assignment: Assignment) -> bool:
    """Whether she has looked at what became of her case, or at others' reads of it: her read then stands."""
    looks = AuditEvent.objects.filter(
        object_type=Assignment._meta.label_lower, object_id=str(assignment.id), action=OUTCOME_VIEWED
    )
    return looks.exists() or others_reads_seen(assignment)


def cases_seen(user: User, project_id: UUID, case_ids: Iterable[UUID], how: Seen) -> None:
    """She saw these cases' reads, decisions or outcomes on a page. The first time is kept."""
    _cases_seen_by([user.id], project_id, case_ids, how)


def project_seen(user: User, project: Project, how: Seen = Seen.EXPORT) -> None:
    """She downloads what was read so far: all cases that are begun now, in every round."""
    with transaction.atomic():
        claims_wait([user.id], project.id)
        for round_ in Round.objects.filter(project=project).order_by("-number"):
            RoundSeen.objects.update_or_create(
                round=round_, user=user, defaults={"begun_seq": round_.n_begun, "how": how}
            )
        reservations_give_up([user.id], round__project=project)


def flag_seen_by_managers(flag: Flag) -> None:
    """A flag stands on every data manager's page from the moment it is raised. Her own says nothing of others."""
    case = flag.assignment.case
    managers = Membership.objects.filter(project_id=case.project_id, role=Membership.Role.MANAGER)
    others = managers.exclude(user=flag.assignment.reader_id).values_list("user_id", flat=True)
    _cases_seen_by(others, case.project_id, [case.id], Seen.FLAG)


def flags_seen(user: User, project: Project) -> None:
    """A new data manager finds the flags that others raised so far on her page."""
    flagged = Flag.objects.filter(assignment__round__project=project).exclude(assignment__reader=user)
    cases_seen(user, project.id, flagged.values_list("assignment__case_id", flat=True), Seen.FLAG)


def not_seen(rows: QuerySet[Any], user_id: UUID) -> QuerySet[Any]:
    """Those of the rows (each with a `case_id`) whose case she has not seen."""
    return rows.exclude(Exists(_on_pages(user_id))).exclude(Exists(_downloaded(user_id)))


def seen_among(user_id: UUID, case_ids: Collection[UUID]) -> set[UUID]:
    """Those of a few cases that she has seen."""
    pages = CaseSeen.objects.filter(user_id=user_id, case_id__in=case_ids)
    begun = CaseRound.objects.filter(case_id__in=case_ids, round__seen_by__user_id=user_id)
    downloaded = begun.filter(begun_seq__lte=F("round__seen_by__begun_seq"))
    return set(pages.values_list("case_id", flat=True)) | set(downloaded.values_list("case_id", flat=True))


def others_reads_seen(assignment: Assignment) -> bool:
    """Whether she has seen reads of her case that others had submitted by then: on a page, or in a download."""
    if CaseSeen.objects.filter(user_id=assignment.reader_id, case_id=assignment.case_id).exists():
        return True
    downloads = RoundSeen.objects.filter(
        user_id=assignment.reader_id,
        round_id=OuterRef("assignment__round_id"),
        at__gte=OuterRef("submitted_at"),
    )
    of_case = Read.objects.filter(assignment__case_id=assignment.case_id)
    return of_case.exclude(assignment__reader_id=assignment.reader_id).filter(Exists(downloads)).exists()


def barred_readers(
    readers: QuerySet[User], cases: QuerySet[Case], project_id: UUID, *, at_most: int
) -> list[tuple[User, int]]:
    """Those of the readers who are not offered some of the cases, as they have seen others' reads, and how many.

    No more than `at_most` cases are counted for each.
    """
    found = []
    # One reader at a time: asked of all of them at once, PostgreSQL reads every row of who has seen what.
    for reader in readers.order_by("username"):
        pages = CaseSeen.objects.filter(project_id=project_id, user=reader)
        if not (
            pages.exists() or RoundSeen.objects.filter(round__project_id=project_id, user=reader).exists()
        ):
            continue
        here = pages.filter(case_id=OuterRef("pk"))
        downloaded = in_downloads(reader.id).filter(case_id=OuterRef("pk"))
        n_cases = cases.filter(Exists(here) | Exists(downloaded)).order_by()[:at_most].count()
        if n_cases:
            found.append((reader, n_cases))
    return found


def has_seen_any(project_id: UUID, user_id: UUID) -> dict[str, Any]:
    """An annotation: whether she has seen any case of the project, so that others need not be asked further."""
    pages = CaseSeen.objects.filter(project_id=project_id, user_id=user_id)
    downloads = RoundSeen.objects.filter(round__project_id=project_id, user_id=user_id)
    return {"has_seen": Exists(pages) | Exists(downloads)}


def _cases_seen_by(user_ids: Iterable[UUID], project_id: UUID, case_ids: Iterable[UUID], how: Seen) -> None:
    users, cases = set(user_ids), set(case_ids)
    known = CaseSeen.objects.filter(user_id__in=users, case_id__in=cases)
    new = set(product(users, cases)) - set(known.values_list("user_id", "case_id"))
    if not new:
        return
    with transaction.atomic():
        claims_wait({user_id for user_id, _ in new}, project_id)
        CaseSeen.objects.bulk_create(
            (
                CaseSeen(project_id=project_id, user_id=user_id, case_id=case_id, how=how)
                for user_id, case_id in sorted(new)
            ),
            ignore_conflicts=True,
        )
        # What was reserved for them before they saw it is not opened.
        reservations_give_up(users, case_id__in=cases)


def _on_pages(user_id: UUID) -> QuerySet[CaseSeen]:
    return CaseSeen.objects.filter(user_id=user_id, case_id=OuterRef("case_id"))


def _downloaded(user_id: UUID) -> QuerySet[CaseRound]:
    return in_downloads(user_id).filter(case_id=OuterRef("case_id"))
