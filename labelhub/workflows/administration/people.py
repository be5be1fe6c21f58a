"""Everybody who has an account, a page at a time."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from django.db.models import Count, Q

from labelhub.accounts.models import User
from labelhub.projects.models import Membership

PAGE = 50


def people_page(*, prefix: str, after: str | None) -> tuple[list[User], bool]:
    """People by sign-in name whose sign-in or shown name begins so, and whether more follow."""
    rows = User.objects.order_by("username")
    if prefix:
        rows = rows.filter(Q(username__istartswith=prefix) | Q(display_name__istartswith=prefix))
    if after is not None:
        rows = rows.filter(username__gt=after)
    found = list(rows[: PAGE + 1])
    return found[:PAGE], len(found) > PAGE


def roles_held(people: list[User]) -> dict[UUID, dict[str, int]]:
    """For each person, in how many projects she holds which role."""
    held: dict[UUID, dict[str, int]] = defaultdict(dict)
    rows = Membership.objects.filter(user__in=people).values("user", "role").annotate(n=Count("id"))
    for row in rows.order_by("role"):
        held[row["user"]][row["role"]] = row["n"]
    return held


def n_projects(people: list[User]) -> dict[UUID, int]:
    """For each person, in how many projects she is."""
    rows = (
        Membership.objects.filter(user__in=people).values("user").annotate(n=Count("project", distinct=True))
    )
    return dict(rows.values_list("user", "n"))


def person_actions(person: User, *, actor: User, n_administrators: int) -> list[str]:
    """What may be done with her by this administrator."""
    if not person.is_active:
        return ["reactivate"]
    is_last = person.is_superuser and n_administrators == 1
    return [] if person.id == actor.id or is_last else ["deactivate"]


def count_administrators() -> int:
    """How many can act now."""
    return User.objects.filter(is_superuser=True, is_active=True).count()


def project_managers(projects: list[UUID]) -> dict[UUID, list[str]]:
    """Names of the managers of each project who can sign in."""
    names: dict[UUID, list[str]] = defaultdict(list)
    managers = Membership.objects.filter(project__in=projects, role=Membership.Role.MANAGER)
    rows = managers.filter(user__is_active=True)
    for row in rows.select_related("user").order_by("user__username"):
        names[row.project_id].append(row.user.display_name or row.user.username)
    return names
