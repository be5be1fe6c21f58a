"""What a changed label schema would mean for the cases that are there, before it is saved. Writes nothing.

A read asks what was in force when it was opened, and a case is settled under what is in force when its last read comes
in. So a change reaches cases that are not settled, in reads that are opened after it; settled ones keep their labels.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Count

from labelhub.consensus.models import ConsensusLabel
from labelhub.imaging.models import Split
from labelhub.projects.models import LabelSchema, Project
from labelhub.projects.schemas import checked_schema
from labelhub.projects.selectors import schema_in_force
from labelhub.questions import question_of
from labelhub.reading.models import Round
from labelhub.workflows.projects.change_schema import refuse_empty_rounds
from labelhub.workflows.projects.standing import labels_rounds, standing
from labelhub.workflows.reading.open_round import pass_sizes

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

    Cases of rounds for labels, as `standing` counts them.

    Raises as `change_schema` does, but for a version that was saved meanwhile.
    """
    before = schema_in_force(project)
    clean_findings, clean_classes = checked_schema(findings, region_classes)
    after = LabelSchema(project=project, findings=clean_findings, region_classes=clean_classes)
    refuse_empty_rounds(project, after)
    changes = list(_changes(before, after))
    rounds = labels_rounds(project)
    asking = {change.code: _asking(rounds, change.code) for change in changes}
    whole = frozenset(row for row in rounds if row.findings is None)
    cases = {each: standing(each) for each in {whole, *asking.values()}}
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


def _asking(rounds: frozenset[Round], code: str) -> frozenset[Round]:
    return frozenset(row for row in rounds if row.findings is None or code in row.findings)


def _labelled(project: Project, codes: Collection[str]) -> dict[str, int]:
    """How many cases have a label of each finding that counts."""
    rows = ConsensusLabel.objects.filter(in_force_in=project, finding__in=codes)
    counted = (
        rows.exclude(case_round__split=Split.EXCLUDED).values("finding").annotate(n=Count("id")).order_by()
    )
    return {row["finding"]: row["n"] for row in counted}
