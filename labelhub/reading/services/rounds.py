"""The round in force and the slots of its cases."""

from __future__ import annotations

from collections.abc import Iterable

from labelhub.imaging.models import Case
from labelhub.projects.models import Project
from labelhub.projects.selectors import protocol_in_force
from labelhub.reading.models import CaseRound, Round, WorklistState

CHUNK = 2_000


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
    needed = protocol_in_force(project).readers_per_case
    rows = [
        CaseRound(
            round=round_,
            case=case,
            split=case.split,
            order_key=case.random_key,
            n_needed=needed,
            n_open=needed,
        )
        for case in cases
    ]
    CaseRound.objects.bulk_create(rows, batch_size=CHUNK, ignore_conflicts=True)
    return len(rows)
