"""Reading consensus: outcomes of closed cases and the reads behind a discordance."""

from __future__ import annotations

from typing import Any

from labelhub.consensus.anonymity import lettered, letters_of
from labelhub.consensus.models import Adjudication, ConsensusLabel, Discordance
from labelhub.consensus.services.counted import newest_reads
from labelhub.reading.models import Assignment, CaseRound, Read
from labelhub.reading.stored import stored_document


def lettered_reads(case_round: CaseRound) -> list[tuple[str, Read]]:
    """The newest version of each counted read with its letter, A first."""
    letters = letters_of(case_round)
    return sorted(
        ((letters[read.assignment_id], read) for read in newest_reads(case_round)), key=lambda pair: pair[0]
    )


def discordant_findings(adjudication: Adjudication) -> list[Discordance]:
    """The findings that wait for the adjudicator, or that she decided."""
    decided = set(adjudication.decisions.values_list("finding", flat=True))
    rows = Discordance.objects.filter(case_round_id=adjudication.case_round_id).order_by("id")
    return [row for row in rows if row.needs_adjudication or row.finding in decided]


def case_outcome(assignment: Assignment) -> dict[str, Any]:
    """What became of a closed case: consensus per finding, and its reads, the others' by letter."""
    case_round = CaseRound.objects.get(round_id=assignment.round_id, case_id=assignment.case_id)
    labels = ConsensusLabel.objects.filter(case_round=case_round, is_current=True).order_by("id")
    reads = newest_reads(case_round)
    letters = lettered(
        (read.assignment_id for read in reads if read.assignment_id != assignment.id), case_round.order_key
    )
    return {
        "findings": [
            {"code": label.finding, "consensus": label.value or None, "method": label.method}
            for label in labels
        ],
        "reads": [
            {
                "label": "You"
                if read.assignment_id == assignment.id
                else f"Reader {letters[read.assignment_id]}",
                **{key: stored_document(read).as_json()[key] for key in ("answers", "annotations")},
            }
            for read in sorted(reads, key=lambda read: letters.get(read.assignment_id, ""))
        ],
    }
