"""Having the agreement of rounds computed anew, when what it was computed from has changed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from labelhub.consensus.models import RoundStatistics
from labelhub.core.models import AuditEvent

OUTDATING = ("case.excluded", "case.brought_back", "patient.corrected")
"""Audit actions of what outdates it."""


def agreement_keep(rows: Sequence[RoundStatistics], project_id: UUID, *, since: int) -> None:
    """Save the tables of rounds, computed from what stood at audit event `since`. Call in a transaction.

    What outdated them meanwhile is not written over: they are due again. The rows are locked before it is asked, so
    that whoever outdates one is waited for.
    """
    rounds = [row.round_id for row in rows]
    list(RoundStatistics.objects.select_for_update(no_key=True).filter(round__in=rounds).order_by("round"))
    changed = AuditEvent.objects.filter(project_id=project_id, id__gt=since, action__in=OUTDATING).exists()
    for row in rows:
        if changed:
            row.n_patients = 0
        row.save()


def agreement_outdate(case_ids: Collection[UUID]) -> None:
    """Something about these cases has changed that the numbers of reads and patients need not show.

    Without a patient a round's tables are never those of its reads.
    """
    RoundStatistics.objects.filter(round__case_rounds__case_id__in=case_ids).update(n_patients=0)
