"""Imports one DICOM instance: identity, pixels, geometry, windows, metadata, in that order."""

from dataclasses import dataclass
from typing import Any

from pydicom.charset import python_encoding
from pydicom.dataset import Dataset

from labelhub.imaging.dicom.answer import ImportRequest
from labelhub.imaging.dicom.attribute_table.handling import handling_of, not_followed
from labelhub.imaging.dicom.codes import ImportRejected
from labelhub.imaging.dicom.drawing.rendering import luma
from labelhub.imaging.dicom.files.parse import ParsedFile
from labelhub.imaging.dicom.files.structure import PixelElement
from labelhub.imaging.dicom.header.attributes import (
    integer_of,
    is_present,
    items_of,
    number_of,
    text_of,
    values_of,
)
from labelhub.imaging.dicom.header.coded import (
    image_type_of,
    laterality_of,
    modality_of,
    patient_orientation_of,
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
from labelhub.imaging.dicom.identity.kinds import is_read, kind_of
from labelhub.imaging.dicom.order.geometry import (
    RADIOGRAPH_MODALITIES,
    aspect_of,
    measures_of,
    pixel_spacing_of,
    plane_of,
    spacing_of,
)
from labelhub.imaging.dicom.order.places import frame_order, frame_places, image_place
from labelhub.imaging.dicom.storing.metadata import ImageMetadata, frame_groups_of, to_dicom_json
from labelhub.imaging.dicom.storing.output import OutputFolder
from labelhub.imaging.dicom.storing.shown import ShownImage, write_shown
from labelhub.imaging.dicom.storing.stored import StoredFormat
from labelhub.imaging.dicom.values.description import PixelDescription, describe_pixels
from labelhub.imaging.dicom.values.rescale import rescale_type_of

MAX_PATIENT_ID_CHARACTERS = 256
MAX_SOURCES = 100
ABOUT_THE_CASE = "about_the_case"
MEDIA_STORAGE_DIRECTORY = "1.2.840.10008.1.3.10"


def import_instance(
    parsed: ParsedFile,
    request: ImportRequest,
    content_sha256: str,
    folder: OutputFolder,
    pseudonyms: Pseudonyms,
) -> dict[str, Any]:
    """Import an opened file and return the facts of its answer.

    Raises:
        ImportRejected: for any reason to refuse it.
    """
    facts = _context_facts(parsed, pseudonyms)
    if parsed.pixels is None:
        if is_present(parsed.header, "PixelDataProviderURL"):
            raise ImportRejected("pixels_elsewhere", "PixelDataProviderURL")
        return facts | _facts_without_pixels(parsed, content_sha256, pseudonyms)
    identity = identity_of(parsed.header, content_sha256, parsed.warnings)
    description = describe_pixels(parsed.header, parsed.pixels, parsed.warnings)
    image = _Image(parsed, parsed.pixels, description, identity, request, pseudonyms)
    return facts | image.write(folder)


def identity_facts(identity: Identity, pseudonyms: Pseudonyms) -> dict[str, Any]:
    """Return the keyed hashes by which the caller finds duplicates, conflicts and mixed-up patients."""
    return {
        "study_uid_hash": pseudonyms.hash_of("study", identity.study_uid),
        "series_uid_hash": pseudonyms.hash_of("series", identity.series_uid),
        "sop_uid_hash": pseudonyms.hash_of("instance", identity.sop_uid),
    }


def _context_facts(parsed: ParsedFile, pseudonyms: Pseudonyms) -> dict[str, Any]:
    header = parsed.header
    study_date = study_date_of(header, parsed.warnings)
    if not _is_known_character_set(header):
        parsed.warnings.append("unknown_character_set")
    patient_id = (text_of(header, "PatientID") or "")[:MAX_PATIENT_ID_CHARACTERS] or None
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


def _facts_without_pixels(parsed: ParsedFile, content_sha256: str, pseudonyms: Pseudonyms) -> dict[str, Any]:
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


@dataclass
class _Image:
    parsed: ParsedFile
    pixels: PixelElement
    description: PixelDescription
    identity: Identity
    request: ImportRequest
    pseudonyms: Pseudonyms

    def write(self, folder: OutputFolder) -> dict[str, Any]:
        """Write frames, model input and metadata; return the facts."""
        header, warnings, d = self.parsed.header, self.parsed.warnings, self.description
        modality = modality_of(header)
        places = frame_places(header, d.n_frames)
        order = frame_order(places)
        shown = write_shown(
            folder,
            self.parsed,
            self.pixels,
            d,
            is_radiograph=modality in RADIOGRAPH_MODALITIES,
            first_index=order[0] - 1 if order else 0,
        )
        spacing = spacing_of(header, modality, warnings)
        aspect = aspect_of(header, spacing, warnings)
        metadata = self._metadata(shown, modality, aspect)
        warnings.extend(code for code in not_followed(header) if code not in warnings)
        attributes = handling_of(header, warnings)
        folder.write_metadata(to_dicom_json(metadata) | {"labelhub_attributes": attributes})
        gray = luma(shown.first_picture)
        folder.write_thumbnail(gray, aspect)
        model_input = folder.write_model_input(
            gray,
            metadata.rows,
            metadata.columns,
            aspect=aspect,
            frame=shown.written.first.index + 1,
        )
        number = metadata.instance_number or 0
        kind = kind_of(header, has_pixels=True)
        if not is_read(kind):
            warnings.append(ABOUT_THE_CASE)
        own_facts = {
            "kind": kind,
            "exposure": exposure_facts(header, modality, self.pseudonyms),
            "view_position": view_position_of(header),
            "laterality": laterality_of(header),
            "is_radiograph": modality in RADIOGRAPH_MODALITIES,
            "image_type": image_type_of(header),
            "spacing": spacing.as_json(aspect),
            "position_key": round(metadata.plane.distance_mm, 4) if metadata.plane else float(number),
            "place": image_place(header, places).as_json(),
            "frame_order": order,
            "pixel_sha256": shown.written.pixel_sha256,
        }
        return {
            "has_pixels": True,
            **identity_facts(self.identity, self.pseudonyms),
            "study": {"day_ordinal": self._day_ordinal(), "uid": metadata.study_uid},
            "series": series_facts(header, modality, metadata.series_uid),
            "instance": instance_facts(metadata, shown.plan.conversions, folder) | own_facts,
            "model_input": model_input,
            "attributes": attributes,
        }

    def _day_ordinal(self) -> int | None:
        study_date = study_date_of(self.parsed.header, [])
        return study_date.toordinal() if study_date else None

    def _metadata(self, shown: ShownImage, modality: str, aspect: float) -> ImageMetadata:
        header, warnings, d = self.parsed.header, self.parsed.warnings, self.description
        uids, names, plan = self.request.uids, self.pseudonyms, shown.plan
        frame_of_reference = text_of(header, "FrameOfReferenceUID")
        measures = measures_of(header)
        spacings = {
            "PixelSpacing": pixel_spacing_of(measures, "PixelSpacing", warnings),
            "ImagerPixelSpacing": pixel_spacing_of(header, "ImagerPixelSpacing", warnings)
            or pixel_spacing_of(header, "NominalScannedPixelSpacing", warnings),
        }
        return ImageMetadata(
            study_uid=uids.get("study") or names.uid_of("study", self.identity.study_uid),
            series_uid=uids.get("series") or names.uid_of("series", self.identity.series_uid),
            sop_uid=uids.get("instance") or names.uid_of("instance", self.identity.sop_uid),
            sop_class_uid=standard_class_of(header),
            frame_of_reference_uid=names.uid_of("frame", frame_of_reference) if frame_of_reference else None,
            modality=modality,
            series_number=integer_of(header, "SeriesNumber"),
            instance_number=integer_of(header, "InstanceNumber"),
            rows=d.rows,
            columns=d.columns,
            n_frames=d.n_frames,
            format=plan.format,
            rescale=plan.rescale,
            rescale_type=rescale_type_of(header),
            display=shown.display,
            plane=plane_of(header, warnings),
            padding=plan.padding if plan.keeps_values else None,
            spacings={keyword: values for keyword, values in spacings.items() if values},
            aspect=aspect,
            slice_thickness_mm=_positive(number_of(measures, "SliceThickness")),
            spacing_between_slices_mm=_positive(number_of(measures, "SpacingBetweenSlices")),
            magnification=_positive(number_of(header, "EstimatedRadiographicMagnificationFactor")),
            frame_groups=frame_groups_of(header, d.n_frames, warnings) if d.n_frames > 1 else [],
            patient_orientation=patient_orientation_of(header),
        )


def instance_facts(metadata: ImageMetadata, conversions: list[str], folder: OutputFolder) -> dict[str, Any]:
    """Return the facts of the instance that DICOM files and rasters share."""
    form: StoredFormat = metadata.format
    return {
        "uid": metadata.sop_uid,
        "instance_number": metadata.instance_number,
        "sop_class_uid": metadata.sop_class_uid,
        "frame_of_reference_uid": metadata.frame_of_reference_uid,
        "modality": metadata.modality,
        "rows": metadata.rows,
        "columns": metadata.columns,
        "n_frames": metadata.n_frames,
        "photometric": form.photometric,
        "samples_per_pixel": form.samples_per_pixel,
        "bits_stored": form.bits_stored,
        "window_presets": [view.as_preset() for view in metadata.offered_views],
        "frame_sha256": folder.frame_sha256,
        "frame_bytes": folder.frame_bytes,
        "stored_syntax": form.syntax_uid,
        "lossless": not conversions,
        "conversions": conversions,
    }


def _positive(number: float | None) -> float | None:
    return number if number is not None and number > 0 else None


def _is_known_character_set(header: Dataset) -> bool:
    return all(str(value).strip() in python_encoding for value in values_of(header, "SpecificCharacterSet"))
