"""Whether two studies can be of one person: sex, birth date, and the age at each. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from labelhub.imaging.dicom.identity.ages import days_of

SLACK_DAYS = {"D": 2, "W": 8, "M": 32, "Y": 367}
"""How far an age may be off: by one of its unit, as software rounds or counts from another date."""


@dataclass(frozen=True)
class Person:
    """What a file says of its patient. Empty or None = unknown. `day`: of the study, as an ordinal."""

    sex: str = ""
    birth_hash: str = ""
    day: int | None = None
    age: str = ""


def contradict(first: Person, second: Person) -> bool:
    """Say whether what two files say cannot both be true of one person.

    A sex of O, or none, contradicts nothing. Two birth dates decide alone; else the ages must allow one birth date.
    """
    if {first.sex, second.sex} == {"F", "M"}:
        return True
    if first.birth_hash and second.birth_hash:
        return first.birth_hash != second.birth_hash
    ours, theirs = _birth_days(first), _birth_days(second)
    if ours is None or theirs is None:
        return False
    return ours[1] < theirs[0] or theirs[1] < ours[0]


def _birth_days(person: Person) -> tuple[float, float] | None:
    """The first and the last day on which the person can have been born."""
    if person.day is None or not person.age:
        return None
    shortest, longest = days_of(person.age)
    slack = SLACK_DAYS[person.age[-1]]
    return person.day - longest - slack / 2, person.day - shortest + slack / 2
