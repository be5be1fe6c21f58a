"""What the images of a study are warned of, of whose it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from labelhub.imaging.models import ImportFile, Instance, Study

OWN_PATIENT = "own_patient"
"""Warning: nothing says who the patient is, so the study is taken as a patient of its own."""
CONTRADICTION = "contradictory_patient"
"""Warning: the file's patient ID stands for another person too; both are patients apart, in one split."""
STUDY_CONTRADICTION = "contradictory_study"
"""Warning: the files of the study do not all say the same sex, birth date or age."""
CHUNK = 500
CODES = (OWN_PATIENT, CONTRADICTION, STUDY_CONTRADICTION)


def studies_warned(said: Iterable[tuple[Study, Sequence[str]]]) -> None:
    """Give images the warnings of whose their studies are, and take back those that hold no longer."""
    changed: dict[UUID, Sequence[str]] = {}
    for study, codes in said:
        if list(codes) != study.warnings:
            study.warnings = list(codes)
            study.save(update_fields=["warnings"])
            changed[study.id] = codes
    images = Instance.objects.filter(series__study__in=changed)
    _warned(Instance, dict(images.values_list("id", "series__study")), changed)
    files = ImportFile.objects.filter(
        instance__series__study__in=changed, outcome=ImportFile.Outcome.ACCEPTED
    )
    _warned(ImportFile, dict(files.values_list("id", "instance__series__study")), changed)


def study_codes(study: Study) -> list[str]:
    """What a study's images are warned of, of whose it is."""
    if study.warnings is not None:
        return list(study.warnings)
    found = Instance.objects.filter(series__study=study).values_list("warnings", flat=True)
    return [code for code in CODES if any(code in warnings for warnings in found)]


def _warned(
    model: type[Instance] | type[ImportFile],
    study_of: dict[UUID, UUID],
    codes_of: dict[UUID, Sequence[str]],
) -> None:
    """Locked by id before they are read, as whoever seals their case writes other warnings on the same rows.

    One UPDATE for all that come to be warned of the same.
    """
    ids = sorted(study_of)
    for start in range(0, len(ids), CHUNK):
        rows = model._default_manager.filter(id__in=ids[start : start + CHUNK]).only("id", "warnings")
        alike: dict[tuple[str, ...], list[UUID]] = defaultdict(list)
        for row in rows.select_for_update(no_key=True).order_by("id"):
            codes = codes_of[study_of[row.id]]
            kept = [code for code in row.warnings if code in codes or code not in CODES]
            after = [*kept, *(code for code in codes if code not in kept)]
            if after != row.warnings:
                alike[tuple(after)].append(row.id)
        for warnings, found in alike.items():
            model._default_manager.filter(id__in=found).update(warnings=list(warnings))
