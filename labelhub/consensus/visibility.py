"""Whose pixels are whose: one query decides, for metadata and frames alike."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from labelhub.accounts.models import User
from labelhub.consensus.models import Adjudication
from labelhub.core.errors import NotFound
from labelhub.imaging.models import Instance
from labelhub.projects.models import Membership
from labelhub.reading.models import Assignment, CaseRound

OVERSEERS = (Membership.Role.MANAGER, Membership.Role.ENGINEER)


def visible_instance(user: User, instance_id: UUID) -> Instance:
    """The instance, if the person may see its pixels; else NotFound.

    Managers and engineers see those of their project. A reader sees those of the cases assigned to her, and those of
    the same patients' other cases (priors); an adjudicator likewise for the cases she has claimed or decided.
    """
    member = Membership.objects.filter(user=user, project_id=OuterRef("project_id"))
    # Nested on purpose: from the patient's few cases to one unique index each. As plain joins, SQLite walks all
    # assignments of the reader for every frame.
    of_patient = CaseRound.objects.filter(case__patient_id=OuterRef("case__patient_id"))
    assignment = Assignment.objects.filter(
        round_id=OuterRef("round_id"), case_id=OuterRef("case_id"), reader=user
    )
    adjudication = Adjudication.objects.filter(case_round_id=OuterRef("pk"), adjudicator=user)
    assigned = of_patient.filter(Exists(assignment))
    adjudicated = of_patient.filter(Exists(adjudication))
    instance = (
        Instance.objects.filter(
            Exists(member.filter(role__in=OVERSEERS))
            | (
                Q(case__isnull=False)
                & (
                    (Exists(member.filter(role=Membership.Role.READER)) & Exists(assigned))
                    | (Exists(member.filter(role=Membership.Role.ADJUDICATOR)) & Exists(adjudicated))
                )
            ),
            id=instance_id,
            n_frames__gt=0,
        )
        .only("id", "storage_prefix", "stored_syntax", "n_frames", "thumbnail")
        .first()
    )
    if instance is None:
        raise NotFound()
    return instance
