"""One invitation that several accept at the same moment, and one request that arrives twice: one of them wins."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from django.db import connection

from labelhub.accounts.models import User
from labelhub.core.errors import LabelHubError
from labelhub.projects.invitations import Invited, invitation_withdraw, invitations_create
from labelhub.projects.models import Invitation, Membership, Project
from labelhub.projects.services import membership_add
from labelhub.workflows.projects.accept_invitation import (
    NewPerson,
    accept_invitation,
    accept_invitation_as_new,
)
from tests.factories.accounts import make_user
from tests.factories.invitations import invite
from tests.factories.projects import make_project

pytestmark = pytest.mark.django_db(transaction=True)
READER = Membership.Role.READER


@pytest.fixture
def project() -> Project:
    return make_project()


@pytest.fixture
def manager(project: Project) -> User:
    user = make_user()
    membership_add(actor=None, project=project, user=user, role=Membership.Role.MANAGER)
    return user


def at_once(*calls: Callable[[], object]) -> list[str]:
    """What each came to: `done` or the code of its error, sorted."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], object]) -> str:
        barrier.wait()
        try:
            call()
        except LabelHubError as error:
            return error.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(calls)) as pool:
        return sorted(pool.map(run, calls))


def test_one_of_two_who_are_signed_in_gets_it(project: Project, manager: User) -> None:
    for _ in range(5):
        (made,) = invite(manager, project)
        guests = [make_user(), make_user()]
        outcome = at_once(*(partial(accept_invitation, user=user, token=made.token) for user in guests))
        assert outcome == ["done", "invitation_unusable"]
        (member,) = Membership.objects.filter(user__in=guests)
        assert Invitation.objects.get(id=made.invitation.id).accepted_by_id == member.user_id


def test_one_of_two_who_are_new_gets_it_and_the_other_no_account(project: Project, manager: User) -> None:
    for round in range(3):
        (made,) = invite(manager, project)
        people = [NewPerson(f"new-{round}-{n}", "New", "a quite long passphrase") for n in (0, 1)]
        outcome = at_once(
            *(partial(accept_invitation_as_new, person=each, token=made.token) for each in people)
        )
        assert outcome == ["done", "invitation_unusable"]
        assert User.objects.filter(username__startswith=f"new-{round}-").count() == 1


def test_two_who_choose_one_name_at_once_get_one_account(project: Project, manager: User) -> None:
    for round in range(3):
        pair = invite(manager, project, n=2)
        person = NewPerson(f"same-{round}", "Same", "a quite long passphrase")
        outcome = at_once(
            *(partial(accept_invitation_as_new, person=person, token=made.token) for made in pair)
        )
        assert outcome == ["done", "user_exists"]
        ids = [made.invitation.id for made in pair]
        assert Invitation.objects.filter(id__in=ids, accepted_at__isnull=True).count() == 1


def test_it_is_accepted_or_withdrawn_never_both(project: Project, manager: User) -> None:
    for _ in range(5):
        (made,) = invite(manager, project)
        guest = make_user()
        outcome = at_once(
            partial(accept_invitation, user=guest, token=made.token),
            partial(invitation_withdraw, actor=manager, invitation=made.invitation),
        )
        assert outcome in (["done", "invitation_used"], ["done", "invitation_unusable"])
        row = Invitation.objects.get(id=made.invitation.id)
        assert (row.accepted_at is None) != (row.withdrawn_at is None)
        assert Membership.objects.filter(user=guest).exists() == (row.accepted_at is not None)


def test_a_request_that_arrives_twice_makes_one_set(project: Project, manager: User) -> None:
    client_uuid = uuid.uuid4()

    def create() -> None:
        invitations_create(
            actor=manager,
            project=project,
            client_uuid=client_uuid,
            days=7,
            invited=[Invited("", [READER])] * 3,
        )

    assert at_once(create, create) == ["done", "invitations_already_made"]
    assert Invitation.objects.count() == 3
