"""Identifiers that name nobody: what software writes where a patient ID was removed or never known.

A patient ID is a placeholder when, in lower case and without anything but letters and digits, it is

- empty, or nothing but zeros, or nothing but x (two or more), or nothing but nines (five or more)
- one of WORDS, also with zeros behind it ("ANON000"). With another number it is a pseudonym ("ANON017") and stays
- one of COUNTING, as typed by somebody who had to type something
"""

from __future__ import annotations

import re
import unicodedata

from labelhub.imaging.dicom.header.attributes import terms

WORDS = terms(
    "anon anonym anonyme anonymous anonymousid anonymouspatient anonymized anonymised anonymizedid anonymizedpatient "
    "anonymisiert anonymise anonimo anonimizado deid deidentified deidentifiedpatient pseudonym unknown unknownid "
    "unknownpatient unk ukn unbekannt inconnu desconocido sconosciuto onbekend none null nil na nan noid noname "
    "nopatientid nopid nopatient notavailable notapplicable notspecified notgiven unspecified undefined undef "
    "unassigned missing empty blank removed redacted deleted hidden withheld masked default test testing tester "
    "testpatient testid dummy demo sample example temp tmp patient patientid patientsid pid pat id mrn name johndoe "
    "janedoe doe "
    "匿名 匿名化 無名 不明 未知 無 익명 аноним анонимный неизвестно неизвестный"
)
COUNTING = frozenset(("123456", "1234567", "12345678", "123456789", "1234567890", "0123456789"))
NAMELESS = re.compile(r"0*|x{2,}|9{5,}", re.ASCII)


def normal_id(text: str) -> str:
    """Return an identifier as it is compared: NFC, without blanks or nulls at its ends."""
    return unicodedata.normalize("NFC", text).strip(" \0\t\r\n")


def is_placeholder(text: str) -> bool:
    """Say whether an identifier names nobody."""
    bare = "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())
    return (
        NAMELESS.fullmatch(bare) is not None or bare in COUNTING or bare in WORDS or bare.rstrip("0") in WORDS
    )
