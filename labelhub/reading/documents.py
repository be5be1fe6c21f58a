"""The read document: its shape, its checks against a schema, and its hash. Pure: no database.

Image space: x = column, y = row, origin at the outer corner of the top-left pixel (DICOM PS3.3 C.18.6.1.1).
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labelhub.core.errors import InvalidContent, TooLarge

VALUES = ("present", "absent", "uncertain")
MAX_ANNOTATIONS = 2_000
MAX_COMMENT = 5_000
EMPTY: dict[str, Any] = {"answers": {}, "annotations": [], "comment": "", "not_readable": False}
_KEYS = frozenset(EMPTY)
_ANNOTATION_KEYS = frozenset(
    {"id", "kind", "finding", "region_class", "space", "instance", "frame", "geometry"}
)


@dataclass(frozen=True)
class ImageSize:
    """Size in pixels of one instance's frames."""

    rows: int
    columns: int
    n_frames: int


def document_sha256(document: Mapping[str, Any]) -> str:
    """Hash of the canonical JSON: sorted keys, no spaces."""
    body = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(body.encode()).hexdigest()


def checked_document(
    document: Any,
    *,
    findings: Sequence[Mapping[str, Any]],
    region_classes: Sequence[Mapping[str, Any]],
    images: Mapping[str, ImageSize],
) -> dict[str, Any]:
    """The document in canonical form. Raises InvalidContent naming the field, or TooLarge."""
    if not isinstance(document, dict):
        raise InvalidContent("A read is an object with answers, annotations and a comment.")
    unknown = sorted(set(document) - _KEYS)
    if unknown:
        raise InvalidContent("A read has no such field.", details={"fields": unknown})
    by_code = {finding["code"]: finding for finding in findings}
    regions = {region["code"] for region in region_classes}
    comment = document.get("comment", "")
    if not isinstance(comment, str) or len(comment) > MAX_COMMENT:
        raise InvalidContent(
            f"The comment is a text of at most {MAX_COMMENT} characters.", details={"field": "comment"}
        )
    not_readable = document.get("not_readable", False)
    if not isinstance(not_readable, bool):
        raise InvalidContent("not_readable is true or false.", details={"field": "not_readable"})
    return {
        "answers": _answers(document.get("answers", {}), by_code),
        "annotations": _annotations(document.get("annotations", []), by_code, regions, images),
        "comment": comment.replace("\x00", ""),
        "not_readable": not_readable,
    }


def missing_findings(document: Mapping[str, Any], findings: Iterable[Mapping[str, Any]]) -> list[str]:
    """Codes of required findings without an answer. Nothing is required of a case that cannot be read."""
    if document["not_readable"]:
        return []
    return [f["code"] for f in findings if f.get("required", True) and f["code"] not in document["answers"]]


def contradictions(document: Mapping[str, Any]) -> list[str]:
    """Codes that carry a mark but are answered absent."""
    marked = {mark["finding"] for mark in document["annotations"]}
    return sorted(code for code in marked if document["answers"].get(code, {}).get("value") == "absent")


def says_more_than_unreadable(document: Mapping[str, Any]) -> bool:
    """Whether a case that is called not readable is answered or marked all the same."""
    return bool(document["not_readable"] and (document["answers"] or document["annotations"]))


