"""Ages in every unit, placeholders for patient IDs, and what two files of one person can say."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelhub.imaging.dicom.identity.ages import age_from_days, age_of, age_words, days_of, years_of
from labelhub.imaging.dicom.identity.identity import Pseudonyms
from labelhub.imaging.dicom.identity.placeholders import is_placeholder
from labelhub.imaging.persons import Person, Said, contradict, contradicts_itself, persons_apart


@pytest.mark.parametrize(
    ("days", "age", "words"),
    [
        (0, "000D", "0 days"),
        (1, "001D", "1 day"),
        (27, "027D", "27 days"),
        (28, "004W", "4 weeks"),
        (181, "025W", "25 weeks"),
        (183, "006M", "6 months"),
        (700, "022M", "22 months"),
        (731, "002Y", "2 years"),
        (34 * 366, "034Y", "34 years"),
    ],
)
def test_infants_are_told_in_days_weeks_and_months(days: int, age: str, words: str) -> None:
    assert (age_from_days(days), age_words(age)) == (age, words)


@pytest.mark.parametrize("text", ["", "34", "Y34", "999Y", "-01Y", "01.5Y", "0341Y"])
def test_what_is_no_age_is_none(text: str) -> None:
    assert age_of(text) == "" and age_words("") == "" and years_of("") is None


def test_a_year_that_has_not_passed_is_no_zero() -> None:
    assert age_words("000Y") == "under 1 year"


@given(st.integers(0, 150 * 365))
def test_an_age_in_words_or_letters_is_never_more_than_a_unit_off(days: int) -> None:
    shortest, longest = days_of(age_from_days(days))
    assert shortest - 1 <= days <= longest + 1


@pytest.mark.parametrize(
    "patient_id",
    [
        *("", " ", "\0", "0", "000000", "-", "^", "?", "***", "00-00", "XXX", "99999"),
        *(
            "ANONYMOUS",
            "anonymous",
            "Anon",
            "ANON",
            "ANON000",
            "UNKNOWN",
            "unknown ",
            "NONE",
            "none.",
            "N/A",
            "NULL",
        ),
        *(
            "TEST",
            "TEST0",
            "Test Patient",
            "NO ID",
            "no_name",
            "De-Identified",
            "Anonymized^Patient",
            "PATIENT ID",
        ),
        *(
            "Anonymous Subject",
            "ANONYMIZED PATIENT 0000",
            "not known",
            "Unknown Patient ID",
            "No patient ID given",
            "DOE^JOHN",
            "removed by user",
        ),
        *(
            "ＡＮＯＮ",
            "匿名",
            "Аноним",
            "12345678",
            "anónimo",
            "Okänd",
            "Άγνωστος",
            "desconhecido",
            "неизвестен",
        ),
    ],
)
def test_a_placeholder_names_nobody(patient_id: str) -> None:
    assert is_placeholder(patient_id)
    assert Pseudonyms(b"key").patient_hash(patient_id) == ""


@pytest.mark.parametrize(
    "patient_id",
    [
        "ANON001",
        "ANONYMOUS_17",
        "TEST1",
        "P-0001",
        "1",
        "10",
        "100000",
        "X1",
        "x",
        "99",
        "Ä-17",
        "Nonet",
        "7b",
        "Case 7",
        "case study",
        "Subject-Test-04",
    ],
)
def test_a_pseudonym_names_somebody(patient_id: str) -> None:
    assert not is_placeholder(patient_id)


def test_an_identifier_is_one_however_its_letters_are_composed() -> None:
    names = Pseudonyms(b"key")
    assert names.patient_hash("A\u0308-17 ") == names.patient_hash("\u00c4-17") != names.patient_hash("A-17")


DAY = date(2005, 1, 1).toordinal()
LATER = date(2020, 1, 1).toordinal()


@pytest.mark.parametrize(
    ("first", "second", "answer"),
    [
        (Person("F"), Person("M"), True),
        (Person("F"), Person("F"), False),
        (Person("F"), Person("O"), False),
        (Person("F"), Person(), False),
        (Person(birth_hash="a"), Person(birth_hash="b"), True),
        (Person(birth_hash="a"), Person(birth_hash="a"), False),
        (Person(birth_hash="a", day=DAY, age="030Y"), Person(birth_hash="a", day=DAY, age="060Y"), False),
        (Person(issuer="a"), Person(issuer="b"), True),
        (Person(issuer="a"), Person("F", "a", DAY, "030Y"), False),
        (Person(issuer="a", authority="1"), Person(issuer="a", authority="2"), True),
        (Person(issuer="a"), Person(authority="2"), False),
        (Person(day=DAY, age="030Y"), Person(day=LATER, age="045Y"), False),
        (Person(day=DAY, age="030Y"), Person(day=LATER, age="046Y"), False),
        (Person(day=DAY, age="030Y"), Person(day=LATER, age="030Y"), True),
        (Person(day=DAY, age="030Y"), Person(age="080Y"), False),
        (Person(day=DAY, age="003M"), Person(day=DAY + 60, age="005M"), False),
        (Person(day=DAY, age="003M"), Person(day=DAY + 365, age="003M"), True),
        (Person(day=DAY, age="010D"), Person(day=DAY + 365, age="001Y"), False),
    ],
)
def test_two_files_contradict_each_other_when_they_cannot_be_of_one_person(
    first: Person, second: Person, answer: bool
) -> None:
    assert contradict(first, second) is answer
    assert contradict(second, first) is answer


@given(st.integers(0, 30_000), st.integers(0, 20_000), st.integers(700_000, 720_000))
def test_one_person_never_contradicts_herself(age_days: int, gap: int, day: int) -> None:
    first = Person("F", "", day, age_from_days(age_days))
    second = Person("F", "", day + gap, age_from_days(age_days + gap))
    assert not contradict(first, second)


PERSONS = st.builds(
    Person,
    sex=st.sampled_from(["", "F", "M", "O"]),
    birth_hash=st.sampled_from(["", "a", "b"]),
    day=st.sampled_from([None, DAY, LATER]),
    age=st.sampled_from(["", "030Y", "045Y", "060Y"]),
    issuer=st.sampled_from(["", "a", "b"]),
    authority=st.sampled_from(["", "1"]),
)
STUDIES = st.dictionaries(st.sampled_from("abcdefg"), st.lists(PERSONS, max_size=3))


@given(st.lists(PERSONS, max_size=4), st.lists(PERSONS, max_size=4))
def test_files_contradict_others_when_two_of_them_contradict_each_other(
    ours: list[Person], theirs: list[Person]
) -> None:
    pairs = [contradict(one, other) for one in ours for other in theirs]
    assert Said.by(ours).contradicts(Said.by(theirs)) is any(pairs)


@given(st.data(), STUDIES)
def test_studies_are_sorted_into_the_same_persons_in_whatever_order_they_come(
    data: st.DataObject, studies: dict[str, list[Person]]
) -> None:
    said = {key: Said.by(persons) for key, persons in studies.items()}
    found = persons_apart(said)
    again = persons_apart({key: said[key] for key in data.draw(st.permutations(list(said)))})
    assert found == again and sorted(sum(found, [])) == sorted(said)
    for keys in found:
        for n, key in enumerate(keys):
            assert not any(said[key].contradicts(said[other]) for other in keys[:n])


def first_fit(studies: dict[str, Said], sure: list[Said]) -> list[list[str]]:
    """As `persons_apart` says, by comparing with everybody."""
    persons, found = list(sure), [[] for _ in sure]
    order = sorted(
        studies, key=lambda key: (studies[key].contradicts(studies[key]), -studies[key].n_facts, key)
    )
    for key in order:
        fits = [n for n, person in enumerate(persons) if not person.contradicts(studies[key])]
        if not fits:
            persons.append(studies[key])
            found.append([key])
        else:
            persons[fits[0]] = persons[fits[0]].and_also(studies[key])
            found[fits[0]].append(key)
    return found


@given(STUDIES, st.lists(st.lists(PERSONS, max_size=3), max_size=3))
def test_each_study_goes_to_the_first_of_all_persons_whom_it_does_not_contradict(
    studies: dict[str, list[Person]], sure: list[list[Person]]
) -> None:
    said = {key: Said.by(persons) for key, persons in studies.items()}
    known = [Said.by(persons) for persons in sure]
    assert persons_apart(said, known) == first_fit(said, known)


def test_a_study_that_contradicts_itself_is_of_a_person_of_its_own_beside_others() -> None:
    both = [Person("F"), Person("M")]
    assert contradicts_itself(both)
    said = {"1": Said.by(both), "2": Said.by([Person("F")]), "3": Said.by([Person("M")]), "4": Said()}
    assert persons_apart(said) == [["2", "4"], ["3"], ["1"]]
    assert (Said.by(both).sex, Said.by([Person("O"), Person("F")]).sex) == ("", "F")


def test_who_is_known_to_be_a_person_comes_first_and_keeps_her_place() -> None:
    said = {"1": Said.by([Person("F")]), "2": Said.by([Person("M")])}
    assert persons_apart(said, [Said.by([Person("M")]), Said()]) == [["2"], ["1"]]
