"""Who may do what in a project: the only place that reads roles."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import CharField, UUIDField

from labelhub.accounts.models import User
from labelhub.core.errors import LabelHubError, NotAllowed, NotFound
from labelhub.core.prepared import Prepared
from labelhub.projects.models import Membership, Project

READER = Membership.Role.READER
ADJUDICATOR = Membership.Role.ADJUDICATOR
MANAGER = Membership.Role.MANAGER
ENGINEER = Membership.Role.ENGINEER
ANYBODY: frozenset[str] = frozenset(Membership.Role.values)


IN_PROJECT = Prepared(
    lambda user, slug: Membership.objects.filter(user_id=user, project__slug=slug).select_related("project"),
    user=UUIDField(),
    slug=CharField(),
)


def project_for(user: User, slug: str, roles: Collection[str]) -> Project:
    """The project, with the person's roles as `project.my_roles`.

    Raises NotFound for strangers (as if it did not exist) and NotAllowed for members without the role.
    """
    mine = IN_PROJECT.all(user=user.id, slug=slug)
    return checked(mine, roles)


def project_by_id_for(user: User, project_id: UUID, roles: Collection[str]) -> Project:
    """The project of an object that was named by its id.

    Raises NotFound for everybody without the role: that an object of somebody else's exists is not told either.
    """
    mine = list(Membership.objects.filter(user=user, project_id=project_id).select_related("project"))
    if not {membership.role for membership in mine} & set(roles):
        raise NotFound()
    return checked(mine, roles)


class ProjectArchived(LabelHubError):
    """Known to the person and hers to look at, but left as it is."""

    status = 403
    code = "project_archived"

    def __init__(self) -> None:
        super().__init__(
            "This project is archived: nothing in it can be changed until its data manager brings it back."
        )


def refuse_if_archived(project: Project) -> None:
    if project.archived_at is not None:
        raise ProjectArchived


def may_create_projects(user: User, roles: Collection[str]) -> bool:
    """Administrators, and whoever manages a project already; `roles` are those she holds in any project."""
    return user.is_superuser or MANAGER in roles


def sees_others_reads(roles: Collection[str]) -> bool:
    """Reads here, and holds a role whose pages show others' reads: recorded and shown where people get their roles."""
    return READER in roles and bool({MANAGER, ADJUDICATOR} & set(roles))


def may_see_model(project: Project) -> bool:
    """Whether the signed-in person may be told of a model's output on single cases: who reads here reads without it
    (design invariant 3), whatever else she is.
    """
    return READER not in roles_of(project)


def roles_of(project: Project) -> list[str]:
    """The signed-in person's roles, as found by `project_for`."""
    return list(project.my_roles)  # type: ignore[attr-defined]


def checked(mine: list[Membership], roles: Collection[str]) -> Project:
    """The project of a person's memberships, as `project_for` gives it."""
    if not mine:
        raise NotFound()
    project = mine[0].project
    held = sorted(membership.role for membership in mine)
    if not set(held) & set(roles):
        raise NotAllowed("Your role in this project does not include this. Ask the data manager.")
    project.my_roles = held  # type: ignore[attr-defined]
    return project
