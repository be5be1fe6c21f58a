"""Who may look at which adjudication, and whose pixels are whose: for each, one query decides everywhere."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, UUIDField

from labelhub.accounts.models import User
from labelhub.consensus.models import Adjudication
from labelhub.core.errors import NotFound
from labelhub.core.prepared import Place, Prepared
from labelhub.imaging.models import Instance, Split
from labelhub.projects.models import Membership, ReadingProtocol
from labelhub.reading.models import Assignment, CaseRound, LateRead

IN_HER_HANDS = (Assignment.State.OPEN, Assignment.State.SUBMITTED, Assignment.State.RETURNED)
"""A reader has read the case or reads it now; one that was skipped, given back or only reserved she has not read."""
OVERSEERS = (Membership.Role.MANAGER, Membership.Role.ENGINEER)


def adjudications_for(user: User) -> QuerySet[Adjudication]:
    """What an adjudicator may look at in her projects: everybody's cases, decided or not, but those that she has read.

    In whichever round she read them; those too where the protocol in force leaves them to her. The list, the page of a
    case and its pixels go by this.
    """
    return _adjudications_for(user.id)


def _adjudications_for(user: UUID | Place) -> QuerySet[Adjudication]:
    late = LateRead.objects.filter(assignment_id=OuterRef("pk"))
    own = Assignment.objects.filter(
        Q(state__in=IN_HER_HANDS) | Exists(late),
        reader_id=user,
        case_id=OuterRef("case_round__case_id"),
    )
    protocols = ReadingProtocol.objects.filter(project_id=OuterRef("project_id")).order_by("-version")
    rows = Adjudication.objects.alias(takes_own=Subquery(protocols.values("adjudicate_own_reads")[:1]))
    return rows.filter(~Exists(own) | Q(takes_own=True))


def adjudications_to_claim(user: User) -> QuerySet[Adjudication]:
    """What she may claim now: what waits for a decision, but for excluded cases."""
    waiting = adjudications_for(user).filter(state=Adjudication.State.OPEN)
    return waiting.exclude(case_round__split=Split.EXCLUDED)


def visible_instance(user: User, instance_id: UUID) -> Instance:
    """The instance, if the person may see its pixels; else NotFound.

    Managers and engineers see those of their project. A reader sees those of the cases assigned to her, and those of
    the same patients' other cases (priors); an adjudicator likewise for the cases whose adjudication she may look at.
    Between studies of which it is still to be found whose they are nothing follows from the patient they have as yet.
    """
    instance: Instance | None = VISIBLE.first(user=user.id, id=instance_id)
    if instance is None:
        raise NotFound()
    return instance


def _visible(user: Place, id: Place) -> QuerySet[Instance]:
    member = Membership.objects.filter(user_id=user, project_id=OuterRef("project_id"))
    are_arranged = Q(case__study__is_to_arrange=False) & Q(
        case__study__is_to_arrange=OuterRef("case__study__is_to_arrange")
    )
    # Nested on purpose: from the patient's few cases to one unique index each. As plain joins, SQLite walks all
    # assignments of the reader for every frame.
    of_patient = CaseRound.objects.filter(
        Q(case_id=OuterRef("case_id")) | are_arranged, case__patient_id=OuterRef("case__patient_id")
    )
    assignment = Assignment.objects.filter(
        round_id=OuterRef("round_id"), case_id=OuterRef("case_id"), reader_id=user
    )
    adjudication = _adjudications_for(user).filter(case_round_id=OuterRef("pk"))
    assigned = of_patient.filter(Exists(assignment))
    adjudicated = of_patient.filter(Exists(adjudication))
    return Instance.objects.filter(
        Exists(member.filter(role__in=OVERSEERS))
        | (
            Q(case__isnull=False)
            & (
                (Exists(member.filter(role=Membership.Role.READER)) & Exists(assigned))
                | (Exists(member.filter(role=Membership.Role.ADJUDICATOR)) & Exists(adjudicated))
            )
        ),
        id=id,
        n_frames__gt=0,
    ).only("id", "storage_prefix", "stored_syntax", "n_frames", "thumbnail")


# A page of pictures asks it two hundred times, a stack of images for each of them.
VISIBLE = Prepared(_visible, user=UUIDField(), id=UUIDField())
