"""The one outcome of a file, by what the project holds already. Writes nothing.

Files that share a SOP Instance UID are one image when their pixels are equal, or nearly so after another encoding.
Other pixels of the same shape would stand in for the first image, so they are refused. An image of another shape (or
of another number of frames) can only be another image, made by software that did not give it a UID of its own: it is
kept beside the first, under a UID of ours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from labelhub.imaging.dicom.codes import message_of
from labelhub.imaging.dicom.identity.identity import Pseudonyms
from labelhub.imaging.models import ImportBatch, ImportFile, Instance, Study
from labelhub.imaging.services.patients import is_of, is_own_patient

Answer = dict[str, Any]
IsSamePicture = Callable[[Instance], bool]
"""Whether the file at hand shows the same picture as a stored instance, but for losses of encoding."""

MESSAGES = {
    "archive_empty": "The archive holds no files. Pack the images again and send it once more.",
    "duplicate": "The project has this image already. Nothing to do.",
    "same_image_other_encoding": (
        "The project has this image already in another encoding, and keeps that one. Nothing to do."
    ),
    "sop_uid_conflict": (
        "Another image with this SOP Instance UID is in the project, and it stays. Give this one a UID of its own."
    ),
    "inconsistent_patient": (
        "Other images of this study belong to another patient. Correct the patient or the study UID at the source."
    ),
}
UID_SHARED = "uid_shared"
"""Warning: another image has the same SOP Instance UID; both are kept, this one under a UID of its own."""


@dataclass(frozen=True)
class Decision:
    """The outcome of one file. `source_hash` is that of the instance to make, if any; `stores`: with its objects."""

    outcome: str
    code: str
    message: str
    instance: Instance | None = None
    source_hash: str = ""
    stores: bool = False
    warnings: list[str] = field(default_factory=list)


def decide(batch: ImportBatch, answer: Answer, is_same_picture: IsSamePicture) -> Decision:
    """What becomes of a file. `is_same_picture` is asked only about an instance of the file's UID and shape."""
    if answer["outcome"] != "accepted":
        return _decision(ImportFile.Outcome.REJECTED, answer["code"], answer, message=answer["message"])
    if not answer["sop_uid_hash"]:
        return _accepted(answer, "")
    source_hash, twin, warnings = _place_of(batch, answer)
    if twin is not None and twin.content_sha256 == answer["content_sha256"]:
        return _decision(ImportFile.Outcome.DUPLICATE, "duplicate", answer, instance=twin)
    if _has_other_patient(batch, answer):
        return _decision(ImportFile.Outcome.REJECTED, "inconsistent_patient", answer)
    if twin is None:
        return _accepted(answer, source_hash, warnings)
    if not answer["has_pixels"]:
        # Nothing is kept of an object without pixels but its row, so that one stands for all of its UID.
        return _accepted(answer, "", [UID_SHARED])
    if twin.pixel_sha256 == answer["instance"]["pixel_sha256"]:
        return _decision(ImportFile.Outcome.DUPLICATE, "duplicate", answer, instance=twin)
    if is_same_picture(twin):
        return _decision(ImportFile.Outcome.DUPLICATE, "same_image_other_encoding", answer, instance=twin)
    return _decision(ImportFile.Outcome.REJECTED, "sop_uid_conflict", answer)


def _place_of(batch: ImportBatch, answer: Answer) -> tuple[str, Instance | None, list[str]]:
    """The hash under which the file's instance is kept, the instance that is there now, and a warning if it shares."""
    source_hash = answer["sop_uid_hash"]
    first = _instance(batch, source_hash)
    if first is None or (first.n_frames, first.rows, first.columns) == _shape(answer):
        return source_hash, first, []
    names = Pseudonyms(bytes.fromhex(batch.project.pseudonym_key))
    shape = "x".join(map(str, _shape(answer)))
    source_hash = names.hash_of("instance", f"{source_hash}|{shape}")
    return source_hash, _instance(batch, source_hash), [UID_SHARED]


def _instance(batch: ImportBatch, source_hash: str) -> Instance | None:
    return Instance.objects.filter(project=batch.project, source_hash=source_hash).first()


def _shape(answer: Answer) -> tuple[int, int, int]:
    """Frames, rows and columns; zeros without pixels, as in the instance's row."""
    facts = answer["instance"] or {}
    return facts.get("n_frames") or 0, facts.get("rows") or 0, facts.get("columns") or 0


def _has_other_patient(batch: ImportBatch, answer: Answer) -> bool:
    """Whether the study is known under another patient. Only a patient that the file itself names can contradict."""
    if not answer["patient_hash"]:
        return False
    study = (
        Study.objects.select_related("patient")
        .filter(project=batch.project, source_hash=answer["study_uid_hash"])
        .first()
    )
    if study is None or is_own_patient(study) or study.named_by == Study.NamedBy.TABLE:
        return False
    return not is_of(study, answer["patient_hash"])


def _accepted(answer: Answer, source_hash: str, warnings: list[str] | None = None) -> Decision:
    return Decision(
        outcome=ImportFile.Outcome.ACCEPTED,
        code=answer["code"],
        message=answer["message"],
        source_hash=source_hash,
        stores=bool(answer["has_pixels"]),
        warnings=[*answer["warnings"], *(warnings or [])],
    )


def _decision(
    outcome: str, code: str, answer: Answer, *, message: str = "", instance: Instance | None = None
) -> Decision:
    return Decision(
        outcome=outcome,
        code=code,
        message=message or MESSAGES.get(code) or message_of(code),
        instance=instance,
        warnings=list(answer["warnings"]),
    )
