"""An upgrade of a database in which nobody kept who saw others' reads: it is taken from what was recorded."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from labelhub.accounts.models import User
from labelhub.consensus.models import Adjudication
from labelhub.imaging.models import Case
from labelhub.projects.models import Membership, Project
from labelhub.projects.services import membership_add, membership_remove
from labelhub.reading.models import Assignment, CaseRound, CaseSeen, Flag, RoundSeen
from labelhub.reading.services.flags import flag_raise
from labelhub.reading.services.leases import assignment_release
from labelhub.reading.services.seen import seen_among
from labelhub.releases.models import Export
from labelhub.workflows.consensus.adjudicate import view_adjudication
from tests.factories.cases import make_cases
from tests.factories.projects import People
from tests.factories.reading import claim, document, read_case

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE = ("releases", "0001_initial")
Upgrade = Callable[[], None]


@pytest.fixture
def upgrade() -> Iterator[Upgrade]:
    """Forget who has seen what, and on call upgrade as from a version that did not keep it."""

    def to(*targets: tuple[str, str]) -> None:
        executor = MigrationExecutor(connection)
        executor.migrate(list(targets) or executor.loader.graph.leaf_nodes())

    def again() -> None:
        to(BEFORE)
        CaseSeen.objects.all().delete()
        RoundSeen.objects.all().delete()
        to()

    yield again
    to()


def seen_by(person: User) -> set[uuid.UUID]:
    return seen_among(person.id, list(Case.objects.values_list("id", flat=True)))


def begun(project: Project, reader: User, n: int) -> list[Case]:
    read = [read_case(reader, project) for _ in range(n)]
    return [each.assignment.case for each in read if each is not None]


def test_an_export_shows_what_was_begun_by_then(project: Project, people: People, upgrade: Upgrade) -> None:
    make_cases(project, 5)
    first = begun(project, people.reader, 2)
    Export.objects.create(project=project, what="reads", format="csv", created_by=people.engineer)
    Export.objects.create(project=project, what="reads", format="csv", created_by=None)
    begun(project, people.reader, 2)

    upgrade()

    assert seen_by(people.engineer) == {case.id for case in first}
    assert RoundSeen.objects.count() == 1 and not CaseSeen.objects.exists()


def test_an_export_before_anything_was_begun_shows_nothing(
    project: Project, people: People, upgrade: Upgrade
) -> None:
    make_cases(project, 1)
    Export.objects.create(project=project, what="reads", format="csv", created_by=people.engineer)
    begun(project, people.reader, 1)

    upgrade()

    assert not RoundSeen.objects.exists()


def test_a_look_at_an_adjudication_is_remembered(project: Project, people: People, upgrade: Upgrade) -> None:
    """Looking is enough: she gave the case back, and nobody has decided."""
    case, _ = make_cases(project, 2)
    read_case(people.reader, project, document({"nodule": "present"}))
    read_case(people.second_reader, project)
    view_adjudication(actor=people.adjudicator, adjudication=Adjudication.objects.get())

    upgrade()

    assert seen_by(people.adjudicator) == {case.id}
    membership_add(actor=None, project=project, user=people.adjudicator, role=Membership.Role.READER)
    CaseRound.objects.filter(case=case).update(n_needed=3, n_open=1)
    offered = claim(people.adjudicator, project)
    assert offered is not None and offered.case != case


def test_flags_are_remembered_of_managers_before_and_now(
    project: Project, people: People, upgrade: Upgrade
) -> None:
    make_cases(project, 2)
    left = people.third_reader
    membership_add(actor=None, project=project, user=left, role=Membership.Role.MANAGER)
    flagged = flag(claim(people.reader, project))
    membership_remove(actor=None, project=project, user_id=left.id, role=Membership.Role.MANAGER)
    later = flag(claim(people.reader, project))

    upgrade()

    assert seen_by(left) == {flagged}
    assert seen_by(people.manager) == {flagged, later}
    assert seen_by(people.reader) == set(), "her own flags say nothing of others"


def flag(assignment: Assignment | None) -> uuid.UUID:
    """Raise one, and give the case back."""
    assert assignment is not None
    flag_raise(
        actor=assignment.reader,
        assignment=assignment,
        kind=Flag.Kind.URGENT,
        text="tension",
        client_uuid=uuid.uuid4(),
    )
    assignment_release(actor=assignment.reader, assignment=assignment)
    return assignment.case_id


def test_what_is_reserved_for_her_is_not_kept_for_her(
    project: Project, people: People, upgrade: Upgrade
) -> None:
    make_cases(project, 2)
    read_case(people.reader, project)
    hers, other = (
        claim(person, project, ahead=True) for person in (people.second_reader, people.third_reader)
    )
    assert hers is not None and other is not None
    Export.objects.create(project=project, what="reads", format="csv", created_by=people.second_reader)

    upgrade()

    hers.refresh_from_db()
    other.refresh_from_db()
    assert hers.lease_until is not None and hers.lease_until < timezone.now()
    assert other.lease_until is not None and other.lease_until > timezone.now() + timedelta(minutes=1)
