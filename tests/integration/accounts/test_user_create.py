"""Making people: a name belongs to one person, however it is written and whoever asks first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection

from labelhub.accounts.models import User
from labelhub.accounts.services import user_create
from labelhub.core.errors import Conflict
from labelhub.core.models import AuditEvent


@pytest.mark.django_db
def test_a_name_that_is_taken_is_a_complaint_about_that_field() -> None:
    user_create(actor=None, username="anna")
    with pytest.raises(Conflict) as refused:
        user_create(actor=None, username="ANNA")
    assert refused.value.code == "user_exists"
    assert refused.value.details == {"username": [refused.value.message]}
    assert AuditEvent.objects.filter(action="user.created").count() == 1


@pytest.mark.django_db
def test_a_password_may_come_hashed_and_none_signs_nobody_in() -> None:
    hashed = user_create(actor=None, username="hashed", encoded=make_password("a long test password"))
    assert hashed.check_password("a long test password")
    assert not user_create(actor=None, username="machine").has_usable_password()


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_for_one_name_at_once_get_one_account() -> None:
    barrier = Barrier(2)

    def create(username: str) -> str:
        barrier.wait()
        try:
            user_create(actor=None, username=username)
        except Conflict as error:
            return error.code
        finally:
            connection.close()
        return "created"

    for round in range(5):
        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(create, [f"same-{round}"] * 2)) == ["created", "user_exists"]
    assert User.objects.count() == 5
