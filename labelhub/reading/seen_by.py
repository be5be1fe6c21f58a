"""Conditions on rows: has this reader seen what others said of this case? Who records it is `services/seen.py`."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from labelhub.reading.models import CaseRound, CaseSeen


def seen_by_reader(*, reader: str, case: str, by: str | None = None) -> Q:
    """She has seen the case. The arguments are names of the row's fields.

    `by`: on a page no later than that time; of a download only the last time is known.
    """
    pages = CaseSeen.objects.filter(user_id=OuterRef(reader), case_id=OuterRef(case))
    if by is not None:
        pages = pages.filter(at__lte=OuterRef(by))
    return Q(Exists(pages)) | Q(Exists(in_downloads(OuterRef(reader)).filter(case_id=OuterRef(case))))


def in_downloads(user_id: UUID | OuterRef) -> QuerySet[CaseRound]:
    """The rows of cases that were begun when she last downloaded what was read in their round."""
    return CaseRound.objects.filter(
        round__seen_by__user_id=user_id, begun_seq__lte=F("round__seen_by__begun_seq")
    )
