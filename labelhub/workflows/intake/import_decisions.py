"""Taking exported adjudications into a project, after their reads: the way back of `export --what adjudications`.

Of a finding that was decided more than once the newest decision comes in. Only what the project's own protocol leaves
to adjudication is decided; else the labels would no longer follow from reads, decisions and protocol.
"""

from __future__ import annotations

import uuid
from pathlib import Path

from django.db import transaction

from labelhub.accounts.models import User
from labelhub.accounts.services import user_create
from labelhub.consensus.models import Adjudication
from labelhub.core.errors import Conflict, InvalidContent, NotAllowed
from labelhub.imaging.models import Case
from labelhub.projects.models import Membership, Project
from labelhub.projects.services import membership_add
from labelhub.reading.services.locks import case_round_locked
from labelhub.releases.reading_back import ExportedDecision, exported_decisions
from labelhub.workflows.consensus.adjudicate import claim_adjudication
from labelhub.workflows.consensus.decide import FindingDecision, decide_adjudication
from labelhub.workflows.intake.import_reads import ReadsImported, known_case, marks_of, refuse_further_round


def import_decisions(path: Path, *, actor: User | None, project: Project, result: ReadsImported) -> None:
    """Record every decision of the file; one that cannot be taken is listed with its reason in `result`."""
    for found in exported_decisions(path):
        try:
            refuse_further_round(found.round)
            with transaction.atomic():
                _record(found, actor, project)
        except (Conflict, InvalidContent, NotAllowed) as error:
            result.refused.append(
                {
                    "case": found.case,
                    "reader": found.adjudicator,
                    "code": error.code,
                    "message": error.message,
                }
            )
            continue
        result.n_decisions += len(found.findings)


def _record(found: ExportedDecision, actor: User | None, project: Project) -> None:
    case = known_case(found.case, found.images, project)
    adjudication = _adjudication(case, project)
    if case is None or adjudication is None:
        raise Conflict(
            "This project leaves nothing of this case to adjudication. Import its reads first.",
            code="no_adjudication",
        )
    adjudicator = _adjudicator(found.adjudicator, actor, project)
    case_round_locked(adjudication.case_round.round_id, case.id)  # Claiming locks the adjudication: locks.py.
    claim_adjudication(actor=adjudicator, adjudication=adjudication)
    decide_adjudication(
        actor=adjudicator,
        adjudication=adjudication,
        client_uuid=uuid.uuid4(),
        decisions=[
            FindingDecision(
                finding=finding,
                value=row["value"],
                reason=row["reason"],
                annotations=marks_of([{**box, "finding": finding} for box in row["boxes"]], case),
            )
            for finding, row in found.findings.items()
        ],
        decided_at=found.decided_at,
    )


def _adjudication(case: Case | None, project: Project) -> Adjudication | None:
    """That of the case's first round: no other is taken in."""
    rows = Adjudication.objects.filter(project=project, case_round__case=case).select_related("case_round")
    return rows.order_by("case_round__round__number").first() if case else None


def _adjudicator(username: str, actor: User | None, project: Project) -> User:
    """The adjudicator of that name; one who is not known here is made without a password."""
    user = User.objects.filter(username=username).first() or user_create(actor=actor, username=username)
    membership_add(actor=actor, project=project, user=user, role=Membership.Role.ADJUDICATOR)
    return user
