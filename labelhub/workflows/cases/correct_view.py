"""A manager corrects which view and which side an image shows: what the model takes of its case follows."""

from __future__ import annotations

from copy import copy

from django.db import transaction

from labelhub.core.errors import Conflict
from labelhub.imaging.cases import case_images, case_mark
from labelhub.imaging.dicom.header.film_views import CODES, is_frontal
from labelhub.imaging.hanging import eligible_instances
from labelhub.imaging.models import Case, Correction, Instance, Study
from labelhub.imaging.services.corrections import (
    Asked,
    Preview,
    correction_keep,
    correction_made,
    refuse_unless_shown,
)
from labelhub.workflows.cases.reached import cases_reached, trainings_that_knew
from labelhub.workflows.intake.count_summaries import summaries_request

KIND = Correction.Kind.VIEW
VIEWS = ("", *sorted(CODES))
SIDES = ("", "L", "R", "B")


def preview_view(image: Instance, *, view: str, laterality: str) -> Preview:
    """What would follow if the image showed this view and side; empty: not known.

    Raises:
        Conflict: `same_view`; `no_case` for what is read in no case.
    """
    if (image.view_position, image.laterality) == (view, laterality):
        raise Conflict("The image has this view and side already. Nothing to do.", code="same_view")
    case = _case_of(image)
    return Preview(
        kind=KIND,
        before={"instance": str(image.id), "view": image.view_position, "laterality": image.laterality},
        after={"instance": str(image.id), "view": view, "laterality": laterality},
        cases=cases_reached([case], {}),
        notes=tuple(_notes(case, image, view, laterality)),
    )


def correct_view(image: Instance, asked: Asked, *, view: str, laterality: str) -> Correction:
    """Set them, as it was shown. The case is read in the same order; the model takes what is frontal now.

    Raises:
        Conflict: as `preview_view`; `correction_changed`.
    """
    case = _case_of(image)
    made = correction_made(asked, case, KIND)
    if made:
        return made
    with transaction.atomic():
        Case.objects.select_for_update(no_key=True).get(id=case.id)
        row = Instance.objects.select_for_update(no_key=True).get(id=image.id)
        preview = preview_view(row, view=view, laterality=laterality)
        refuse_unless_shown(preview, asked)
        changed = _with(row, view, laterality)
        changed.save(update_fields=["view_position", "laterality", "is_radiograph"])
        case_mark(case.id)
        correction = correction_keep(preview, asked, case)
        summaries_request(Study.objects.filter(id=case.study_id), project_id=case.project_id)
    return correction


def _case_of(image: Instance) -> Case:
    if image.case is None:
        raise Conflict("This is an object about a case: it has no view.", code="no_case")
    return image.case


def _with(image: Instance, view: str, laterality: str) -> Instance:
    """The image as it would be. A raster is taken for a radiograph while its view is frontal, as at its import."""
    changed = copy(image)
    changed.view_position, changed.laterality = view, laterality
    if not image.sop_class_uid:
        changed.is_radiograph = is_frontal(view)
    return changed


def _notes(case: Case, image: Instance, view: str, laterality: str) -> list[str]:
    images = case_images(case)
    after = [_with(row, view, laterality) if row.id == image.id else row for row in images]
    taken = [_taken(rows) for rows in (images, after)]
    if taken[0] == taken[1]:
        return ["The model takes the same images of the case as before."]
    notes = [
        f"The model takes {taken[1]} of the case; so far it took {taken[0]}. The next training and ranking follow."
    ]
    knew = trainings_that_knew([case])
    if knew:
        notes.append(f"May have learned from what it took so far: {', '.join(knew)}.")
    return notes


def _taken(images: list[Instance]) -> str:
    chosen = {row.id for row in eligible_instances(images)[0]}
    places = [str(place) for place, row in enumerate(images, 1) if row.id in chosen]
    return f"image {', '.join(places)} of {len(images)}" if places else "none"
