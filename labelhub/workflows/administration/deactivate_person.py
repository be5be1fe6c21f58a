"""A person who may not sign in any more: what she holds open goes to others."""

from __future__ import annotations

from django.db import transaction

from labelhub.accounts.models import User
from labelhub.accounts.services import person_deactivate
from labelhub.projects.models import Project
from labelhub.workflows.consensus.adjudicate import adjudications_give_back
from labelhub.workflows.reading.give_back import reading_give_back


def deactivate_person(*, actor: User, person: User) -> User:
    """She is signed out at once; then all that she holds is given back, project by project, with her drafts kept.

    Where that breaks off, the leases of the rest run out by themselves. In an archived project nothing changes.
    """
    row = person_deactivate(actor=actor, user=person)
    hers = Project.objects.filter(memberships__user=person, archived_at=None).distinct()
    for project in hers.order_by("id"):
        with transaction.atomic():
            reading_give_back(actor=actor, project=project, reader_id=person.id)
            adjudications_give_back(actor=actor, project=project, adjudicator_id=person.id)
    return row
