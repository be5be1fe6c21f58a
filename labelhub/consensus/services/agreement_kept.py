"""Having the agreement of rounds computed anew, when what it was computed from has changed."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from labelhub.consensus.models import RoundStatistics


def agreement_outdate(case_ids: Collection[UUID]) -> None:
    """Something about these cases has changed that the numbers of reads and patients need not show.

    Without a patient a round's tables are never those of its reads.
    """
    RoundStatistics.objects.filter(round__case_rounds__case_id__in=case_ids).update(n_patients=0)
