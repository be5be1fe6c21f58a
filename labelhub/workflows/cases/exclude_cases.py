"""A manager takes cases out, with her reason: offered to nobody, neither trained on nor measured.

Reads that are in stay; who has such a case open may finish it, and what she says is kept. What is derived from many
cases (statistics, the next training, the next ranking) follows by the jobs that make it.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from labelhub.accounts.models import User
from labelhub.consensus.services.agreement_kept import agreement_outdate
from labelhub.imaging.models import Split
from labelhub.imaging.services.exclusions import cases_take_out, taken_out_before
from labelhub.projects.models import Project
from labelhub.reading.services.case_splits import cases_exclude
from labelhub.reading.services.reservations import reservations_of_cases_give_up
from labelhub.workflows.cases.bulk import Outcome, cases_held, in_chunks, unknown_cases


def exclude_cases(
    *, actor: User, project: Project, case_ids: Collection[UUID], reason: str, client_uuid: UUID
) -> Outcome:
    """Take these cases out. Sent again, it takes out none that was brought back meanwhile.

    Raises Conflict `id_reused`.
    """
    outcome = Outcome()
    for chunk in in_chunks(case_ids):
        with transaction.atomic():
            _exclude(outcome, chunk, actor=actor, project=project, reason=reason, client_uuid=client_uuid)
    return outcome


def _exclude(
    outcome: Outcome, case_ids: list[UUID], *, actor: User, project: Project, reason: str, client_uuid: UUID
) -> None:
    cases = cases_held(project, case_ids)
    ids = [case.id for case in cases]
    before = taken_out_before(ids, actor=actor, reason=reason, client_uuid=client_uuid)
    new = [case for case in cases if case.split != Split.EXCLUDED and case.id not in before]
    new_ids = [case.id for case in new]
    reservations_of_cases_give_up(new_ids)
    cases_take_out(new, actor=actor, reason=reason, client_uuid=client_uuid)
    cases_exclude(new_ids)
    agreement_outdate(new_ids)
    outcome.n_done += len(new) + len(before)
    outcome.n_already += len(cases) - len(new) - len(before)
    outcome.refused += unknown_cases(case_ids, cases)
