"""Jobs: enqueue, claim, heartbeat, finish and sweep. `JOB` says what may happen to a job; `_advance` does it.

Each change is one conditional UPDATE fenced by the attempt number (design invariant 7). Expiry is judged by the
database row against the server's clock.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from labelhub.core import audit, dispatch
from labelhub.core.errors import JobCancelled, LostLease
from labelhub.core.models import Job
from labelhub.core.states import try_advance

logger = logging.getLogger(__name__)
RING_AGAIN_AFTER = timedelta(seconds=30)
# Work that failed three times seldom succeeds within minutes, and is to be tried after a night.
REST_FIRST, REST_LAST = timedelta(minutes=10), timedelta(days=1)
KEEP = timedelta(days=30)
# A project that is read all day is recounted thousands of times.
KEEP_RECOUNTS = timedelta(hours=1)
RECORDS = ("import", "labels", "train", "score")
S = Job.State

JOB: dict[tuple[str, str], str] = {
    (S.QUEUED, "claim"): S.RUNNING,
    (S.RUNNING, "take_over"): S.RUNNING,  # its lease has run out
    (S.RUNNING, "heartbeat"): S.RUNNING,
    (S.RUNNING, "succeed"): S.SUCCEEDED,
    (S.RUNNING, "retry"): S.QUEUED,
    (S.RUNNING, "rest"): S.QUEUED,
    (S.RUNNING, "fail"): S.FAILED,
    (S.RUNNING, "give_up"): S.FAILED,  # its last attempt's lease has run out
    (S.RUNNING, "stop"): S.CANCELLED,
    (S.QUEUED, "withdraw"): S.CANCELLED,
}
EVENTS = sorted({event for _, event in JOB})


def job_enqueue(
    *,
    kind: str,
    dedupe_key: str,
    params: dict[str, Any],
    project_id: UUID | None = None,
    actor_id: UUID | None = None,
    max_attempts: int = 3,
    again: bool = False,
) -> tuple[Job, bool]:
    """Create a queued job and ring after commit. Returns (job, created); an active twin is returned as it is.

    `again`: the twin may have passed what the caller has just changed, so that another follows it.
    """
    active = Job.objects.filter(dedupe_key=dedupe_key, state__in=Job.ACTIVE).first()
    if active and (not again or _ask_again(active)):
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
        twin = Job.objects.filter(dedupe_key=dedupe_key, state__in=Job.ACTIVE).first()
        if twin is None:
            raise
        if again:
            _ask_again(twin)
        return twin, False
    dispatch.ring_on_commit(job.id, kind)
    return job, True


def job_claim(job_id: UUID, *, owner: str) -> Job | None:
    """Take the job if it waits or its lease has run out. None means: drop the message quietly."""
    now = timezone.now()
    job = Job.objects.filter(id=job_id, attempt__lt=F("max_attempts")).first()
    if job is None:
        return None
    event, lease = ("claim", {}) if job.state == S.QUEUED else ("take_over", {"lease_until__lt": now})
    taken = try_advance(
        job,
        JOB,
        event,
        fence={"attempt": job.attempt, **lease},
        attempt=job.attempt + 1,
        asked_again=False,
        lease_owner=owner,
        lease_until=now + _lease(),
        heartbeat_at=now,
        started_at=now,
    )
    return job if taken else None


def job_heartbeat(job: Job, progress: dict[str, Any] | None = None) -> None:
    """Renew the lease after real progress.

    Raises LostLease when another attempt has taken over, JobCancelled when cancelling was asked for.
    """
    now = timezone.now()
    values: dict[str, Any] = {"lease_until": now + _lease(), "heartbeat_at": now}
    if progress is not None:
        values["progress"] = progress
    _advance(job, "heartbeat", **values)
    if Job.objects.filter(id=job.id, cancel_requested=True).exists():
        raise JobCancelled("This was cancelled. What was done until then is kept.")


def job_succeed(job: Job, result: dict[str, Any]) -> None:
    """Finish inside the caller's transaction, so that the result and the state appear together."""
    with transaction.atomic():
        _finish(job, "succeed", result=result)
        _follow(job)


def job_fail(job: Job, *, code: str, message: str, retry: bool) -> None:
    """End this attempt: back to the queue while attempts are left and `retry`, else failed."""
    if retry and job.attempt < job.max_attempts and not job.cancel_requested:
        _advance(job, "retry", lease_until=None, error_code=code, error_message=message, rung_at=None)
        return
    with transaction.atomic():
        _finish(job, "fail", error_code=code, error_message=message)
        _follow(job)


def job_cancelled(job: Job) -> None:
    _finish(job, "stop")


def job_rest(job: Job) -> None:
    """Put a standing job (the sealer) back in the queue until the sweeper rings again; no audit row.

    Without this the sealer's own audit rows would be the only thing it ever seals.
    """
    _advance(job, "rest", lease_until=None, rung_at=timezone.now())


def job_request_cancel(*, job_id: UUID, actor_id: UUID) -> None:
    """Ask a job to stop: at once when it waits, at its next heartbeat when it runs.

    Not every kind may be: call `workflows.cancel_job` for one of any kind.
    """
    with transaction.atomic():
        job = Job.objects.get(id=job_id)
        Job.objects.filter(id=job_id, state__in=Job.ACTIVE).update(cancel_requested=True)
        try_advance(job, JOB, "withdraw", finished_at=timezone.now())
        audit.record(actor_id=actor_id, action="job.cancel_requested", obj=job, project_id=job.project_id)


