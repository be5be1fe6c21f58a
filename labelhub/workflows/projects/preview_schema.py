"""What a changed label schema would mean for the cases that are there, before it is saved. Writes nothing.

A read asks what was in force when it was opened, and a case is settled under what is in force when its last read comes
in. So a change reaches cases that are not settled, in reads that are opened after it; settled ones keep their labels.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Case, CharField, Count, Q, Value, When

from labelhub.consensus.models import ConsensusLabel
from labelhub.imaging.models import Split
from labelhub.projects.models import LabelSchema, Project
from labelhub.projects.schemas import checked_schema
from labelhub.projects.selectors import schema_in_force
from labelhub.questions import question_of
from labelhub.reading.models import CaseRound, Round
from labelhub.workflows.projects.change_schema import refuse_empty_rounds
from labelhub.workflows.reading.open_round import pass_sizes

IS_SETTLED = Q(settled_schema__isnull=False)
STANDS = Case(
    When(closed_at__isnull=False, then=Value("closed")),
    When(IS_SETTLED, then=Value("read")),
    When(begun_seq__isnull=False, then=Value("open")),
    default=Value("new"),
    output_field=CharField(),
)
SAID = ("name", "type", "hotkey", "required", "boxes")
DEFAULTS = {"hotkey": "", "required": True, "boxes": False}


@dataclass(frozen=True)
class Change:
    """A finding that is added, removed or asked otherwise; `fields`: in what."""

    code: str
    kind: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    fields: tuple[str, ...] = ()


def schema_preview(project: Project, *, findings: Any, region_classes: Any) -> dict[str, Any]:
    """{cases, findings}: how many cases stand where, in all and for each finding that is another.

    Cases of rounds for labels, without excluded ones: `new` nobody has begun, `open` are begun and not settled, `read`
    are settled and not closed. Of those that wait or are open, only where the round still gives out reads. A case that
    two rounds ask counts once for each standing.

    Raises as `change_schema` does, but for a version that was saved meanwhile.
    """
    before = schema_in_force(project)
    clean_findings, clean_classes = checked_schema(findings, region_classes)
    after = LabelSchema(project=project, findings=clean_findings, region_classes=clean_classes)
    refuse_empty_rounds(project, after)
    changes = list(_changes(before, after))
    rounds = list(Round.objects.filter(project=project, purpose=Round.Purpose.LABELS))
    asking = {change.code: _asking(rounds, change.code) for change in changes}
    whole = frozenset(row for row in rounds if row.findings is None)
    cases = {each: _standing(each) for each in {whole, *asking.values()}}
    labelled = _labelled(project, [change.code for change in changes])
    passes = pass_sizes(project, [change.code for change in changes if change.kind == "added"])
    return {
        "cases": cases[whole],
        "findings": [
            {
                **asdict(change),
                "cases": cases[asking[change.code]],
                "n_labelled": labelled.get(change.code, 0),
                "supplementary": passes.get(change.code),
            }
            for change in changes
        ],
    }


def _changes(before: LabelSchema, after: LabelSchema) -> Iterator[Change]:
    """In the order of the new schema, then what it leaves out."""
    old, new = ({row["code"]: _said(row) for row in schema.findings} for schema in (before, after))
    for code, said in new.items():
        if code not in old:
            yield Change(code, "added", None, said)
        elif fields := tuple(name for name in SAID if said[name] != old[code][name]):
            yield Change(code, "changed", old[code], said, fields)
    for code, said in old.items():
        if code not in new:
            yield Change(code, "removed", said, None)


def _said(finding: dict[str, Any]) -> dict[str, Any]:
    """Findings of an older schema may say less."""
    said = {**DEFAULTS, **finding, "type": question_of(finding).NAME}
    return {name: said[name] for name in SAID}


def _asking(rounds: list[Round], code: str) -> frozenset[Round]:
    return frozenset(row for row in rounds if row.findings is None or code in row.findings)


def _standing(rounds: Collection[Round]) -> dict[str, int]:
    """How many cases of these rounds stand where: one grouped count, made when somebody considers the change."""
    goes_on = Q(round__closed_at__isnull=True) | IS_SETTLED
    rows = CaseRound.objects.filter(goes_on, round__in=rounds).exclude(split=Split.EXCLUDED)
    counted = rows.values(stands=STANDS).annotate(n=Count("case_id", distinct=len(rounds) > 1)).order_by()
    counts = {row["stands"]: row["n"] for row in counted}
    return {name: counts.get(name, 0) for name in ("new", "open", "read", "closed")}


def _labelled(project: Project, codes: Collection[str]) -> dict[str, int]:
    """How many cases have a label of each finding that counts."""
    rows = ConsensusLabel.objects.filter(in_force_in=project, finding__in=codes)
    counted = (
        rows.exclude(case_round__split=Split.EXCLUDED).values("finding").annotate(n=Count("id")).order_by()
    )
    return {row["finding"]: row["n"] for row in counted}
