"""What an instance belongs to: UIDs by their grammar, keyed hashes of them, and the patient's two context fields.

Source UIDs never leave the engine. LabelHub's own UIDs are derived with HMAC-SHA-256 from the project's secret and
written under the UUID root 2.25 (PS3.5 B.2), so that the same source always gives the same UID and cannot be traced
back without the secret.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import date

from pydicom.dataset import Dataset

from labelhub.imaging.dicom.attributes import coded_text_of, date_of, text_of
from labelhub.imaging.dicom.codes import ImportRejected

UID_GRAMMAR = re.compile(r"(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*))*", re.ASCII)
MAX_UID_LENGTH = 64

# Unambiguous and met in practice: components with leading zeros, a few characters too many, or the digest that an
# anonymiser put in place of the UID. They are only ever hashed.
TOLERATED_UID = re.compile(r"[0-9]+(\.[0-9]+)+|[0-9a-f]{32,64}", re.ASCII)
MAX_TOLERATED_UID_LENGTH = 128

DATES = (
    "StudyDate",
    "SeriesDate",
    "AcquisitionDate",
    "ContentDate",
    "InstanceCreationDate",
    "PatientBirthDate",
)
N_STUDY_DATES = 4

SEXES = frozenset("FMO")
DAYS_PER_UNIT = {"D": 1.0, "W": 7.0, "M": 365.25 / 12, "Y": 365.25}


@dataclass(frozen=True)
class Identity:
    """The UIDs of an instance in its source; a stand-alone image has only those that were made up for it."""

    study_uid: str
    series_uid: str
    sop_uid: str


@dataclass(frozen=True)
class Pseudonyms:
    """Derives hashes and UIDs from the project's secret."""

    key: bytes

    def hash_of(self, level: str, value: str) -> str:
        """Return the keyed hash of an identifier at a level (study, series, instance, patient, frame)."""
        return hmac.new(self.key, f"{level}|{value}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()

    def uid_of(self, level: str, value: str) -> str:
        """Return LabelHub's own UID for a source UID: 2.25 and 128 bits of the keyed hash with UUID version 8 bits."""
        bits = int(self.hash_of(level, value)[:32], 16)
        bits = bits & ~(0xF << 76) | 8 << 76
        bits = bits & ~(0x3 << 62) | 2 << 62
        return f"2.25.{bits}"


def identity_of(header: Dataset, content_sha256: str, warnings: list[str]) -> Identity:
    """Return the UIDs of an image, or those made for an image that names none of its own study and series.

    Raises:
        ImportRejected: missing_uid when the levels do not fit together, invalid_uid when one is not a UID.
    """
    study_uid, series_uid, sop_uid = (
        _uid_of(header, keyword, warnings)
        for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")
    )
    if study_uid and series_uid and sop_uid:
        return Identity(study_uid, series_uid, sop_uid)
    if study_uid or series_uid:
        raise ImportRejected("missing_uid")
    warnings.append("standalone_image")
    own = sop_uid or content_sha256
    return Identity(own, own, own)


def _uid_of(header: Dataset, keyword: str, warnings: list[str]) -> str | None:
    uid = text_of(header, keyword)
    if uid is None:
        return None
    if len(uid) <= MAX_UID_LENGTH and UID_GRAMMAR.fullmatch(uid):
        return uid
    if len(uid) <= MAX_TOLERATED_UID_LENGTH and TOLERATED_UID.fullmatch(uid):
        if "nonstandard_uid" not in warnings:
            warnings.append("nonstandard_uid")
        return uid
    raise ImportRejected("invalid_uid")


def patient_fields_of(header: Dataset, study_date: date | None) -> dict[str, object]:
    """Return age and sex for the context panel; age from PatientAge, else from dates (PS3.3 C.7.1.1, C.7.2.2)."""
    text = text_of(header, "PatientAge") or ""
    match = re.fullmatch(r"(\d{1,3})([DWMY])", text.upper(), re.ASCII)
    days: float | None = None
    if match is not None:
        days = int(match[1]) * DAYS_PER_UNIT[match[2]]
    else:
        birth_date = date_of(header, "PatientBirthDate")
        if birth_date and study_date and birth_date <= study_date:
            days = (study_date - birth_date).days
    years = int(days / 365.25 + 1e-6) if days is not None else None
    if years is not None and years > 150:
        years = None
    return {
        "age_years": years,
        "age_text": f"{int(match[1]):03d}{match[2]}" if match and years is not None else None,
        "sex": coded_text_of(header, "PatientSex", SEXES),
    }


def study_date_of(header: Dataset, warnings: list[str]) -> date | None:
    """Return the study date, else that of the series, acquisition or content; an impossible one is unknown."""
    dates = {keyword: date_of(header, keyword) for keyword in DATES if text_of(header, keyword) is not None}
    if None in dates.values():
        warnings.append("bad_date")
    return next((dates[keyword] for keyword in DATES[:N_STUDY_DATES] if dates.get(keyword)), None)
