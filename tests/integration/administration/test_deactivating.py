"""Somebody who may not sign in any more is out at once, and what she held goes to others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from labelhub.accounts.models import User
from labelhub.accounts.services import administrator_make, person_deactivate, token_create
from labelhub.consensus.models import Adjudication
from labelhub.core.errors import Conflict
from labelhub.core.models import AuditEvent
from labelhub.projects.models import Project
from labelhub.projects.services import project_archive
from labelhub.reading.models import Assignment, CaseRound, ReadDraft
from labelhub.workflows.consensus.adjudicate import claim_adjudication
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.cases import make_cases
from tests.factories.projects import People
from tests.factories.reading import claim, document, read_case

Clients = Callable[..., APIClient]


def make_administrator(name: str) -> User:
    user = make_user(name)
    administrator_make(actor=None, user=user)
    return User.objects.get(id=user.id)


@pytest.fixture
def administrator(db: Any) -> User:
    return make_administrator("admin")


def act(client: APIClient, user: User, what: str) -> Any:
    return client.post(f"/api/v1/administration/people/{user.id}/{what}/")


def actions(user: User) -> list[str]:
    rows = AuditEvent.objects.filter(object_type="accounts.user", object_id=str(user.id))
    return list(rows.exclude(action__startswith="session.").order_by("id").values_list("action", flat=True))


def test_she_is_signed_out_at_once_and_stays_so(
    administrator: User, people: People, client_of: Clients
) -> None:
    """Her sessions end: when she may come back she signs in anew. Nobody else is signed out."""
    hers, another, admin = client_of(people.reader), client_of(people.manager), client_of(administrator)
    token = token_create(actor=None, user=people.reader, name="script")
    by_token = APIClient(headers={"Authorization": f"Bearer {token}"})
    assert act(admin, people.reader, "deactivate").json()["allowed_actions"] == ["reactivate"]
    for client in (hers, by_token):
        assert client.get("/api/v1/projects/").status_code == 401
    sign_in = {"username": people.reader.username, "password": PASSWORD}
    assert APIClient().post("/api/v1/session/", sign_in).status_code == 401
    assert another.get("/api/v1/projects/").status_code == 200
    assert act(admin, people.reader, "reactivate").json()["is_active"]
    assert hers.get("/api/v1/projects/").status_code == 401
    assert by_token.get("/api/v1/projects/").status_code == 200
    assert APIClient().post("/api/v1/session/", sign_in).status_code == 200
    assert actions(people.reader) == ["user.created", "user.deactivated", "user.reactivated"]


def test_once_more_changes_nothing(administrator: User, people: People, client_of: Clients) -> None:
    admin = client_of(administrator)
    for what in ("deactivate", "deactivate", "reactivate", "reactivate"):
        assert act(admin, people.reader, what).status_code == 200
    assert actions(people.reader) == ["user.created", "user.deactivated", "user.reactivated"]


def test_nobody_deactivates_herself(administrator: User, client_of: Clients) -> None:
    make_administrator("another-admin")
    refused = act(client_of(administrator), administrator, "deactivate")
    assert (refused.status_code, refused.json()["code"]) == (409, "own_account")
    assert User.objects.get(id=administrator.id).is_active


def test_the_last_administrator_stays(administrator: User) -> None:
    """Of two who deactivate each other at once, the second finds herself the last one."""
    other = make_administrator("another-admin")
    person_deactivate(actor=administrator, user=other)
    with pytest.raises(Conflict, match="last administrator") as refused:
        person_deactivate(actor=other, user=administrator)
    assert refused.value.code == "last_administrator"


def test_what_she_holds_is_given_back(
    administrator: User, project: Project, people: People, client_of: Clients
) -> None:
    make_cases(project, 3)
    read_case(people.reader, project, document({"nodule": "present"}))
    read_case(people.second_reader, project)
    waiting = Adjudication.objects.get()
    claim_adjudication(actor=people.adjudicator, adjudication=waiting)
    mine = claim(people.reader, project)
    assert mine is not None
    ReadDraft.objects.update_or_create(assignment=mine, defaults={"document": document()})
    taken = CaseRound.objects.get(case=mine.case).n_open
    admin = client_of(administrator)
    for person in (people.reader, people.adjudicator):
        assert act(admin, person, "deactivate").status_code == 200
    mine.refresh_from_db()
    waiting.refresh_from_db()
    assert mine.state == Assignment.State.RELEASED
    assert CaseRound.objects.get(case=mine.case).n_open == taken + 1
    assert ReadDraft.objects.filter(assignment=mine).exists()
    assert (waiting.state, waiting.adjudicator) == (Adjudication.State.OPEN, None)
    released = AuditEvent.objects.filter(action__in=["assignment.released", "adjudication.released"])
    assert set(released.values_list("actor_id", flat=True)) == {administrator.id}


def test_in_an_archived_project_nothing_changes(
    administrator: User, project: Project, people: People, client_of: Clients
) -> None:
    make_cases(project, 1)
    mine = claim(people.reader, project)
    assert mine is not None
    project_archive(actor=people.manager, project=project)
    act(client_of(administrator), people.reader, "deactivate")
    mine.refresh_from_db()
    assert mine.state == Assignment.State.OPEN
