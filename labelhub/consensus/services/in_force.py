"""Which label of a case and finding counts, where several rounds have asked it.

That of the newest `labels` round that has closed the case; while none has, what is agreed so far in the newest round
that asked it.
"""

from __future__ import annotations

from labelhub.consensus.models import ConsensusLabel
from labelhub.reading.models import CaseRound, Round


def is_only_round(case_round: CaseRound) -> bool:
    """Whether the case is in no other round of labels: then each of its current labels counts."""
    return case_round.round.is_standing and case_round.listed_in_id is not None


def labels_put_in_force(case_round: CaseRound) -> None:
    """Mark the labels of the case that count. Call once the case is settled, with its rows locked."""
    if is_only_round(case_round):
        return
    rows = ConsensusLabel.objects.filter(
        case_round__case=case_round.case_id, case_round__round__purpose=Round.Purpose.LABELS, is_current=True
    ).select_related("case_round__round")
    counts: dict[str, ConsensusLabel] = {}
    for row in sorted(rows, key=_standing):
        counts[row.finding] = row
    ids = {row.id for row in counts.values()}
    out = [row.id for row in rows if row.in_force_in_id and row.id not in ids]
    ConsensusLabel.objects.filter(id__in=out).update(in_force_in=None)
    new = [row.id for row in counts.values() if not row.in_force_in_id]
    ConsensusLabel.objects.filter(id__in=new).update(in_force_in=case_round.round.project_id)


def _standing(row: ConsensusLabel) -> tuple[bool, int]:
    return row.case_round.closed_at is not None, row.case_round.round.number
