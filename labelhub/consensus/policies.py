"""Who may see and decide an adjudication."""

from __future__ import annotations

from uuid import UUID

from labelhub.accounts.models import User
from labelhub.consensus.models import Adjudication
from labelhub.core.errors import NotFound
from labelhub.projects.policies import ADJUDICATOR, project_by_id_for

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
    if adjudication.state == S.CLAIMED and adjudication.adjudicator_id == user.id:
        return ["decide", "release", "return"]
    return {S.OPEN: ["claim"], S.WAITING: ["recall"]}.get(S(adjudication.state), [])
