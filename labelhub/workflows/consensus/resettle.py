"""Settling a project's cases anew under the schema and protocol in force: compared first, then done, both as jobs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from labelhub.accounts.models import User
from labelhub.consensus.resettling import difference, in_chunks, settled_otherwise
from labelhub.consensus.services.settle import settle_case
from labelhub.core import audit, jobs
from labelhub.core.errors import Conflict
from labelhub.core.models import Job
from labelhub.learning.services import training_due_check
from labelhub.projects.models import LabelSchema, Project, ReadingProtocol
from labelhub.projects.selectors import protocol_in_force, schema_in_force
from labelhub.reading.models import CaseRound

KIND = "consensus"


def compare_request(*, actor: User, project: Project) -> Job:
    """Have the job say what settling anew under the versions in force would change."""
    return _enqueue(actor, project, apply=False)


def resettle_request(*, actor: User, project: Project, compared: UUID) -> Job:
    """Have it done, once a person has seen the difference. Raises Conflict `not_compared` when it is not this one."""
    seen = jobs_of(project).filter(id=compared, state=Job.State.SUCCEEDED).first()
    if seen is None or seen.params["apply"] or not is_in_force(project, seen):
        raise Conflict(
            "The schema or the protocol has changed since this comparison. Compare again, then settle anew.",
            code="not_compared",
        )
    return _enqueue(actor, project, apply=True)


def jobs_of(project: Project) -> Any:
    """Comparisons and settlings of the project, newest first."""
    return Job.objects.filter(project_id=project.id, kind=KIND).order_by("-created_at")


def run_resettle_job(job: Job) -> None:
    """The handler of the job's kind. A second attempt goes on with what is left."""
    schema = LabelSchema.objects.select_related("project").get(id=job.params["schema"])
    project = schema.project
    protocol = ReadingProtocol.objects.get(id=job.params["protocol"])
    if not job.params["apply"]:
        result = difference(project, schema, protocol, note=lambda n: jobs.job_heartbeat(job, {"n_done": n}))
        with transaction.atomic():
            jobs.job_heartbeat(job)
            jobs.job_succeed(job, result)
        return
    n_done = 0
    for chunk in in_chunks(settled_otherwise(project, schema, protocol)):
        for case_round in chunk:
            _resettle(job, case_round, schema, protocol)
        n_done += len(chunk)
        jobs.job_heartbeat(job, {"n_done": n_done})
    with transaction.atomic():
        jobs.job_heartbeat(job)
        training_due_check(project)
        jobs.job_succeed(job, {"n_cases": n_done})


def _resettle(job: Job, found: CaseRound, schema: LabelSchema, protocol: ReadingProtocol) -> None:
    with transaction.atomic():
        case_round = (
            CaseRound.objects.select_for_update(no_key=True, of=("self",))
            .select_related("case", "round")
            .get(id=found.id)
        )
        if case_round.n_submitted < case_round.n_needed:  # a read was asked for meanwhile
            return
        before = (case_round.settled_schema_id, case_round.settled_protocol_id)
        settle_case(case_round, schema=schema, protocol=protocol)
        audit.record(
            actor_id=job.created_by_id,
            action="case.settled_anew",
            obj=case_round,
            project_id=job.project_id,
            data={"before": [str(pk) for pk in before], "after": [str(schema.id), str(protocol.id)]},
        )


def _enqueue(actor: User, project: Project, *, apply: bool) -> Job:
    schema_id, protocol_id = _in_force(project)
    job, is_new = jobs.job_enqueue(
        kind=KIND,
        dedupe_key=f"{KIND}:{project.id}",
        params={"apply": apply, "schema": schema_id, "protocol": protocol_id},
        project_id=project.id,
        actor_id=actor.id,
    )
    if not is_new and job.params["apply"] != apply:
        raise Conflict(
            "The cases are being compared or settled already. Wait until that is done.", code="busy"
        )
    return job


def _in_force(project: Project) -> tuple[str, str]:
    return str(schema_in_force(project).id), str(protocol_in_force(project).id)


def is_in_force(project: Project, job: Job) -> bool:
    """Whether the schema and the protocol of the job are those of now."""
    return (job.params["schema"], job.params["protocol"]) == _in_force(project)
