"""Turns the import child's answer on one file, and what was decided of it, into rows."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction

from labelhub.imaging.dicom.header.film_views import is_frontal
from labelhub.imaging.dicom.identity.kinds import IMAGE, is_read
from labelhub.imaging.file_names import searched_name
from labelhub.imaging.models import Case, ImportBatch, ImportFile, Instance, Series, Study
from labelhub.imaging.persons import Person, contradicts_itself
from labelhub.imaging.services.arranging import identifiers_locked, is_said, study_says
from labelhub.imaging.services.decisions import Answer, Decision, decide
from labelhub.imaging.services.known import Known, known_kept
from labelhub.imaging.services.numbers import case_number_take
from labelhub.imaging.services.patient_warnings import study_codes
from labelhub.imaging.services.patients import PatientFacts, patient_named, persons_of
from labelhub.imaging.split import draw_random_key


class Overtaken(Exception):
    """Another import has changed what a decision rested on: look at the file again."""


def file_record(
    *,
    file: ImportFile,
    answer: Answer,
    plan: Decision,
    known: Known,
    prefix: str = "",
    original_key: str = "",
) -> bool:
    """Write the file's outcome and, if it is accepted, its rows: all in one transaction.

    Returns False, with nothing written, when another worker decided this file first. The objects under `prefix` are in
    place already, and are the caller's to remove unless the result is True.

    Raises:
        Overtaken: nothing was written, since the plan no longer fits the project.
    """
    try:
        with transaction.atomic():
            warnings = list(plan.warnings)
            instance = plan.instance
            if plan.source_hash:
                _check_plan(file.batch, answer, plan)
                instance = _instance_create(
                    file, answer, plan.source_hash, known, warnings, prefix, original_key
                )
                warnings = [*warnings, *known_kept(instance.id, known)]
            changed = ImportFile.objects.filter(id=file.id, outcome=ImportFile.Outcome.STAGED).update(
                outcome=plan.outcome,
                code=plan.code,
                message=plan.message,
                warnings=warnings,
                instance=instance,
            )
            if not changed:
                transaction.set_rollback(True)
    except IntegrityError as error:
        raise Overtaken from error
    return bool(changed)


def _check_plan(batch: ImportBatch, answer: Answer, plan: Decision) -> None:
    """An image that was new when the plan was made must still be new; what is there already stays there."""

    def not_compared(twin: Instance) -> bool:
        raise Overtaken

    now = decide(batch, answer, not_compared)
    if (now.outcome, now.source_hash) != (plan.outcome, plan.source_hash):
        raise Overtaken


def file_reject(*, file: ImportFile, code: str, message: str) -> None:
    """Give a file that never reached the child (an unsafe archive) its outcome."""
    ImportFile.objects.filter(id=file.id, outcome=ImportFile.Outcome.STAGED).update(
        outcome=ImportFile.Outcome.REJECTED, code=code, message=message
    )


def _instance_create(
    file: ImportFile,
    answer: Answer,
    source_hash: str,
    known: Known,
    warnings: list[str],
    prefix: str,
    original_key: str,
) -> Instance:
    batch = file.batch
    study = _study(batch, answer, known)
    warnings += [code for code in study_codes(study) if code not in warnings]
    series = _series(study, answer)
    facts = answer["instance"] or {}
    kind = facts.get("kind") or IMAGE
    case = _case(batch, study) if answer["has_pixels"] and is_read(kind) else None
    return Instance.objects.create(
        project=batch.project,
        series=series,
        case=case,
        source_hash=source_hash,
        file_name=searched_name(file.path),
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
        kind=kind,
        thumbnail=Instance.Thumbnail.STORED if answer["has_pixels"] else Instance.Thumbnail.NONE,
        exposure=facts.get("exposure") or {},
        laterality=facts.get("laterality") or "",
        view_position=(facts.get("view_position") or known.view)[:16],
        is_radiograph=_is_radiograph(answer, known),
        order_key=facts.get("position_key") or 0,
        place=facts.get("place") or {},
        frame_order=facts.get("frame_order") or [],
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


def _study(batch: ImportBatch, answer: Answer, known: Known) -> Study:
    """The file's study, locked; made if need be, and what earlier files left open is filled in.

    Whose it is among those of its identifier is found at the end of the import. A new one waits for whoever holds the
    identifier: a joining does not see it yet, and may just be changing its patient's split.
    """
    facts = patient_facts(answer, known)
    said = _said_of_study(answer, known)
    studies = Study.objects.select_for_update(no_key=True)
    own: dict[str, Any] = {"project": batch.project, "source_hash": answer["study_uid_hash"]}
    study = studies.filter(**own).first()
    if study is None:
        identifiers_locked(batch.project_id, [facts.split_key])
        patient = patient_named(batch.project, facts)
        made = {"patient": patient, "named_by": facts.named_by, "said": [], "warnings": [], **said}
        study, _ = studies.get_or_create(**own, defaults={**made, "is_to_arrange": True})
    if not is_said(study, facts.person):
        study_says(study, facts.person)
    _study_fill_in(study, said)
    return study


def known_fill_in(instance: Instance, study: Study, answer: Answer, known: Known) -> bool:
    """What is known of an image that the project has already, where it, its study and its patient say nothing yet.

    Returns whether the image has got its view: what the model takes of its case may follow from it.
    """
    facts = patient_facts(answer, known)
    with transaction.atomic():
        row = Study.objects.select_for_update(no_key=True).get(id=study.id)
        if not is_said(row, facts.person) and not contradicts_itself([*persons_of(row), facts.person]):
            study_says(row, facts.person)
        _study_fill_in(row, _said_of_study(answer, known))
    if not known.view or instance.view_position:
        return False
    instance.view_position, instance.is_radiograph = known.view[:16], _is_radiograph(answer, known)
    instance.save(update_fields=["view_position", "is_radiograph"])
    return True


def _study_fill_in(study: Study, said: dict[str, Any]) -> None:
    missing = {name: value for name, value in said.items() if value and not getattr(study, name)}
    if missing:
        Study.objects.filter(id=study.id).update(**missing)


def patient_facts(answer: Answer, known: Known) -> PatientFacts:
    """What the file, and else its labels, say of the patient; the study's hash where nobody says who it is."""
    fields = answer["patient_fields"] or {}
    return PatientFacts(
        split_key=answer["patient_hash"] or known.patient_hash or answer["study_uid_hash"],
        person=Person(
            sex=fields.get("sex") or known.sex,
            birth_hash=fields.get("birth_hash") or "",
            day=(answer["study"] or {}).get("day_ordinal"),
            age=_age(answer, known),
            issuer=(fields.get("issuer_hash") or "") if answer["patient_hash"] else "",
            authority=(fields.get("authority_hash") or "") if answer["patient_hash"] else "",
        ),
        named_by=_named_by(answer, known),
    )


def _named_by(answer: Answer, known: Known) -> str:
    if answer["patient_hash"]:
        return Study.NamedBy.FILE
    return Study.NamedBy.TABLE if known.patient_hash else ""


def _said_of_study(answer: Answer, known: Known) -> dict[str, Any]:
    fields = answer["patient_fields"] or {}
    return {
        "day": (answer["study"] or {}).get("day_ordinal"),
        "indication": known.indication[:300],
        "site": known.site[:64],
        "group": known.group[:64],
        "age": _age(answer, known),
        "weight_kg": fields.get("weight_kg"),
        "size_m": fields.get("size_m"),
    }


def _age(answer: Answer, known: Known) -> str:
    said = (answer["patient_fields"] or {}).get("age_text")
    return said or known.age


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
    case = Case.objects.filter(study=study).first()
    return case or Case.objects.create(
        project=batch.project,
        number=case_number_take(batch.project),
        patient=study.patient,
        study=study,
        day=study.day,
        split=study.patient.split,
        random_key=draw_random_key(
            seed=batch.project.split_seed, study_hash=study.source_hash, read_first=batch.read_first
        ),
    )
