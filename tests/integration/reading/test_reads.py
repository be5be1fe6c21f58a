"""Submitting, amending, late work and what the database refuses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from labelhub.core.errors import Conflict, InvalidContent, StaleVersion
from labelhub.core.models import AuditEvent
from labelhub.projects.models import Project
from labelhub.reading.models import Assignment, CaseRound, LateRead, Read, ReadAnswer
from labelhub.reading.services.drafts import draft_of, draft_save
from labelhub.reading.services.leases import assignment_release
from labelhub.workflows.reading.submit_read import amend_read, submit_read
from tests.factories.cases import make_case
from tests.factories.projects import People
from tests.factories.reading import box, claim, document, drafted, submission, submit


@pytest.fixture
def assignment(project: Project, people: People) -> Assignment:
    make_case(project)
    claimed = claim(people.reader, project)
    assert claimed is not None
    return claimed


def test_a_repeated_submit_gives_the_same_read(assignment: Assignment, people: People) -> None:
    sent = submission(assignment)
    first = submit_read(actor=people.reader, assignment=assignment, submission=sent)
    again = submit_read(actor=people.reader, assignment=assignment, submission=sent)
    assert first == again and Read.objects.count() == 1
    assert CaseRound.objects.get().n_submitted == 1


def test_the_same_id_with_other_content_is_refused(assignment: Assignment, people: People) -> None:
    sent = submission(assignment)
    submit_read(actor=people.reader, assignment=assignment, submission=sent)
    other = submission(assignment, document({"nodule": "present"}), client_uuid=sent.client_uuid)
    with pytest.raises(Conflict) as error:
        submit_read(actor=people.reader, assignment=assignment, submission=other)
    assert error.value.code == "id_reused"


def test_an_incomplete_read_names_what_is_missing(assignment: Assignment, people: People) -> None:
    content = document()
    del content["answers"]["effusion"]
    with pytest.raises(InvalidContent) as error:
        submission(assignment, content)
    assert error.value.code == "incomplete" and error.value.details == {"missing": ["effusion"]}
    assert not Read.objects.exists()


def test_a_mark_on_an_absent_finding_is_refused(assignment: Assignment, people: People) -> None:
    content = document(boxes=[box(assignment.case, 10, 10)])
    with pytest.raises(InvalidContent) as error:
        submission(assignment, content)
    assert error.value.code == "contradiction"


def test_an_amendment_is_a_new_version_with_a_reason(assignment: Assignment, people: People) -> None:
    submit(assignment)
    changed = submission(assignment, document({"nodule": "present"}), reason="saw it on the second look")
    read = amend_read(actor=people.reader, assignment=assignment, submission=changed)
    assert read.version == 2 and Read.objects.filter(assignment=assignment).count() == 2
    assert CaseRound.objects.get().n_submitted == 1


def test_a_slip_is_a_reason_for_ten_minutes_only(
    assignment: Assignment, people: People, monkeypatch: Any
) -> None:
    submit(assignment)
    slip = submission(assignment, document({"nodule": "present"}), reason="slip")
    later = timezone.now() + timedelta(minutes=11)
    with monkeypatch.context() as patch:
        patch.setattr("labelhub.reading.services.store_read.timezone.now", lambda: later)
        with pytest.raises(InvalidContent) as error:
            amend_read(actor=people.reader, assignment=assignment, submission=slip)
    assert error.value.code == "slip_window_over"
    assert amend_read(actor=people.reader, assignment=assignment, submission=slip).version == 2


def test_work_after_the_slot_was_given_away_is_kept_as_late(
    project: Project, assignment: Assignment, people: People
) -> None:
    assignment_release(actor=people.reader, assignment=assignment)
    for reader in (people.second_reader, people.third_reader):
        taken = claim(reader, project)
        assert taken is not None
        submit(taken)
    sent = submission(assignment, document({"nodule": "present"}))
    done = submit_read(actor=people.reader, assignment=assignment, submission=sent)
    assert done.read is None and done.late == LateRead.objects.get()
    assert submit_read(actor=people.reader, assignment=assignment, submission=sent).late == done.late
    assert CaseRound.objects.get().n_submitted == 2


def test_a_stale_draft_is_refused_and_nothing_is_lost(assignment: Assignment) -> None:
    assert draft_save(assignment=assignment, version=0, document=drafted(assignment, document())) == 1
    newer = document({"nodule": "uncertain"})
    assert draft_save(assignment=assignment, version=1, document=drafted(assignment, newer)) == 2
    with pytest.raises(StaleVersion) as error:
        draft_save(assignment=assignment, version=1, document=drafted(assignment, document()))
    assert error.value.details == {"version": 2, "document": newer}
    assert draft_of(assignment) == (2, newer)


@pytest.mark.parametrize("model", [Read, ReadAnswer, AuditEvent])
@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_refuses_to_change_what_was_submitted(
    assignment: Assignment, model: Any, change: str
) -> None:
    submit(assignment)
    table = model._meta.db_table
    from django.db import connection

    statement = f"DELETE FROM {table}" if change == "delete" else f"UPDATE {table} SET id = id"
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
