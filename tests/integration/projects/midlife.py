"""A project in the middle of its life, and people who go on with it as a seed has them do."""

from __future__ import annotations

import random
import uuid
from typing import Any

from django.db.models import Exists, OuterRef

from labelhub.accounts.models import User
from labelhub.consensus.models import Adjudication
from labelhub.core.jobs import job_claim
from labelhub.core.models import Job
from labelhub.imaging.models import Case
from labelhub.projects.models import Membership, Project
from labelhub.projects.services import membership_add
from labelhub.reading.models import Assignment, CaseRound, Round
from labelhub.reading.policies import own_assignment
from labelhub.reading.services.leases import assignment_open, assignment_release
from labelhub.reading.services.rounds import further_round_fill, round_filled, round_open
from labelhub.reading.submissions import schema_of
from labelhub.workflows.consensus import resettle
from labelhub.workflows.consensus.adjudicate import claim_adjudication
from labelhub.workflows.consensus.decide import FindingDecision, decide_adjudication
from labelhub.workflows.projects.change_protocol import run_slots_job
from labelhub.workflows.reading.open_round import run_round_job
from labelhub.workflows.reading.submit_read import amend_read
from tests.factories.accounts import make_user
from tests.factories.cases import make_case, make_cases
from tests.factories.projects import make_people, make_project
from tests.factories.reading import box, claim, submission, submit

S = Assignment.State
VALUES = ("absent", "absent", "present", "uncertain")
HANDLERS = {
    "slots": run_slots_job,
    "round": run_round_job,
    "consensus": resettle.run_resettle_job,
}


def run_jobs() -> list[Job]:
    """Run what waits, and what that asks for."""
    done: list[Job] = []
    while waiting := list(Job.objects.filter(kind__in=HANDLERS, state="queued").order_by("created_at")):
        for row in waiting:
            job = job_claim(row.id, owner="test")
            assert job is not None
            HANDLERS[job.kind](job)
            row.refresh_from_db()
            done.append(row)
    return done


class MidLife:
    """Cases that are new, begun, discordant, decided and closed; four readers; a second round of some."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.was_complete: set[Any] = set()
        """Rows of CaseRound that have had all their reads at some time."""
        self.project: Project = make_project()
        self.people = make_people(self.project)
        fourth = make_user()
        membership_add(actor=None, project=self.project, user=fourth, role=Membership.Role.READER)
        self.readers = [self.people.reader, self.people.second_reader, self.people.third_reader, fourth]
        first = make_cases(self.project, 10)
        make_case(self.project, split="test")
        self.go_on(30)
        self._second_round(first[:3])
        self.go_on(10)

    def go_on(self, n: int) -> None:
        steps = [self.read] * 6 + [
            self.open,
            self.reserve,
            self.give_back,
            self.amend,
            self.decide,
            self.decide,
        ]
        for _ in range(n):
            self.chance.choice(steps)()
            self._note_complete()
        run_jobs()
        self._note_complete()

    def finish(self) -> None:
        """Read all that is asked, and decide nothing."""
        for row in Assignment.objects.filter(state=S.RESERVED).select_related("reader"):
            assignment_open(actor=row.reader, assignment=own_assignment(row.reader, row.id))
        for row in Assignment.objects.filter(state=S.OPEN).select_related("reader"):
            self._submit(row.reader, row)
        for reader in self.readers:
            while (row := claim(reader, self.project)) is not None:
                self._submit(reader, row)
        run_jobs()

    def read(self) -> None:
        reader = self._reader()
        row = self._held(reader) or claim(reader, self.project)
        if row is not None:
            self._submit(reader, row)

    def open(self) -> None:
        claim(self._reader(), self.project)

    def reserve(self) -> None:
        claim(self._reader(), self.project, ahead=True)

    def give_back(self) -> None:
        reader = self._reader()
        row = self._held(reader)
        if row is not None and self.chance.random() < 0.3:
            assignment_release(actor=reader, assignment=row)

    def amend(self) -> None:
        reader = self._reader()
        rows = Assignment.objects.filter(reader=reader, state=S.SUBMITTED).order_by(
            "case__number", "round__number"
        )
        if rows:
            mine = own_assignment(reader, self.chance.choice(list(rows)).id)
            sent = submission(mine, self.document(mine), reason="second look")
            amend_read(actor=reader, assignment=mine, submission=sent)

    def decide(self) -> None:
        row = Adjudication.objects.filter(state="open").order_by("case_round__case_number", "id").first()
        if row is None:
            return
        person = self.people.adjudicator
        claim_adjudication(actor=person, adjudication=row)
        waiting = row.case_round.discordances.filter(needs_adjudication=True).order_by("finding")
        value = self.chance.choice(["present", "absent"])
        decisions = [FindingDecision(each.finding, value, "seen", []) for each in waiting]
        decide_adjudication(actor=person, adjudication=row, client_uuid=uuid.uuid4(), decisions=decisions)

    def document(self, row: Assignment) -> dict[str, Any]:
        """What its reader says; a finding that need not be answered is left out now and then."""
        said: dict[str, Any] = {"answers": {}, "annotations": [], "comment": "", "not_readable": False}
        if self.chance.random() < 0.08:
            return {**said, "not_readable": True}
        for finding in schema_of(row).findings:
            if not finding["required"] and self.chance.random() < 0.5:
                continue
            value = self.chance.choice(VALUES)
            said["answers"][finding["code"]] = {"value": value, "by_rest": False}
            if finding["boxes"] and value == "present":
                at = self.chance.choice([10, 22, 34])
                said["annotations"].append(box(row.case, at, at, finding=finding["code"]))
        return said

    def _submit(self, reader: User, row: Assignment) -> None:
        mine = own_assignment(reader, row.id)
        submit(mine, self.document(mine))

    def _reader(self) -> User:
        return self.chance.choice(self.readers)

    def _held(self, reader: User) -> Assignment | None:
        rows = Assignment.objects.filter(reader=reader, state=S.OPEN)
        return rows.order_by("case__number", "round__number").first()

    def _note_complete(self) -> None:
        held = Assignment.objects.filter(case=OuterRef("case"), round=OuterRef("round"))
        lacking = held.filter(state__in=[S.RESERVED, S.OPEN])
        rows = CaseRound.objects.filter(~Exists(lacking), Exists(held), n_open=0)
        self.was_complete |= set(rows.values_list("id", flat=True))

    def _second_round(self, cases: list[Case]) -> None:
        round_, _ = round_open(
            actor=self.people.manager,
            project=self.project,
            purpose=Round.Purpose.LABELS,
            readers_per_case=2,
        )
        further_round_fill(round_, [case.id for case in cases])
        round_filled(round_)
        assert CaseRound.objects.filter(round=round_).count() == len(cases)
