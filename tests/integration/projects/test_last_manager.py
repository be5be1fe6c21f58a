"""Two data managers who remove each other at the same moment: one of them stays."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from labelhub.accounts.models import User
from labelhub.core.errors import Conflict
from labelhub.projects.models import Membership
from labelhub.projects.services import membership_add, membership_remove
from tests.factories.accounts import make_user
from tests.factories.projects import make_project

MANAGER = Membership.Role.MANAGER


@pytest.mark.django_db(transaction=True)
def test_a_project_keeps_a_data_manager() -> None:
    project = make_project()
    pair = [make_user(), make_user()]
    barrier = Barrier(2)

    def remove(actor: User, other: User) -> str:
        barrier.wait()
        try:
            membership_remove(actor=actor, project=project, user_id=other.id, role=MANAGER)
        except Conflict as error:
            return error.code
        finally:
            connection.close()
        return "removed"

    for _ in range(5):
        for user in pair:
            membership_add(actor=None, project=project, user=user, role=MANAGER)
        with ThreadPoolExecutor(2) as pool:
            done = [pool.submit(remove, pair[i], pair[1 - i]) for i in (0, 1)]
            assert sorted(each.result() for each in done) == ["last_manager", "removed"]
        assert Membership.objects.filter(project=project, role=MANAGER).count() == 1
