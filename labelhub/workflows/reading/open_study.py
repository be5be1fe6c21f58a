"""A calibration or a reader study: a round whose reads are compared, and feed neither consensus nor training.

The row is made at once. A job draws its cases and puts them in, all or none.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from labelhub.accounts.models import User
from labelhub.core import jobs
from labelhub.core.errors import InvalidContent
from labelhub.core.models import Job
from labelhub.core.words import counted
from labelhub.projects.models import Membership, Project
from labelhub.reading.models import Round
from labelhub.reading.services.rounds import further_round_fill, is_opened, round_filled, round_open
from labelhub.reading.services.seen import barred_readers
from labelhub.workflows.reading.choose_cases import MOST_CASES, Choice, candidates, drawn

KIND = "study_round"
PURPOSES = (Round.Purpose.CALIBRATION, Round.Purpose.READER_STUDY)


@dataclass(frozen=True)
class StudyPlan:
    """What a data manager asks for. `findings` None: all of the schema; no `readers`: everybody who reads here."""

    purpose: str
    choice: Choice
    readers_per_case: int
    findings: tuple[str, ...] | None = None
    readers: tuple[User, ...] = ()
    not_before: datetime | None = None


def study_preview(project: Project, plan: StudyPlan) -> dict[str, Any]:
    """How many cases and reads the round would be, and who is barred from some of them. Changes nothing.

    Counting stops at the most that a round can have.

    Raises InvalidContent: `too_few_readers` where no case could be completed, `no_cases`, `unknown_cases`.
    """
    readers = _readers(project, plan)
    n_readers = readers.count()
    if n_readers < plan.readers_per_case:
        raise InvalidContent(
            f"{counted(plan.readers_per_case, 'read')} of each case and {counted(n_readers, 'reader')}: no case could "
            "be completed. Choose more readers, or ask for fewer reads.",
            code="too_few_readers",
        )
    cases = candidates(project, plan.choice)
    n_candidates = cases[:MOST_CASES].count()
    n_cases = n_candidates if plan.choice.numbers else min(plan.choice.n_random, n_candidates)
    if not n_cases:
        raise InvalidContent("No case can be chosen so. Choose others.", code="no_cases")
    return {
        "n_candidates": n_candidates,
        "n_cases": n_cases,
        "n_reads": n_cases * plan.readers_per_case,
        "n_readers": n_readers,
        "barred": [
            {"reader": reader.display_name, "n_cases": n}
            for reader, n in barred_readers(readers, cases, project.id, at_most=MOST_CASES)
        ],
    }


def study_open(*, actor: User, project: Project, plan: StudyPlan, client_uuid: UUID | None = None) -> Round:
    """Open the round. Sent again with the same `client_uuid`, it answers with the round that stands.

    Raises InvalidContent as `study_preview`, and for findings or readers that are not here; Conflict `id_reused`.
    """
    if not is_opened(client_uuid):
        study_preview(project, plan)
    with transaction.atomic():
        round_, is_new = round_open(
            actor=actor,
            project=project,
            purpose=plan.purpose,
            findings=plan.findings,
            readers_per_case=plan.readers_per_case,
            readers=plan.readers,
            not_before=plan.not_before,
            cases=plan.choice.as_json(),
            client_uuid=client_uuid,
        )
        if not is_new:
            return round_
        jobs.job_enqueue(
            kind=KIND,
            dedupe_key=f"{KIND}:{round_.id}",
            params={
                "round": str(round_.id),
                "cases": plan.choice.as_json(),
                "seed": secrets.randbelow(2**53),
            },
            project_id=project.id,
            actor_id=actor.id,
        )
    return round_


def run_study_job(job: Job) -> None:
    """The handler of the job's kind. Drawn outside the transaction: SQLite's would keep readers from saving."""
    round_ = Round.objects.select_related("project").get(id=job.params["round"])
    ids = drawn(round_.project, Choice.from_json(job.params["cases"]), job.params["seed"])
    with transaction.atomic():
        jobs.job_heartbeat(job, {"stage": "round", "done": 0, "total": len(ids)})
        n_cases = further_round_fill(round_, ids)
        round_filled(round_)
        jobs.job_succeed(job, {"n_cases": n_cases})


def _readers(project: Project, plan: StudyPlan) -> QuerySet[User]:
    if plan.readers:
        return User.objects.filter(id__in=[reader.id for reader in plan.readers])
    readers = Membership.objects.filter(project=project, role=Membership.Role.READER)
    return User.objects.filter(id__in=readers.values("user"), is_active=True)
