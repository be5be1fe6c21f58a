"""A manager sees a case as a reader would. Nothing is stored but that she looked.

The assignment is made in memory and never saved: no slot is taken, no cursor moves, no lease runs, and nothing of what
anybody has read is in it.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from labelhub.accounts.models import User
from labelhub.core import audit
from labelhub.core.errors import NotFound
from labelhub.imaging.models import Case, Split
from labelhub.projects.models import Project
from labelhub.projects.selectors import protocol_in_force, schema_in_force
from labelhub.reading.models import Assignment, Round, WorklistState
from labelhub.reading.services.assignments import assignment_unsaved
from labelhub.reading.services.open_slots import not_begun

SEEN_AS_READER = "case.seen_as_reader"
SPLITS = (Split.POOL, Split.VALIDATION, Split.TEST)


def case_to_see(project: Project, *, number: int | None = None, after: int | None = None) -> Case | None:
    """The case of this number; else the first that nobody has begun, in the order in which new cases are offered.

    `after`: the first behind the case of that number. None: there is no further one.

    Raises:
        NotFound: no case that is read has the number.
    """
    if number is not None:
        return _case_numbered(project, number)
    round_ = _standing_round(project)
    if round_ is None:
        return None
    last = None if after is None else _case_numbered(project, after)
    splits = SPLITS if last is None or last.split not in SPLITS else SPLITS[SPLITS.index(Split(last.split)) :]
    for split in splits:
        rows = not_begun(round_.id, split)
        if last is not None and split == last.split:
            rows = rows.filter(order_key__gt=last.random_key)
        row = rows.first()
        if row is not None:
            return _cases(project).get(id=row.case_id)
    return None


def see_as_reader(*, actor: User, case: Case) -> Assignment:
    """The case as it would be opened by a reader who has read nothing yet. Keeps that she looked at it."""
    round_ = _standing_round(case.project)
    if round_ is None:
        raise NotFound()
    with transaction.atomic():
        audit.record(actor_id=actor.id, action=SEEN_AS_READER, obj=case, project_id=case.project_id)
    return assignment_unsaved(
        case=case,
        now=timezone.now(),
        round=round_,
        reader=actor,
        schema=schema_in_force(case.project),
        protocol=protocol_in_force(case.project),
    )


def _case_numbered(project: Project, number: int) -> Case:
    case = _cases(project).filter(number=number, current_version__isnull=False).first()
    if case is None:
        raise NotFound()
    return case


def _cases(project: Project) -> QuerySet[Case]:
    return Case.objects.select_related("project", "patient", "study", "current_version").filter(
        project=project
    )


def _standing_round(project: Project) -> Round | None:
    """Made with the project; the service that makes it where it is missing would write."""
    state = WorklistState.objects.select_related("round").filter(project=project).first()
    return state.round if state else None
