"""Who may see and decide an adjudication."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from labelhub.accounts.models import User
from labelhub.consensus.models import Adjudication
from labelhub.core.errors import NotFound
from labelhub.imaging.models import Split
from labelhub.projects.policies import ADJUDICATOR, project_by_id_for
from labelhub.reading.services.store_read import SLIP_WINDOW

S = Adjudication.State


def adjudication_for(user: User, adjudication_id: UUID) -> Adjudication:
    """The adjudication, for an adjudicator of its project."""
    found = (
        Adjudication.objects.select_related(
            "project",
            "case_round__settled_schema",
            "case_round__settled_protocol",
            "case_round__case__patient",
            "case_round__case__study",
            "case_round__case__current_version",
        )
        .filter(id=adjudication_id)
        .first()
    )
    if found is None:
        raise NotFound()
    project_by_id_for(user, found.project_id, {ADJUDICATOR})
    return found


def adjudication_actions(adjudication: Adjudication, user: User) -> list[str]:
    """What she may do with it now; the page offers nothing else."""
    is_hers = adjudication.adjudicator_id == user.id
    if adjudication.state == S.CLAIMED:
        return ["decide", "release", "return"] if is_hers else []
    if adjudication.state == S.DECIDED:
        return ["correct"] if is_hers and timezone.now() <= correct_until(adjudication) else []
    if adjudication.state == S.OPEN and adjudication.case_round.split == Split.EXCLUDED:
        return []
    return {S.OPEN: ["claim"], S.WAITING: ["recall"]}.get(S(adjudication.state), [])


def correct_until(adjudication: Adjudication) -> datetime:
    """The readers' ten minutes from her decision on, corrections or not: until then she may correct it."""
    return (adjudication.decided_at or adjudication.created_at) + SLIP_WINDOW
