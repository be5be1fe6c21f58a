"""What the tables say of a project's cases, counted without the code that is tested."""

from __future__ import annotations

from typing import Any

from labelhub.consensus.models import ConsensusLabel, Discordance
from labelhub.consensus.round_agreement import agreement_due
from labelhub.projects.models import Project
from labelhub.reading.models import Assignment, CaseRound, ReadAnswer
from tests.integration.projects.midlife import MidLife

S = Assignment.State
HOLDS = (S.RESERVED, S.OPEN, S.SUBMITTED)
Labels = dict[Any, dict[str, tuple[Any, ...]]]


def stands_now(life: MidLife) -> dict[Any, str]:
    """Where each case stands in each round, but for those that wait in a closed round."""
    asked, labels = asked_now(life.project), labels_now(life.project)
    begun = set(Assignment.objects.values_list("round", "case"))
    waits: dict[Any, set[str]] = {}
    for pk, code in Discordance.objects.filter(needs_adjudication=True).values_list("case_round", "finding"):
        waits.setdefault(pk, set()).add(code)
    stands = {}
    for row in CaseRound.objects.select_related("round"):
        if asked[row.id][1] and waits.get(row.id, set()) <= labels.get(row.id, {}).keys():
            stands[row.id] = "closed"
        elif row.id in life.was_complete:
            stands[row.id] = "read"
        elif row.round.closed_at is None:
            stands[row.id] = "open" if (row.round_id, row.case_id) in begun else "new"
    return stands


def asked_now(project: Project) -> dict[Any, tuple[int, bool]]:
    """{row: how many reads are asked of the case, whether all are in}."""
    states: dict[Any, list[str]] = {}
    for round_, case, state in Assignment.objects.filter(state__in=HOLDS).values_list(
        "round", "case", "state"
    ):
        states.setdefault((round_, case), []).append(state)
    asked = {}
    for row in CaseRound.objects.filter(round__project=project):
        held = states.get((row.round_id, row.case_id), [])
        is_complete = row.n_open == 0 and all(state == S.SUBMITTED for state in held)
        asked[row.id] = row.n_open + len(held), is_complete
    return asked


def labels_now(project: Project) -> Labels:
    found: Labels = {}
    for row in ConsensusLabel.objects.filter(case_round__round__project=project, is_current=True):
        found.setdefault(row.case_round_id, {})[row.finding] = (row.value, row.probability, row.method)
    return found


def closed_now(project: Project) -> set[Any]:
    return set(
        CaseRound.objects.filter(round__project=project, closed_at__isnull=False).values_list("id", flat=True)
    )


def versions_now(project: Project) -> dict[Any, Any]:
    rows = CaseRound.objects.filter(round__project=project)
    return {
        row.id: row.settled_schema_id and (row.settled_schema_id, row.settled_protocol_id) for row in rows
    }


def first_versions(project: Project) -> list[tuple[Any, ...]]:
    answers = ReadAnswer.objects.filter(read__assignment__round__project=project, read__version=1)
    return list(answers.order_by("id").values_list("id", "read", "finding", "value"))


def agreement_of(project: Project) -> dict[Any, Any]:
    return {row.round_id: row.body for row in agreement_due(project)}
