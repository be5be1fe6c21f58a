"""UIDs by their grammar, keyed hashes, LabelHub's own UIDs, patient context."""

import re
from datetime import date

import pytest

from labelhub.imaging.dicom.identity.identity import Pseudonyms
from tests.factories.dicom import SOP_UID, dicom_bytes, element, gradient, image_dataset
from tests.unit.imaging.conftest import KEY, ImportBytes


def padded(text: str) -> bytes:
    return text.encode() + b" " * (len(text) % 2)


def test_own_uids_depend_on_the_source_and_the_key_and_nothing_else(import_bytes: ImportBytes) -> None:
    data = dicom_bytes(gradient())
    first, again = import_bytes(data), import_bytes(data)
    elsewhere = import_bytes(data, key=b"another project's key")
    for tag in ("0020000D", "0020000E", "00080018"):
        assert re.fullmatch(r"2\.25\.[1-9][0-9]{0,38}", first.value(tag))
        assert first.value(tag) == again.value(tag) != elsewhere.value(tag)
    assert first.answer["sop_uid_hash"] != elsewhere.answer["sop_uid_hash"]
    assert first.answer["instance"]["uid"] == first.value("00080018")


def test_own_uids_are_uuids_under_the_root_for_them() -> None:
    number = int(Pseudonyms(b"key").uid_of("study", "1.2.3").removeprefix("2.25."))
    assert number < 1 << 128
    assert (number >> 76 & 0xF, number >> 62 & 0x3) == (8, 2)


def test_levels_never_share_a_hash() -> None:
    names = Pseudonyms(b"key")
    assert names.hash_of("study", "1.2.3") != names.hash_of("series", "1.2.3")


def test_the_caller_may_give_the_uids(import_bytes: ImportBytes) -> None:
    uids = {"study": "2.25.1", "series": "2.25.2", "instance": "2.25.3"}
    found = import_bytes(dicom_bytes(gradient()), uids=uids)
    assert [found.value(tag) for tag in ("0020000D", "0020000E", "00080018")] == list(uids.values())


def test_an_image_without_study_and_series_is_a_study_of_its_own(import_bytes: ImportBytes) -> None:
    found = import_bytes(dicom_bytes(gradient(), StudyInstanceUID=None, SeriesInstanceUID=None))
    assert "standalone_image" in found.answer["warnings"]
    other = import_bytes(
        dicom_bytes(gradient(), StudyInstanceUID=None, SeriesInstanceUID=None, SOPInstanceUID=SOP_UID + ".9")
    )
    assert found.answer["study_uid_hash"] != other.answer["study_uid_hash"]


@pytest.mark.parametrize(
    "uid",
    [
        "1.2.03.4",
        "1." + "2" * 65,
        "1" * 129 + ".2",
        "0123456789abcdef" * 4,
        "1..2",
        ".1.2",
        "1.2.",
        "SIEMENS-12_a.7",
        "{1B4E28BA-2FA1-11D2-883F-0016D3CCA427}",
        "1.2.840.113619.2.  5.1",
    ],
)
def test_an_odd_but_unambiguous_uid_is_taken_with_a_warning(import_bytes: ImportBytes, uid: str) -> None:
    found = import_bytes(dicom_bytes(gradient(), SOPInstanceUID=uid))
    assert found.answer["code"] == "ok"
    assert found.answer["warnings"] == ["nonstandard_uid"]


@pytest.mark.parametrize("uid", ["1.2.3.4.5.6", "1.2.3.4.5.6.7.8.9", "9.9.9.9.9"])
def test_a_uid_by_the_grammar_is_taken_whatever_it_would_be_as_a_patient_id(
    import_bytes: ImportBytes, uid: str
) -> None:
    found = import_bytes(dicom_bytes(gradient(), StudyInstanceUID=uid, SOPInstanceUID=uid + ".1"))
    assert (found.answer["code"], found.answer["warnings"]) == ("ok", [])


@pytest.mark.parametrize("born", ["19000101", "18000101", "18991230"])
def test_a_birth_date_that_stands_for_none_is_none(import_bytes: ImportBytes, born: str) -> None:
    found = import_bytes(dicom_bytes(gradient(), PatientAge=None, PatientBirthDate=born))
    fields = found.answer["patient_fields"]
    assert (fields["birth_hash"], fields["age_text"]) == ("", None)


