"""A reader of two roles who looks at others' reads while she holds a case, and late work beside a case given away."""

from __future__ import annotations

import uuid

import pytest

from labelhub.accounts.models import User
from labelhub.core.errors import Conflict
from labelhub.core.models import AuditEvent
from labelhub.imaging.models import Case
from labelhub.projects.models import Membership, Project
from labelhub.projects.services import membership_add
from labelhub.reading.models import Assignment, LateRead
from labelhub.reading.services.leases import assignment_open, assignment_release
from labelhub.reading.services.seen import project_seen
from labelhub.workflows.reading.submit_read import amend_read, submit_read
from tests.factories.cases import make_case
from tests.factories.projects import People
from tests.factories.reading import claim, document, read_case, submission, submit

S = Assignment.State


@pytest.fixture
def case(project: Project) -> Case:
    return make_case(project)


@pytest.fixture
def both(project: Project, people: People) -> User:
    """The manager, who reads here too."""
    membership_add(actor=None, project=project, user=people.manager, role=Membership.Role.READER)
    return people.manager


def held(reader: User, project: Project) -> Assignment:
    row = claim(reader, project)
    assert row is not None
    return row


def test_what_she_submits_after_she_saw_others_reads_is_kept_outside_the_count(
    project: Project, people: People, case: Case, both: User
) -> None:
    row = held(both, project)
    read_case(people.reader, project)
    project_seen(both, project)
    sent = submission(row)
    done = submit_read(actor=both, assignment=row, submission=sent)
    assert done.read is None and done.late == LateRead.objects.get()
    row.refresh_from_db()
    assert row.state == S.RELEASED
    assert AuditEvent.objects.get(action="read.kept_late").data["has_seen"] is True
    assert submit_read(actor=both, assignment=row, submission=sent).late == done.late
    assert held(people.second_reader, project).case == case


def test_a_download_in_which_nobody_elses_read_of_her_case_was_leaves_her_read_in_the_count(
    project: Project, people: People, case: Case, both: User
) -> None:
    row = held(both, project)
    project_seen(both, project)
    read_case(people.reader, project)
    assert submit(row) is not None


def test_she_amends_her_read_until_she_has_seen_anothers(
    project: Project, people: People, case: Case, both: User
) -> None:
    row = held(both, project)
    submit(row)
    row.refresh_from_db()
    project_seen(both, project)
    amend_read(actor=both, assignment=row, submission=submission(row, reason="a slip"))
    read_case(people.reader, project)
    project_seen(both, project)
    with pytest.raises(Conflict) as error:
        amend_read(actor=both, assignment=row, submission=submission(row, reason="another slip"))
    assert error.value.code == "outcome_shown"


@pytest.fixture
def given_away(project: Project, people: People, case: Case) -> Assignment:
    """A case whose slots two others have by now."""
    row = held(people.reader, project)
    assignment_release(actor=people.reader, assignment=row)
    for reader in (people.second_reader, people.third_reader):
        held(reader, project)
    row.refresh_from_db()
    return row


def test_a_case_that_was_given_away_is_shown_to_who_worked_on_it_and_that_is_recorded(
    people: People, given_away: Assignment
) -> None:
    with pytest.raises(Conflict) as error:
        assignment_open(actor=people.reader, assignment=given_away)
    assert error.value.code == "slot_given_away"
    event = AuditEvent.objects.filter(action="assignment.viewed").latest("id")
    assert (event.object_id, event.actor_id) == (str(given_away.id), people.reader.id)


def test_a_case_with_a_late_read_is_not_taken_up_again(
    project: Project, people: People, given_away: Assignment
) -> None:
    sent = submission(given_away, document({"nodule": "present"}))
    late = submit_read(actor=people.reader, assignment=given_away, submission=sent).late
    assert late is not None
    assignment_release(
        actor=people.second_reader, assignment=Assignment.objects.get(reader=people.second_reader)
    )
    with pytest.raises(Conflict) as error:
        assignment_open(actor=people.reader, assignment=given_away)
    assert error.value.code == "late_read_exists"
    assert submit_read(actor=people.reader, assignment=given_away, submission=sent).late == late
    other = submission(given_away, document(), client_uuid=uuid.uuid4())
    with pytest.raises(Conflict) as error:
        submit_read(actor=people.reader, assignment=given_away, submission=other)
    assert error.value.code == "late_read_exists"
