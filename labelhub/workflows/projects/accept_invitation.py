"""Accepting an invitation: by somebody new, who gets an account, or by somebody who has one."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from labelhub.accounts.models import User
from labelhub.accounts.services import user_create, username_check
from labelhub.core.errors import Conflict, InvalidContent
from labelhub.projects.invitations import invitation_accepted, usable_invitation, usable_invitation_locked
from labelhub.projects.models import Invitation, Membership, Project
from labelhub.workflows.projects.add_member import add_member


@dataclass(frozen=True)
class NewPerson:
    """What somebody without an account says of herself."""

    username: str
    display_name: str
    password: str


def accept_invitation(*, user: User, token: str) -> Project:
    """Give her the invitation's roles. Exactly one person gets an invitation, however many try at once.

    Raises InvitationUnusable, and Conflict (already_member) where it would give her nothing: then it stays open.
    """
    with transaction.atomic():
        return _take(usable_invitation_locked(token), user)


def accept_invitation_as_new(*, person: NewPerson, token: str) -> tuple[User, Project]:
    """Make her account and give her the roles: both or neither.

    Raises InvitationUnusable, Conflict (user_exists) and InvalidContent (invalid_person) with the fields that are not
    right. After the last two the invitation can still be used.
    """
    usable_invitation(token)
    check_person(person)
    # Hashing takes long by design: nothing is locked meanwhile.
    encoded = make_password(person.password)
    with transaction.atomic():
        invitation = usable_invitation_locked(token)
        user = user_create(
            actor=None, username=person.username, encoded=encoded, display_name=person.display_name
        )
        return user, _take(invitation, user)


def check_person(person: NewPerson) -> None:
    """Raises Conflict (user_exists) for a name that is taken, InvalidContent (invalid_person) for what is not right."""
    username_check(person.username)
    user = User(username=person.username, display_name=person.display_name)
    wrong: dict[str, list[str]] = {}
    try:
        user.full_clean(exclude=["password"], validate_unique=False)
    except ValidationError as error:
        wrong |= error.message_dict
    try:
        validate_password(person.password, user)
    except ValidationError as error:
        wrong["password"] = error.messages
    if wrong:
        raise InvalidContent("Some fields are not right.", code="invalid_person", details=wrong)


def _take(invitation: Invitation, user: User) -> Project:
    project = invitation.project
    held = Membership.objects.filter(project=project, user=user).values_list("role", flat=True)
    if set(invitation.roles) <= set(held):
        raise Conflict(
            "You have the roles of this invitation already. It stays unused: give it to whom it is meant for.",
            code="already_member",
        )
    for role in invitation.roles:
        add_member(actor=user, project=project, user=user, role=role)
    invitation_accepted(user=user, invitation=invitation)
    return project