def _answers(answers: Any, by_code: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(answers, dict):
        raise InvalidContent(
            "answers is an object: finding code -> {value, by_rest}.", details={"field": "answers"}
        )
    result = {}
    for code, answer in sorted(answers.items()):
        field = {"field": f"answers.{code}"[:100]}
        if code not in by_code:
            raise InvalidContent("This finding is not in the label schema of this project.", details=field)
        if (
            not isinstance(answer, dict)
            or answer.get("value") not in VALUES
            or set(answer) - {"value", "by_rest"}
        ):
            raise InvalidContent("An answer is present, absent or uncertain.", details=field)
        by_rest = answer.get("by_rest", False)
        if not isinstance(by_rest, bool) or (by_rest and answer["value"] != "absent"):
            raise InvalidContent("Only 'absent' can be answered for all the rest.", details=field)
        result[code] = {"value": answer["value"], "by_rest": by_rest}
    return result


def _annotations(
    marks: Any, by_code: Mapping[str, Any], regions: Collection[str], images: Mapping[str, ImageSize]
) -> list[dict[str, Any]]:
    if not isinstance(marks, list):
        raise InvalidContent("annotations is a list.", details={"field": "annotations"})
    if len(marks) > MAX_ANNOTATIONS:
        raise TooLarge(f"A read holds at most {MAX_ANNOTATIONS} marks.")
    result = [_annotation(mark, f"annotations.{i}", by_code, regions, images) for i, mark in enumerate(marks)]
    if len({mark["id"] for mark in result}) != len(result):
        raise InvalidContent("Two marks have the same id.", details={"field": "annotations"})
    return result


def _annotation(
    mark: Any,
    field: str,
    by_code: Mapping[str, Any],
    regions: Collection[str],
    images: Mapping[str, ImageSize],
) -> dict[str, Any]:
    details = {"field": field}
    if not isinstance(mark, dict) or set(mark) - _ANNOTATION_KEYS:
        raise InvalidContent(
            "A mark has id, kind, finding, space, instance, frame and geometry.", details=details
        )
    finding = by_code.get(str(mark.get("finding")))
    if finding is None or not finding.get("boxes", True):
        raise InvalidContent("This finding takes no marks.", details=details)
    if mark.get("kind") != "box" or mark.get("space", "image") != "image":
        raise InvalidContent("Marks are boxes in image space.", details=details)
    size = images.get(str(mark.get("instance")))
    if size is None:
        raise InvalidContent("The mark lies on an image that is not in this case.", details=details)
    frame = mark.get("frame", 1)
    if not isinstance(frame, int) or isinstance(frame, bool) or not 1 <= frame <= size.n_frames:
        raise InvalidContent("The mark lies on a frame that this image does not have.", details=details)
    return {
        "id": _uuid(mark.get("id"), details),
        "kind": "box",
        "finding": mark["finding"],
        "region_class": _region_class(mark.get("region_class"), regions, details),
        "space": "image",
        "instance": str(mark["instance"]),
        "frame": frame,
        "geometry": _box(mark.get("geometry"), size, details),
    }


def _region_class(value: Any, regions: Collection[str], details: dict[str, str]) -> str | None:
    if value is not None and (not isinstance(value, str) or value not in regions):
        raise InvalidContent("region_class is a code of the schema.", details=details)
    return value


def _uuid(value: Any, details: dict[str, str]) -> str:
    try:
        return str(uuid.UUID(str(value)))
    except ValueError:
        raise InvalidContent("A mark's id is a UUID.", details=details) from None


def _box(geometry: Any, size: ImageSize, details: dict[str, str]) -> dict[str, float]:
    names = ("x", "y", "width", "height")
    if not isinstance(geometry, dict) or set(geometry) != set(names):
        raise InvalidContent("A box has x, y, width and height in pixels.", details=details)
    numbers = [geometry[name] for name in names]
    # Compared before anything is made a float: JSON's whole numbers have no upper end.
    if not all(isinstance(n, int | float) and not isinstance(n, bool) and abs(n) < 1e9 for n in numbers):
        raise InvalidContent("A box's numbers are pixels of its image.", details=details)
    x, y, width, height = (round(float(n), 3) for n in numbers)
    if width <= 0 or height <= 0:
        raise InvalidContent("A box has a width and a height above zero.", details=details)
    if x < 0 or y < 0 or x + width > size.columns + 0.01 or y + height > size.rows + 0.01:
        raise InvalidContent("A box lies inside its image.", details=details)
    return {"x": x, "y": y, "width": width, "height": height}
