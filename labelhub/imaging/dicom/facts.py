"""What is told of an instance beside its pixels: whose and of what it is, its series, what it was made from."""

from typing import Any

from pydicom.charset import python_encoding
from pydicom.dataset import Dataset

from labelhub.imaging.dicom.codes import ImportRejected
from labelhub.imaging.dicom.files.parse import ParsedFile
from labelhub.imaging.dicom.header.attributes import (
    identifier_of,
    integer_of,
    is_present,
    items_of,
    text_of,
    values_of,
)
from labelhub.imaging.dicom.header.coded import (
    laterality_of,
    modality_of,
    series_label_of,
    standard_class_of,
    view_position_of,
)
from labelhub.imaging.dicom.identity.identity import (
    Identity,
    Pseudonyms,
    identity_of,
    patient_fields_of,
    study_date_of,
)
from labelhub.imaging.dicom.identity.kinds import kind_of

MAX_PATIENT_ID_CHARACTERS = 256
MAX_SOURCES = 100
ABOUT_THE_CASE = "about_the_case"
MEDIA_STORAGE_DIRECTORY = "1.2.840.10008.1.3.10"


def identity_facts(identity: Identity, pseudonyms: Pseudonyms) -> dict[str, Any]:
    """Return the keyed hashes by which the caller finds duplicates, conflicts and mixed-up patients."""
    return {
        "study_uid_hash": pseudonyms.hash_of("study", identity.study_uid),
        "series_uid_hash": pseudonyms.hash_of("series", identity.series_uid),
        "sop_uid_hash": pseudonyms.hash_of("instance", identity.sop_uid),
    }


def context_facts(parsed: ParsedFile, pseudonyms: Pseudonyms) -> dict[str, Any]:
    """Return what is told of every file: its patient and the day of its study."""
    header = parsed.header
    study_date = study_date_of(header, parsed.warnings)
    if not _is_known_character_set(header):
        parsed.warnings.append("unknown_character_set")
    patient_id = (identifier_of(header, "PatientID") or "")[:MAX_PATIENT_ID_CHARACTERS] or None
    patient_hash = pseudonyms.patient_hash(patient_id) if patient_id else None
    if patient_hash == "":
        parsed.warnings.append("placeholder_patient_id")
    return {
        "kind": "dicom",
        "warnings": parsed.warnings,
        "patient_id": patient_id,
        "patient_hash": patient_hash or None,
        "patient_fields": patient_fields_of(header, study_date, pseudonyms, parsed.warnings),
        "study": {"day_ordinal": study_date.toordinal() if study_date else None, "uid": None},
    }


def facts_without_pixels(parsed: ParsedFile, content_sha256: str, pseudonyms: Pseudonyms) -> dict[str, Any]:
    """Return the facts of a readable object without pixels; one with broken UIDs, or of no study, leaves no trace."""
    header = parsed.header
    if (
        text_of(parsed.meta, "MediaStorageSOPClassUID") == MEDIA_STORAGE_DIRECTORY
        or "DirectoryRecordSequence" in header
    ):
        parsed.warnings.append("dicomdir")
        return {"has_pixels": False}
    odd: list[str] = []
    try:
        hashes = identity_facts(identity_of(header, content_sha256, odd), pseudonyms)
    except ImportRejected:
        return {"has_pixels": False}
    parsed.warnings += [*odd, ABOUT_THE_CASE]
    if is_present(header, "Rows") and is_present(header, "BitsAllocated"):
        parsed.warnings.append("pixels_missing")
    modality = modality_of(header)
    return {
        "has_pixels": False,
        **hashes,
        "series": series_facts(header, modality, None),
        "instance": {
            "kind": kind_of(header, has_pixels=False),
            "modality": modality,
            "sop_class_uid": standard_class_of(header),
            "place": {"number": integer_of(header, "InstanceNumber")},
        },
    }


def series_facts(header: Dataset, modality: str, uid: str | None) -> dict[str, Any]:
    """Return what is known of the instance's series."""
    return {
        "uid": uid,
        "number": integer_of(header, "SeriesNumber"),
        "modality": modality,
        "label": series_label_of(header, modality),
    }


def exposure_facts(header: Dataset, modality: str, pseudonyms: Pseudonyms) -> dict[str, Any]:
    """Return by what an exposure for processing and its presentation know each other: the view, and their sources."""
    codes = [text_of(item, "CodeValue") or "" for item in items_of(header, "ViewCodeSequence")]
    view = [modality, view_position_of(header) or "", laterality_of(header) or "", *codes]
    sources = [text_of(item, "ReferencedSOPInstanceUID") for item in items_of(header, "SourceImageSequence")]
    return {
        "view": pseudonyms.hash_of("view", "|".join(view)),
        "sources": [pseudonyms.hash_of("instance", uid) for uid in sources[:MAX_SOURCES] if uid],
    }


def _is_known_character_set(header: Dataset) -> bool:
    return all(str(value).strip() in python_encoding for value in values_of(header, "SpecificCharacterSet"))
