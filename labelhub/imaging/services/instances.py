"""Turns the import child's answer on one file into rows, and into the file's one outcome."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction

from labelhub.imaging.dicom.codes import message_of
from labelhub.imaging.models import Case, ImportBatch, ImportFile, Instance, Patient, Series, Study
from labelhub.imaging.split import draw_random_key, draw_split

Answer = dict[str, Any]
FRONTAL = ("PA", "AP")

MESSAGES = {
    "archive_empty": "The archive holds no files. Pack the images again and send it once more.",
    "duplicate": "The project has this image already. Nothing to do.",
    "sop_uid_conflict": (
        "Another image with this SOP Instance UID is in the project, and it stays. Give this one a UID of its own."
    ),
    "inconsistent_patient": (
        "Other images of this study belong to another patient. Correct the patient or the study UID at the source."
    ),
}
OWN_PATIENT = "own_patient"
"""Warning: nothing says who the patient is, so the study is taken as a patient of its own."""


@dataclass(frozen=True)
class Known:
    """What the labels CSV says of a file, for what the file does not say itself. Empty or None = unknown."""

    patient_hash: str = ""
    site: str = ""
    group: str = ""
    age_years: int | None = None
    sex: str = ""
    view: str = ""
    indication: str = ""


@dataclass(frozen=True)
class Decision:
    """The outcome of one file. `stores` says that its objects are wanted."""

    outcome: str
    code: str
    message: str
    instance: Instance | None = None
    stores: bool = False
    warnings: list[str] = field(default_factory=list)


def decide(batch: ImportBatch, answer: Answer) -> Decision:
    """What becomes of a file, by what the project holds already. Writes nothing."""
    if answer["outcome"] != "accepted":
        return _decision(ImportFile.Outcome.REJECTED, answer["code"], answer, message=answer["message"])
    if not answer["sop_uid_hash"]:
        return _decision(ImportFile.Outcome.ACCEPTED, answer["code"], answer, message=answer["message"])
    known = Instance.objects.filter(project=batch.project, source_hash=answer["sop_uid_hash"]).first()
    if known is not None and known.content_sha256 == answer["content_sha256"]:
        return _decision(ImportFile.Outcome.DUPLICATE, "duplicate", answer, instance=known)
    if _has_other_patient(batch, answer):
        return _decision(ImportFile.Outcome.REJECTED, "inconsistent_patient", answer)
    if (
        known is not None
        and answer["has_pixels"]
        and known.pixel_sha256 == answer["instance"]["pixel_sha256"]
    ):
        return _decision(ImportFile.Outcome.DUPLICATE, "duplicate", answer, instance=known)
    if known is not None:
        return _decision(ImportFile.Outcome.REJECTED, "sop_uid_conflict", answer)
    return _decision(
        ImportFile.Outcome.ACCEPTED,
        answer["code"],
        answer,
        message=answer["message"],
        stores=bool(answer["has_pixels"]),
    )


def file_record(
    *, file: ImportFile, answer: Answer, known: Known, prefix: str = "", original_key: str = ""
) -> Decision | None:
    """Write the file's outcome and, if it is accepted, its rows: all in one transaction.

    Returns the decision, taken anew with the rows as they are now; None when another worker decided this file first.
    The objects under `prefix` are in place already, and are the caller's to remove unless the decision stores them.
    """
    try:
        return _record(file, answer, known, prefix, original_key)
    except IntegrityError:
        # Another import has written the same image since we looked: now it is seen, and the file is a duplicate.
        return _record(file, answer, known, prefix, original_key)


def _record(
    file: ImportFile, answer: Answer, known: Known, prefix: str, original_key: str
) -> Decision | None:
    with transaction.atomic():
        decision = decide(file.batch, answer)
        instance = decision.instance
        warnings = list(decision.warnings)
        if decision.outcome == ImportFile.Outcome.ACCEPTED and answer["sop_uid_hash"]:
            instance = _instance_create(file.batch, answer, known, warnings, prefix, original_key)
        changed = ImportFile.objects.filter(id=file.id, outcome=ImportFile.Outcome.STAGED).update(
            outcome=decision.outcome,
            code=decision.code,
            message=decision.message,
            warnings=warnings,
            instance=instance,
        )
        if not changed:
            transaction.set_rollback(True)
            return None
    return decision


def file_reject(*, file: ImportFile, code: str, message: str) -> None:
    """Give a file that never reached the child (an unsafe archive) its outcome."""
    ImportFile.objects.filter(id=file.id, outcome=ImportFile.Outcome.STAGED).update(
        outcome=ImportFile.Outcome.REJECTED, code=code, message=message
    )


def pseudonym_of(answer: Answer, known: Known) -> tuple[str, bool]:
    """The patient's pseudonym, and whether it stands for the study because nobody says who the patient is."""
    named = answer["patient_hash"] or known.patient_hash
    return (named, False) if named else (answer["study_uid_hash"], True)