def sweep() -> int:
    """Ring again for jobs that wait or whose lease ran out; fail those without attempts left. Idempotent."""
    now = timezone.now()
    stale = Q(state=S.RUNNING, lease_until__lt=now)
    for job in Job.objects.filter(stale, attempt__gte=F("max_attempts")):
        _give_up(job, now)
    silent = Q(rung_at__isnull=True) | Q(rung_at__lt=now - RING_AGAIN_AFTER)
    waiting = Q(state=S.QUEUED, created_at__lt=now - timedelta(seconds=2)) & silent
    count = 0
    for job in Job.objects.filter(waiting | (stale & silent), attempt__lt=F("max_attempts")):
        if dispatch.ring(job.id, job.kind):
            Job.objects.filter(id=job.id).update(rung_at=now)
            count += 1
    return count


def prune(limit: int = 1_000) -> int:
    """Delete finished jobs that are no record of anything. Imports, trainings and scorings are: they stay."""
    now = timezone.now()
    over = Q(kind="statistics", state=S.SUCCEEDED, finished_at__lt=now - KEEP_RECOUNTS)
    old = Q(finished_at__lt=now - KEEP) & ~Q(kind__in=RECORDS)
    ids = list(Job.objects.filter(over | old).values_list("id", flat=True)[:limit])
    return Job.objects.filter(id__in=ids).delete()[0] if ids else 0


def job_repeat(job: Job, *, actor_id: UUID | None) -> tuple[Job, bool]:
    """Ask for the same work once more. Returns as `job_enqueue`."""
    return job_enqueue(
        kind=job.kind,
        dedupe_key=job.dedupe_key,
        params=job.params,
        project_id=job.project_id,
        actor_id=actor_id,
        max_attempts=job.max_attempts,
    )


def failed_last(kinds: Collection[str], *, states: Collection[str] = (S.FAILED,)) -> QuerySet[Job]:
    """Failed jobs of these kinds (or in other `states`) after which nobody asked for the same work again."""
    later = Job.objects.filter(dedupe_key=OuterRef("dedupe_key"), created_at__gt=OuterRef("created_at"))
    return Job.objects.filter(state__in=states, kind__in=kinds).exclude(Exists(later))


def job_may_be_asked(dedupe_key: str, *, first: timedelta = REST_FIRST, last: timedelta = REST_LAST) -> bool:
    """Not while one waits or runs, and after a failure not before it has rested."""
    newest = Job.objects.filter(dedupe_key=dedupe_key).order_by("-created_at").first()
    if newest is None or newest.state in (S.SUCCEEDED, S.CANCELLED):
        return True
    if newest.state in Job.ACTIVE:
        return False
    return timezone.now() >= job_retry_at(newest, first=first, last=last)


def job_retry_at(failed: Job, *, first: timedelta = REST_FIRST, last: timedelta = REST_LAST) -> datetime:
    """When work that failed is worth another try: `first` after it failed, twice as long each time in a row."""
    same = Job.objects.filter(dedupe_key=failed.dedupe_key)
    succeeded = same.filter(state=S.SUCCEEDED).order_by("-created_at").values("created_at")
    failures = same.filter(state=S.FAILED)
    if newest := succeeded.first():
        failures = failures.filter(created_at__gt=newest["created_at"])
    rest = min(first * 2 ** min(failures.count() - 1, 16), last)
    return (failed.finished_at or failed.created_at) + rest


def _ask_again(job: Job) -> bool:
    """False: it has ended. Else whoever claims or ends it waits for this transaction, and sees what it changed."""
    return bool(Job.objects.filter(id=job.id, state__in=Job.ACTIVE).update(asked_again=True))


def _give_up(job: Job, now: datetime) -> None:
    with transaction.atomic():
        given_up = try_advance(
            job,
            JOB,
            "give_up",
            fence={"attempt": job.attempt, "lease_until__lt": now},
            finished_at=now,
            error_code="worker_lost",
            error_message="The worker died at every attempt. Look at its log, then start the job again.",
        )
        if given_up:
            audit.record(actor_id=None, action="job.failed", obj=job, project_id=job.project_id)
            _follow(job)


def _follow(job: Job) -> None:
    """A job that has ended, well or not, is followed by another if it was asked for again since it was claimed."""
    if Job.objects.filter(id=job.id, asked_again=True).exists():
        job_repeat(job, actor_id=job.created_by_id)


def _advance(job: Job, event: str, **values: Any) -> None:
    """Apply an event on behalf of the attempt that holds the job. Raises LostLease when it holds it no longer."""
    if not try_advance(job, JOB, event, fence={"attempt": job.attempt}, **values):
        raise LostLease("Another worker has taken over this job; this one stops.")


def _finish(job: Job, event: str, **values: Any) -> None:
    with transaction.atomic():
        _advance(job, event, finished_at=timezone.now(), **values)
        audit.record(
            actor_id=None,
            action=f"job.{job.state}",
            obj=job,
            project_id=job.project_id,
            data={"attempt": job.attempt},
        )


def _lease() -> timedelta:
    return timedelta(seconds=settings.JOB_LEASE_S)
