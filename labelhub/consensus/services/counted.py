"""The reads of a case as the pure modules want them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    UUIDField,
    When,
)
from django.db.models.functions import Coalesce

from labelhub.consensus.discordance import CaseRead, FindingRule, Rule
from labelhub.core.prepared import Prepared, attach
from labelhub.imaging.models import Split
from labelhub.imaging.split import needs_ai_hidden
from labelhub.projects.models import LabelSchema, ReadingProtocol
from labelhub.projects.selectors import finding_rule
from labelhub.questions import question_of
from labelhub.reading.models import Annotation, Assignment, CaseRound, Read, ReadAnswer
from labelhub.reading.stored import stored_mark

COUNTED = (Assignment.State.SUBMITTED, Assignment.State.RETURNED)


def newest_reads(case_round: CaseRound, *, until: datetime | None = None) -> list[Read]:
    """The newest version of each counted read of the case, with answers and marks; `until`: as they stood then.

    In the test split a read that was made with AI visible is left out (design invariant 6).
    """
    reads = newest_reads_unmarked(case_round, until=until)
    attach(reads, "annotations", MARKS.all(**_key(case_round)), by="read_id")
    return reads


def newest_reads_unmarked(case_round: CaseRound, *, until: datetime | None = None) -> list[Read]:
    """As `newest_reads`, with the answers alone."""
    reads = _newest(case_round, until=until)
    attach(reads, "answers", ANSWERS.all(**_key(case_round)), by="read_id")
    return reads


def n_unreadable(case_round: CaseRound) -> int:
    """How many of the counted reads say 'not readable' in their newest version."""
    return sum(read.is_not_readable for read in _newest(case_round))


def unreadable_column() -> Coalesce:
    """`n_unreadable` of each case of a query of CaseRound that somebody has begun, for many cases at once; else 0."""
    hidden = [split for split in Split.values if needs_ai_hidden(split)]
    usable = ~Q(ai_visible=True, assignment__case__split__in=hidden)
    later = Read.objects.filter(usable, assignment=OuterRef("assignment"), version__gt=OuterRef("version"))
    newest = _of_case(Read.objects.filter(usable), "", OuterRef("round_id"), OuterRef("case_id"))
    unreadable = newest.filter(~Exists(later), is_not_readable=True)
    count = unreadable.order_by().values("assignment__case_id").annotate(n=Count("id")).values("n")
    # Only of a begun case: a million that wait must not each be looked up among the reads.
    begun = When(begun_seq__isnull=False, then=Subquery(count))
    return Coalesce(Case(begun, output_field=IntegerField()), 0)


def _newest(case_round: CaseRound, *, until: datetime | None = None) -> list[Read]:
    reads = READS.all(**_key(case_round))
    if until is not None:
        reads = [read for read in reads if read.submitted_at <= until]
    if needs_ai_hidden(case_round.split):
        reads = [read for read in reads if not read.ai_visible]
    return list({read.assignment_id: read for read in reads}.values())


def _key(case_round: CaseRound) -> dict[str, Any]:
    return {"round": case_round.round_id, "case": case_round.case_id}


def _of_case(rows: QuerySet[Any], read: str, round: Any, case: Any) -> QuerySet[Any]:
    counted = {f"{read}assignment__round_id": round, f"{read}assignment__case_id": case}
    return rows.filter(**counted, **{f"{read}assignment__state__in": COUNTED})


KEY = {"round": UUIDField(), "case": UUIDField()}
READS = Prepared(lambda round, case: _of_case(Read.objects.order_by("version"), "", round, case), **KEY)
ANSWERS = Prepared(
    lambda round, case: _of_case(ReadAnswer.objects.order_by("id"), "read__", round, case), **KEY
)
MARKS = Prepared(lambda round, case: _of_case(Annotation.objects.all(), "read__", round, case), **KEY)


def case_reads(reads: Iterable[Read]) -> list[CaseRead]:
    """As dataclasses: a finding without an answer has no key; a read that says 'not readable' says nothing else."""
    return [
        CaseRead(
            id=str(read.id),
            answers={answer.finding: answer.value for answer in read.answers.all()},
            marks=[stored_mark(mark) for mark in read.annotations.all()],
        )
        for read in reads
        if not read.is_not_readable
    ]


def finding_rules(schema: LabelSchema, protocol: ReadingProtocol) -> list[FindingRule]:
    """The protocol's rules for the findings of the schema, in its order."""
    rules = []
    for finding in schema.findings:
        rule = finding_rule(protocol, finding["code"])
        rules.append(
            FindingRule(
                finding=finding["code"],
                rule=Rule(str(rule["rule"])),
                takes_marks=bool(finding.get("boxes", False)),
                present_uncertain=bool(rule["present_uncertain"]),
                uncertain_absent=bool(rule["uncertain_absent"]),
                question=question_of(finding),
            )
        )
    return rules
