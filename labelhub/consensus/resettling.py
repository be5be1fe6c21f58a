"""What other versions of schema and protocol would make of a project's settled cases. Writes nothing.

A change of rule settles no case by itself: it is compared first, and then a person has it done.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import F, QuerySet

from labelhub.consensus.models import Adjudication
from labelhub.consensus.services.counted import newest_reads
from labelhub.consensus.services.settle import current_labels, decide
from labelhub.imaging.models import Split
from labelhub.projects.models import LabelSchema, Project, ReadingProtocol
from labelhub.reading.asked import asked
from labelhub.reading.models import CaseRound, Round

CHUNK = 200
KINDS = ("gained", "lost", "changed")


def settled_otherwise(
    project: Project, schema: LabelSchema, protocol: ReadingProtocol
) -> QuerySet[CaseRound]:
    """Cases with all their reads that are settled under other versions than these, and not under newer ones.

    What came in under a newer rule while these were applied is not taken back to them. Excluded cases keep theirs.
    """
    rows = CaseRound.objects.filter(
        round__project=project,
        round__purpose=Round.Purpose.LABELS,
        settled_schema__version__lte=schema.version,
        settled_protocol__version__lte=protocol.version,
        n_submitted__gte=F("n_needed"),
    ).select_related("round")
    rows = rows.exclude(split=Split.EXCLUDED)
    return rows.exclude(settled_schema=schema, settled_protocol=protocol)


def in_chunks(rows: QuerySet[CaseRound]) -> Iterator[list[CaseRound]]:
    """By id, each chunk asked for anew: what is done meanwhile does not shift what is left."""
    chunk = list(rows.order_by("id")[:CHUNK])
    while chunk:
        yield chunk
        chunk = list(rows.filter(id__gt=chunk[-1].id).order_by("id")[:CHUNK])


def difference(
    project: Project, schema: LabelSchema, protocol: ReadingProtocol, note: Callable[[int], None]
) -> dict[str, Any]:
    """How labels would change: {n_cases, n_changed, n_opened, n_closed, findings: [{finding, gained, lost, changed}]}.

    `note` is told how many cases are compared so far.
    """
    totals: Counter[str] = Counter()
    findings: dict[str, Counter[str]] = {}
    for chunk in in_chunks(settled_otherwise(project, schema, protocol)):
        for case_round in chunk:
            _add(case_round, schema, protocol, totals, findings)
        note(totals["n_cases"])
    return {
        **{name: totals[name] for name in ("n_cases", "n_changed", "n_opened", "n_closed")},
        "findings": [
            {"finding": code, **{kind: count[kind] for kind in KINDS}}
            for code, count in sorted(findings.items())
        ],
    }


def _add(
    case_round: CaseRound,
    schema: LabelSchema,
    protocol: ReadingProtocol,
    totals: Counter[str],
    findings: dict[str, Counter[str]],
) -> None:
    adjudication = Adjudication.objects.filter(case_round=case_round).first()
    result = decide(
        newest_reads(case_round),
        schema=asked(schema, case_round.round),
        protocol=protocol,
        adjudication=adjudication,
    )
    before = {row.finding: (row.value, row.probability, row.method) for row in current_labels(case_round)}
    after = {
        label.finding: (label.value or "", label.probability, label.method.value)
        for label in result.labels
        if label.method is not None
    }
    changes = {code: _change(before.get(code), after.get(code)) for code in before.keys() | after.keys()}
    for code, kind in changes.items():
        if kind:
            findings.setdefault(code, Counter())[kind] += 1
    is_open = bool(result.to_adjudicate)
    totals["n_cases"] += 1
    totals["n_changed"] += any(changes.values())
    totals["n_opened"] += is_open and case_round.closed_at is not None
    totals["n_closed"] += not is_open and case_round.closed_at is None


def _change(before: object, after: object) -> str | None:
    if before == after:
        return None
    return "gained" if before is None else "lost" if after is None else "changed"
