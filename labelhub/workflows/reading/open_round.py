"""A supplementary pass: new findings are asked of cases that were read before the schema had them.

It is a round of its own that asks only those findings. The row is made at once, its cases are put in by a job.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from labelhub.accounts.models import User
from labelhub.core import jobs
from labelhub.core.errors import Conflict
from labelhub.core.models import Job
from labelhub.imaging.models import Case, Split
from labelhub.projects.models import Project
from labelhub.projects.selectors import schema_in_force
from labelhub.reading.models import Assignment, CaseRound, Round
from labelhub.reading.services.rounds import (
    further_round_fill,
    readers_wanted,
    round_filled,
    round_open,
    worklist_state,
)

CHUNK = 1_000
KIND = "round"


def supplementary_preview(project: Project) -> list[dict[str, Any]]:
    """For each finding that an earlier schema lacked: how many cases and reads a pass would be. Changes nothing."""
    schemas = [set(row.codes) for row in project.schemas.all()]
    later = [code for code in schema_in_force(project).codes if any(code not in codes for codes in schemas)]
    return [{"finding": code, **size} for code, size in pass_sizes(project, later).items() if size["n_cases"]]


def pass_sizes(project: Project, findings: Collection[str]) -> dict[str, dict[str, int]]:
    """How many cases and reads a pass for each finding would be, also for one that no schema has yet.

    Findings that the same reads lack are counted once.
    """
    n_readers = readers_wanted(worklist_state(project).round)
    lacks = _lacks(project, findings)
    counts = {each: _lacking(project, {each}).count() for each in set(lacks.values())}
    return {
        code: {"n_cases": counts[lack], "n_reads": counts[lack] * n_readers} for code, lack in lacks.items()
    }


def supplementary_open(
    *, actor: User, project: Project, findings: Collection[str], client_uuid: UUID | None = None
) -> Round:
    """Ask these findings, and no others, of every case that was read without them.

    Sent again with the same `client_uuid`, it answers with the round that stands.

    Raises InvalidContent for findings that are not in the schema, Conflict: `nothing_to_ask` when no case lacks them,
    `round_filling` while another pass for one of them is getting its cases, `id_reused`.
    """
    with transaction.atomic():
        round_, is_new = round_open(
            actor=actor,
            project=project,
            purpose=Round.Purpose.LABELS,
            findings=findings,
            client_uuid=client_uuid,
        )
        if not is_new:
            return round_
        _refuse_while_filling(round_)
        if not _read_without(project, findings).exists():
            raise Conflict("Every case that was read was asked these findings.", code="nothing_to_ask")
        jobs.job_enqueue(
            kind=KIND,
            dedupe_key=f"round:{round_.id}",
            params={"round": str(round_.id)},
            project_id=project.id,
            actor_id=actor.id,
        )
    return round_


def run_round_job(job: Job) -> None:
    """The handler of the job's kind. A case that is in the round is passed over, so it can be run again.

    It stops when somebody closes the round.
    """
    round_ = Round.objects.select_related("project").get(id=job.params["round"])
    cases = _read_without(round_.project, round_.findings or (), besides=round_).order_by("random_key", "id")
    n_cases, chunk = 0, list(cases[:CHUNK])
    while chunk and not _is_closed(round_):
        with transaction.atomic():
            jobs.job_heartbeat(job, {"stage": "round", "done": n_cases})
            n_cases += further_round_fill(round_, [case.pk for case in chunk])
        last = chunk[-1]
        after = Q(random_key__gt=last.random_key) | Q(random_key=last.random_key, id__gt=last.pk)
        chunk = list(cases.filter(after)[:CHUNK])
    with transaction.atomic():
        if not chunk:
            round_filled(round_)
        jobs.job_succeed(job, {"n_cases": n_cases})


def _is_closed(round_: Round) -> bool:
    return Round.objects.filter(id=round_.id, closed_at__isnull=False).exists()


def _read_without(
    project: Project, findings: Collection[str], *, besides: Round | None = None
) -> QuerySet[Case]:
    """Cases read for labels under a schema without one of the findings, and not asked for it since.

    One that was put into a round which was closed before its reads were given out was not asked.
    """
    return _lacking(project, set(_lacks(project, findings, besides=besides).values()))


class Lack(NamedTuple):
    """By what a case lacks a finding. Findings that came together, and were asked together since, have one."""

    whole: frozenset[UUID]
    """Rounds that ask all of the schema,"""
    without: frozenset[UUID]
    """the schemas that did not have it,"""
    asked: frozenset[UUID]
    """and the rounds that have asked it since."""


def _lacks(project: Project, findings: Collection[str], *, besides: Round | None = None) -> dict[str, Lack]:
    schemas = {row.id: set(row.codes) for row in project.schemas.all()}
    rounds = Round.objects.filter(project=project, purpose=Round.Purpose.LABELS)
    if besides is not None:
        rounds = rounds.exclude(id=besides.id)
    whole = frozenset(row.id for row in rounds if row.findings is None)
    return {
        code: Lack(
            whole,
            without=frozenset(pk for pk, codes in schemas.items() if code not in codes),
            asked=frozenset(row.id for row in rounds if row.findings is not None and code in row.findings),
        )
        for code in findings
    }


def _lacking(project: Project, lacks: Collection[Lack]) -> QuerySet[Case]:
    is_lacking = Q()
    for lack in lacks:
        is_lacking |= Q(_read_under(lack.whole, lack.without)) & ~Q(_asked_in(lack.asked))
    return Case.objects.filter(is_lacking, project=project).exclude(split=Split.EXCLUDED)


def _read_under(rounds: Collection[UUID], schemas: Collection[UUID]) -> Exists:
    return Exists(
        Assignment.objects.filter(
            case_id=OuterRef("pk"),
            round__in=rounds,
            schema_id__in=schemas,
            state__in=[Assignment.State.SUBMITTED, Assignment.State.RETURNED],
        )
    )


def _asked_in(rounds: Collection[UUID]) -> Exists:
    rows = CaseRound.objects.filter(case_id=OuterRef("pk"), round__in=rounds)
    return Exists(rows.filter(Q(round__closed_at__isnull=True) | Q(n_open=0)))


def _refuse_while_filling(round_: Round) -> None:
    """Raise Conflict `round_filling` while an earlier pass for one of the findings is still getting its cases."""
    others = Round.objects.filter(
        project=round_.project, purpose=round_.purpose, closed_at__isnull=True, filled_at__isnull=True
    )
    for other in others.filter(findings__isnull=False).exclude(id=round_.id).order_by("number"):
        both = sorted(set(other.findings or ()) & set(round_.findings or ()))
        if both:
            raise Conflict(
                f"Round {other.number}, which asks {', '.join(both)}, is still getting its cases. Wait until it has "
                "them, or close it.",
                code="round_filling",
                details={"round": other.number, "findings": both},
            )
