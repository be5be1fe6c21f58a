"""Taking exported adjudications into a project, after their reads: the way back of `export --what adjudications`.

Every decision comes in with who made it and when; of a finding that was decided more than once the newest counts.
Only what the project's own protocol leaves to adjudication, or left when it was decided, is decided; else the labels
would no longer follow from reads, decisions and protocol.
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from django.db import transaction

from labelhub.accounts.models import User
from labelhub.accounts.services import user_create
from labelhub.consensus.models import Adjudication
from labelhub.consensus.services.adjudications import GIVEN_BACK, adjudication_advance
from labelhub.core.errors import Conflict, InvalidContent, NotAllowed
from labelhub.imaging.models import Case
from labelhub.projects.models import Membership, Project
from labelhub.projects.services import membership_add
from labelhub.reading.services.locks import case_round_locked
from labelhub.releases.reading_back import ExportedDecision, exported_decisions
from labelhub.workflows.consensus.adjudicate import claim_adjudication, view_adjudication
from labelhub.workflows.consensus.decide import FindingDecision, TimedDecision, record_exported_decisions
from labelhub.workflows.intake.import_reads import ReadsImported, known_case, marks_of, refuse_further_round


def import_decisions(path: Path, *, actor: User | None, project: Project, result: ReadsImported) -> None:
    """Record every decision of the file; a case of which they cannot be taken is listed with its reason in `result`."""
    for _, group in groupby(exported_decisions(path), key=lambda found: (found.case, found.round)):
        decisions = list(group)
        newest = decisions[-1]
        try:
            refuse_further_round(newest.round)
            with transaction.atomic():
                _record(decisions, actor, project)
        except (Conflict, InvalidContent, NotAllowed) as error:
            result.refused.append(
                {
                    "case": newest.case,
                    "reader": newest.adjudicator,
                    "code": error.code,
                    "message": error.message,
                }
            )
            continue
        result.n_decisions += sum(len(found.findings) for found in decisions)


def _record(decisions: list[ExportedDecision], actor: User | None, project: Project) -> None:
    """Take in what was decided on one case, in order of time."""
    newest = decisions[-1]
    case = known_case(newest.case, newest.images, project)
    adjudication = _adjudication(case, project)
    if case is None or adjudication is None:
        raise Conflict(
            "This project leaves nothing of this case to adjudication. Import its reads first.",
            code="no_adjudication",
        )
    made = [
        TimedDecision(
            adjudicator=_adjudicator(found.adjudicator, actor, project),
            decided_at=found.decided_at,
            decisions=_findings(found, case),
        )
        for found in decisions
    ]
    case_round_locked(adjudication.case_round.round_id, case.id)  # Claiming locks the adjudication: locks.py.
    if adjudication.state == Adjudication.State.RESOLVED:
        # All reads came in first, also those that were amended to agreement after the decision.
        adjudication_advance(adjudication, "reopen", **GIVEN_BACK)
    last = made[-1].adjudicator
    for earlier in {each.adjudicator for each in made} - {last}:
        view_adjudication(actor=earlier, adjudication=adjudication)
    claim_adjudication(actor=last, adjudication=adjudication)
    record_exported_decisions(actor=last, adjudication=adjudication, made=made)


def _findings(found: ExportedDecision, case: Case) -> list[FindingDecision]:
    return [
        FindingDecision(
            finding=finding,
            value=row["value"],
            reason=row["reason"],
            annotations=marks_of([{**box, "finding": finding} for box in row["boxes"]], case),
        )
        for finding, row in found.findings.items()
    ]


def _adjudication(case: Case | None, project: Project) -> Adjudication | None:
    """That of the case's first round: no other is taken in."""
    rows = Adjudication.objects.filter(project=project, case_round__case=case).select_related("case_round")
    return rows.order_by("case_round__round__number").first() if case else None


def _adjudicator(username: str, actor: User | None, project: Project) -> User:
    """The adjudicator of that name; one who is not known here is made without a password."""
    user = User.objects.filter(username=username).first() or user_create(actor=actor, username=username)
    membership_add(actor=actor, project=project, user=user, role=Membership.Role.ADJUDICATOR)
    return user
