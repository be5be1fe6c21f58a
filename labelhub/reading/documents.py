"""The read document: parsed once, at the edge, into typed answers and marks. Pure: no database.

Its JSON has answers, annotations, a comment and `not_readable`; what an answer and a mark may be is said by
`labelhub.questions` and `labelhub.marks`.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from labelhub.core.errors import InvalidContent, TooLarge
from labelhub.marks import KINDS, ImageSize, Mark
from labelhub.questions import TYPES, Answer, missing_answers, question_of

MAX_ANNOTATIONS = 2_000
MAX_COMMENT = 5_000
EMPTY: dict[str, Any] = {"answers": {}, "annotations": [], "comment": "", "not_readable": False}
FORMAT = 2
"""Which bytes are hashed. 1: the JSON itself. 2: each answer beside the name of its type, under `format`."""
_KEYS = frozenset(EMPTY)
_MARK_KEYS = frozenset({"id", "kind", "finding", "region_class", "space", "instance", "frame", "geometry"})


@dataclass(frozen=True)
class ReadDocument:
    """What a reader says of a case, in canonical form."""

    answers: Mapping[str, Answer] = field(default_factory=dict)
    marks: tuple[Mark, ...] = ()
    comment: str = ""
    not_readable: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "answers": {code: answer.as_json() for code, answer in self.answers.items()},
            "annotations": [mark.as_json() for mark in self.marks],
            "comment": self.comment,
            "not_readable": self.not_readable,
        }

    def sha256(self, document_format: int = FORMAT) -> str:
        """Hash of the canonical JSON: sorted keys, no spaces."""
        content = self.as_json()
        if document_format != 1:
            content["format"] = document_format
            for code, answer in self.answers.items():
                content["answers"][code]["type"] = answer.type
        body = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        return hashlib.sha256(body.encode()).hexdigest()


def parse_document(
    document: Any,
    *,
    findings: Sequence[Mapping[str, Any]],
    region_classes: Sequence[Mapping[str, Any]],
    images: Mapping[str, ImageSize],
) -> ReadDocument:
    """The document, finished or not. Raises InvalidContent naming the field, or TooLarge."""
    if not isinstance(document, dict):
        raise InvalidContent("A read is an object with answers, annotations and a comment.")
    unknown = sorted(set(document) - _KEYS)
    if unknown:
        raise InvalidContent("A read has no such field.", details={"fields": unknown})
    by_code = {finding["code"]: finding for finding in findings}
    comment = document.get("comment", "")
    if not isinstance(comment, str) or len(comment) > MAX_COMMENT:
        raise InvalidContent(
            f"The comment is a text of at most {MAX_COMMENT} characters.", details={"field": "comment"}
        )
    not_readable = document.get("not_readable", False)
    if not isinstance(not_readable, bool):
        raise InvalidContent("not_readable is true or false.", details={"field": "not_readable"})
    return ReadDocument(
        answers=_answers(document.get("answers", {}), by_code),
        marks=parse_marks(
            document.get("annotations", []), findings=findings, region_classes=region_classes, images=images
        ),
        comment=comment.replace("\x00", ""),
        not_readable=not_readable,
    )


def parse_marks(
    marks: Any,
    *,
    findings: Iterable[Mapping[str, Any]],
    region_classes: Iterable[Mapping[str, Any]],
    images: Mapping[str, ImageSize],
) -> tuple[Mark, ...]:
    """Marks of findings that take them, on images of the case. Raises InvalidContent, or TooLarge."""
    if not isinstance(marks, list):
        raise InvalidContent("annotations is a list.", details={"field": "annotations"})
    if len(marks) > MAX_ANNOTATIONS:
        raise TooLarge(f"A read holds at most {MAX_ANNOTATIONS} marks.")
    marked = {finding["code"] for finding in findings if finding.get("boxes", True)}
    regions = {region["code"] for region in region_classes}
    result = tuple(
        _mark(mark, {"field": f"annotations.{i}"}, marked, regions, images) for i, mark in enumerate(marks)
    )
    if len({mark.id for mark in result}) != len(result):
        raise InvalidContent("Two marks have the same id.", details={"field": "annotations"})
    return result


def require_complete(document: ReadDocument, findings: Iterable[Mapping[str, Any]]) -> None:
    """Raise InvalidContent: `incomplete` with the missing codes; as `require_no_contradiction`."""
    missing = [] if document.not_readable else missing_answers(findings, document.answers)
    if missing:
        raise InvalidContent(
            "Answer every required finding first.", code="incomplete", details={"missing": missing}
        )
    require_no_contradiction(document)


def require_no_contradiction(document: ReadDocument) -> None:
    """Raise InvalidContent `contradiction` with the codes: answers that rule out their marks, or being not readable."""
    if document.not_readable:
        _require_silence(document)
        return
    wrong = _contradictions(document)
    if wrong:
        raise InvalidContent(
            "A finding is marked on the image, but its answer allows no mark. Remove the mark or change the answer.",
            code="contradiction",
            details={"findings": wrong},
        )


def require_marks_answered(document: ReadDocument) -> None:
    """Raise InvalidContent `mark_unanswered` with the codes: a mark without an answer enters no comparison or label."""
    unanswered = sorted({mark.finding for mark in document.marks} - set(document.answers))
    if unanswered:
        raise InvalidContent(
            "Marked on the image but not answered: answer these findings, or remove their marks.",
            code="mark_unanswered",
            details={"missing": unanswered},
        )


def _require_silence(document: ReadDocument) -> None:
    """A case that cannot be read needs no answer, and has none."""
    if document.answers or document.marks:
        raise InvalidContent(
            "A case that is not readable has no answers and no marks. Take them back, or the 'not readable'.",
            code="contradiction",
            details={"findings": sorted(document.answers)},
        )


def _contradictions(document: ReadDocument) -> list[str]:
    """Codes that carry a mark beside an answer that admits none."""
    answers = [(code, document.answers.get(code)) for code in {mark.finding for mark in document.marks}]
    return sorted(
        code for code, answer in answers if answer and not TYPES[answer.type].admits_marks(answer.value)
    )


def _answers(answers: Any, by_code: Mapping[str, Any]) -> dict[str, Answer]:
    if not isinstance(answers, dict):
        raise InvalidContent(
            "answers is an object: finding code -> {value, by_rest}.", details={"field": "answers"}
        )
    result = {}
    for code, answer in sorted(answers.items()):
        details = {"field": f"answers.{code}"[:100]}
        if code not in by_code:
            raise InvalidContent("This finding is not in the label schema of this project.", details=details)
        result[code] = question_of(by_code[code]).parse(answer, details)
    return result


def _mark(
    mark: Any,
    details: dict[str, str],
    marked: Collection[str],
    regions: Collection[str],
    images: Mapping[str, ImageSize],
) -> Mark:
    if not isinstance(mark, dict) or set(mark) - _MARK_KEYS:
        raise InvalidContent(
            "A mark has id, kind, finding, space, instance, frame and geometry.", details=details
        )
    if str(mark.get("finding")) not in marked:
        raise InvalidContent("This finding takes no marks.", details=details)
    kind = KINDS.get(str(mark.get("kind")))
    if kind is None or mark.get("space", "image") != "image":
        raise InvalidContent(
            f"A mark is in image space, and one of: {', '.join(sorted(KINDS))}.", details=details
        )
    size = images.get(str(mark.get("instance")))
    if size is None:
        raise InvalidContent("The mark lies on an image that is not in this case.", details=details)
    frame = mark.get("frame", 1)
    if not isinstance(frame, int) or isinstance(frame, bool) or not 1 <= frame <= size.n_frames:
        raise InvalidContent("The mark lies on a frame that this image does not have.", details=details)
    return Mark(
        id=_uuid(mark.get("id"), details),
        kind=kind.NAME,
        finding=mark["finding"],
        region_class=_region_class(mark.get("region_class"), regions, details),
        instance=str(mark["instance"]),
        frame=frame,
        geometry=kind.parse(mark.get("geometry"), size, details),
    )


def _region_class(value: Any, regions: Collection[str], details: dict[str, str]) -> str | None:
    if value is not None and (not isinstance(value, str) or value not in regions):
        raise InvalidContent("region_class is a code of the schema.", details=details)
    return value


def _uuid(value: Any, details: dict[str, str]) -> str:
    try:
        return str(uuid.UUID(str(value)))
    except ValueError:
        raise InvalidContent("A mark's id is a UUID.", details=details) from None