@pytest.mark.parametrize("day", ["19000101", "18000101"])
def test_a_study_date_that_stands_for_none_is_none(import_bytes: ImportBytes, day: str) -> None:
    # Else two ages at studies whose dates were removed would contradict each other.
    found = import_bytes(dicom_bytes(gradient(), StudyDate=day))
    assert found.answer["study"]["day_ordinal"] is None
    other = import_bytes(dicom_bytes(gradient(), StudyDate=day, SeriesDate="20200229"))
    assert other.answer["study"]["day_ordinal"] == date(2020, 2, 29).toordinal()


def test_an_identifier_with_a_backslash_is_read_as_a_whole(import_bytes: ImportBytes) -> None:
    hashes = [
        import_bytes(dicom_bytes(gradient(), PatientID=patient_id)).answer["patient_hash"]
        for patient_id in (r"NORTH\0001", r"NORTH\0002", "NORTH", r"NORTH\0001\ ")
    ]
    assert len(set(hashes)) == 3 and hashes[0] == hashes[3]
    assert hashes[0] == Pseudonyms(KEY).patient_hash(r"NORTH\0001"), "as a label table has it"
    uids = [
        import_bytes(dicom_bytes(gradient(), StudyInstanceUID=uid)).answer["study_uid_hash"]
        for uid in (r"1.2.3\4", r"1.2.3\5", "1.2.3")
    ]
    assert len(set(uids)) == 3


@pytest.mark.parametrize("character_set", ["ISO_IR 192", "ISO 2022 IR 6\\ISO 2022 IR 87", "GB18030"])
def test_identifiers_that_their_character_set_does_not_know_are_told_apart(
    import_bytes: ImportBytes, character_set: str
) -> None:
    data = dicom_bytes(gradient(), PatientID="P-0001??", SpecificCharacterSet="ISO_IR 100")
    data = data.replace(
        element(0x00080005, "CS", b"ISO_IR 100"), element(0x00080005, "CS", padded(character_set))
    )
    first, second = (
        import_bytes(data.replace(b"P-0001??", b"P-0001" + letters)).answer["patient_hash"]
        for letters in (b"\xfc\xff", b"\xf6\xff")
    )
    assert first != second


@pytest.mark.parametrize("pad", [" ", "\0", " \0 "])
def test_blanks_and_nulls_behind_a_uid_are_no_part_of_it(import_bytes: ImportBytes, pad: str) -> None:
    plain = import_bytes(dicom_bytes(gradient()))
    padded = import_bytes(dicom_bytes(gradient(), SOPInstanceUID=SOP_UID + pad))
    assert padded.answer["sop_uid_hash"] == plain.answer["sop_uid_hash"]


@pytest.mark.parametrize(
    "uid",
    [
        "1.2/3",
        "1.2\n.3",
        "..",
        "../../etc",
        "0",
        "0.0",
        "xxxxxxxx",
        "UNKNOWN",
        "1" * 300 + ".2",
        "1.2.\u00e4",
    ],
)
def test_what_is_no_uid_is_refused(import_bytes: ImportBytes, uid: str) -> None:
    assert import_bytes(dicom_bytes(gradient(), StudyInstanceUID=uid)).answer["code"] == "invalid_uid"


def test_age_and_sex_are_handed_to_the_caller(import_bytes: ImportBytes) -> None:
    fields = import_bytes(dicom_bytes(gradient())).answer["patient_fields"]
    assert (fields["age_years"], fields["age_text"], fields["sex"]) == (34, "034Y", "F")


def test_weight_and_size_are_of_the_study_and_impossible_ones_unknown(import_bytes: ImportBytes) -> None:
    fields = import_bytes(dicom_bytes(gradient(), PatientWeight=3.4, PatientSize=17.5)).answer[
        "patient_fields"
    ]
    assert (fields["weight_kg"], fields["size_m"]) == (3.4, None)


def test_a_birth_date_leaves_as_a_hash(import_bytes: ImportBytes) -> None:
    answers = [
        import_bytes(dicom_bytes(gradient(), PatientBirthDate=day)).answer
        for day in ("19600301", "1960.03.01")
    ]
    first, second = (answer["patient_fields"]["birth_hash"] for answer in answers)
    assert first == second and len(first) == 64 and "1960" not in str(answers[0]["patient_fields"])


def test_age_comes_from_the_dates_when_it_is_not_given(import_bytes: ImportBytes) -> None:
    answer = import_bytes(dicom_bytes(gradient(), PatientAge=None, PatientBirthDate="19600301")).answer
    assert answer["patient_fields"]["age_years"] == 59
    assert answer["patient_fields"]["age_text"] == "059Y"


