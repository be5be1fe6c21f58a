"""Sex as DICOM has it (PS3.3 C.7.1.1: F, M, O), from the letter or a whole word, never from how a word begins."""

from __future__ import annotations

import unicodedata

from labelhub.imaging.dicom.header.attributes import terms
from labelhub.imaging.dicom.identity.placeholders import is_placeholder

WORDS = {
    "F": terms(
        "f female woman girl feminine weiblich frau femme feminin femenino femenina mujer femminile femmina feminino "
        "mulher vrouw vrouwelijk kvinna kvinne kvinde"
    ),
    "M": terms(
        "m male man boy masculine mannlich maennlich mann homme masculin masculino hombre varon maschile maschio homem "
        "mannelijk"
    ),
    "O": terms("o other others diverse divers nonbinary intersex"),
}


def sex_of(text: str) -> str | None:
    """Return the letter; empty where the text says that it is not known; None for one that is not understood."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in plain if c.isalnum())
    letter = next((letter for letter, words in WORDS.items() if bare in words), None)
    if letter is not None:
        return letter
    return "" if bare == "u" or (is_placeholder(text) and not bare.isdigit()) else None
