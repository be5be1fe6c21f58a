"""Rows of an export: one per case, finding, reader and version, streamed in chunks.

A value that a spreadsheet would take for a formula is neutralised with a leading apostrophe; numbers stay
numbers. Reading the file back removes it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Any, TypeVar

from django.db.models import QuerySet

from labelhub.consensus.models import AdjudicationDecision
from labelhub.consensus.selectors import labels_in_force
from labelhub.imaging.models import CaseVersion
from labelhub.learning.models import RankedCase
from labelhub.marks import Mark
from labelhub.projects.models import Project
from labelhub.reading.models import Read
from labelhub.reading.stored import stored_mark
from labelhub.releases.agreement_table import AGREEMENT, agreement_rows
from labelhub.releases.consensus_boxes import label_boxes, mark_columns, versions_decided_on

Row = TypeVar("Row")
CHUNK = 2_000
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")

CASE_COLUMNS = ["case", "case_number", "patient", "study", "site", "split", "case_version", "images"]
READS = [
    *CASE_COLUMNS,
    "round",
    "reader",
    "read",
    "read_version",
    "read_reason",
    "finding",
    "value",
    "by_rest",
    "boxes",
    "not_readable",
    "comment",
    "reserved_at",
    "opened_at",
    "submitted_at",
    "active_ms",
    "reader_position",
    "schema_version",
    "protocol_version",
    "ai_visible",
    "context_shown",
    "offered_by",
    "queue_position",
    "why_queued",
    "queue_score",
    "queue_model",
]
CONSENSUS = [
    *CASE_COLUMNS,
    "finding",
    "value",
    "probability",
    "method",
    "boxes",
    "reads",
    "decision",
    "schema_version",
    "protocol_version",
    "decided_at",
]
ADJUDICATIONS = [
    *CASE_COLUMNS,
    "round",
    "finding",
    "value",
    "reason",
    "boxes",
    "adjudicator",
    "opened_at",
    "decided_at",
    "decision",
]
COLUMNS = {
    "reads": READS,
    "consensus": CONSENSUS,
    "adjudications": ADJUDICATIONS,
    "agreement": AGREEMENT,
}


def export_rows(
    project: Project, what: str, cases: Collection[int] | None = None
) -> Iterator[dict[str, Any]]:
    """Rows of one kind in a fixed order, so that the same data gives the same file; of all cases, or of those of these
    numbers.
    """
    if what == "agreement":
        return agreement_rows(project)
    rows = {"reads": read_rows, "consensus": consensus_rows, "adjudications": adjudication_rows}
    return rows[what](project, cases)


def read_rows(project: Project, cases: Collection[int] | None = None) -> Iterator[dict[str, Any]]:
    """One row per case, finding, reader and version. A read that says nothing has one row without a finding."""
    reads = (
        _of_cases(Read.objects.filter(assignment__round__project=project), "assignment__case", cases)
        .select_related(
            "assignment__case__patient", "assignment__case__study", "assignment__reader", "assignment__round",
            "case_version", "schema", "protocol",
        )
        .prefetch_related("answers", "annotations")
        .order_by("assignment__case__random_key", "assignment_id", "version")
    )  # fmt: skip
    for chunk in _chunks(reads.iterator(chunk_size=CHUNK)):
        whys = _whys(chunk)
        for read in chunk:
            yield from _rows_of_read(read, whys)


def consensus_rows(project: Project, cases: Collection[int] | None = None) -> Iterator[dict[str, Any]]:
    """One row per case and finding: the label in force, with the version of the case that was read."""
    labels = (
        _of_cases(labels_in_force(project), "case_round__case", cases)
        .select_related("case_round__case__patient", "case_round__case__study")
        .order_by("case_round__order_key", "case_round_id", "finding")
    )
    for chunk in _chunks(labels.iterator(chunk_size=CHUNK)):
        read = {label.provenance["case_version"] for label in chunk} - {None}
        versions = {str(pk): version for pk, version in CaseVersion.objects.in_bulk(read).items()}
        boxes = label_boxes(chunk)
        for label in chunk:
            yield {
                **_case(label.case_round.case, versions.get(label.provenance["case_version"])),
                "finding": label.finding,
                "value": label.value,
                "probability": label.probability,
                "method": label.method,
                "boxes": boxes.get(label.id, []),
                "reads": label.provenance["reads"],
                "decision": label.provenance["decision"],
                "schema_version": label.provenance["schema"],
                "protocol_version": label.provenance["protocol"],
                "decided_at": label.created_at,
            }


def adjudication_rows(project: Project, cases: Collection[int] | None = None) -> Iterator[dict[str, Any]]:
    """One row per case and decided finding, with the version of the case that was decided on.

    A finding decided again has a row for each decision.
    """
    made = AdjudicationDecision.objects.filter(adjudication__project=project)
    decisions = (
        _of_cases(made, "adjudication__case_round__case", cases)
        .select_related(
            "adjudication__case_round__case__patient",
            "adjudication__case_round__case__study",
            "adjudication__case_round__round",
            "case_version",
            "decided_by",
        )
        .order_by("adjudication__case_round__order_key", "adjudication_id", "decided_at", "finding")
    )
    for chunk in _chunks(decisions.iterator(chunk_size=CHUNK)):
        versions = versions_decided_on(chunk)
        for row in chunk:
            version = versions.get(row.id)
            images = _images(version)
            yield {
                **_case(row.adjudication.case_round.case, version),
                "round": row.adjudication.case_round.round.number,
                "finding": row.finding,
                "value": row.value,
                "reason": row.reason,
                "boxes": [_box(Mark(**mark), images) for mark in row.annotations],
                "adjudicator": row.decided_by.username,
                "opened_at": row.adjudication.created_at,
                "decided_at": row.decided_at,
                "decision": row.id,
            }


def _of_cases(rows: QuerySet[Any], case: str, numbers: Collection[int] | None) -> QuerySet[Any]:
    return rows if numbers is None else rows.filter(**{f"{case}__number__in": numbers})


def neutral(value: Any) -> Any:
    """A text that cannot be taken for a formula."""
    if isinstance(value, str) and value.startswith((*FORMULA_STARTS, "'")):
        return "'" + value
    return value


def plain(value: str) -> str:
    """The inverse of `neutral`."""
    return value[1:] if value.startswith("'") else value


def _rows_of_read(read: Read, whys: dict[Any, RankedCase]) -> Iterator[dict[str, Any]]:
    assignment = read.assignment
    why = whys.get((assignment.queue_id, assignment.queue_position))
    common = {
        **_case(assignment.case, read.case_version),
        "round": assignment.round.number,
        "reader": assignment.reader.username,
        "read": read.id,
        "read_version": read.version,
        "read_reason": read.reason,
        "not_readable": read.is_not_readable,
        "comment": read.comment,
        "reserved_at": assignment.reserved_at,
        "opened_at": assignment.opened_at,
        "submitted_at": read.submitted_at,
        "active_ms": read.active_ms,
        "reader_position": assignment.reader_position,
        "schema_version": read.schema.version,
        "protocol_version": read.protocol.version,
        "ai_visible": read.ai_visible,
        "context_shown": read.context_shown,
        "offered_by": assignment.rule,
        "queue_position": assignment.queue_position,
        "why_queued": why.why if why else None,
        "queue_score": why.score if why else None,
        "queue_model": why.ranking.scoring_run.model_version.number if why else None,
    }
    findings = _findings(read)
    if not findings:
        yield {**common, "finding": None, "value": None, "by_rest": None, "boxes": []}
    for finding in findings:
        yield {**common, **finding}


def _findings(read: Read) -> list[dict[str, Any]]:
    """What the read says of each finding. One that older reads may have marked but not answered has no value."""
    images = _images(read.case_version)
    answers = {answer.finding: answer for answer in read.answers.all()}
    boxes = defaultdict(list)
    for mark in read.annotations.all():
        boxes[mark.finding].append(_box(stored_mark(mark), images))
    return [
        {
            "finding": finding,
            "value": answers[finding].value if finding in answers else None,
            "by_rest": answers[finding].by_rest if finding in answers else None,
            "boxes": boxes[finding],
        }
        for finding in sorted({*answers, *boxes})
    ]


def _box(mark: Mark, images: dict[str, str]) -> dict[str, Any]:
    """A box names its image by content hash, so that it finds it again in another project."""
    return {"image": images.get(mark.instance), **mark_columns(mark)}


def _images(version: Any) -> dict[str, str]:
    """{instance: content hash} of a case version."""
    return {entry["instance"]: entry["content_sha256"] for entry in version.manifest} if version else {}


def _case(case: Any, version: Any) -> dict[str, Any]:
    return {
        "case": case.id,
        "case_number": case.number,
        "patient": case.patient.pseudonym,
        "study": case.study.source_hash,
        "site": case.study.site,
        "split": case.split,
        "case_version": version.version if version else None,
        "images": [entry["content_sha256"] for entry in version.manifest] if version else [],
    }


def _whys(reads: list[Read]) -> dict[Any, RankedCase]:
    """The ranked cases behind the assignments of a chunk: (queue, position) -> row."""
    offered = [read.assignment for read in reads if read.assignment.queue_id is not None]
    rows = RankedCase.objects.filter(
        ranking__queue_id__in={assignment.queue_id for assignment in offered},
        case_id__in={assignment.case_id for assignment in offered},
    ).select_related("ranking__scoring_run__model_version")
    return {(row.ranking.queue_id, row.position): row for row in rows}


def _chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    chunk: list[Row] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
