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

from labelhub.imaging.dicom.codes import ImportRejected
from labelhub.imaging.dicom.header.attributes import (
    date_of,
    identifier_of,
    items_of,
    number_of,
    text_of,
)
from labelhub.imaging.dicom.identity.ages import age_from_days, age_of, years_of
from labelhub.imaging.dicom.identity.placeholders import is_placeholder, normal_id
from labelhub.imaging.dicom.identity.sexes import sex_of

UID_GRAMMAR = re.compile(r"(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*))*", re.ASCII)
MAX_UID_LENGTH = 64

# Old scanners and anonymisers wrote leading zeros (or blanks in their place), letters, stray dots, backslashes and too
# many characters. UIDs are only ever hashed, so that anything of these characters will do that tells objects apart.
TOLERATED_UID = re.compile(r"[0-9A-Za-z._ {}:#+\\-]{1,256}", re.ASCII)

DATES = (
    "StudyDate",
    "SeriesDate",
    "AcquisitionDate",
    "ContentDate",
    "InstanceCreationDate",
    "PatientBirthDate",
)
N_STUDY_DATES = 4

NO_DATES = frozenset((date(1, 1, 1), date(1800, 1, 1), date(1899, 12, 30), date(1900, 1, 1)))
"""What software writes where a date was removed or never known."""
MAX_KG, MAX_M = 700.0, 3.0
YEARS_THAT_HIDE_MONTHS = 2
"""Below this age in years, dates say more than PatientAge does."""


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

    def patient_hash(self, patient_id: str) -> str:
        """Return the pseudonym of a patient ID, from a header or a table; empty for one that names nobody."""
        return "" if is_placeholder(patient_id) else self.hash_of("patient", normal_id(patient_id))

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
    uid = identifier_of(header, keyword)
    if uid is None:
        return None
    if len(uid) <= MAX_UID_LENGTH and UID_GRAMMAR.fullmatch(uid) and uid.strip("0."):
        return uid
    if is_placeholder(
        uid
    ):  # only now: "1.2.3.4.5.6" is a UID, though of a patient ID it would be mere counting
        raise ImportRejected("invalid_uid")
    if TOLERATED_UID.fullmatch(uid):
        if "nonstandard_uid" not in warnings:
            warnings.append("nonstandard_uid")
        return uid
    raise ImportRejected("invalid_uid")


def patient_fields_of(
    header: Dataset, study_date: date | None, pseudonyms: Pseudonyms, warnings: list[str]
) -> dict[str, object]:
    """Return what is said of the person, and at the study of her age, weight and size (PS3.3 C.7.1.1, C.7.2.2).

    The age is PatientAge; from the dates where it is absent, or too coarse for an infant. The birth date leaves hashed.
    """
    birth_date = date_of(header, "PatientBirthDate")
    if birth_date in NO_DATES:
        birth_date = None
    written = text_of(header, "PatientAge") or ""
    age = age_of(written)
    if written and not age:
        warnings.append("bad_age")
    years = years_of(age)
    if years is None or (age.endswith("Y") and years < YEARS_THAT_HIDE_MONTHS):
        from_dates = age_from_days((study_date - birth_date).days) if birth_date and study_date else ""
        age = from_dates or age
    return {
        "age_years": years_of(age),
        "age_text": age or None,
        "sex": sex_of(text_of(header, "PatientSex") or "") or None,
        "birth_hash": pseudonyms.hash_of("birth", birth_date.isoformat()) if birth_date else "",
        **_issuers_of(header, pseudonyms),
        "weight_kg": _between(number_of(header, "PatientWeight"), MAX_KG),
        "size_m": _between(number_of(header, "PatientSize"), MAX_M),
    }


def _issuers_of(header: Dataset, pseudonyms: Pseudonyms) -> dict[str, str]:
    """Return keyed hashes of who issued the patient ID: by its own name, and by its universal one (PS3.3 C.7.1.1).

    A name in capitals or without is one.
    """
    qualifiers = next(iter(items_of(header, "IssuerOfPatientIDQualifiersSequence")), Dataset())
    names = {
        "issuer_hash": identifier_of(header, "IssuerOfPatientID"),
        "authority_hash": identifier_of(qualifiers, "UniversalEntityID"),
    }
    return {
        key: pseudonyms.hash_of(key, normal_id(name).casefold()) if name and not is_placeholder(name) else ""
        for key, name in names.items()
    }


def _between(number: float | None, most: float) -> float | None:
    return number if number is not None and 0 < number <= most else None


def study_date_of(header: Dataset, warnings: list[str]) -> date | None:
    """Return the study date, else that of the series, acquisition or content; one that stands for none is unknown."""
    dates = {keyword: date_of(header, keyword) for keyword in DATES if text_of(header, keyword) is not None}
    if None in dates.values():
        warnings.append("bad_date")
    known = (dates.get(keyword) for keyword in DATES[:N_STUDY_DATES])
    return next((day for day in known if day and day not in NO_DATES), None)
