"""Projects with people in every role."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import Any

from labelhub.accounts.models import User
from labelhub.projects.models import Membership, Project
from labelhub.projects.services import membership_add
from labelhub.workflows.projects.create_project import create_project
from tests.factories.accounts import make_user

FINDINGS: list[dict[str, Any]] = [
    {"code": "nodule", "name": "Nodule", "hotkey": "1", "required": True, "boxes": True},
    {"code": "effusion", "name": "Effusion", "hotkey": "2", "required": True, "boxes": False},
]
_numbers = count(1)


@dataclass(frozen=True)
class People:
    """One person per role of a project, a second and third reader, and a stranger to it."""

    manager: User
    reader: User
    second_reader: User
    third_reader: User
    adjudicator: User
    engineer: User
    stranger: User


def make_project(slug: str = "", *, findings: Any = None, protocol: Any = None, **settings: Any) -> Project:
    """A project whose split and random order are the same in every run."""
    settings.setdefault("split_seed", 20)
    settings.setdefault("pseudonym_key", "5a" * 32)
    return create_project(
        actor=None,
        slug=slug or f"project-{next(_numbers)}",
        findings=FINDINGS if findings is None else findings,
        protocol=protocol,
        **settings,
    )


def make_people(project: Project) -> People:
    people = People(*(make_user() for _ in People.__dataclass_fields__))
    roles = {
        people.manager: Membership.Role.MANAGER,
        people.reader: Membership.Role.READER,
        people.second_reader: Membership.Role.READER,
        people.third_reader: Membership.Role.READER,
        people.adjudicator: Membership.Role.ADJUDICATOR,
        people.engineer: Membership.Role.ENGINEER,
    }
    for user, role in roles.items():
        membership_add(actor=None, project=project, user=user, role=role)
    return people
