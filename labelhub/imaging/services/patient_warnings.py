"""What the images of a study are warned of, of whose it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from labelhub.imaging.models import ImportFile, Instance, Study

OWN_PATIENT = "own_patient"
"""Warning: nothing says who the patient is, so the study is taken as a patient of its own."""
CONTRADICTION = "contradictory_patient"
"""Warning: the file's patient ID stands for another person too; both are patients apart, in one split."""
STUDY_CONTRADICTION = "contradictory_study"
"""Warning: the files of the study do not all say the same sex, birth date or age."""
CODES = (OWN_PATIENT, CONTRADICTION, STUDY_CONTRADICTION)


def study_warned(study: Study, codes: Sequence[str]) -> None:
    """Give a study's images the warnings of whose it is, and take back those that hold no longer."""
    if list(codes) == study.warnings:
        return
    study.warnings = list(codes)
    study.save(update_fields=["warnings"])
    _warned(Instance.objects.filter(series__study=study), codes)
    _warned(
        ImportFile.objects.filter(instance__series__study=study, outcome=ImportFile.Outcome.ACCEPTED), codes
    )


def study_codes(study: Study) -> list[str]:
    """What a study's images are warned of, of whose it is."""
    if study.warnings is not None:
        return list(study.warnings)
    found = Instance.objects.filter(series__study=study).values_list("warnings", flat=True)
    return [code for code in CODES if any(code in warnings for warnings in found)]


def _warned(rows: QuerySet[Any], codes: Sequence[str]) -> None:
    """One UPDATE for all that are warned of the same so far."""
    alike: dict[tuple[str, ...], list[UUID]] = defaultdict(list)
    for row_id, warnings in rows.values_list("id", "warnings"):
        alike[tuple(warnings)].append(row_id)
    for before, ids in alike.items():
        kept = [code for code in before if code in codes or code not in CODES]
        after = [*kept, *(code for code in codes if code not in kept)]
        if after != list(before):
            rows.model._default_manager.filter(id__in=ids).update(warnings=after)