def _has_other_patient(batch: ImportBatch, answer: Answer) -> bool:
    """Whether the study is known under another patient. Only a patient that the file itself names can contradict."""
    if not answer["patient_hash"]:
        return False
    study = (
        Study.objects.select_related("patient")
        .filter(project=batch.project, source_hash=answer["study_uid_hash"])
        .first()
    )
    return study is not None and study.patient.pseudonym != answer["patient_hash"]


def _instance_create(
    batch: ImportBatch, answer: Answer, known: Known, warnings: list[str], prefix: str, original_key: str
) -> Instance:
    study = _study(batch, answer, known, warnings)
    series = _series(study, answer)
    case = _case(batch, study) if answer["has_pixels"] else None
    facts = answer["instance"] or {}
    return Instance.objects.create(
        project=batch.project,
        series=series,
        case=case,
        source_hash=answer["sop_uid_hash"],
        content_sha256=answer["content_sha256"],
        pixel_sha256=facts.get("pixel_sha256") or "",
        storage_prefix=prefix if answer["has_pixels"] else "",
        original_key=original_key,
        stored_syntax=facts.get("stored_syntax") or "",
        n_frames=facts.get("n_frames") or 0,
        rows=facts.get("rows") or 0,
        columns=facts.get("columns") or 0,
        photometric=facts.get("photometric") or "",
        modality=(facts.get("modality") or "")[:16],
        sop_class_uid=facts.get("sop_class_uid") or "",
        view_position=(facts.get("view_position") or known.view)[:16],
        is_radiograph=_is_radiograph(answer, known),
        order_key=facts.get("position_key") or 0,
        spacing=facts.get("spacing") or {},
        window_presets=facts.get("window_presets") or [],
        warnings=warnings,
    )


def _is_radiograph(answer: Answer, known: Known) -> bool:
    """A raster says nothing of its kind; one whose CSV names a frontal view is taken as a radiograph."""
    facts = answer["instance"] or {}
    return bool(facts.get("is_radiograph")) or (
        answer["kind"] == "raster" and is_frontal(facts.get("view_position") or known.view)
    )


def is_frontal(view: str) -> bool:
    """View Position (0018,5101) PA or AP, also as it is written elsewhere: 'AP supine'."""
    return view.upper().replace("_", " ").split(" ")[0] in FRONTAL


def _study(batch: ImportBatch, answer: Answer, known: Known, warnings: list[str]) -> Study:
    study = (
        Study.objects.select_related("patient")
        .filter(project=batch.project, source_hash=answer["study_uid_hash"])
        .first()
    )
    if study is None:
        study, _ = Study.objects.get_or_create(
            project=batch.project,
            source_hash=answer["study_uid_hash"],
            defaults={
                "patient": _patient(batch, answer, known, warnings),
                "day": (answer["study"] or {}).get("day_ordinal"),
                "indication": known.indication[:300],
            },
        )
    return study


def _patient(batch: ImportBatch, answer: Answer, known: Known, warnings: list[str]) -> Patient:
    """The patient's row; what an earlier file left open is filled in. The split is drawn once."""
    project = batch.project
    pseudonym, is_own = pseudonym_of(answer, known)
    if is_own:
        warnings.append(OWN_PATIENT)
    fields = answer["patient_fields"] or {}
    age = fields.get("age_years")
    values = {
        "sex": fields.get("sex") or known.sex,
        "age_years": known.age_years if age is None else age,
        "site": known.site[:64],
        "group": known.group[:64],
    }
    patient, created = Patient.objects.get_or_create(
        project=project,
        pseudonym=pseudonym,
        defaults={
            **values,
            "split": draw_split(
                seed=project.split_seed,
                pseudonym=pseudonym,
                pool_share=project.pool_share,
                validation_share=project.validation_share,
            ),
        },
    )
    missing = {
        name: value
        for name, value in values.items()
        if value not in ("", None) and getattr(patient, name) in ("", None)
    }
    if not created and missing:
        Patient.objects.filter(id=patient.id).update(**missing)
    return patient


def _series(study: Study, answer: Answer) -> Series:
    facts = answer["series"] or {}
    series, _ = Series.objects.get_or_create(
        study=study,
        source_hash=answer["series_uid_hash"],
        defaults={
            "number": facts.get("number"),
            "modality": (facts.get("modality") or "")[:16],
            "label": (facts.get("label") or "")[:64],
        },
    )
    return series


def _case(batch: ImportBatch, study: Study) -> Case:
    case, _ = Case.objects.get_or_create(
        study=study,
        defaults={
            "project": batch.project,
            "patient": study.patient,
            "split": study.patient.split,
            "random_key": draw_random_key(
                seed=batch.project.split_seed, study_hash=study.source_hash, read_first=batch.read_first
            ),
        },
    )
    return case


def _decision(
    outcome: str,
    code: str,
    answer: Answer,
    *,
    message: str = "",
    instance: Instance | None = None,
    stores: bool = False,
) -> Decision:
    return Decision(
        outcome=outcome,
        code=code,
        message=message or MESSAGES.get(code) or message_of(code),
        instance=instance,
        stores=stores,
        warnings=list(answer["warnings"]),
    )
