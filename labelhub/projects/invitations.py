"""Invitations: made by a data manager, withdrawn, and found again by the secret of their link."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from labelhub.accounts.models import User
from labelhub.core import audit
from labelhub.core.errors import Conflict, NotFound
from labelhub.projects.models import Invitation, Membership, Project
from labelhub.projects.policies import MANAGER

MOST_AT_ONCE = 50
DAYS = (1, 7, 30)


class InvitationUnusable(NotFound):
    """Unknown, expired, used, withdrawn or lapsed: whoever holds the link is not told which."""

    code = "invitation_unusable"

    def __init__(self) -> None:
        super().__init__("This invitation cannot be used. Ask who sent it for a new one.")


@dataclass(frozen=True)
class Invited:
    """What one link is for: a note for those who manage, and the roles it gives."""

    note: str
    roles: Sequence[str]


@dataclass(frozen=True)
class Made:
    """An invitation with its secret: the only time that it can be seen."""

    invitation: Invitation
    token: str


def invitations_create(
    *, actor: User, project: Project, client_uuid: UUID, days: int, invited: Sequence[Invited]
) -> list[Made]:
    """Make one link each. Raises Conflict (invitations_already_made) for a set that was made: its secrets are gone."""
    now = timezone.now()
    with transaction.atomic():
        # The project's row is the lock: a request that was sent twice is served one after the other.
        Project.objects.select_for_update(no_key=True).get(id=project.id)
        if Invitation.objects.filter(project=project, client_uuid=client_uuid).exists():
            raise Conflict(
                "These invitations were made already, and their links cannot be shown again. "
                "Withdraw them and make new ones.",
                code="invitations_already_made",
            )
        made = [
            _made(actor, project, client_uuid, position, each, now + timedelta(days=days))
            for position, each in enumerate(invited)
        ]
        Invitation.objects.bulk_create(each.invitation for each in made)
        for each in made:
            audit.record(
                actor_id=actor.id,
                action="invitation.created",
                obj=each.invitation,
                project_id=project.id,
                data={"roles": each.invitation.roles, "days": days},
            )
    return made


def _made(
    actor: User, project: Project, client_uuid: UUID, position: int, invited: Invited, ends: datetime
) -> Made:
    token = secrets.token_urlsafe(32)
    invitation = Invitation(
        project=project,
        client_uuid=client_uuid,
        position=position,
        note=invited.note,
        roles=[role for role in Membership.Role.values if role in invited.roles],
        sha256=_digest(token),
        created_by=actor,
        expires_at=ends,
    )
    return Made(invitation, token)


def invitation_withdraw(*, actor: User, invitation: Invitation) -> None:
    """Its link works no more. Raises Conflict (invitation_used) once somebody has accepted it."""
    with transaction.atomic():
        row = Invitation.objects.select_for_update().get(id=invitation.id)
        if row.accepted_at is not None:
            raise Conflict(
                "Somebody has accepted this invitation meanwhile. Take her roles away instead.",
                code="invitation_used",
            )
        if row.withdrawn_at is not None:
            return
        row.withdrawn_at = timezone.now()
        row.save(update_fields=["withdrawn_at"])
        audit.record(actor_id=actor.id, action="invitation.withdrawn", obj=row, project_id=row.project_id)


def usable_invitation(token: str) -> Invitation:
    """The invitation of a link, with its project. Raises InvitationUnusable."""
    return _found(_usable(token))


def usable_invitation_locked(token: str) -> Invitation:
    """As `usable_invitation`, and nobody else gets it before the transaction ends."""
    return _found(_usable(token).select_for_update(of=("self",)))


def invitation_accepted(*, user: User, invitation: Invitation) -> None:
    """Record who has used a locked invitation; nobody else can."""
    invitation.accepted_by, invitation.accepted_at = user, timezone.now()
    invitation.save(update_fields=["accepted_by", "accepted_at"])
    audit.record(
        actor_id=user.id,
        action="invitation.accepted",
        obj=invitation,
        project_id=invitation.project_id,
        data={"roles": invitation.roles, "invited_by": str(invitation.created_by_id)},
    )


def invitation_state(invitation: Invitation, managers: Collection[UUID], now: datetime) -> Invitation.State:
    """What has become of it; `managers` are the ids that `managers_of` gives for its project."""
    if invitation.accepted_at is not None:
        return Invitation.State.ACCEPTED
    if invitation.withdrawn_at is not None:
        return Invitation.State.WITHDRAWN
    if invitation.expires_at <= now:
        return Invitation.State.EXPIRED
    if invitation.created_by_id not in managers:
        return Invitation.State.LAPSED
    return Invitation.State.OPEN


def managers_of(project: Project) -> set[UUID]:
    """Those whose invitations to the project work."""
    manages = Membership.objects.filter(project=project, role=MANAGER, user__is_active=True)
    return set(manages.values_list("user_id", flat=True))


def _usable(token: str) -> QuerySet[Invitation]:
    still_manages = Membership.objects.filter(
        project=OuterRef("project"), user=OuterRef("created_by"), role=MANAGER, user__is_active=True
    )
    return Invitation.objects.select_related("project").filter(
        Exists(still_manages),
        sha256=_digest(token),
        accepted_at__isnull=True,
        withdrawn_at__isnull=True,
        expires_at__gt=timezone.now(),
    )


def _found(rows: QuerySet[Invitation]) -> Invitation:
    invitation = rows.first()
    if invitation is None:
        raise InvitationUnusable()
    return invitation


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
