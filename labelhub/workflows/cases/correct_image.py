"""A manager leaves an image out of its case, since it does not belong there, or takes it in again.

The case gets a new version, as when images come later: in force at once while nobody has opened the case, else held for
the manager. No model takes an image that is left out, whatever version is in force.
"""

from __future__ import annotations

from copy import copy

from django.db import transaction

from labelhub.core.errors import Conflict
from labelhub.imaging.cases import case_images, case_mark, cases_seal, held_versions_drop
from labelhub.imaging.hanging import hung
from labelhub.imaging.models import Case, Correction, Instance, Study
from labelhub.imaging.services.corrections import (
    Asked,
    Preview,
    correction_keep,
    correction_made,
    refuse_unless_shown,
)
from labelhub.reading.models import Assignment
from labelhub.reading.services.locks import cases_locked
from labelhub.workflows.cases.reached import cases_reached, trainings_that_knew
from labelhub.workflows.intake.count_summaries import summaries_request

KIND = Correction.Kind.IMAGE


def preview_image(image: Instance, *, is_in: bool) -> Preview:
    """What would follow if the image belonged to its case, or did not.

    Raises:
        Conflict: `same_image`; `no_case` for what is read in no case; `last_image` where nothing would be left to read.
    """
    if image.is_left_out != is_in:
        raise Conflict("The image is so already. Nothing to do.", code="same_image")
    case = _case_of(image)
    if not is_in and not _read_then(case, image, is_in=is_in):
        raise Conflict("It is all that is read of this case. Exclude the case instead.", code="last_image")
    return Preview(
        kind=KIND,
        before={"instance": str(image.id), "is_in": not is_in},
        after={"instance": str(image.id), "is_in": is_in},
        cases=cases_reached([case], {}),
        notes=tuple(_notes(case, image, is_in=is_in)),
    )


def correct_image(image: Instance, asked: Asked, *, is_in: bool) -> Correction:
    """Leave it out or take it in, as it was shown. Reads that are in keep the version that they are of.

    Raises:
        Conflict: as `preview_image`; `correction_changed`.
    """
    case = _case_of(image)
    made = correction_made(asked, case, KIND)
    if made:
        return made
    with transaction.atomic():
        cases_locked([case.id])
        now = Case.objects.select_for_update(no_key=True).get(id=case.id)
        row = (
            Instance.objects.select_related("case")
            .select_for_update(no_key=True, of=("self",))
            .get(id=image.id)
        )
        preview = preview_image(row, is_in=is_in)
        refuse_unless_shown(preview, asked)
        row.is_left_out = not is_in
        row.save(update_fields=["is_left_out"])
        cases_seal(case_ids=[case.id], begun={case.id} if _is_opened(case) else set())
        now.refresh_from_db()
        held_versions_drop(now)
        case_mark(case.id)
        correction = correction_keep(preview, asked, case)
        summaries_request(Study.objects.filter(id=case.study_id), project_id=case.project_id)
    return correction


def _case_of(image: Instance) -> Case:
    if image.case is None:
        raise Conflict("This is an object about a case: it is not read.", code="no_case")
    return image.case


def _is_opened(case: Case) -> bool:
    return Assignment.objects.filter(case=case, opened_at__isnull=False).exists()


def _read_then(case: Case, image: Instance, *, is_in: bool) -> list[Instance]:
    """What would be read of the case."""
    changed = copy(image)
    changed.is_left_out = not is_in
    rows = Instance.objects.select_related("series").filter(case=case, n_frames__gt=0)
    return hung(changed if row.id == image.id else row for row in rows)


def _notes(case: Case, image: Instance, *, is_in: bool) -> list[str]:
    n_now, n_then = len(case_images(case)), len(_read_then(case, image, is_in=is_in))
    notes = [f"Images to read in the case: {n_then} then, {n_now} now."]
    if _is_opened(case):
        notes.append(
            "Somebody has opened the case. Its new version is held until you accept it; reads that are in keep the "
            "version that they are of."
        )
    if not is_in:
        notes.append("No model takes the image any more, from the next training and ranking on.")
        knew = trainings_that_knew([case]) if image.is_eligible else []
        if knew:
            notes.append(f"May have learned from it: {', '.join(knew)}.")
    return notes
