"""Invitations, with the secrets that only their maker saw."""

from __future__ import annotations

import uuid

from labelhub.accounts.models import User
from labelhub.projects.invitations import Invited, Made, invitations_create
from labelhub.projects.models import Project


def invite(actor: User, project: Project, *roles: str, n: int = 1, days: int = 7) -> list[Made]:
    """`n` invitations for readers, or for these roles."""
    return invitations_create(
        actor=actor,
        project=project,
        client_uuid=uuid.uuid4(),
        days=days,
        invited=[Invited(note=f"guest {i}", roles=roles or ("reader",)) for i in range(n)],
    )
