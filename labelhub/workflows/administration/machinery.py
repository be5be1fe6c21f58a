"""Background work across all projects: which workers are heard of, what waits, what failed.

Workers answer no questions (remote control is off): a worker is known by the heartbeats that its jobs leave, and one
that has nothing to do leaves none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from labelhub.core.dispatch import CLOCK, INTERACTIVE, LEARNING, QUEUES
from labelhub.core.models import Job
from labelhub.projects.models import Project
from labelhub.workflows.run_tick import SEALER

WORKERS = (CLOCK, INTERACTIVE, LEARNING)
SILENT_AFTER = timedelta(minutes=2)
FAILED_SINCE = timedelta(days=7)
FAILED_SHOWN = 20
State = Literal["working", "heard", "idle", "silent"]


@dataclass(frozen=True)
class Worker:
    """The processes that serve one queue, as their jobs tell of them."""

    name: str
    state: State
    heard_at: datetime | None
    heard_from: str
    n_running: int
    n_waiting: int
    waiting_since: datetime | None


def workers() -> list[Worker]:
    """Each queue's worker, with when it was last heard of and from which process."""
    now = timezone.now()
    return [_worker(name, now) for name in WORKERS]


def worker_state(
    *, heard_at: datetime | None, is_working: bool, expected_since: datetime | None, now: datetime
) -> State:
    """`expected_since`: since when it should have been heard of; None: there is nothing for it to do."""
    limit = now - SILENT_AFTER
    if is_working:
        return "working"
    if heard_at is not None and heard_at > limit:
        return "heard"
    return "silent" if expected_since is not None and expected_since < limit else "idle"


def queue_rows() -> list[dict[str, Any]]:
    """Kinds of jobs that wait, run, or have failed in the last seven days, each with the age of its oldest."""
    now = timezone.now()
    active = Job.objects.filter(state__in=Job.ACTIVE).exclude(dedupe_key=SEALER)
    rows: dict[str, dict[str, Any]] = {}
    for found in active.values("kind", "state").annotate(n=Count("id"), oldest=Min("created_at")):
        row = rows.setdefault(found["kind"], _empty(found["kind"]))
        what = "waiting" if found["state"] == Job.State.QUEUED else "running"
        row |= {f"n_{what}": found["n"], f"{what}_since": found["oldest"]}
    for kind, n in _failed(now).values_list("kind").annotate(n=Count("id")):
        rows.setdefault(kind, _empty(kind))["n_failed"] = n
    return [rows[kind] for kind in sorted(rows)]


def failed_jobs() -> list[dict[str, Any]]:
    """The newest jobs that have failed in the last seven days, with their sentences."""
    jobs = list(_failed(timezone.now()).order_by("-finished_at")[:FAILED_SHOWN])
    names: dict[Any, str] = dict(
        Project.objects.filter(id__in={job.project_id for job in jobs}).values_list("id", "name")
    )
    return [
        {
            "id": job.id,
            "kind": job.kind,
            "project": names.get(job.project_id),
            "attempts": job.attempt,
            "message": job.error_message,
            "finished_at": job.finished_at,
        }
        for job in jobs
    ]


def ticked_at() -> datetime | None:
    """When the clock last rang for the sealer, which it does every half minute; None: never."""
    return (
        Job.objects.filter(dedupe_key=SEALER)
        .order_by("-created_at")
        .values_list("rung_at", flat=True)
        .first()
    )


def _worker(name: str, now: datetime) -> Worker:
    kinds = [kind for kind, queue in QUEUES.items() if queue == name]
    active = Job.objects.filter(state__in=Job.ACTIVE, kind__in=kinds)
    is_standing = Q(dedupe_key=SEALER)
    waits = Q(state=Job.State.QUEUED) & ~is_standing
    now_there = active.aggregate(
        n_running=Count("id", filter=Q(state=Job.State.RUNNING, lease_until__gt=now)),
        n_waiting=Count("id", filter=waits),
        waiting_since=Min("created_at", filter=waits),
        standing_since=Min("created_at", filter=is_standing),
    )
    standing_since = now_there.pop("standing_since")
    heard_at, heard_from = _newest([*_last_active(active), *_last_ended(kinds)])
    state = worker_state(
        heard_at=heard_at,
        is_working=now_there["n_running"] > 0,
        expected_since=now_there["waiting_since"] or standing_since,
        now=now,
    )
    return Worker(name=name, state=state, heard_at=heard_at, heard_from=heard_from, **now_there)


Heard = tuple[datetime | None, str]
NEVER: Heard = (None, "")


def _last_active(active: QuerySet[Job]) -> Iterable[Heard]:
    heard = active.filter(heartbeat_at__isnull=False).order_by("-heartbeat_at")
    return heard.values_list("heartbeat_at", "lease_owner")[:1]


def _last_ended(kinds: list[str]) -> Iterable[Heard]:
    """By the index of what has ended. One that was withdrawn never ran."""
    ended = Job.objects.filter(finished_at__isnull=False, kind__in=kinds, heartbeat_at__isnull=False)
    return ended.order_by("-finished_at").values_list("heartbeat_at", "lease_owner")[:1]


def _newest(heard: list[Heard]) -> Heard:
    return max((each for each in heard if each[0] is not None), default=NEVER)


def _failed(now: datetime) -> QuerySet[Job]:
    return Job.objects.filter(state=Job.State.FAILED, finished_at__gt=now - FAILED_SINCE)


def _empty(kind: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "queue": QUEUES[kind],
        "n_waiting": 0,
        "waiting_since": None,
        "n_running": 0,
        "running_since": None,
        "n_failed": 0,
    }
