"""A new protocol, and what its number of readers means for cases that are not closed: shown first, then done by a job.

More readers: slots are added. Fewer: a slot that nobody has taken is withdrawn, and a case so completed is settled.
"""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When

from labelhub.accounts.models import User
from labelhub.consensus.services.counted import n_unreadable, unreadable_column
from labelhub.consensus.services.settle import settle_case, settled_under
from labelhub.core import jobs
from labelhub.core.models import Job
from labelhub.learning.services import training_due_check
from labelhub.projects.models import Project, ReadingProtocol
from labelhub.projects.selectors import protocol_in_force, schema_in_force
from labelhub.projects.services import protocol_create_version
from labelhub.reading.models import CaseRound
from labelhub.reading.services.case_rounds import (
    slots_adjust,
    slots_change_request,
    slots_of,
    unbegun_slots_set,
)
from labelhub.reading.services.locks import case_round_locked
from labelhub.reading.slots import Slots

CHUNK = 500


def change_protocol(
    *, actor: User, project: Project, values: dict[str, Any], edited_from: int | None
) -> ReadingProtocol:
    """Put a new version in force; its number of readers reaches cases that are not closed."""
    with transaction.atomic():
        Project.objects.select_for_update(no_key=True).get(id=project.id)
        before = protocol_in_force(project).readers_per_case
        protocol = protocol_create_version(
            actor=actor, project=project, values=values, edited_from=edited_from
        )
        if protocol.readers_per_case != before:
            slots_change_request(project.id, actor.id)
    return protocol


def slots_preview(project: Project, wanted: int) -> dict[str, int]:
    """What this number of readers would change: cases, reads more and fewer, cases completed and asked again.

    One grouped count of the cases that are not closed, made when somebody considers the change.
    """
    counted = ("n_needed", "n_extra", "n_open", "n_submitted")
    groups = (
        _to_change(project, wanted)
        .annotate(n_unreadable=unreadable_column())
        .values(*counted, "wanted", "n_unreadable")
        .annotate(n=Count("id"))
        .order_by()
    )
    total: Counter[str] = Counter(n_cases=0, n_more=0, n_fewer=0, n_completed=0, n_asked_again=0)
    for group in groups:
        before = Slots(**{name: group[name] for name in counted})
        after = before.under(group["wanted"], group["n_unreadable"])
        n, more = group["n"], after.n_needed - before.n_needed
        total["n_cases"] += n if more else 0
        total["n_more"] += n * max(more, 0)
        total["n_fewer"] += n * max(-more, 0)
        total["n_completed"] += n if after.is_complete and not before.is_complete else 0
        total["n_asked_again"] += n if before.is_complete and not after.is_complete else 0
    return dict(total)


def run_slots_job(job: Job) -> None:
    """The handler of the job's kind. It can be stopped at any case and run again.

    What changes behind it, the protocol or a slot that is given back, asks for the job again (`slots_change_request`).
    """
    project = Project.objects.get(id=job.params["project"])
    n_cases = _bring_in_line(job, project, protocol_in_force(project).readers_per_case)
    with transaction.atomic():
        training_due_check(project)
        jobs.job_succeed(job, {"n_cases": n_cases})


def is_out_of_line(project: Project) -> bool:
    """Whether a case waits for the slots job."""
    return _to_change(project, protocol_in_force(project).readers_per_case).exists()


def _bring_in_line(job: Job, project: Project, wanted: int) -> int:
    """Go through all cases once. How many were looked at."""
    rows = _to_change(project, wanted).order_by("id")
    n_cases = 0
    after: Any = UUID(int=0)
    while chunk := list(rows.filter(pk__gt=after)[:CHUNK]):
        jobs.job_heartbeat(job, {"stage": "slots", "done": n_cases})
        unbegun = [row for row in chunk if row.begun_seq is None]
        for round_id, number in {(row.round_id, row.wanted) for row in unbegun}:
            new = [row.case_id for row in unbegun if (row.round_id, row.wanted) == (round_id, number)]
            with transaction.atomic():
                unbegun_slots_set(new, round_id, number)
        for row in chunk:
            _change(row, project, row.wanted)
        n_cases, after = n_cases + len(chunk), chunk[-1].pk
    return n_cases


def _to_change(project: Project, wanted: int) -> QuerySet[Any]:
    """Cases that are not closed, of rounds that follow the protocol, with another number of slots.

    Or, of any round, with a slot above its number that somebody has given back. `wanted` of a row: its number.
    """
    follows = Q(round__readers_per_case__isnull=True, round__closed_at__isnull=True)
    given_back = Q(n_extra__gt=0, n_open__gt=0)
    number = Case(
        When(follows, then=Value(wanted)),
        default=F("n_needed") - F("n_extra"),
        output_field=IntegerField(),
    )
    rows = CaseRound.objects.filter(round__project=project, closed_at__isnull=True).exclude(split="excluded")
    return rows.annotate(wanted=number).filter(~Q(n_needed=F("n_extra") + F("wanted")) | given_back)


def _change(found: Any, project: Project, wanted: int) -> None:
    with transaction.atomic():
        row = case_round_locked(found.round_id, found.case_id)
        if row.closed_at is not None or row.begun_seq is None:
            return
        row.case = found.case
        was_complete = slots_of(row).is_complete
        slots_adjust(row, n_unreadable(row), wanted=wanted)
        is_complete = slots_of(row).is_complete
        if is_complete == was_complete:
            return
        is_settled = row.settled_schema_id is not None
        if is_complete or is_settled:
            versions = (
                settled_under(row) if is_settled else (schema_in_force(project), protocol_in_force(project))
            )
            settle_case(row, schema=versions[0], protocol=versions[1], is_complete=is_complete)
