"""A manager has cases read first: they come before the ranking, and before the next ones, until they are begun.

Only pool cases: which validation and test cases are read is left to chance, as models are measured on them.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import transaction

from labelhub.accounts.models import User
from labelhub.core import audit
from labelhub.imaging.models import Case, Split
from labelhub.projects.models import Project
from labelhub.reading.services.read_first import read_first_set, rows_to_order
from labelhub.workflows.cases.bulk import Outcome, Refusal, in_chunks, unknown_cases

EXCLUDED = "This case is excluded. Bring it back first."
NOT_POOL = (
    "This is a {split} case. Those come in seeded random order, mixed in between the others, so that nobody chooses "
    "what models are measured on."
)
BEGUN = (
    "This case is begun or read already. A begun case is offered before all new ones until its reads are in."
)


def put_first(*, actor: User, project: Project, case_ids: Collection[UUID]) -> Outcome:
    """Offer these cases before all others that nobody has begun; among themselves in seeded random order."""
    return _order(actor, project, case_ids, is_first=True)


def put_in_turn(*, actor: User, project: Project, case_ids: Collection[UUID]) -> Outcome:
    """Take `put_first` back: the cases come when the ranking, or chance, has it."""
    return _order(actor, project, case_ids, is_first=False)


def _order(actor: User, project: Project, case_ids: Collection[UUID], *, is_first: bool) -> Outcome:
    outcome = Outcome()
    for chunk in in_chunks(case_ids):
        with transaction.atomic():
            rows = rows_to_order(project, chunk)
            cases = Case.objects.in_bulk([row.case_id for row in rows])
            outcome.refused += unknown_cases(chunk, cases.values())
            change = []
            for row in rows:
                refusal = _refusal(row) if is_first else None
                if refusal:
                    outcome.refused.append(refusal)
                elif row.read_first == is_first:
                    outcome.n_already += 1
                else:
                    change.append(row)
            read_first_set(change, is_first=is_first)
            for row in change:
                _record(actor, cases[row.case_id], is_first=is_first)
            outcome.n_done += len(change)
    return outcome


def _refusal(row: Any) -> Refusal | None:
    if row.split == Split.EXCLUDED:
        return Refusal(row.case_id, "case_excluded", EXCLUDED)
    if row.split != Split.POOL:
        return Refusal(row.case_id, "not_a_pool_case", NOT_POOL.format(split=row.split))
    if row.is_opened:
        return Refusal(row.case_id, "case_begun", BEGUN)
    return None


def _record(actor: User, case: Case, *, is_first: bool) -> None:
    action = "case.put_first" if is_first else "case.put_in_turn"
    audit.record(actor_id=actor.id, action=action, obj=case, project_id=case.project_id)
