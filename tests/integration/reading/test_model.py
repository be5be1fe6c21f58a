"""Claim, open, submit, skip, expire and release in any order against a reference model of dictionaries."""

from __future__ import annotations

import random
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from labelhub.accounts.models import User
from labelhub.core.errors import Conflict
from labelhub.projects.models import Project
from labelhub.reading.models import Assignment, CaseRound, LateRead, QueueEntry, Read
from labelhub.reading.services import leases
from labelhub.reading.services.claims import claim_next
from labelhub.reading.services.drafts import draft_save
from labelhub.reading.submissions import Submission
from labelhub.workflows.reading.submit_read import submit_read
from tests.factories.cases import make_case, make_cases
from tests.factories.projects import make_people, make_project
from tests.factories.reading import document, drafted, submission
from tests.integration.reading.reference import NEEDED, Reference
from tests.integration.reading.test_worklist import publish

READERS = ("ann", "ben", "cem")


class Worklist(RuleBasedStateMachine):
    """Three readers, five cases, some of them ranked. Each run is rolled back as a whole."""

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.project: Project = make_project(protocol={"readers_per_case": NEEDED, "eval_interleave": 2})
        people = make_people(self.project)
        self.users: dict[str, User] = dict(
            zip(READERS, (people.reader, people.second_reader, people.third_reader), strict=True)
        )
        cases = [*make_cases(self.project, 4), make_case(self.project, split="test")]
        publish(self.project, [cases[2], cases[0]])
        self.model = Reference({str(case.id) for case in cases})
        self.submitted: dict[uuid.UUID, tuple[Submission, Assignment]] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    def assignment(self, reader: str, states: tuple[str, ...], pick: int) -> Assignment | None:
        """One of the reader's assignments in these states."""
        rows = Assignment.objects.filter(reader=self.users[reader], state__in=states).order_by("reserved_at")
        return rows[pick % len(rows)] if rows else None

    @rule(reader=st.sampled_from(READERS), ahead=st.booleans(), repeat=st.booleans())
    def claim(self, reader: str, ahead: bool, repeat: bool) -> None:
        key = uuid.uuid4()
        allowed = self.model.may_be_offered(reader, ahead=ahead)
        for _ in range(1 + repeat):
            got = claim_next(reader=self.users[reader], project=self.project, claim_key=key, ahead=ahead)
            assert (got is not None) == bool(allowed), "a case starves, or one too many is handed out"
            if got is not None:
                assert str(got.case_id) in allowed
                self.model.claim(reader, str(got.case_id), ahead=ahead)

    @rule(reader=st.sampled_from(READERS), pick=st.integers(0, 4))
    def open(self, reader: str, pick: int) -> None:
        row = self.assignment(reader, ("reserved", "open", "expired", "released"), pick)
        if row is None:
            return
        if self.model.open(reader, str(row.case_id)):
            leases.assignment_open(actor=row.reader, assignment=row)
        else:
            with pytest.raises(Conflict):
                leases.assignment_open(actor=row.reader, assignment=row)

    @rule(reader=st.sampled_from(READERS), pick=st.integers(0, 4))
    def save(self, reader: str, pick: int) -> None:
        row = self.assignment(reader, ("open", "expired", "released"), pick)
        if row is not None and not hasattr(row, "draft"):
            assert draft_save(assignment=row, version=0, document=drafted(row, document())) == 1

    @rule(reader=st.sampled_from(READERS), pick=st.integers(0, 4), repeat=st.booleans())
    def submit(self, reader: str, pick: int, repeat: bool) -> None:
        row = self.assignment(reader, ("open", "expired", "released"), pick)
        if row is None or LateRead.objects.filter(assignment=row).exists():
            return
        sent = submission(row, active_ms=random.Random(pick).randrange(9_000))
        expected = self.model.submit(reader, str(row.case_id))
        for _ in range(1 + repeat):
            done = submit_read(actor=row.reader, assignment=row, submission=sent)
            assert (done.read is not None) == (expected == "read")
            assert (done.late is not None) == (expected == "late")
        self.submitted[sent.client_uuid] = (sent, row)

    @rule(reader=st.sampled_from(READERS), pick=st.integers(0, 4), repeat=st.booleans())
    def skip(self, reader: str, pick: int, repeat: bool) -> None:
        row = self.assignment(reader, ("reserved", "open"), pick)
        if row is not None:
            for _ in range(1 + repeat):
                leases.assignment_skip(actor=row.reader, assignment=row, reason="conflict", text="")
            self.model.leave(reader, str(row.case_id), "skipped")

    @rule(reader=st.sampled_from(READERS), pick=st.integers(0, 4))
    def release(self, reader: str, pick: int) -> None:
        row = self.assignment(reader, ("reserved", "open"), pick)
        if row is not None:
            leases.assignment_release(actor=row.reader, assignment=row)
            self.model.leave(reader, str(row.case_id), "released")

    @rule(reader=st.sampled_from(READERS), pick=st.integers(0, 4))
    def expire(self, reader: str, pick: int) -> None:
        row = self.assignment(reader, ("reserved", "open"), pick)
        if row is not None:
            ago = timezone.now() - leases.GRACE - timedelta(seconds=1)
            Assignment.objects.filter(id=row.id).update(lease_until=ago)
            assert leases.expire_leases() == 1
            self.model.leave(reader, str(row.case_id), "expired")

    @invariant()
    def the_database_says_what_the_model_says(self) -> None:
        names = {user.id: name for name, user in self.users.items()}
        rows = Assignment.objects.values_list("case_id", "reader_id", "state")
        assert {(str(case), names[reader]): state for case, reader, state in rows} == self.model.state

    @invariant()
    def slots_add_up(self) -> None:
        for row in CaseRound.objects.all():
            case = str(row.case_id)
            assert row.n_open == NEEDED - self.model.held(case)
            is_begun = any(of == case for of, _ in self.model.state)
            assert (row.begun_seq is not None) == is_begun
            entries = QueueEntry.objects.filter(case_id=row.case_id)
            assert all(entry.is_open != is_begun for entry in entries)
            n_submitted = sum(
                state == "submitted" for (of, _), state in self.model.state.items() if of == case
            )
            assert row.n_submitted == n_submitted and (row.closed_at is not None) == (n_submitted == NEEDED)

    @invariant()
    def every_submission_is_kept_once(self) -> None:
        late = LateRead.objects.count()
        assert late == len(self.model.late)
        assert Read.objects.count() + late == len(self.submitted)
        for key, (sent, row) in self.submitted.items():
            kept: Any = Read.objects.filter(id=key).first() or LateRead.objects.get(id=key)
            assert (kept.assignment_id, kept.document_sha256) == (
                row.id,
                sent.document.sha256(kept.document_format if isinstance(kept, Read) else 1),
            )


def test_any_order_of_calls_agrees_with_the_reference_model(db: Any) -> None:
    run_state_machine_as_test(
        Worklist,
        settings=settings(
            max_examples=15,
            stateful_step_count=25,
            suppress_health_check=list(HealthCheck),
        ),
    )