@pytest.mark.parametrize(
    ("born", "given", "age"),
    [
        ("20200220", None, "009D"),
        ("20200101", "000Y", "008W"),
        ("20190601", "000Y", "008M"),
        ("20190601", "006M", "006M"),
        ("20200301", None, None),
    ],
)
def test_an_infants_age_is_told_as_finely_as_it_is_known(
    import_bytes: ImportBytes, born: str, given: str | None, age: str | None
) -> None:
    answer = import_bytes(dicom_bytes(gradient(), PatientAge=given, PatientBirthDate=born)).answer
    assert answer["patient_fields"]["age_text"] == age


@pytest.mark.parametrize("patient_id", ["ANONYMOUS", "0", "unknown"])
def test_a_placeholder_for_a_patient_is_nobody(import_bytes: ImportBytes, patient_id: str) -> None:
    answer = import_bytes(dicom_bytes(gradient(), PatientID=patient_id)).answer
    assert answer["patient_hash"] is None and "placeholder_patient_id" in answer["warnings"]


@pytest.mark.parametrize(
    ("text", "years"), [("008M", 0), ("024M", 2), ("100W", 1), ("999Y", None), ("34", None)]
)
def test_ages_in_other_units_or_of_no_sense(import_bytes: ImportBytes, text: str, years: int | None) -> None:
    answer = import_bytes(dicom_bytes(gradient(), PatientAge=text)).answer
    assert answer["patient_fields"]["age_years"] == years


@pytest.mark.parametrize("text", ["34", "Y34", "34 years", "999Y", "abc"])
def test_an_age_that_cannot_be_read_is_said(import_bytes: ImportBytes, text: str) -> None:
    answer = import_bytes(dicom_bytes(gradient(), PatientAge=text, PatientBirthDate=None)).answer
    assert answer["patient_fields"]["age_text"] is None and "bad_age" in answer["warnings"]


@pytest.mark.parametrize(
    ("text", "sex"),
    [("F", "F"), ("female", "F"), ("Male ", "M"), ("OTHER", "O"), ("W", None), ("MF", None), ("", None)],
)
def test_sex_is_a_letter_also_where_a_word_is_written(
    import_bytes: ImportBytes, text: str, sex: str | None
) -> None:
    answer = import_bytes(dicom_bytes(gradient(), PatientSex=text)).answer
    assert answer["patient_fields"]["sex"] == sex


def test_an_object_without_pixels_says_that_its_uid_is_odd(import_bytes: ImportBytes) -> None:
    dataset = image_dataset(gradient(), StudyInstanceUID="1.2.03")
    for keyword in ("Rows", "Columns", "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation"):
        delattr(dataset, keyword)
    answer = import_bytes(dicom_bytes(None, dataset=dataset)).answer
    assert answer["warnings"] == ["nonstandard_uid", "about_the_case"]


def test_the_study_day_is_a_number(import_bytes: ImportBytes) -> None:
    answer = import_bytes(dicom_bytes(gradient())).answer
    assert answer["study"]["day_ordinal"] == date(2020, 2, 29).toordinal()


def test_an_impossible_date_is_unknown(import_bytes: ImportBytes) -> None:
    answer = import_bytes(dicom_bytes(gradient(), StudyDate="99999999")).answer
    assert answer["study"]["day_ordinal"] is None
    assert "bad_date" in answer["warnings"]


def test_an_unknown_character_set_is_read_and_told(import_bytes: ImportBytes) -> None:
    data = dicom_bytes(gradient(), SpecificCharacterSet="ISO_IR 100").replace(b"ISO_IR 100", b"ISO_IR 999")
    answer = import_bytes(data).answer
    assert answer["code"] == "ok"
    assert "unknown_character_set" in answer["warnings"]


@pytest.mark.parametrize(
    "patient_id", ["../../etc/passwd", "'; DROP TABLE x; --", "<b>", "\u202e1234", "\u5c71\u7530"]
)
def test_a_patient_identifier_is_handed_over_as_it_is(import_bytes: ImportBytes, patient_id: str) -> None:
    data = dicom_bytes(gradient(), SpecificCharacterSet="ISO_IR 192", PatientID=patient_id)
    assert import_bytes(data).answer["patient_id"] == patient_id
