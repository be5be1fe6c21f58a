"""What a reader sends, parsed once: under the schema by which her case was opened, on the images she was shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from labelhub.imaging.models import CaseVersion, Instance
from labelhub.marks import ImageSize
from labelhub.projects.models import LabelSchema, ReadingProtocol
from labelhub.projects.selectors import protocol_in_force, schema_in_force
from labelhub.reading.asked import asked
from labelhub.reading.documents import (
    ReadDocument,
    parse_document,
    require_complete,
    require_marks_answered,
    require_no_contradiction,
)
from labelhub.reading.models import Assignment

MAX_ACTIVE_MS = 24 * 3600 * 1000
UNKNOWN_SIZE = ImageSize(rows=10**9, columns=10**9, n_frames=10**9)


@dataclass(frozen=True)
class Submission:
    """A complete read that is not yet stored. `client_uuid` makes a repeat harmless."""

    client_uuid: UUID
    document: ReadDocument
    active_ms: int = 0
    display_state: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


def parse_submission(
    *,
    assignment: Assignment,
    client_uuid: UUID,
    document: Any,
    active_ms: int = 0,
    display_state: Mapping[str, Any] | None = None,
    reason: str = "",
    was_taken_before: bool = False,
) -> Submission:
    """A read to be submitted. `was_taken_before`: its reader has submitted it once, under another schema or rule.

    A finding that she was not asked then has no answer: it is missing, never absent (design invariant 13).

    Raises InvalidContent: `incomplete` with the missing codes, `contradiction` with the marked codes,
    `mark_unanswered` with those that are marked alone.
    """
    parsed = parse_draft(document, assignment=assignment)
    if was_taken_before:
        require_no_contradiction(parsed)
    else:
        require_complete(parsed, schema_of(assignment).findings)
        require_marks_answered(parsed)
    return Submission(
        client_uuid=client_uuid,
        document=parsed,
        active_ms=max(0, min(active_ms, MAX_ACTIVE_MS)),
        display_state=display_state or {},
        reason=reason.strip(),
    )


def parse_draft(document: Any, *, assignment: Assignment) -> ReadDocument:
    """An unfinished document. Raises InvalidContent."""
    schema = schema_of(assignment)
    has_marks = isinstance(document, dict) and document.get("annotations")
    return parse_document(
        document,
        findings=schema.findings,
        region_classes=schema.region_classes,
        images=image_sizes(assignment.case_version) if has_marks else {},
    )


def schema_of(assignment: Assignment) -> LabelSchema:
    """The schema under which the case is read: the one in force when it was opened, also when it is amended.

    Of its findings those that the round asks.
    """
    return asked(assignment.schema or schema_in_force(assignment.case.project), assignment.round)


def protocol_of(assignment: Assignment) -> ReadingProtocol:
    """As `schema_of`."""
    return assignment.protocol or protocol_in_force(assignment.case.project)


def image_sizes(version: CaseVersion) -> dict[str, ImageSize]:
    """Sizes of the images on which marks may lie: those of the version of the case that is shown.

    Of an image that came with reads made elsewhere, and is not here, only the name is known.
    """
    shown = [entry["instance"] for entry in version.manifest]
    rows = Instance.objects.filter(id__in=shown).exclude(n_frames=0)
    return {entry["instance"]: UNKNOWN_SIZE for entry in version.manifest if entry.get("absent")} | {
        str(pk): ImageSize(rows=height, columns=width, n_frames=frames)
        for pk, height, width, frames in rows.values_list("id", "rows", "columns", "n_frames")
    }
