"""Settling a case whose reads hold so many marks that comparing them takes long: compared first, then locked.

Whoever submits, amends or decides meanwhile waits for neither.
"""

from __future__ import annotations

from django.db import transaction

from labelhub.consensus.services.counted import newest_reads_unmarked
from labelhub.consensus.services.settle import Compared, compare, settle_case, settled_under
from labelhub.core import jobs
from labelhub.core.models import Job
from labelhub.learning.services import training_due_check
from labelhub.reading.models import CaseRound
from labelhub.reading.services.locks import case_round_locked


def run_settle_job(job: Job) -> None:
    """The handler of the job's kind. What is read or decided while it compares is compared again."""
    is_settled = False
    while not is_settled:
        found = CaseRound.objects.select_related("round__project", "case").get(id=job.params["case_round"])
        jobs.job_heartbeat(job)
        is_settled = _settle(job, found, compare(found))


def _settle(job: Job, found: CaseRound, compared: Compared) -> bool:
    """Settle the case and end the job, if the case still has the reads and versions that were compared."""
    with transaction.atomic():
        jobs.job_heartbeat(job)
        row = case_round_locked(found.round_id, found.case_id)
        row.round, row.case = found.round, found.case
        if compared.versions != (row.settled_schema_id, row.settled_protocol_id):
            return False
        if compared.reads != {read.id for read in newest_reads_unmarked(row)}:
            return False
        schema, protocol = settled_under(row)
        is_complete = row.n_submitted >= row.n_needed
        if settle_case(
            row,
            schema=schema,
            protocol=protocol,
            is_complete=is_complete,
            compared=compared if is_complete else None,
        ):
            training_due_check(row.round.project)
        jobs.job_succeed(job, {})
    return True
