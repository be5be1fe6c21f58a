"""One seeded project with reader B's assignments pinned, and A's work on the same cases, to be added or not."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from labelhub.accounts.models import User
from labelhub.consensus.anonymity import letters
from labelhub.consensus.models import Adjudication, ProjectStatistics
from labelhub.core.audit import newest_event_id
from labelhub.core.models import Job
from labelhub.imaging import storage
from labelhub.imaging.models import Case
from labelhub.learning.models import ModelVersion, Promotion, RankedCase, Ranking, ScoringRun, TrainingRun
from labelhub.projects.models import Project
from labelhub.projects.selectors import versions_in_force
from labelhub.reading.models import Assignment, CaseRound, Flag, LateRead, Queue, QueueEntry, WorklistState
from labelhub.reading.services.case_rounds import Slot, slot_take
from labelhub.reading.services.drafts import draft_save
from labelhub.reading.services.flags import flag_raise
from labelhub.reading.services.leases import assignment_release, assignment_skip, expire_leases
from labelhub.reading.services.rounds import worklist_state
from labelhub.workflows.consensus.adjudicate import claim_adjudication
from labelhub.workflows.consensus.decide import FindingDecision, decide_adjudication
from labelhub.workflows.reading.ask_reader import return_to_reader
from labelhub.workflows.reading.submit_read import accept_late_read, amend_read
from tests.factories.cases import make_case, make_cases
from tests.factories.projects import People
from tests.factories.reading import box, document, drafted, submission, submit

S = Assignment.State


@dataclass(frozen=True)
class Pinned:
    """B's assignments by name of their state, and the cases behind them."""

    project: Project
    people: People
    mine: dict[str, Assignment]
    untouched: Case


def pinned_world(project: Project, people: People) -> Pinned:
    """B has one assignment in every state. Others appear only where a state cannot come about without them."""
    reader = people.reader
    cases = make_cases(project, 8)
    for case in cases:
        _store_pixels(case)
    names = ["submitted", "amended", "open", "reserved", "returned", "skipped", "expired", "late"]
    mine = {name: give(reader, case) for name, case in zip(names, cases, strict=True)}
    submit(mine["submitted"], document({"nodule": "present"}, boxes=[box(cases[0], 10, 10)]))
    submit(mine["amended"])
    amend_read(
        actor=reader,
        assignment=mine["amended"],
        submission=submission(mine["amended"], document({"effusion": "present"}), reason="second look"),
    )
    draft_save(
        assignment=mine["open"], version=0, document=drafted(mine["open"], document({"nodule": "uncertain"}))
    )
    Assignment.objects.filter(id=mine["reserved"].id).update(state=S.RESERVED, opened_at=None)
    _send_back(mine["returned"], people)
    assignment_skip(actor=reader, assignment=mine["skipped"], reason="poor_quality", text="blurred")
    draft_save(assignment=mine["expired"], version=0, document=drafted(mine["expired"], document()))
    Assignment.objects.filter(id=mine["expired"].id).update(lease_until=timezone.now() - timedelta(hours=1))
    assert expire_leases() == 1
    _lose(mine["late"], people)
    untouched = make_case(project, patient=cases[0].patient, day=1)
    _store_pixels(untouched)
    return Pinned(project, people, mine, untouched)


def _store_pixels(case: Case) -> None:
    instance = case.instances.get()
    prefix = instance.storage_prefix
    default_storage.save(storage.metadata_key(prefix), ContentFile(b"{}"))
    default_storage.save(storage.frame_key(prefix, 1), ContentFile(bytes(64)))


def give(reader: User, case: Case) -> Assignment:
    """This case, opened by this reader, whatever the worklist would have offered."""
    row = CaseRound.objects.get(case=case)
    assert case.current_version_id is not None
    assert slot_take(Slot.of(row))
    now = timezone.now()
    schema_id, protocol_id = versions_in_force(case.project_id)
    return Assignment.objects.create(
        round_id=row.round_id,
        case=case,
        case_version_id=case.current_version_id,
        reader=reader,
        state=S.OPEN,
        rule=Assignment.Rule.BEGUN,
        reader_position=Assignment.objects.filter(reader=reader).count() + 1,
        schema_id=schema_id,
        protocol_id=protocol_id,
        claim_key=uuid.uuid4(),
        lease_until=now + timedelta(minutes=30),
        reserved_at=now,
        opened_at=now,
    )


def _send_back(assignment: Assignment, people: People) -> None:
    submit(assignment, document({"effusion": "present"}))
    submit(give(people.third_reader, assignment.case))
    waiting = Adjudication.objects.get(case_round__case=assignment.case)
    claimed = claim_adjudication(actor=people.adjudicator, adjudication=waiting)
    letter = letters(claimed)[assignment.id]
    return_to_reader(actor=people.adjudicator, adjudication=claimed, letter=letter, note="Which side?")


