"""Reads made through the same services as a reader's own."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils import timezone

from labelhub.accounts.models import User
from labelhub.imaging.models import Case
from labelhub.projects.models import Project
from labelhub.reading.documents import ReadDocument
from labelhub.reading.models import Assignment, Queue, QueueEntry, Read, Round, WorklistState
from labelhub.reading.services.case_rounds import case_rounds_insert
from labelhub.reading.services.claims import claim_next
from labelhub.reading.services.rounds import round_open, worklist_state
from labelhub.reading.submissions import Submission, parse_draft, parse_submission
from labelhub.workflows.reading.submit_read import submit_read
from tests.factories.projects import People


def document(
    answers: dict[str, str] | None = None, *, boxes: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    """A whole read document; both findings absent unless said otherwise."""
    values = {"nodule": "absent", "effusion": "absent"} | (answers or {})
    return {
        "answers": {code: {"value": value, "by_rest": False} for code, value in values.items()},
        "annotations": boxes or [],
        "comment": "",
        "not_readable": False,
    }


def box(case: Case, x: float, y: float, side: float = 40, finding: str = "nodule") -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "kind": "box",
        "finding": finding,
        "region_class": None,
        "space": "image",
        "instance": str(case.instances.get().id),
        "frame": 1,
        "geometry": {"x": x, "y": y, "width": side, "height": side},
    }


def open_round(project: Project, people: People, cases: list[Case], **fields: Any) -> Round:
    """A further round of these cases, two readers a case; of labels unless said otherwise."""
    fields = {"purpose": Round.Purpose.LABELS, **fields}
    round_, _ = round_open(actor=people.manager, project=project, **fields)
    case_rounds_insert(round_, cases, n_needed=2)
    Round.objects.filter(id=round_.id).update(filled_at=timezone.now())
    return round_


def claim(reader: User, project: Project, *, ahead: bool = False) -> Assignment | None:
    return claim_next(reader=reader, project=project, claim_key=uuid.uuid4(), ahead=ahead)


def drafted(assignment: Assignment, content: dict[str, Any] | None = None) -> ReadDocument:
    """An unfinished document, as the API takes it."""
    return parse_draft(document() if content is None else content, assignment=assignment)


def submission(
    assignment: Assignment,
    content: dict[str, Any] | None = None,
    *,
    client_uuid: uuid.UUID | None = None,
    active_ms: int = 12_000,
    reason: str = "",
) -> Submission:
    """What the reader's browser sends, as the API takes it."""
    return parse_submission(
        assignment=assignment,
        client_uuid=client_uuid or uuid.uuid4(),
        document=document() if content is None else content,
        active_ms=active_ms,
        reason=reason,
    )


def submit(assignment: Assignment, content: dict[str, Any] | None = None) -> Read | None:
    sent = submission(assignment, content)
    return submit_read(actor=assignment.reader, assignment=assignment, submission=sent).read


def read_case(reader: User, project: Project, content: dict[str, Any] | None = None) -> Read | None:
    assignment = claim(reader, project)
    assert assignment is not None
    return submit(assignment, content)


def ranked(project: Project, *cases: Case) -> Queue:
    """A queue in force with these cases in this order."""
    standing = worklist_state(project).round
    queue = Queue.objects.create(project=project, round=standing, is_complete=True)
    QueueEntry.objects.bulk_create(
        QueueEntry(queue=queue, position=position, case=case) for position, case in enumerate(cases, 1)
    )
    WorklistState.objects.filter(project=project).update(queue=queue)
    return queue
