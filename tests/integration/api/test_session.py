"""Signing in and out leaves its trace; a refused try names nobody."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

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


def test_a_refused_try_is_no_sign_in() -> None:
    user, client = make_user(), APIClient()
    answer = client.post(SESSION, {"username": user.username, "password": "wrong"}, format="json")
    assert answer.status_code == 401
    client.delete(SESSION)
    assert actions() == []
