"""What a label table knows of a file, and what of that the project has otherwise."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from uuid import UUID

from labelhub.imaging.dicom.header.film_views import is_one_view
from labelhub.imaging.dicom.identity.ages import is_one_age
from labelhub.imaging.models import Instance, Study
from labelhub.imaging.persons import Said
from labelhub.imaging.services.patients import is_of, persons_of

PATIENT_KEPT = "patient_kept"
"""Warning: the label table names another patient than the project has for this image, whose patient stays: the file
itself names it, a manager has said so, or somebody has opened the case."""
FACTS_KEPT = "facts_kept"
"""Warning: the label table says of the image, its study or its patient what contradicts what the project has, and
stays."""


@dataclass(frozen=True)
class Known:
    """What the labels CSV says of a file, for what the file does not say itself. Empty = unknown.

    `age`: as DICOM has it (034Y).
    """

    patient_hash: str = ""
    site: str = ""
    group: str = ""
    age: str = ""
    sex: str = ""
    view: str = ""
    indication: str = ""


def known_kept(instance_id: UUID, known: Known) -> list[str]:
    """Warnings of what the labels say of an image that the project has, and that stays as the project has it."""
    if known == Known():
        return []
    instance = Instance.objects.select_related("series__study__patient").get(id=instance_id)
    study = instance.series.study
    codes = []
    if known.patient_hash and not is_of(study, known.patient_hash):
        codes.append(PATIENT_KEPT)
    pairs = (
        (known.site[:64], study.site, _is_one_text),
        (known.group[:64], study.group, _is_one_text),
        (known.sex, _sex_of(study), _is_one_text),
        (known.indication[:300], study.indication, _is_one_text),
        (known.age, study.age, is_one_age),
        (known.view[:16], instance.view_position, is_one_view),
    )
    if any(said and said != stored and not is_one(said, stored) for said, stored, is_one in pairs):
        codes.append(FACTS_KEPT)
    return codes


def _sex_of(study: Study) -> str:
    """What its files say; else, and where a manager has said who she is, what is known of its patient."""
    said = Said.by(persons_of(study))
    if study.patient.sex and (study.named_by == Study.NamedBy.MANAGER or not said.sexes):
        return study.patient.sex
    return said.sex


def _is_one_text(a: str, b: str) -> bool:
    """Whether two texts differ in case, blanks and the composing of letters at most."""
    return _bare(a) == _bare(b)


def _bare(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split())).casefold()
