"""An adjudicator's decision on the case of two readers who differ, and the page she sees."""

from __future__ import annotations

import uuid
from typing import Any

from labelhub.consensus.models import Adjudication
from labelhub.workflows.consensus.decide import FindingDecision, decide_adjudication
from tests.factories.projects import People


def decide(
    people: People, row: Adjudication, value: str = "present", reason: str = "", boxes: Any = ()
) -> Adjudication:
    decision = FindingDecision(finding="nodule", value=value, reason=reason, annotations=list(boxes))
    return decide_adjudication(
        actor=people.adjudicator, adjudication=row, client_uuid=uuid.uuid4(), decisions=[decision]
    )


def view(people: People, row: Adjudication, client_of: Any) -> dict[str, Any]:
    return dict(client_of(people.adjudicator).get(f"/api/v1/adjudications/{row.id}/").json())
