"""Stopping a job that somebody asked for: which kinds may be, and what is said where one may not.

One that is stopped ends between two of its transactions, at its next heartbeat. What it has done stays, and whoever
asks again, a person or the clock, goes on from there.
"""

from __future__ import annotations

from labelhub.accounts.models import User
from labelhub.core.errors import Conflict
from labelhub.core.jobs import job_request_cancel
from labelhub.core.models import Job

CANCEL: dict[str, str] = {
    "import": "",  # finished again on its page
    "labels": "",  # it goes on behind the last case when it is tried again
    "thumbnails": "",  # the clock asks for what is missing
    "train": "",  # nothing is recorded; the next run trains anew
    "promote": "",  # the model stays out of use until it is tried again
    "score": "",  # the order in force stays
    "consensus": "",  # each case is settled under one rule, and says which
    "statistics": "",  # the clock asks again
    "summary": "",  # the next change of its patients asks again
    "demo": "",  # it goes on where it stopped
    "delete_project": "A part of the project is gone, and the rest cannot stay without it.",
    "seal": "Sealing the audit trail cannot be cancelled: it rests by itself.",
    "round": "The round would lack cases that it was opened for. To stop it, close the round.",
    "study_round": "The round would have no case. To stop it, close the round.",
    "slots": (
        "The protocol already asks for this number of reads, and the cases have to follow it. To undo it, change the "
        "number in the protocol back."
    ),
    "settle": "All reads of the case are in, and it would stay without an outcome. Wait until it is settled.",
}
"""Each kind with why it may not be cancelled; empty: it may."""


def may_be_cancelled(job: Job) -> bool:
    """While it waits or runs, and nobody has asked yet."""
    return job.state in Job.ACTIVE and not job.cancel_requested and not CANCEL[job.kind]


def cancel_job(*, actor: User, job: Job) -> None:
    """Ask the job to stop. Raises Conflict `job_ended`, or `not_cancellable` with what to do instead."""
    if job.state not in Job.ACTIVE:
        raise Conflict("This job has ended already.", code="job_ended")
    if CANCEL[job.kind]:
        raise Conflict(CANCEL[job.kind], code="not_cancellable")
    job_request_cancel(job_id=job.id, actor_id=actor.id)
