"""All that was said of one case, in every round: reads, late reads, discordances, decisions, labels, flags.

Whoever asks for it has to be kept as one who has seen it: `workflows/cases/look_at_case.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

from labelhub.consensus.models import AdjudicationDecision, ConsensusLabel, Discordance
from labelhub.imaging.models import Case
from labelhub.reading.models import Flag, LateRead, Read


@dataclass(frozen=True)
class CaseRecord:
    """Each in the order in which it came. Labels that no longer stand are among them: `is_current` says which do."""

    reads: list[Read]
    late_reads: list[LateRead]
    discordances: list[Discordance]
    decisions: list[AdjudicationDecision]
    labels: list[ConsensusLabel]
    flags: list[Flag]


def case_record(case: Case) -> CaseRecord:
    """As many queries as there are kinds of rows."""
    return CaseRecord(
        reads=list(
            Read.objects.filter(assignment__case=case)
            .select_related("assignment__reader", "assignment__round", "case_version", "schema", "protocol")
            .prefetch_related("answers", "annotations")
            .order_by("submitted_at", "assignment_id", "version")
        ),
        late_reads=list(
            LateRead.objects.filter(assignment__case=case)
            .select_related("assignment__reader", "assignment__round", "decision")
            .order_by("submitted_at", "id")
        ),
        discordances=list(
            Discordance.objects.filter(case_round__case=case)
            .select_related("case_round__round")
            .order_by("case_round__round__number", "id")
        ),
        decisions=list(
            AdjudicationDecision.objects.filter(adjudication__case_round__case=case)
            .select_related("adjudication__case_round__round", "decided_by")
            .order_by("decided_at", "id")
        ),
        labels=list(
            ConsensusLabel.objects.filter(case_round__case=case)
            .select_related("case_round__round")
            .order_by("case_round__round__number", "created_at", "id")
        ),
        flags=list(
            Flag.objects.filter(assignment__case=case)
            .select_related("assignment__reader", "withdrawn", "seen")
            .order_by("created_at", "id")
        ),
    )
