"""Recording who has seen what others said of a case, and leaving such cases out of what she is offered.

Every route that shows case-level reads, decisions or outcomes calls one of the recording functions; aggregates do not
count. A reader's own reads are no matter of this.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from labelhub.accounts.models import User
from labelhub.core.models import AuditEvent
from labelhub.projects.models import Membership, Project
from labelhub.reading.models import Assignment, CaseRound, CaseSeen, Flag, Round, RoundSeen, Seen
from labelhub.reading.services.locks import cursors_locked
from labelhub.reading.services.reservations import reservations_give_up

OUTCOME_VIEWED = "outcome.viewed"


def outcome_seen(user: User, assignment: Assignment) -> bool:
    """Whether she has looked at what became of her case, or at its reads as an adjudicator: her read then stands."""
    looks = AuditEvent.objects.filter(
        object_type=Assignment._meta.label_lower, object_id=str(assignment.id), action=OUTCOME_VIEWED
    )
    pages = CaseSeen.objects.filter(
        user=user, case_id=assignment.case_id, how__in=[Seen.OUTCOME, Seen.ADJUDICATION]
    )
    return looks.exists() or pages.exists()


def cases_seen(user: User, project_id: UUID, case_ids: Iterable[UUID], how: Seen) -> None:
    """She saw these cases' reads, decisions or outcomes on a page. The first time is kept."""
    ids = set(case_ids)
    known = CaseSeen.objects.filter(user=user, case_id__in=ids)
    new = ids - set(known.values_list("case_id", flat=True))
    if not new:
        return
    with transaction.atomic():
        cursors_locked(user.id, project_id)
        CaseSeen.objects.bulk_create(
            (CaseSeen(project_id=project_id, user=user, case_id=pk, how=how) for pk in sorted(new)),
            ignore_conflicts=True,
        )
        # What was reserved for her before she saw it is not opened.
        reservations_give_up(user.id, case_id__in=new)


def project_seen(user: User, project: Project, how: Seen = Seen.EXPORT) -> None:
    """She downloads what was read so far: all cases that are begun now, in every round."""
    with transaction.atomic():
        cursors_locked(user.id, project.id)
        for round_ in Round.objects.filter(project=project).order_by("-number"):
            RoundSeen.objects.update_or_create(
                round=round_, user=user, defaults={"begun_seq": round_.n_begun, "how": how}
            )
        reservations_give_up(user.id, round__project=project)


def flag_seen_by_managers(flag: Flag) -> None:
    """A flag stands on every data manager's page from the moment it is raised. Her own says nothing of others."""
    case = flag.assignment.case
    managers = Membership.objects.filter(project_id=case.project_id, role=Membership.Role.MANAGER)
    for membership in managers.exclude(user=flag.assignment.reader_id).select_related("user"):
        cases_seen(membership.user, case.project_id, [case.id], Seen.FLAG)


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


def has_seen_any(project_id: UUID, user_id: UUID) -> dict[str, Any]:
    """An annotation: whether she has seen any case of the project, so that others need not be asked further."""
    pages = CaseSeen.objects.filter(project_id=project_id, user_id=user_id)
    downloads = RoundSeen.objects.filter(round__project_id=project_id, user_id=user_id)
    return {"has_seen": Exists(pages) | Exists(downloads)}


def _on_pages(user_id: UUID) -> QuerySet[CaseSeen]:
    return CaseSeen.objects.filter(user_id=user_id, case_id=OuterRef("case_id"))


def _downloaded(user_id: UUID) -> QuerySet[CaseRound]:
    return CaseRound.objects.filter(
        case_id=OuterRef("case_id"),
        round__seen_by__user_id=user_id,
        begun_seq__lte=F("round__seen_by__begun_seq"),
    )
