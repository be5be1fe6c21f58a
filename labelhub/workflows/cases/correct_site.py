"""A manager corrects at which site a study was made."""

from __future__ import annotations

from django.db import transaction

from labelhub.core.errors import Conflict
from labelhub.imaging.models import Case, Correction, Study
from labelhub.imaging.services.corrections import (
    Asked,
    Preview,
    correction_keep,
    correction_made,
    refuse_unless_shown,
)
from labelhub.workflows.cases.reached import cases_reached

KIND = Correction.Kind.SITE


def preview_site(case: Case, site: str) -> Preview:
    """What would follow if the case's study came from this site; empty: not known.

    Raises:
        Conflict: `same_site`.
    """
    study = Study.objects.get(id=case.study_id)
    if study.site == site:
        raise Conflict("The study is of this site already. Nothing to do.", code="same_site")
    note = "Exports name the new site, also for reads that are in. Nothing that was read or trained changes."
    return Preview(
        kind=KIND,
        before={"study": str(study.id), "site": study.site},
        after={"study": str(study.id), "site": site},
        cases=cases_reached([case], {}),
        notes=(note,),
    )


def correct_site(case: Case, site: str, asked: Asked) -> Correction:
    """Give the study its site, as it was shown. A label table that says otherwise later changes nothing.

    Raises:
        Conflict: `same_site`; `correction_changed`.
    """
    made = correction_made(asked, case, KIND)
    if made:
        return made
    with transaction.atomic():
        study = Study.objects.select_for_update(no_key=True).get(id=case.study_id)
        preview = preview_site(case, site)
        refuse_unless_shown(preview, asked)
        study.site = site
        study.save(update_fields=["site"])
        return correction_keep(preview, asked, case)
