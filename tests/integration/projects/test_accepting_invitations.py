"""Accepting an invitation: by somebody new or somebody known, once, and without telling why a link does not work."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from rest_framework.test import APIClient
from rest_framework.throttling import SimpleRateThrottle

from labelhub.accounts.models import User
from labelhub.api.accounts.invitation import InvitationAcceptApi, InvitationLookApi
from labelhub.api.accounts.throttles import PostsByAddress
from labelhub.config.settings import base
from labelhub.core.models import AuditEvent
from labelhub.projects.invitations import Made, invitation_withdraw
from labelhub.projects.models import Invitation, Membership, Project
from labelhub.workflows.projects.accept_invitation import accept_invitation
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.invitations import invite
from tests.factories.projects import People

Clients = Callable[..., APIClient]
LOOK, ACCEPT = "/api/v1/invitation/", "/api/v1/invitation/accept/"
PERSON = {"username": "newcomer", "display_name": "Dr. Newcomer", "password": "a quite long passphrase"}


def look(token: str, client: APIClient | None = None) -> Any:
    return (client or APIClient()).post(LOOK, {"token": token})


def join(token: str, client: APIClient | None = None, **person: Any) -> Any:
    return (client or APIClient()).post(ACCEPT, {"token": token, "person": {**PERSON, **person}})


def roles_of(user: User, project: Project) -> set[str]:
    return set(Membership.objects.filter(user=user, project=project).values_list("role", flat=True))


@pytest.fixture
def invited(project: Project, people: People) -> Made:
    return invite(people.manager, project, "reader", "adjudicator")[0]


def test_a_link_says_which_project_and_which_roles(invited: Made, project: Project) -> None:
    answer = look(invited.token)
    assert answer.status_code == 200
    assert set(answer.json()) == {"project", "roles", "expires_at"}
    assert (answer.json()["project"], answer.json()["roles"]) == (project.name, ["reader", "adjudicator"])


def test_a_new_person_gets_an_account_her_roles_and_a_session(invited: Made, project: Project) -> None:
    client = APIClient()
    answer = join(invited.token, client)
    assert answer.status_code == 200
    user = User.objects.get(username=PERSON["username"])
    assert user.display_name == PERSON["display_name"] and user.check_password(PERSON["password"])
    assert not user.is_superuser and not user.is_staff
    assert roles_of(user, project) == {"reader", "adjudicator"}
    assert answer.json()["slug"] == project.slug
    session = client.get("/api/v1/session/").json()
    assert session["user"]["id"] == str(user.id)
    assert session["projects"] == answer.json()["session"]["projects"]
    row = Invitation.objects.get()
    assert row.accepted_by == user and row.accepted_at is not None
    assert list(
        AuditEvent.objects.filter(actor_id=user.id).order_by("id").values_list("action", flat=True)
    ) == ["membership.added", "membership.added", "invitation.accepted", "session.signed_in"]


def test_somebody_signed_in_joins_as_herself(
    invited: Made, project: Project, people: People, client_of: Clients
) -> None:
    n_people = User.objects.count()
    answer = client_of(people.stranger).post(ACCEPT, {"token": invited.token})
    assert answer.status_code == 200
    assert answer.json()["session"]["user"]["id"] == str(people.stranger.id)
    assert roles_of(people.stranger, project) == {"reader", "adjudicator"}
    assert User.objects.count() == n_people


def test_a_member_gets_the_roles_that_she_lacks(
    invited: Made, project: Project, people: People, client_of: Clients
) -> None:
    assert client_of(people.reader).post(ACCEPT, {"token": invited.token}).status_code == 200
    assert roles_of(people.reader, project) == {"reader", "adjudicator"}


def test_who_has_all_its_roles_does_not_use_it_up(
    project: Project, people: People, client_of: Clients
) -> None:
    (made,) = invite(people.manager, project, "manager")
    answer = client_of(people.manager).post(ACCEPT, {"token": made.token})
    assert (answer.status_code, answer.json()["code"]) == (409, "already_member")
    assert look(made.token).status_code == 200


def test_nobody_signed_in_and_nobody_new_is_asked_to_sign_in(invited: Made) -> None:
    answer = APIClient().post(ACCEPT, {"token": invited.token})
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
    assert look(invited.token).status_code == 200


def test_somebody_new_ends_the_session_that_was_there(
    invited: Made, people: People, client_of: Clients
) -> None:
    client = client_of(people.stranger)
    assert join(invited.token, client).status_code == 200
    assert client.get("/api/v1/session/").json()["user"]["username"] == PERSON["username"]
    ended = AuditEvent.objects.get(action="session.signed_out")
    assert ended.actor_id == people.stranger.id


@pytest.mark.parametrize(
    ("person", "status", "code", "field"),
    [
        ({"username": "TAKEN"}, 409, "user_exists", "username"),
        ({"username": "no spaces please"}, 422, "invalid_person", "username"),
        ({"password": "short"}, 422, "invalid_person", "password"),
        ({"password": "qwerty123456"}, 422, "invalid_person", "password"),
    ],
)
def test_what_is_wrong_with_her_fields_leaves_the_invitation_usable(
    invited: Made, person: dict[str, str], status: int, code: str, field: str
) -> None:
    make_user("taken")
    n_people = User.objects.count()
    answer = join(invited.token, **person)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert list(answer.json()["details"]) == [field] and answer.json()["details"][field]
    assert User.objects.count() == n_people
    assert join(invited.token).status_code == 200


def _make_unusable(how: str, made: Made, people: People) -> str:
    rows = Invitation.objects.filter(id=made.invitation.id)
    if how == "unknown":
        return made.token[::-1]
    if how == "expired":
        rows.update(expires_at=timezone.now())
    elif how == "used":
        accept_invitation(user=make_user(), token=made.token)
    elif how == "withdrawn":
        invitation_withdraw(actor=people.manager, invitation=made.invitation)
    elif how == "manager removed":
        Membership.objects.filter(user=people.manager).delete()
    elif how == "manager a reader now":
        Membership.objects.filter(user=people.manager).update(role="reader")
    else:
        assert how == "manager disabled"
        User.objects.filter(id=people.manager.id).update(is_active=False)
    return made.token


@pytest.mark.parametrize(
    "how",
    [
        "unknown",
        "expired",
        "used",
        "withdrawn",
        "manager removed",
        "manager a reader now",
        "manager disabled",
    ],
)
def test_no_answer_tells_why_a_link_does_not_work(
    how: str, invited: Made, people: People, client_of: Clients
) -> None:
    token = _make_unusable(how, invited, people)
    stranger = client_of(people.stranger)
    make_user("taken")
    n_people, n_members = User.objects.count(), Membership.objects.count()
    answers = [
        look(token),
        look(token, stranger),
        join(token),
        join(token, username="taken"),
        join(token, password="short"),
        join(token, username="no spaces please"),
        stranger.post(ACCEPT, {"token": token}),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert {answer.content for answer in answers} == {
        b'{"code":"invitation_unusable",'
        b'"message":"This invitation cannot be used. Ask who sent it for a new one.","details":{}}'
    }
    assert (User.objects.count(), Membership.objects.count()) == (n_people, n_members)


def test_no_log_and_no_audit_row_holds_the_secret_or_the_password(
    invited: Made, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        look(invited.token)
        join(invited.token, password="short")
        join(invited.token)
        join(invited.token)
    written = caplog.text + str(list(AuditEvent.objects.values()))
    assert invited.token not in written and PERSON["password"] not in written
    assert PERSON["display_name"] not in str(list(AuditEvent.objects.values()))


def test_a_signed_in_browser_needs_its_csrf_token(invited: Made, people: People) -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(people.stranger)
    answer = client.post(ACCEPT, {"token": invited.token})
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")


def test_the_new_person_signs_in_again_later(invited: Made) -> None:
    join(invited.token)
    body = {"username": PERSON["username"], "password": PERSON["password"]}
    assert APIClient().post("/api/v1/session/", body).status_code == 200


def test_the_old_password_of_nobody_else_works(invited: Made) -> None:
    """A new person's form never signs somebody in who has an account: neither by name nor by password."""
    known = make_user("known")
    client = APIClient()
    assert join(invited.token, client, username="known", password=PASSWORD).status_code == 409
    assert client.get("/api/v1/session/").json()["user"] is None
    assert not Membership.objects.filter(user=known).exists()


@pytest.mark.parametrize("view", [InvitationLookApi, InvitationAcceptApi])
def test_an_address_is_throttled(view: Any) -> None:
    assert view.throttle_classes == [PostsByAddress]
    assert base.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"][view.throttle_scope]  # type: ignore[index]
    assert settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"][view.throttle_scope] is None


def test_the_thirty_first_try_in_a_minute_waits(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SimpleRateThrottle, "THROTTLE_RATES", base.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"])
    client = APIClient(REMOTE_ADDR="192.0.2.77")
    answers = [look("guess", client).status_code for _ in range(31)]
    assert answers == [404] * 30 + [429]
