"""Giving back, at once, all that a reader holds: she reads here no longer."""

from __future__ import annotations

from uuid import UUID

from labelhub.accounts.models import User
from labelhub.projects.models import Project
from labelhub.reading.models import Assignment, Round
from labelhub.reading.services.leases import assignment_release
from labelhub.reading.services.locks import cursors_locked, round_locked
from labelhub.reading.services.reservations import reservations_give_up


def reading_give_back(*, actor: User | None, project: Project, reader_id: UUID) -> None:
    """Free the slots of what she has reserved or open; her drafts are kept. Call in a transaction.

    What was sent back to her stays a question to her, until an adjudicator takes it back: her read stands meanwhile.
    """
    # Claims of hers that are under way come to their end first.
    cursors_locked([reader_id], project.id)
    hers = Assignment.objects.filter(round__project=project, reader_id=reader_id)
    held = hers.filter(state__in=[Assignment.State.RESERVED, Assignment.State.OPEN])
    rounds = Round.objects.filter(assignments__in=held).order_by("-number").distinct()
    for round_id in list(rounds.values_list("id", flat=True)):
        round_locked(round_id)
    reservations_give_up([reader_id], actor=actor, round__project=project)
    opened = hers.filter(state=Assignment.State.OPEN).order_by("id")
    for row in list(
        opened.select_for_update(no_key=True, of=("self",)).select_related("case__project", "round")
    ):
        assignment_release(actor=actor, assignment=row)
