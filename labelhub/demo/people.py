"""The people of the demonstration, with random passwords kept in a file that only its owner can read."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from labelhub.accounts.models import User
from labelhub.accounts.services import user_create
from labelhub.core import audit
from labelhub.projects.models import Membership, Project
from labelhub.projects.services import membership_add

Role = Membership.Role


@dataclass(frozen=True)
class Person:
    username: str
    display_name: str
    roles: tuple[str, ...]
    signs_in: bool = True


PEOPLE = (
    Person("reader1", "A. Reader", (Role.READER,)),
    Person("reader2", "B. Reader", (Role.READER,)),
    Person("adjudicator", "C. Adjudicator", (Role.ADJUDICATOR,)),
    Person("manager", "D. Manager", (Role.MANAGER, Role.ENGINEER)),
)
SIMULATED = (
    Person("simulated-reader-1", "Simulated reader 1", (Role.READER,), signs_in=False),
    Person("simulated-reader-2", "Simulated reader 2", (Role.READER,), signs_in=False),
    Person("simulated-adjudicator", "Simulated adjudicator", (Role.ADJUDICATOR,), signs_in=False),
)


def sign_ins_path() -> Path:
    return Path(settings.DATA_DIR) / "sign-ins.json"


def ensure_people() -> list[dict[str, str]]:
    """Everybody exists and can sign in. Returns [{username, password, role}] for those who do."""
    kept = _kept()
    sign_ins = []
    for person in PEOPLE:
        password = kept.get(person.username) or secrets.token_urlsafe(12)
        sign_ins.append({"username": person.username, "password": password, "role": str(person.roles[0])})
    # The file first: a password that was set but never written down would lock the person out.
    _keep(sign_ins)
    for person, sign_in in zip(PEOPLE, sign_ins, strict=True):
        _ensure_user(person, sign_in["password"])
    for person in SIMULATED:
        _ensure_user(person, None)
    return sign_ins


def join(project: Project, people: tuple[Person, ...] = PEOPLE) -> None:
    """Give everybody their roles in the project."""
    for person in people:
        user = User.objects.get(username=person.username)
        for role in person.roles:
            membership_add(actor=None, project=project, user=user, role=role)


def _ensure_user(person: Person, password: str | None) -> None:
    user = User.objects.filter(username=person.username).first()
    if user is None:
        user_create(actor=None, username=person.username, password=password, display_name=person.display_name)
    elif password is not None and not user.check_password(password):
        user.set_password(password)
        user.save(update_fields=["password"])
        audit.record(actor_id=None, action="user.password_set", obj=user)


def _kept() -> dict[str, str]:
    path = sign_ins_path()
    rows = json.loads(path.read_text()) if path.exists() else []
    return {row["username"]: row["password"] for row in rows if row.get("password")}


def _keep(sign_ins: list[dict[str, str]]) -> None:
    path = sign_ins_path()
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(json.dumps(sign_ins, indent=2) + "\n")
