"""Signing in and out leaves its trace; a refused try names nobody."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from labelhub.accounts.services import token_create
from labelhub.core.models import AuditEvent
from tests.factories.accounts import PASSWORD, make_user

pytestmark = pytest.mark.django_db
SESSION = "/api/v1/session/"


def actions() -> list[str]:
    return list(AuditEvent.objects.filter(action__startswith="session.").values_list("action", flat=True))


def test_a_sign_in_and_a_sign_out_are_audited() -> None:
    user, client = make_user(), APIClient()
    answer = client.post(SESSION, {"username": user.username, "password": PASSWORD}, format="json")
    assert answer.status_code == 200
    assert client.delete(SESSION).status_code == 204
    assert actions() == ["session.signed_in", "session.signed_out"]
    assert set(
        AuditEvent.objects.filter(action__startswith="session.").values_list("actor_id", flat=True)
    ) == {user.id}


def test_a_token_has_no_session_to_end() -> None:
    client = APIClient()
    token = token_create(actor=None, user=make_user(), name="script")
    assert client.delete(SESSION, headers={"authorization": f"Bearer {token}"}).status_code == 204
    assert actions() == []


def test_a_sign_in_over_another_persons_session_ends_that_one() -> None:
    first, second, client = make_user(), make_user(), APIClient()
    for user in (first, second):
        client.post(SESSION, {"username": user.username, "password": PASSWORD}, format="json")
    rows = AuditEvent.objects.filter(action__startswith="session.").order_by("id")
    assert list(rows.values_list("action", "actor_id")) == [
        ("session.signed_in", first.id),
        ("session.signed_out", first.id),
        ("session.signed_in", second.id),
    ]


def test_a_refused_try_is_no_sign_in() -> None:
    user, client = make_user(), APIClient()
    answer = client.post(SESSION, {"username": user.username, "password": "wrong"}, format="json")
    assert answer.status_code == 401
    client.delete(SESSION)
    assert actions() == []


def test_a_token_of_another_session_is_named_as_stale() -> None:
    user, client = make_user(), APIClient(enforce_csrf_checks=True)
    stale = client.get(SESSION).json()["csrf_token"]
    client.force_login(user)
    answer = client.delete(SESSION, headers={"x-csrftoken": stale[::-1]})
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")
    fresh = client.get(SESSION).json()["csrf_token"]
    assert client.delete(SESSION, headers={"x-csrftoken": fresh}).status_code == 204
