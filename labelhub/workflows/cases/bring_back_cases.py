"""A manager brings back cases that were excluded: readers are asked again, and what their reads say counts again."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from labelhub.accounts.models import User
from labelhub.consensus.services.agreement_kept import agreement_outdate
from labelhub.consensus.services.counted import n_unreadable
from labelhub.consensus.services.settle import settle_case, settled_under
from labelhub.imaging.models import Case, CaseExclusion, Split
from labelhub.imaging.services.exclusions import (
    case_put_back,
    exclusions_in_force,
    put_back_before,
)
from labelhub.learning.services import training_due_check
from labelhub.projects.models import Project
from labelhub.projects.selectors import protocol_in_force, schema_in_force
from labelhub.reading.models import Assignment, CaseRound
from labelhub.reading.services.case_rounds import slots_of
from labelhub.reading.services.case_splits import case_round_split_set, slots_bring_back
from labelhub.reading.services.rounds import readers_wanted
from labelhub.workflows.cases.bulk import Outcome, Refusal, cases_held, in_chunks, unknown_cases

FOR_PATIENT = (
    "No manager has excluded this case: its patient was found in another split, or its reads came from a project "
    "where it was excluded. It stays out, so that nobody is in two splits."
)
OTHER_SPLIT = (
    "This case was begun as a {before} case, and its patient is in the {now} split by now. It stays out, so that "
    "nobody is in two splits."
)


def bring_back_cases(
    *, actor: User, project: Project, case_ids: Collection[UUID], reason: str, client_uuid: UUID
) -> Outcome:
    """Bring these cases back into the split of their patients. Sent again, it brings back none excluded anew since.

    Raises Conflict `id_reused`.
    """
    outcome = Outcome()
    for chunk in in_chunks(case_ids):
        with transaction.atomic():
            _bring_back(outcome, chunk, actor=actor, project=project, reason=reason, client_uuid=client_uuid)
    training_due_check(project)
    return outcome


def _bring_back(
    outcome: Outcome, case_ids: list[UUID], *, actor: User, project: Project, reason: str, client_uuid: UUID
) -> None:
    cases = cases_held(project, case_ids)
    ids = [case.id for case in cases]
    before = put_back_before(ids, actor=actor, reason=reason, client_uuid=client_uuid)
    exclusions = exclusions_in_force(ids)
    outcome.refused += unknown_cases(case_ids, cases)
    back = []
    for case in cases:
        row = exclusions.get(case.id)
        if case.id in before:
            outcome.n_done += 1
        elif case.split != Split.EXCLUDED:
            outcome.n_already += 1
        elif row is None:
            outcome.refused.append(Refusal(case.id, "excluded_for_patient", FOR_PATIENT))
        elif _is_of_another_split(case, row):
            message = OTHER_SPLIT.format(before=row.split_before, now=case.patient.split)
            outcome.refused.append(Refusal(case.id, "other_split", message))
        else:
            row.case = case
            case_put_back(row, case.patient.split, actor=actor, reason=reason, client_uuid=client_uuid)
            _rounds_bring_back(row)
            back.append(case.id)
    agreement_outdate(back)
    outcome.n_done += len(back)


def _is_of_another_split(case: Case, row: CaseExclusion) -> bool:
    """It was begun, and its patient has moved meanwhile (compare `renaming.split_under`)."""
    opened = Assignment.objects.filter(case=case, opened_at__isnull=False)
    return case.patient.split != row.split_before and opened.exists()


def _rounds_bring_back(row: CaseExclusion) -> None:
    for case_round in CaseRound.objects.filter(case=row.case).select_related("round__project"):
        case_round.case = row.case
        _slots_bring_back(case_round, row)
        _settle(case_round)


def _slots_bring_back(case_round: CaseRound, row: CaseExclusion) -> None:
    """One that was closed before keeps its number of readers while its reads are enough; the others follow the round's.

    What seemed complete while the case was out, since it needed no more reads than it had, is not kept.
    """
    case_round_split_set(case_round, row.case.split)
    slots, unreadable = slots_of(case_round), n_unreadable(case_round)
    was_closed = case_round.closed_at is not None and case_round.closed_at <= row.excluded_at
    keeps = was_closed and slots.under(slots.n_wanted, unreadable).is_complete
    wanted = slots.n_wanted if keeps else readers_wanted(case_round.round)
    slots_bring_back(case_round, n_unreadable=unreadable, wanted=wanted)


def _settle(case_round: CaseRound) -> None:
    """Bring labels and adjudication in line with the slots as they are now."""
    is_complete = slots_of(case_round).is_complete
    project = case_round.round.project
    if case_round.settled_schema_id is not None:
        schema, protocol = settled_under(case_round)
    elif is_complete:
        schema, protocol = schema_in_force(project), protocol_in_force(project)
    else:
        return
    settle_case(case_round, schema=schema, protocol=protocol, is_complete=is_complete)
