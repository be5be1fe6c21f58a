"""Jobs: enqueue, claim, heartbeat, finish and sweep, each one conditional UPDATE fenced by the attempt number.

Source of the rules: design invariant 7. Expiry is judged by the database row against the server's clock.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from labelhub.core import audit, dispatch
from labelhub.core.errors import LostLease
from labelhub.core.models import Job

logger = logging.getLogger(__name__)
RING_AGAIN_AFTER = timedelta(seconds=30)


def job_enqueue(
    *,
    kind: str,
    dedupe_key: str,
    params: dict[str, Any],
    project_id: UUID | None = None,
    actor_id: UUID | None = None,
    max_attempts: int = 3,
) -> tuple[Job, bool]:
    """Create a queued job and ring after commit. Returns (job, created); an active twin is returned as it is."""
    active = Job.objects.filter(dedupe_key=dedupe_key, state__in=Job.ACTIVE).first()
    if active:
        return active, False
    try:
        with transaction.atomic():
            job = Job.objects.create(
                kind=kind,
                dedupe_key=dedupe_key,
                params=params,
                project_id=project_id,
                created_by_id=actor_id,
                max_attempts=max_attempts,
            )
            audit.record(
                actor_id=actor_id, action="job.enqueued", obj=job, project_id=project_id, data={"kind": kind}
            )
    except IntegrityError:
        return Job.objects.get(dedupe_key=dedupe_key, state__in=Job.ACTIVE), False
    dispatch.ring_on_commit(job.id, kind)
    return job, True


def job_claim(job_id: UUID, *, owner: str) -> Job | None:
    """Take the job if it waits or its lease has run out. None means: drop the message quietly."""
    now = timezone.now()
    claimable = Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, lease_until__lt=now)
    changed = Job.objects.filter(claimable, id=job_id, attempt__lt=F("max_attempts")).update(
        state=Job.State.RUNNING,
        attempt=F("attempt") + 1,
        lease_owner=owner,
        lease_until=now + _lease(),
        heartbeat_at=now,
        started_at=now,
    )
    return Job.objects.get(id=job_id) if changed else None


def job_heartbeat(job: Job, progress: dict[str, Any] | None = None) -> bool:
    """Renew the lease after real progress. Returns True when cancelling was asked for.

    Raises LostLease when another attempt has taken over.
    """
    now = timezone.now()
    values: dict[str, Any] = {"lease_until": now + _lease(), "heartbeat_at": now}
    if progress is not None:
        values["progress"] = progress
    if not _mine(job).update(**values):
        raise LostLease("Another worker has taken over this job; this one stops.")
    return Job.objects.values_list("cancel_requested", flat=True).get(id=job.id)


def job_succeed(job: Job, result: dict[str, Any]) -> None:
    """Finish inside the caller's transaction, so that the result and the state appear together."""
    _finish(job, Job.State.SUCCEEDED, result=result)


def job_fail(job: Job, *, code: str, message: str, retry: bool) -> None:
    """End this attempt: back to the queue while attempts are left and `retry`, else failed."""
    if retry and job.attempt < job.max_attempts and not job.cancel_requested:
        changed = _mine(job).update(
            state=Job.State.QUEUED, lease_until=None, error_code=code, error_message=message, rung_at=None
        )
        if not changed:
            raise LostLease("Another worker has taken over this job; this one stops.")
        return
    _finish(job, Job.State.FAILED, error_code=code, error_message=message)


def job_cancelled(job: Job) -> None:
    _finish(job, Job.State.CANCELLED)


def job_rest(job: Job) -> None:
    """Put a standing job (the sealer) back in the queue until the sweeper rings again; no audit row.

    Without this the sealer's own audit rows would be the only thing it ever seals.
    """
    _mine(job).update(state=Job.State.QUEUED, lease_until=None, rung_at=timezone.now())


def job_request_cancel(*, job_id: UUID, actor_id: UUID) -> None:
    """Ask a job to stop: at once when it waits, at its next heartbeat when it runs."""
    with transaction.atomic():
        job = Job.objects.get(id=job_id)
        Job.objects.filter(id=job_id, state__in=Job.ACTIVE).update(cancel_requested=True)
        Job.objects.filter(id=job_id, state=Job.State.QUEUED).update(
            state=Job.State.CANCELLED, finished_at=timezone.now()
        )
        audit.record(actor_id=actor_id, action="job.cancel_requested", obj=job, project_id=job.project_id)


def sweep() -> int:
    """Ring again for jobs that wait or whose lease ran out; fail those without attempts left. Idempotent."""
    now = timezone.now()
    stale = Q(state=Job.State.RUNNING, lease_until__lt=now)
    for job in Job.objects.filter(stale, attempt__gte=F("max_attempts")):
        _give_up(job, now)
    silent = Q(rung_at__isnull=True) | Q(rung_at__lt=now - RING_AGAIN_AFTER)
    waiting = Q(state=Job.State.QUEUED, created_at__lt=now - timedelta(seconds=2)) & silent
    count = 0
    for job in Job.objects.filter(waiting | (stale & silent), attempt__lt=F("max_attempts")):
        if dispatch.ring(job.id, job.kind):
            Job.objects.filter(id=job.id).update(rung_at=now)
            count += 1
    return count


def _give_up(job: Job, now: Any) -> None:
    with transaction.atomic():
        changed = Job.objects.filter(
            id=job.id, state=Job.State.RUNNING, attempt=job.attempt, lease_until__lt=now
        ).update(
            state=Job.State.FAILED,
            finished_at=now,
            error_code="worker_lost",
            error_message="The worker died at every attempt. Look at its log, then start the job again.",
        )
        if changed:
            audit.record(actor_id=None, action="job.failed", obj=job, project_id=job.project_id)


def _mine(job: Job) -> QuerySet[Job]:
    return Job.objects.filter(id=job.id, state=Job.State.RUNNING, attempt=job.attempt)


def _finish(job: Job, state: Job.State, **values: Any) -> None:
    with transaction.atomic():
        changed = _mine(job).update(state=state, finished_at=timezone.now(), **values)
        if not changed:
            raise LostLease("Another worker has taken over this job; its result stands.")
        audit.record(
            actor_id=None,
            action=f"job.{state}",
            obj=job,
            project_id=job.project_id,
            data={"attempt": job.attempt},
        )


def _lease() -> timedelta:
    return timedelta(seconds=settings.JOB_LEASE_S)
