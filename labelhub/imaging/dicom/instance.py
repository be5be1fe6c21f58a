"""Imports one DICOM instance: identity, pixels, geometry, windows, metadata, in that order."""

from dataclasses import dataclass
from typing import Any

from labelhub.imaging.dicom.answer import ImportRequest
from labelhub.imaging.dicom.attribute_table.handling import handling_of, not_followed
from labelhub.imaging.dicom.codes import ImportRejected
from labelhub.imaging.dicom.drawing.rendering import luma
from labelhub.imaging.dicom.facts import (
    ABOUT_THE_CASE,
    context_facts,
    exposure_facts,
    facts_without_pixels,
    identity_facts,
    series_facts,
)
from labelhub.imaging.dicom.files.parse import ParsedFile
from labelhub.imaging.dicom.files.structure import PixelElement
from labelhub.imaging.dicom.header.attributes import (
    integer_of,
    is_present,
    number_of,
    text_of,
)
from labelhub.imaging.dicom.header.coded import (
    image_type_of,
    laterality_of,
    modality_of,
    patient_orientation_of,
    standard_class_of,
    view_position_of,
)
from labelhub.imaging.dicom.header.groups import groups_lacking, header_contradictions
from labelhub.imaging.dicom.identity.identity import (
    Identity,
    Pseudonyms,
    identity_of,
    study_date_of,
)
from labelhub.imaging.dicom.identity.kinds import is_read, kind_of
from labelhub.imaging.dicom.order.geometry import (
    RADIOGRAPH_MODALITIES,
    aspect_of,
    detector_spacing_of,
    frame_planes,
    have_one_orientation,
    measures_of,
    patient_spacing_of,
    spacing_of,
)
from labelhub.imaging.dicom.order.places import frame_order, frame_places, image_place
from labelhub.imaging.dicom.storing.metadata import ImageMetadata, frame_groups_of, to_dicom_json
from labelhub.imaging.dicom.storing.output import OutputFolder
from labelhub.imaging.dicom.storing.shown import ShownImage, write_shown
from labelhub.imaging.dicom.storing.stored import StoredFormat
from labelhub.imaging.dicom.values.description import PixelDescription, describe_pixels
from labelhub.imaging.dicom.values.rescale import rescale_type_of


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
    facts = context_facts(parsed, pseudonyms)
    if parsed.pixels is None:
        if is_present(parsed.header, "PixelDataProviderURL"):
            raise ImportRejected("pixels_elsewhere", "PixelDataProviderURL")
        return facts | facts_without_pixels(parsed, content_sha256, pseudonyms)
    identity = identity_of(parsed.header, content_sha256, parsed.warnings)
    description = describe_pixels(parsed.header, parsed.pixels, parsed.warnings)
    image = _Image(parsed, parsed.pixels, description, identity, request, pseudonyms)
    return facts | image.write(folder)


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
        drawn = spacing_of(header, modality, warnings, shown.written.first.index)
        aspect = aspect_of(header, drawn, warnings)
        metadata = self._metadata(shown, modality, aspect)
        if lacking := groups_lacking(header, d.n_frames):
            warnings.tell("frame_group_missing", *lacking)
        if contradicted := header_contradictions(header, d.n_frames):
            warnings.tell("header_contradicted", *contradicted)
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
            "PixelSpacing": patient_spacing_of(header, warnings),
            "ImagerPixelSpacing": detector_spacing_of(header, warnings),
        }
        planes = frame_planes(header, d.n_frames, warnings)
        groups = frame_groups_of(header, planes, warnings) if d.n_frames > 1 else []
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
            plane=planes[0] if groups or have_one_orientation(planes) else None,
            padding=plan.padding if plan.keeps_values else None,
            spacings={keyword: values for keyword, values in spacings.items() if values},
            aspect=aspect,
            slice_thickness_mm=_positive(number_of(measures, "SliceThickness")),
            spacing_between_slices_mm=_positive(number_of(measures, "SpacingBetweenSlices")),
            magnification=_positive(number_of(header, "EstimatedRadiographicMagnificationFactor")),
            frame_groups=groups,
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