def _lose(assignment: Assignment, people: People) -> None:
    """Her slot went to somebody else while she read: the work is kept as a late read."""
    assignment_release(actor=people.reader, assignment=assignment)
    for other in (people.second_reader, people.third_reader):
        give(other, assignment.case)
    submit(assignment)


def do_work_of_others(world: Pinned) -> dict[str, Any]:
    """All that must not show: reads, drafts, flags, adjudications, consensus, late reads, model, ranking.

    Returns an id for every kind of object that came about.
    """
    people, project = world.people, world.project
    theirs = {
        name: give(people.second_reader, world.mine[name].case)
        for name in ("submitted", "amended", "open", "reserved", "expired")
    }
    submit(theirs["submitted"])
    submit(theirs["amended"])
    draft_save(
        assignment=theirs["open"],
        version=0,
        document=drafted(theirs["open"], document({"nodule": "present"})),
    )
    flag = flag_raise(
        actor=people.second_reader,
        assignment=theirs["open"],
        kind=Flag.Kind.URGENT,
        text="pneumothorax",
        client_uuid=uuid.uuid4(),
    )
    submit(theirs["open"], document({"nodule": "present"}))
    submit(theirs["reserved"])
    adjudication = _decide(theirs["submitted"].case, people)
    late = _accepted_late_read(world)
    submit(give(people.second_reader, world.untouched))
    model = _model(project, people)
    _publish(project, model)
    ProjectStatistics.objects.create(
        project=project,
        computed_at=timezone.now(),
        duration_s=1,
        audit_event_id=newest_event_id(),
        body={"reads": {"done": 9, "needed": 18}},
    )
    return {
        "slug": project.slug,
        "assignment_id": theirs["open"].id,
        "adjudication_id": adjudication.id,
        "flag_id": flag.id,
        "late_read_id": late.id,
        "run_id": model.run_id,
        "model_id": model.id,
        "job_id": model.run.job_id,
    }


def _decide(case: Case, people: People) -> Adjudication:
    waiting = Adjudication.objects.get(case_round__case=case)
    claimed = claim_adjudication(actor=people.adjudicator, adjudication=waiting)
    decision = FindingDecision("nodule", "present", "seen on both", [])
    return decide_adjudication(
        actor=people.adjudicator, adjudication=claimed, client_uuid=uuid.uuid4(), decisions=[decision]
    )


def _accepted_late_read(world: Pinned) -> LateRead:
    """On a case that B has never had."""
    people, case = world.people, make_case(world.project)
    lost = give(people.second_reader, case)
    assignment_release(actor=people.second_reader, assignment=lost)
    for other in (people.third_reader, people.adjudicator):
        submit(give(other, case))
    submit(lost)
    late = LateRead.objects.get(assignment=lost)
    accept_late_read(actor=people.manager, late_read=late)
    return late


def _model(project: Project, people: People) -> ModelVersion:
    job = Job.objects.create(kind="train", project_id=project.id, dedupe_key=f"train:{project.id}")
    run = TrainingRun.objects.create(project=project, job=job, trigger="manual", config={})
    model = ModelVersion.objects.create(
        project=project,
        run=run,
        number=1,
        weights_key="models/none",
        weights_sha256="0" * 64,
        findings=["nodule", "effusion"],
        metrics={"findings": {}, "mean_auroc": 0.9, "n_test_cases": 4, "n_complete": 4},
        n_labels=4,
    )
    Promotion.objects.create(project=project, model_version=model, promoted_by=people.engineer, reason="best")
    return model


def _publish(project: Project, model: ModelVersion) -> None:
    """A ranking in force, newest case first; B keeps what she holds (the worklist gives that up elsewhere)."""
    job = Job.objects.create(kind="score", project_id=project.id, dedupe_key=f"score:{project.id}")
    scoring = ScoringRun.objects.create(model_version=model, job=job, config={}, n_cases=9)
    queue = Queue.objects.create(project=project, round=worklist_state(project).round, is_complete=True)
    cases = list(Case.objects.filter(project=project).order_by("-random_key"))
    ranking = Ranking.objects.create(
        project=project, scoring_run=scoring, queue=queue, acquisition="entropy", seed=1, n_cases=len(cases)
    )
    for position, case in enumerate(cases):
        RankedCase.objects.create(
            ranking=ranking, position=position, case=case, why="uncertainty", score=1 - position / 100
        )
        QueueEntry.objects.create(queue=queue, position=position, case=case)
    WorklistState.objects.filter(project=project).update(queue=queue)
