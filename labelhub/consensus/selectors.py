"""Reading consensus: outcomes of closed cases and the reads behind a discordance."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from labelhub.consensus.anonymity import lettered, letters
from labelhub.consensus.models import Adjudication, AdjudicationDecision, ConsensusLabel, Discordance
from labelhub.consensus.services.counted import newest_reads, newest_reads_unmarked
from labelhub.imaging.models import CaseVersion
from labelhub.projects.models import Project
from labelhub.reading.models import Assignment, CaseRound, Read
from labelhub.reading.stored import stored_document


def lettered_reads(adjudication: Adjudication) -> list[tuple[str, Read]]:
    """The newest version of each counted read with its letter, A first.

    Of a case that was asked again, the new reads have no letter before all of them are in, and are not shown yet.
    """
    given = letters(adjudication)
    reads = [read for read in newest_reads(adjudication.case_round) if read.assignment_id in given]
    return sorted(
        ((given[read.assignment_id], read) for read in reads), key=lambda pair: (len(pair[0]), pair[0])
    )


def version_read(case_round: CaseRound) -> CaseVersion | None:
    """The version of the case that its newest read is about: what an adjudicator is shown and decides on."""
    newest = max(newest_reads_unmarked(case_round), key=lambda read: read.submitted_at, default=None)
    return newest.case_version if newest else None


def newest_decisions(adjudication: Adjudication) -> dict[str, AdjudicationDecision]:
    """By finding, the decision that counts."""
    rows = adjudication.decisions.order_by("decided_at", "id")
    return {row.finding: row for row in rows}


def asked_readers(adjudication: Adjudication) -> list[tuple[str, str]]:
    """(letter, question) of each reader who has the case back and has not answered."""
    case_round, given = adjudication.case_round, letters(adjudication)
    returned = Assignment.objects.filter(
        round_id=case_round.round_id, case_id=case_round.case_id, state=Assignment.State.RETURNED
    )
    return sorted((given[row.id], row.return_note) for row in returned)


def discordant_findings(adjudication: Adjudication) -> list[Discordance]:
    """The findings that wait for the adjudicator, or that she decided."""
    decided = set(adjudication.decisions.values_list("finding", flat=True))
    rows = Discordance.objects.filter(case_round_id=adjudication.case_round_id).order_by("id")
    return [row for row in rows if row.needs_adjudication or row.finding in decided]


def labels_in_force(project: Project) -> QuerySet[ConsensusLabel]:
    """The label of each case and finding that counts; which it is: `services/in_force.py`."""
    return ConsensusLabel.objects.filter(in_force_in=project)


def labels_of_cases(case_ids: Collection[UUID]) -> dict[UUID, list[ConsensusLabel]]:
    """The labels in force of a few cases, by case id and in the order of the findings' codes."""
    found: dict[UUID, list[ConsensusLabel]] = {}
    rows = ConsensusLabel.objects.filter(case_round__case__in=case_ids, in_force_in__isnull=False)
    for row in rows.select_related("case_round").order_by("finding"):
        found.setdefault(row.case_round.case_id, []).append(row)
    return found


def case_outcome(assignment: Assignment) -> dict[str, Any]:
    """What became of a closed case: consensus per finding, and its reads, the others' by letter.

    `annotations` of a finding: the marks of its adjudicator's decision.
    """
    case_round = CaseRound.objects.get(round_id=assignment.round_id, case_id=assignment.case_id)
    labels = ConsensusLabel.objects.filter(case_round=case_round, is_current=True).order_by("id")
    decided = AdjudicationDecision.objects.filter(
        id__in={label.provenance["decision"] for label in labels} - {None}
    )
    marks = {str(row.id): row.annotations for row in decided}
    reads = newest_reads(case_round)
    others = lettered(
        (read.assignment_id for read in reads if read.assignment_id != assignment.id), case_round.order_key
    )
    return {
        "findings": [
            {
                "code": label.finding,
                "consensus": label.value or None,
                "method": label.method,
                "annotations": marks.get(label.provenance["decision"], []),
            }
            for label in labels
        ],
        "reads": [
            {
                "label": "You"
                if read.assignment_id == assignment.id
                else f"Reader {others[read.assignment_id]}",
                **{key: stored_document(read).as_json()[key] for key in ("answers", "annotations")},
            }
            for read in sorted(reads, key=lambda read: others.get(read.assignment_id, ""))
        ],
    }
