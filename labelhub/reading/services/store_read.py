"""Writing reads: insert-only, one version after another; late work kept outside the count."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from labelhub.core.errors import Conflict, InvalidContent
from labelhub.core.prepared import PreparedInsert
from labelhub.marks import Mark
from labelhub.reading.documents import FORMAT
from labelhub.reading.models import Annotation, Assignment, LateRead, Read, ReadAnswer, ReadDraft
from labelhub.reading.submissions import Submission, protocol_of, schema_of

SLIP_WINDOW = timedelta(minutes=10)
SLIP = "slip"
REASON_LENGTH = 300
READS = PreparedInsert(Read)


def repeated_read(submission: Submission, *, assignment: Assignment) -> Read | None:
    """The read that this submission already made. Raises Conflict when the id was used for other content."""
    earlier = Read.objects.filter(id=submission.client_uuid).first()
    if earlier is None:
        return None
    sha256 = submission.document.sha256(earlier.document_format)
    if earlier.assignment_id != assignment.id or earlier.document_sha256 != sha256:
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
    read = Read(
        id=submission.client_uuid,
        assignment=assignment,
        version=version,
        case_version_id=assignment.case_version_id,
        schema=schema_of(assignment),
        protocol=protocol,
        document_format=FORMAT,
        document_sha256=document.sha256(),
        comment=document.comment,
        is_not_readable=document.not_readable,
        reason=reason,
        submitted_at=now,
        active_ms=submission.active_ms,
        display_state=submission.display_state,
        context_shown=protocol.context_fields,
        ai_visible=ai_visible,
    )
    READS.run(read)
    ReadAnswer.objects.bulk_create(
        ReadAnswer(read=read, finding=code, value=answer.value, by_rest=answer.by_rest)
        for code, answer in document.answers.items()
    )
    if document.marks:
        Annotation.objects.bulk_create(
            _annotation(read, mark, position) for position, mark in enumerate(document.marks)
        )
    ReadDraft.objects.filter(assignment=assignment).delete()
    return read


def newest_version(assignment: Assignment) -> int:
    newest = Read.objects.filter(assignment=assignment).order_by("-version").values_list("version", flat=True)
    return newest.first() or 0


def amendment_reason(submission: Submission, *, assignment: Assignment) -> str:
    """The reason of an amendment; 'slip' is enough within ten minutes of the last version."""
    reason = submission.reason
    if not reason:
        raise InvalidContent("Say why you amend this read.", details={"field": "reason"})
    if reason == SLIP and not within_slip_window(assignment):
        raise InvalidContent(
            "More than ten minutes have passed: say in a few words why you amend this read.",
            code="slip_window_over",
            details={"field": "reason"},
        )
    return reason[:REASON_LENGTH]


def within_slip_window(assignment: Assignment) -> bool:
    last = Read.objects.filter(assignment=assignment).order_by("-version").first()
    return last is not None and timezone.now() - last.submitted_at <= SLIP_WINDOW


def late_read_keep(submission: Submission, *, assignment: Assignment, now: datetime) -> LateRead:
    """Keep work whose slot was given away: outside the count until the manager accepts it."""
    sha256 = submission.document.sha256(1)
    late, made = LateRead.objects.get_or_create(
        assignment=assignment,
        defaults={
            "id": submission.client_uuid,
            "document": submission.document.as_json(),
            "document_sha256": sha256,
            "submitted_at": now,
            "active_ms": submission.active_ms,
            "display_state": submission.display_state,
        },
    )
    if not made and late.document_sha256 != sha256:
        raise late_read_exists()
    return late


def late_read_exists() -> Conflict:
    return Conflict(
        "A late read of this case is already kept. Ask the data manager to look at it.",
        code="late_read_exists",
    )


def _annotation(read: Read, mark: Mark, position: int) -> Annotation:
    return Annotation(
        read=read,
        position=position,
        client_id=mark.id,
        kind=mark.kind,
        finding=mark.finding,
        region_class=mark.region_class or "",
        space=mark.space,
        instance_id=mark.instance,
        frame=mark.frame,
        geometry=mark.geometry,
    )
