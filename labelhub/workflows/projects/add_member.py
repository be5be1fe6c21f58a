"""Giving a person a role, and recording what she sees by it."""

from __future__ import annotations

from django.db import transaction

from labelhub.accounts.models import User
from labelhub.projects.models import Membership, Project
from labelhub.projects.services import membership_add
from labelhub.reading.services.seen import flags_seen


def add_member(*, actor: User | None, project: Project, user: User, role: str) -> Membership:
    """Raises InvalidContent for a role that there is not. A data manager finds all flags on her page."""
    with transaction.atomic():
        membership = membership_add(actor=actor, project=project, user=user, role=role)
        if role == Membership.Role.MANAGER:
            flags_seen(user, project)
    return membership
