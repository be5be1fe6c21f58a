"""Identifiers that name nobody: what software writes where a patient ID was removed or never known.

A patient ID is a placeholder when, in lower case and without anything but letters and digits, it is

- empty, or nothing but zeros, or nothing but x (two or more), or nothing but nines (five or more)
- one of WORDS, also with zeros behind it ("ANON000"). With another number it is a pseudonym ("ANON017") and stays
- one of COUNTING, as typed by somebody who had to type something

or when it is nothing but such words and those that go with them ("not known", "Unknown Patient ID").
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
    "desconhecido desconegut ezezaguna ukjent okand tuntematon nieznany nieznana neznamy neznama ismeretlen necunoscut "
    "bilinmiyor nepoznat anonymiseret anonymisert anonymiserad anonymizovany anonimizowany geanonimiseerd anonymisoitu "
    "ανωνυμοσ αγνωστοσ مجهول неизвестен невідомо "
    "匿名 匿名化 無名 不明 未知 無 익명 аноним анонимный неизвестно неизвестный"
)
COMPANIONS = terms(
    "no not by a the of case data given id ids image jane john known nr number patient patients person provided "
    "recorded specified study subject user available applicable for"
)
"""Words that name nobody beside one of WORDS or a negation."""
NEGATIONS = frozenset(("no", "not"))
WORD = re.compile(r"[^\W_]+")
COUNTING = frozenset(("123456", "1234567", "12345678", "123456789", "1234567890", "0123456789"))
NAMELESS = re.compile(r"0*|x{2,}|9{5,}", re.ASCII)


def normal_id(text: str) -> str:
    """Return an identifier as it is compared: NFC, without blanks or nulls at its ends."""
    return unicodedata.normalize("NFC", text).strip(" \0\t\r\n")


def is_placeholder(text: str) -> bool:
    """Say whether an identifier names nobody, with accents or without."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    letters = "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
    return any(_names_nobody(WORD.findall(spelling)) for spelling in (folded, letters))


def _names_nobody(words: list[str]) -> bool:
    bare = "".join(words)
    return (
        NAMELESS.fullmatch(bare) is not None
        or bare in COUNTING
        or bare in WORDS
        or bare.rstrip("0") in WORDS
        or _is_said_in_words(words)
    )


def _is_said_in_words(words: list[str]) -> bool:
    """Whether several words, zeros among them, say that nobody is named."""
    said = {word for word in words if word.strip("0")}
    return (
        len(words) > 1 and said <= WORDS | COMPANIONS | NEGATIONS and not said.isdisjoint(WORDS | NEGATIONS)
    )
