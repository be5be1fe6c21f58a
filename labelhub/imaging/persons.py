"""Whether studies can be of one person: sex, birth date, who issued her ID, and the age at each. Pure."""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from heapq import merge

from labelhub.imaging.dicom.identity.ages import days_of

SLACK_DAYS = {"D": 2, "W": 8, "M": 32, "Y": 367}
"""How far an age may be off: by one of its unit, as software rounds or counts from another date."""
ONE_DAY = 0
"""Stands for the day of a study where its files are compared with each other."""


@dataclass(frozen=True)
class Person:
    """What a file says of its patient. Empty or None = unknown. `day`: of the study, as an ordinal.

    `issuer`, `authority`: who issued her ID, by its own name and by its universal one.
    """

    sex: str = ""
    birth_hash: str = ""
    day: int | None = None
    age: str = ""
    issuer: str = ""
    authority: str = ""

    @property
    def says_something(self) -> bool:
        return bool(self.sex or self.birth_hash or self.age or self.issuer or self.authority)


@dataclass(frozen=True)
class Said:
    """What several files say of their patient, as far as other files can contradict it.

    `born`, `born_by_age`: the latest first day and the earliest last day on which she can have been born, as days, by
    the ages in files with a birth date and in those without; None where none says an age.
    """

    sexes: frozenset[str] = frozenset()
    births: frozenset[str] = frozenset()
    born: tuple[float, float] | None = None
    born_by_age: tuple[float, float] | None = None
    issuers: frozenset[str] = frozenset()
    authorities: frozenset[str] = frozenset()

    @classmethod
    def by(cls, persons: Iterable[Person]) -> Said:
        said = cls()
        for person in persons:
            said = said.and_also(cls._of(person))
        return said

    @classmethod
    def _of(cls, person: Person) -> Said:
        days = _birth_days(person)
        sexes, births, issuers, authorities = (
            frozenset({value} - {""})
            for value in (person.sex, person.birth_hash, person.issuer, person.authority)
        )
        if births:
            return cls(sexes, births, born=days, issuers=issuers, authorities=authorities)
        return cls(sexes, born_by_age=days, issuers=issuers, authorities=authorities)

    def and_also(self, other: Said) -> Said:
        return Said(
            self.sexes | other.sexes,
            self.births | other.births,
            _common(self.born, other.born),
            _common(self.born_by_age, other.born_by_age),
            self.issuers | other.issuers,
            self.authorities | other.authorities,
        )

    def contradicts(self, other: Said) -> bool:
        """Say whether a file of these and one of those cannot both be true of one person.

        A sex of O, or none, contradicts nothing. Two birth dates decide alone; else the ages must allow one birth date.
        IDs of two issuers are of two persons; one without an issuer may be of either.
        """
        return (
            ("F" in self.sexes and "M" in other.sexes)
            or ("M" in self.sexes and "F" in other.sexes)
            or _differ(self.births, other.births)
            or _differ(self.issuers, other.issuers)
            or _differ(self.authorities, other.authorities)
            or _are_apart(self.born_by_age, other.born_by_age)
            or _are_apart(self.born_by_age, other.born)
            or _are_apart(self.born, other.born_by_age)
        )

    @property
    def sex(self) -> str:
        """The one sex that is said; empty for none, and where F and M are."""
        known = self.sexes & {"F", "M"} or self.sexes
        return next(iter(known)) if len(known) == 1 else ""

    @property
    def birth_hash(self) -> str:
        """The one birth date that is said; empty for none, and for several."""
        return next(iter(self.births)) if len(self.births) == 1 else ""

    @property
    def n_facts(self) -> int:
        """How many of sex, birth date, issuer and age are said."""
        is_issued = bool(self.issuers or self.authorities)
        return bool(self.sexes) + bool(self.births) + is_issued + bool(self.born or self.born_by_age)


def contradict(first: Person, second: Person) -> bool:
    """Say whether what two files say cannot both be true of one person."""
    return Said.by([first]).contradicts(Said.by([second]))


def contradicts_itself(persons: Iterable[Person]) -> bool:
    """Say whether what the files of one study say cannot all be true of one person."""
    said = Said.by(replace(person, day=ONE_DAY) for person in persons)
    return said.contradicts(said)


def persons_apart(studies: dict[str, Said], sure: Sequence[Said] = ()) -> list[list[str]]:
    """Sort studies that name one patient into persons: no two studies of one person contradict each other.

    studies: what is said in each, by a key that is the study's own. sure: what is said of the persons who are known to
    be persons; the first lists are theirs, and may be empty. The studies that say most come first, those that
    contradict themselves last, and each goes to the first person whom it does not contradict: the result does not
    depend on the order in which the studies came.
    """
    persons = _Persons(sure)
    found: list[list[str]] = [[] for _ in sure]
    for key, said in sorted(studies.items(), key=_place):
        place = persons.first_that_fits(said)
        if place is None:
            persons.add(said)
            found.append([key])
        else:
            persons.add_to(place, said)
            found[place].append(key)
    return found


class _Persons:
    """Persons in the order in which they were found, and by birth date: of thousands, few are to be compared."""

    def __init__(self, sure: Iterable[Said]) -> None:
        self._said: list[Said] = []
        self._of_births: dict[frozenset[str], list[int]] = defaultdict(list)
        for said in sure:
            self.add(said)

    def first_that_fits(self, said: Said) -> int | None:
        """The first whom it does not contradict."""
        fits = (n for n in self._compared_with(said) if not self._said[n].contradicts(said))
        return next(fits, None)

    def add(self, said: Said) -> None:
        self._of_births[said.births].append(len(self._said))
        self._said.append(said)

    def add_to(self, place: int, said: Said) -> None:
        before = self._said[place]
        self._said[place] = before.and_also(said)
        if self._said[place].births != before.births:
            self._of_births[before.births].remove(place)
            insort(self._of_births[self._said[place].births], place)

    def _compared_with(self, said: Said) -> Iterable[int]:
        """Two that are said to be born on different days contradict each other."""
        if not said.births:
            return range(len(self._said))
        alike = self._of_births.get(said.births, []) if len(said.births) == 1 else []
        return merge(self._of_births.get(frozenset(), []), alike)


def _place(study: tuple[str, Said]) -> tuple[bool, int, str]:
    key, said = study
    return said.contradicts(said), -said.n_facts, key


def _birth_days(person: Person) -> tuple[float, float] | None:
    """The first and the last day on which the person can have been born."""
    if person.day is None or not person.age:
        return None
    shortest, longest = days_of(person.age)
    slack = SLACK_DAYS[person.age[-1]]
    return person.day - longest - slack / 2, person.day - shortest + slack / 2


def _common(
    first: tuple[float, float] | None, second: tuple[float, float] | None
) -> tuple[float, float] | None:
    if first is None or second is None:
        return first or second
    return max(first[0], second[0]), min(first[1], second[1])


def _differ(first: frozenset[str], second: frozenset[str]) -> bool:
    return bool(first and second) and len(first | second) > 1


def _are_apart(first: tuple[float, float] | None, second: tuple[float, float] | None) -> bool:
    """Whether some day range of the first and some of the second have no day in common."""
    return first is not None and second is not None and (first[0] > second[1] or second[0] > first[1])
