"""The round in force and the slots of its cases."""

from __future__ import annotations

from collections.abc import Iterable

from labelhub.imaging.models import Case
from labelhub.projects.models import Project
from labelhub.projects.selectors import protocol_in_force
from labelhub.reading.models import Round, WorklistState
from labelhub.reading.services.case_rounds import case_rounds_insert


def worklist_state(project: Project) -> WorklistState:
    """The project's worklist; its first round is made on first use."""
    state = WorklistState.objects.filter(project=project).first()
    if state is None:
        round_, _ = Round.objects.get_or_create(project=project, number=1)
        state, _ = WorklistState.objects.get_or_create(project=project, defaults={"round": round_})
    return state


def case_rounds_create(project: Project, cases: Iterable[Case]) -> int:
    """Give each case its slots in the round in force; a case that has them is left alone."""
    round_ = worklist_state(project).round
    return case_rounds_insert(round_, cases, n_needed=protocol_in_force(project).readers_per_case)
