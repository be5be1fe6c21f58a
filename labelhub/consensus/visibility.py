"""Whose pixels are whose: one query decides, for metadata and frames alike."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from labelhub.accounts.models import User
from labelhub.consensus.models import Adjudication
from labelhub.core.errors import NotFound
from labelhub.imaging.models import Instance
from labelhub.projects.models import Membership
from labelhub.reading.models import Assignment

OVERSEERS = (Membership.Role.MANAGER, Membership.Role.ENGINEER)


def visible_instance(user: User, instance_id: UUID) -> Instance:
    """The instance, if the person may see its pixels; else NotFound.

    Managers and engineers see those of their project. A reader sees those of the cases assigned to her, and those of
    the same patients' other cases (priors); an adjudicator likewise for the cases she has claimed or decided.
    """
    member = Membership.objects.filter(user=user, project_id=OuterRef("project_id"))
    assigned = Assignment.objects.filter(reader=user, case__patient_id=OuterRef("case__patient_id"))
    adjudicated = Adjudication.objects.filter(
        adjudicator=user, case_round__case__patient_id=OuterRef("case__patient_id")
    )
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
        .only("id", "storage_prefix", "stored_syntax", "n_frames")
        .first()
    )
    if instance is None:
        raise NotFound()
    return instance
