"""How far the cases of a project are, for whoever considers a change of schema or protocol."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Case, CharField, Count, Q, Value, When

from labelhub.imaging.models import Split
from labelhub.projects.models import Project
from labelhub.reading.models import CaseRound, Round

IS_SETTLED = Q(settled_schema__isnull=False)
STANDS = Case(
    When(closed_at__isnull=False, then=Value("closed")),
    When(IS_SETTLED, then=Value("read")),
    When(begun_seq__isnull=False, then=Value("open")),
    default=Value("new"),
    output_field=CharField(),
)


def labels_rounds(project: Project) -> frozenset[Round]:
    return frozenset(Round.objects.filter(project=project, purpose=Round.Purpose.LABELS))


def standing(rounds: Collection[Round]) -> dict[str, int]:
    """How many cases of these rounds are where, without excluded ones. A case of two rounds counts once for each.

    `new` nobody has begun, `open` are begun and not settled, `read` are settled and not closed. Of those that wait or
    are open, only where the round still gives out reads. One grouped count, made when somebody considers a change.
    """
    goes_on = Q(round__closed_at__isnull=True) | IS_SETTLED
    rows = CaseRound.objects.filter(goes_on, round__in=rounds).exclude(split=Split.EXCLUDED)
    counted = rows.values(stands=STANDS).annotate(n=Count("case_id", distinct=len(rounds) > 1)).order_by()
    counts = {row["stands"]: row["n"] for row in counted}
    return {name: counts.get(name, 0) for name in ("new", "open", "read", "closed")}
