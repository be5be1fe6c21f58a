"""Changing a person's roles: all of them at once, or one that is taken away. What she held by a lost role goes back."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from labelhub.accounts.models import User
from labelhub.core.errors import NotFound, StaleVersion
from labelhub.projects.absences import absence_end, absence_of
from labelhub.projects.models import Membership, Project
from labelhub.projects.policies import ADJUDICATOR, READER
from labelhub.projects.services import membership_remove
from labelhub.workflows.consensus.adjudicate import adjudications_give_back
from labelhub.workflows.projects.add_member import add_member
from labelhub.workflows.reading.give_back import reading_give_back


class RolesChanged(StaleVersion):
    """Somebody changed the person's roles after those that were edited."""

    code = "roles_changed"

    def __init__(self, held: list[str]) -> None:
        super().__init__(
            "Somebody changed this person's roles meanwhile. Look at what she has now, and save again.",
            details={"roles": held},
        )


def change_roles(
    *,
    actor: User | None,
    project: Project,
    user_id: UUID,
    roles: Collection[str],
    edited_from: Collection[str],
) -> None:
    """Let a member have just these roles; without any she is no member. `edited_from`: those she had before.

    The same request sent again changes nothing. Raises NotFound, RolesChanged, Conflict `last_manager`.
    """
    with transaction.atomic():
        # The project's row is the lock: two managers who change the same person do it one after the other.
        Project.objects.select_for_update(no_key=True).get(id=project.id)
        member = Membership.objects.filter(project=project, user_id=user_id).select_related("user")
        held = {row.role: row.user for row in member}
        wanted = set(roles)
        if wanted == set(held):
            return
        if not held:
            raise NotFound()
        if set(edited_from) != set(held):
            raise RolesChanged(sorted(held))
        (user, *_) = held.values()
        for role in sorted(wanted - set(held)):
            add_member(actor=actor, project=project, user=user, role=role)
        # What she reads is given back before what she decides: the order of `reading/services/locks.py`.
        for role in sorted(set(held) - wanted, key=lambda role: (role != READER, role)):
            take_role(actor=actor, project=project, user_id=user_id, role=role)


def take_role(*, actor: User | None, project: Project, user_id: UUID, role: str) -> None:
    """Take a role away: reads and decisions stay, and what she holds open by it is free for others at once.

    Her drafts are kept. Raises NotFound, Conflict `last_manager`.
    """
    with transaction.atomic():
        membership_remove(actor=actor, project=project, user_id=user_id, role=role)
        if role == READER:
            reading_give_back(actor=actor, project=project, reader_id=user_id)
        if role == ADJUDICATOR:
            adjudications_give_back(actor=actor, project=project, adjudicator_id=user_id)
        absence = absence_of(user_id, project)
        if absence and not Membership.objects.filter(project=project, user_id=user_id).exists():
            absence_end(actor=actor, absence=absence)
