"""Writing reads: insert-only, one version after another; late work kept outside the count."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from labelhub.core.errors import Conflict, InvalidContent
from labelhub.imaging.models import CaseVersion, Instance
from labelhub.projects.models import LabelSchema, ReadingProtocol
from labelhub.projects.selectors import protocol_in_force, schema_in_force
from labelhub.reading.documents import (
    ImageSize,
    checked_document,
    contradictions,
    document_sha256,
    missing_findings,
    says_more_than_unreadable,
)
from labelhub.reading.models import Annotation, Assignment, CaseRound, LateRead, Read, ReadAnswer, ReadDraft

SLIP_WINDOW = timedelta(minutes=10)
SLIP = "slip"
REASON_LENGTH = 300
MAX_ACTIVE_MS = 24 * 3600 * 1000


@dataclass(frozen=True)
class Submission:
    """What the client sends with a read. `client_uuid` makes a repeat harmless."""

    client_uuid: UUID
    document: dict[str, Any]
    active_ms: int = 0
    display_state: dict[str, Any] = field(default_factory=dict)
    reason: str = ""

    @property
    def sha256(self) -> str:
        return document_sha256(self.document)


def schema_of(assignment: Assignment) -> LabelSchema:
    """The schema under which the case is read: the one in force when it was opened, also when it is amended."""
    return assignment.schema or schema_in_force(assignment.case.project)


def protocol_of(assignment: Assignment) -> ReadingProtocol:
    """As `schema_of`."""
    return assignment.protocol or protocol_in_force(assignment.case.project)


def image_sizes(version: CaseVersion) -> dict[str, ImageSize]:
    """Sizes of the images on which marks may lie: those of the version of the case that is shown."""
    shown = [entry["instance"] for entry in version.manifest]
    rows = Instance.objects.filter(id__in=shown).exclude(n_frames=0)
    return {
        str(pk): ImageSize(rows=height, columns=width, n_frames=frames)
        for pk, height, width, frames in rows.values_list("id", "rows", "columns", "n_frames")
    }


def checked_submission(submission: Submission, *, assignment: Assignment) -> Submission:
    """The submission with its document in canonical form, complete and free of contradictions.

    Raises InvalidContent: `incomplete` with the missing codes, `contradiction` with the marked codes.
    """
    document = checked_draft(submission.document, assignment=assignment)
    findings = schema_of(assignment).findings
    missing = missing_findings(document, findings)
    if missing:
        raise InvalidContent(
            "Answer every required finding first.", code="incomplete", details={"missing": missing}
        )
    if says_more_than_unreadable(document):
        raise InvalidContent(
            "A case that is not readable has no answers and no marks. Take them back, or the 'not readable'.",
            code="contradiction",
            details={"findings": sorted(document["answers"])},
        )
    wrong = contradictions(document)
    if wrong:
        raise InvalidContent(
            "A finding is marked on the image but answered absent. Remove the mark or change the answer.",
            code="contradiction",
            details={"findings": wrong},
        )
    return Submission(
        client_uuid=submission.client_uuid,
        document=document,
        active_ms=max(0, min(submission.active_ms, MAX_ACTIVE_MS)),
        display_state=submission.display_state,
        reason=submission.reason.strip(),
    )


def checked_draft(document: dict[str, Any], *, assignment: Assignment) -> dict[str, Any]:
    """An unfinished document in canonical form. Raises InvalidContent."""
    schema = schema_of(assignment)
    return checked_document(
        document,
        findings=schema.findings,
        region_classes=schema.region_classes,
        images=image_sizes(assignment.case_version) if document.get("annotations") else {},
    )


def repeated_read(submission: Submission, *, assignment: Assignment) -> Read | None:
    """The read that this submission already made. Raises Conflict when the id was used for other content."""
    earlier = Read.objects.filter(id=submission.client_uuid).first()
    if earlier is None:
        return None
    if earlier.assignment_id != assignment.id or earlier.document_sha256 != submission.sha256:
        raise id_reused()
    return earlier


def id_reused() -> Conflict:
    return Conflict("This submission's id was used before for other content.", code="id_reused")


def read_write(
    submission: Submission,
    *,
    assignment: Assignment,
    version: int,
    reason: str,
    now: datetime,
    ai_visible: bool,
) -> Read:
    """Insert the read with its answers and marks; the draft has served."""
    document = submission.document
    protocol = protocol_of(assignment)
    read = Read.objects.create(
        id=submission.client_uuid,
        assignment=assignment,
        version=version,
        case_version_id=assignment.case_version_id,
        schema=schema_of(assignment),
        protocol=protocol,
        document_sha256=submission.sha256,
        comment=document["comment"],
        is_not_readable=document["not_readable"],
        reason=reason,
        submitted_at=now,
        active_ms=submission.active_ms,
        display_state=submission.display_state,
        context_shown=protocol.context_fields,
        ai_visible=ai_visible,
    )
    ReadAnswer.objects.bulk_create(
        ReadAnswer(read=read, finding=code, value=answer["value"], by_rest=answer["by_rest"])
        for code, answer in document["answers"].items()
    )
    if document["annotations"]:
        Annotation.objects.bulk_create(_annotation(read, mark) for mark in document["annotations"])
    ReadDraft.objects.filter(assignment=assignment).delete()
    return read


def count_submitted(assignment: Assignment) -> CaseRound:
    """Count one more first read of the case and return its row as it now stands."""
    rows = CaseRound.objects.filter(round_id=assignment.round_id, case_id=assignment.case_id)
    rows.update(n_submitted=F("n_submitted") + 1)
    return rows.get()


def newest_version(assignment: Assignment) -> int:
    newest = Read.objects.filter(assignment=assignment).order_by("-version").values_list("version", flat=True)
    return newest.first() or 0


def amendment_reason(submission: Submission, *, assignment: Assignment) -> str:
    """The reason of an amendment; 'slip' is enough within ten minutes of the last version."""
    reason = submission.reason
    if not reason:
        raise InvalidContent("Say why you amend this read.", details={"field": "reason"})
    if reason == SLIP:
        last = Read.objects.filter(assignment=assignment).order_by("-version").first()
        if last is None or timezone.now() - last.submitted_at > SLIP_WINDOW:
            raise InvalidContent(
                "More than ten minutes have passed: say in a few words why you amend this read.",
                code="slip_window_over",
                details={"field": "reason"},
            )
    return reason[:REASON_LENGTH]


def late_read_keep(submission: Submission, *, assignment: Assignment, now: datetime) -> LateRead:
    """Keep work whose slot was given away: outside the count until the manager accepts it."""
    late, made = LateRead.objects.get_or_create(
        assignment=assignment,
        defaults={
            "id": submission.client_uuid,
            "document": submission.document,
            "document_sha256": submission.sha256,
            "submitted_at": now,
            "active_ms": submission.active_ms,
            "display_state": submission.display_state,
        },
    )
    if not made and late.document_sha256 != submission.sha256:
        raise Conflict(
            "A late read of this case is already kept. Ask the data manager to look at it.",
            code="late_read_exists",
        )
    return late


def read_document(read: Read) -> dict[str, Any]:
    """The document of a stored read, in the form in which it was submitted."""
    return {
        "answers": {
            answer.finding: {"value": answer.value, "by_rest": answer.by_rest}
            for answer in read.answers.all()
        },
        "annotations": [
            {
                "id": str(mark.client_id),
                "kind": mark.kind,
                "finding": mark.finding,
                "region_class": mark.region_class or None,
                "space": mark.space,
                "instance": str(mark.instance_id) if mark.instance_id else None,
                "frame": mark.frame,
                "geometry": mark.geometry,
            }
            for mark in read.annotations.all()
        ],
        "comment": read.comment,
        "not_readable": read.is_not_readable,
    }


def _annotation(read: Read, mark: dict[str, Any]) -> Annotation:
    return Annotation(
        read=read,
        client_id=mark["id"],
        kind=mark["kind"],
        finding=mark["finding"],
        region_class=mark["region_class"] or "",
        space=mark["space"],
        instance_id=mark["instance"],
        frame=mark["frame"],
        geometry=mark["geometry"],
    )
