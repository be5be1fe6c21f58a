"""Forgiving readers of single header values: a value that cannot be used is None, never an exception.

The values come from anybody. Text is cut and matched against what an attribute may say; numbers must be finite.
"""

import math
import re
from collections.abc import Iterable
from datetime import date

from pydicom.dataset import Dataset

# What pydicom raises when it converts a value that breaks its representation.
UNUSABLE = (
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    IndexError,
    OverflowError,
    NotImplementedError,
    ArithmeticError,
)

MAX_TEXT_CHARACTERS = 1024


def terms(text: str) -> frozenset[str]:
    """Return the words of a text as a set of allowed terms."""
    return frozenset(text.split())


def values_of(ds: Dataset, keyword: str) -> list[object]:
    """Return the values of an element as a list; empty when absent, empty or unusable."""
    try:
        value = ds.get(keyword)
    except UNUSABLE:
        return []
    if value is None or value == "":
        return []
    if isinstance(value, str | bytes):
        return [value]
    return list(value) if isinstance(value, Iterable) else [value]


def text_of(ds: Dataset, keyword: str) -> str | None:
    """Return the first value as stripped text, at most MAX_TEXT_CHARACTERS long."""
    values = values_of(ds, keyword)
    if not values or isinstance(values[0], bytes):
        return None
    text = str(values[0])[:MAX_TEXT_CHARACTERS].strip(" \0")
    return text or None


def identifier_of(ds: Dataset, keyword: str) -> str | None:
    """Return the whole text of an identifier, which has one value, though software wrote a backslash into it.

    What its character set does not know is read byte by byte: replacement characters would make one of two identifiers.
    """
    # Its bytes are there until the value is asked for.
    written = getattr(ds.get_item(keyword, keep_deferred=True), "value", None)
    values = values_of(ds, keyword)
    if any(isinstance(value, bytes) for value in values):
        return None
    text = "\\".join(str(value) for value in values)
    if "\N{REPLACEMENT CHARACTER}" in text and isinstance(written, bytes):
        text = written.decode("latin-1")
    return text[:MAX_TEXT_CHARACTERS].strip(" \0\\") or None


def numbers_of(ds: Dataset, keyword: str) -> list[float]:
    """Return all values as finite numbers; empty when any of them is not one."""
    numbers = each_number_of(ds, keyword)
    return (
        []
        if any(number is None for number in numbers)
        else [number for number in numbers if number is not None]
    )


def each_number_of(ds: Dataset, keyword: str) -> list[float | None]:
    """Return each value as a finite number, None in the place of one that is not."""
    return [_finite(value) for value in values_of(ds, keyword)]


def number_of(ds: Dataset, keyword: str) -> float | None:
    """Return the first value as a finite number."""
    values = values_of(ds, keyword)
    return _finite(values[0]) if values else None


def integer_of(ds: Dataset, keyword: str) -> int | None:
    """Return the first value as an integer of the range that IS has (PS3.5 section 6.2), which a database can keep."""
    number = number_of(ds, keyword)
    if number is None or number != int(number) or not -(2**31) <= number < 2**31:
        return None
    return int(number)


def words_of(ds: Dataset, keyword: str) -> list[int]:
    """Return the values of an element of VR "US or SS" as unsigned 16-bit numbers; empty when one is not a number.

    Which of the two VRs an element was written with, or was guessed for it, says nothing about its sign: see
    `samples.as_us_or_ss`.
    """
    values = values_of(ds, keyword)
    if len(values) == 1 and isinstance(values[0], bytes):
        # VR UN, which is little endian always (PS3.5 6.2.2).
        data = values[0]
        return [int.from_bytes(data[i : i + 2], "little") for i in range(0, len(data) - 1, 2)]
    numbers = [_finite(value) for value in values]
    if any(number is None or not -(1 << 15) <= number < 1 << 16 for number in numbers):
        return []
    return [int(number) & 0xFFFF for number in numbers if number is not None]


def is_present(ds: Dataset, keyword: str) -> bool:
    """Say whether an element is there and not empty, usable or not."""
    try:
        value = ds.get(keyword)
    except UNUSABLE:
        return True
    return value is not None and value != "" and value != []


def coded_text_of(ds: Dataset, keyword: str, allowed: frozenset[str]) -> str | None:
    """Return a coded value (VR CS) only if it is one of the `allowed` terms."""
    text = (text_of(ds, keyword) or "").upper()
    return text if text in allowed else None


def items_of(ds: Dataset, keyword: str) -> list[Dataset]:
    """Return the items of a sequence."""
    return [item for item in values_of(ds, keyword) if isinstance(item, Dataset)]


def date_of(ds: Dataset, keyword: str) -> date | None:
    """Return a date (VR DA, also in the retired form with dots)."""
    match = re.fullmatch(r"(\d{4})\.?(\d{2})\.?(\d{2})", text_of(ds, keyword) or "", re.ASCII)
    if match is None:
        return None
    try:
        return date(*map(int, match.groups()))
    except ValueError:
        return None


def _finite(value: object) -> float | None:
    if isinstance(value, bytes):
        return None
    try:
        number = float(str(value))
    except ValueError:
        return None
    return number if math.isfinite(number) else None
