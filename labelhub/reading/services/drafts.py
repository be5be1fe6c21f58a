"""Drafts: every edit saved with a version; a stale save gets 412 and nothing is overwritten."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from labelhub.core import audit
from labelhub.core.errors import Conflict, StaleVersion
from labelhub.reading.documents import EMPTY, ReadDocument
from labelhub.reading.models import Assignment, ReadDraft
from labelhub.reading.services.locks import assignment_locked
from labelhub.reading.states import EDITABLE, LOST


def draft_of(assignment: Assignment) -> tuple[int, dict[str, Any]]:
    """(version, document); version 0 and an empty document before the first save."""
    draft = ReadDraft.objects.filter(assignment=assignment).first()
    return (draft.version, draft.document) if draft else (0, dict(EMPTY))


def draft_save(*, assignment: Assignment, version: int, document: ReadDocument) -> int:
    """Save over `version` and return the new version. Raises StaleVersion with the newer copy.

    The lease may have run out: the work is kept all the same.
    """
    try:
        with transaction.atomic():
            # Under the lock of a submit: else a late save would leave a draft behind a read that is in.
            _check_editable(assignment_locked(assignment).state)
            _write(assignment, version, document.as_json())
            audit.record(
                actor_id=assignment.reader_id,
                action="draft.saved",
                obj=assignment,
                project_id=assignment.case.project_id,
                data={"version": version + 1},
            )
    except IntegrityError:  # a first save where there is one already
        raise _stale(assignment) from None
    return version + 1


def draft_give_up(*, assignment: Assignment, version: int) -> None:
    """Forget what was begun while the case was sent back, and was left when it was taken back.

    A second time changes nothing. Raises Conflict `draft_in_use` while the case is not submitted, StaleVersion with
    the newer copy.
    """
    with transaction.atomic():
        if assignment_locked(assignment).state != Assignment.State.SUBMITTED:
            raise Conflict(
                "This case is with you again: what you began is its draft. Reload to go on with it.",
                code="draft_in_use",
            )
        draft = ReadDraft.objects.filter(assignment=assignment).first()
        if draft is None:
            return
        if draft.version != version:
            raise _stale(assignment)
        draft.delete()
        audit.record(
            actor_id=assignment.reader_id,
            action="draft.given_up",
            obj=assignment,
            project_id=assignment.case.project_id,
            data={"version": version},
        )


def _check_editable(state: str) -> None:
    if state == Assignment.State.SUBMITTED:
        raise Conflict("This case is submitted. Use 'Correct' to amend it.", code="already_submitted")
    if state not in (*EDITABLE, *LOST):
        raise Conflict("Open the case first.", code="not_open")


def _write(assignment: Assignment, version: int, document: dict[str, Any]) -> None:
    if version == 0:
        ReadDraft.objects.create(assignment=assignment, version=1, document=document)
        return
    changed = ReadDraft.objects.filter(assignment=assignment, version=version).update(
        version=F("version") + 1, document=document, updated_at=timezone.now()
    )
    if not changed:
        raise _stale(assignment)


def _stale(assignment: Assignment) -> StaleVersion:
    version, document = draft_of(assignment)
    return StaleVersion(
        "This case was changed in another window. Choose which version to keep.",
        details={"version": version, "document": document},
    )
