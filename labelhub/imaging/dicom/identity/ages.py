"""Ages as DICOM writes them (VR AS, PS3.5 section 6.2: 012D, 005W, 008M, 034Y), in days, and in words."""

from __future__ import annotations

import re

DAYS_PER_UNIT = {"D": 1.0, "W": 7.0, "M": 365.25 / 12, "Y": 365.25}
UNIT_NAMES = {"D": "day", "W": "week", "M": "month", "Y": "year"}
MAX_DAYS = 151 * 365.25
AGE = re.compile(r"(\d{1,3}) ?([DWMY])", re.ASCII)

DAYS_UNTIL, WEEKS_UNTIL, MONTHS_UNTIL = 28, 26 * 7, 731
"""Ages in days that are told in days, in weeks and in months; older ones in years."""


def age_of(text: str) -> str:
    """Return an age in the standard's form; empty when the text is none, or beyond 150 years."""
    match = AGE.fullmatch(text.strip().upper())
    if match is None or int(match[1]) * DAYS_PER_UNIT[match[2]] >= MAX_DAYS:
        return ""
    return f"{int(match[1]):03d}{match[2]}"


def age_from_days(days: int) -> str:
    """Return an age of so many days as infants' ages are told: in days, weeks or months; else in years."""
    if days < 0 or days >= MAX_DAYS:
        return ""
    unit = "D" if days < DAYS_UNTIL else "W" if days < WEEKS_UNTIL else "M" if days < MONTHS_UNTIL else "Y"
    return f"{int(days / DAYS_PER_UNIT[unit] + 1e-6):03d}{unit}"


def days_of(age: str) -> tuple[float, float]:
    """Return the shortest and the longest life, in days, of somebody of this age (in the standard's form)."""
    number, unit = int(age[:-1]), DAYS_PER_UNIT[age[-1]]
    return number * unit, (number + 1) * unit


def years_of(age: str) -> int | None:
    """Return an age in whole years; None for no age."""
    return int(days_of(age)[0] / 365.25 + 1e-6) if age else None


def is_one_age(a: str, b: str) -> bool:
    """Say whether two ages can be of one day: as whole years they are equal, or somebody can be of both."""
    if not (a and b):
        return a == b
    (first_a, last_a), (first_b, last_b) = days_of(a), days_of(b)
    return years_of(a) == years_of(b) or max(first_a, first_b) < min(last_a, last_b)


def age_words(age: str) -> str:
    """Return an age as a person says it: 12 days, 5 weeks, 1 month, 34 years; empty for no age."""
    if not age:
        return ""
    number, name = int(age[:-1]), UNIT_NAMES[age[-1]]
    if number == 0 and age[-1] != "D":
        return f"under 1 {name}"
    return f"{number} {name}" if number == 1 else f"{number} {name}s"
