"""Label tables as spreadsheets and other programs write them."""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelhub.core.errors import InvalidContent
from labelhub.workflows.intake.labels.table import LabelTable, has_needed_columns, parsed_table
from labelhub.workflows.intake.labels.text import HEAD_BYTES, head_of

CODES = ("nodule", "opacity", "pleural_effusion")
PLAIN = "image,patient_id,age,nodule,opacity\nf0.png,P0,40,1,0\nf1.png,P1,50,0,\nf2.png,P2,60,-1,1\n"
ANSWERS = [
    {"nodule": "present", "opacity": "absent"},
    {"nodule": "absent"},
    {"nodule": "uncertain", "opacity": "present"},
]


# fmt: off
SPELLINGS = [
    PLAIN,
    PLAIN.replace(",", ";"),
    PLAIN.replace(",", "\t"),
    "sep=;\n" + PLAIN.replace(",", ";"),
    "SEP=,\r\n" + PLAIN.replace("\n", "\r\n"),
    '"sep=\t"\n' + PLAIN.replace(",", "\t"),
    "sep=|\n" + PLAIN.replace(",", "|"),
    PLAIN.replace("\n", "\r\n"),
    PLAIN.replace("\n", "\r"),
    PLAIN.replace("\n", "\n\n") + "\n  \n,,,,\n",
    "\n\n" + PLAIN,
    PLAIN.replace("image,patient_id,age,nodule,opacity", " Image ,PATIENT_ID,Age, Nodule,OPACITY "),
    PLAIN.replace("image,patient_id", "IMAGE,Patient ID"),
    PLAIN.replace(",", " , "),
    PLAIN.replace("1,0\n", "TRUE,FALSE\n").replace("0,\n", "no,\n").replace("-1,1", "Uncertain,Yes"),
    PLAIN.replace("1,0\n", "1.0,0.0\n").replace("-1,1", "-1.0,1.00"),
    PLAIN.replace(",", ";").replace("1;0\n", "1,0;0,0\n").replace("-1;1", "-1,0;1,0"),
    PLAIN.replace("0,\n", "0,nan\n"),
    PLAIN.replace("0,\n", "0,None\n"),
    PLAIN.replace("0,\n", "0,#N/A\n").replace("-1,1", "\N{MINUS SIGN}1,1"),
    PLAIN.replace("\n", ",,\n"),
    PLAIN.replace(",", "|"),
    PLAIN.replace("image,patient_id", "Image,PatientID"),
    PLAIN.replace("image,patient_id", "image,\ufeffpatient_id"),
    PLAIN.replace("1,0\n", "T,F\n").replace("0,\n", "n,\n").replace("-1,1", "-1,Y"),
    PLAIN.replace("1,0\n", "Positive,negative\n"),
    PLAIN + "\x1a",
    codecs.BOM_UTF8 + PLAIN.encode(),
    PLAIN.encode("utf-16"),
    codecs.BOM_UTF16_BE + PLAIN.encode("utf-16-be"),
    PLAIN.encode("utf-16-le"),
    PLAIN.encode("utf-16-be"),
    PLAIN.encode("utf-32"),
    PLAIN.replace(",", "\t").encode("utf-16"),
    codecs.BOM_UTF8 + b'"image","patient_id","age","nodule","opacity"\r\n"f0.png","P0","40","1","0"\r\n'
    b'"f1.png","P1","50","0",""\r\n"f2.png","P2","60","-1","1"\r\n',
]
# fmt: on
"""One table as different programs write it."""


def table(content: bytes | str) -> LabelTable:
    return parsed_table(content.encode() if isinstance(content, str) else content, CODES)


@pytest.mark.parametrize("content", SPELLINGS)
def test_one_table_in_many_spellings(content: bytes | str) -> None:
    found = table(content)
    assert [row.image for row in found.rows] == ["f0.png", "f1.png", "f2.png"]
    assert [(row.patient_id, row.age) for row in found.rows] == [
        ("P0", "040Y"),
        ("P1", "050Y"),
        ("P2", "060Y"),
    ]
    assert [row.answers for row in found.rows] == ANSWERS
    assert found.ignored_columns == []


@pytest.mark.parametrize(
    ("text", "age"),
    [
        *(
            ("40", "040Y"),
            ("40.0", "040Y"),
            ("40,5", "040Y"),
            ("040Y", "040Y"),
            ("40 y", "040Y"),
            ("0", "000Y"),
        ),
        *(
            ("8M", "008M"),
            ("005w", "005W"),
            ("12D", "012D"),
            ("0.5", "006M"),
            ("1.5", "018M"),
            ("0.01", "004D"),
        ),
        *(("", ""), ("nan", ""), ("N/A", "")),
    ],
)
def test_ages_are_years_or_as_dicom_has_them(text: str, age: str) -> None:
    (row,) = table(f"image;patient_id;age\na.png;P;{text}\n").rows
    assert row.age == age


@pytest.mark.parametrize(
    ("text", "sex"),
    [
        *(("F", "F"), ("m", "M"), ("O", "O"), ("Female", "F"), ("MALE", "M"), ("other", "O")),
        *(("Mujer", "F"), ("m\u00e4nnlich", "M"), ("F\u00e9minin", "F"), ("woman", "F"), ("non-binary", "O")),
        *(("", ""), ("nan", ""), ("U", ""), ("Unknown", ""), ("Missing", ""), ("not known", ""), ("?", "")),
    ],
)
def test_a_sex_is_a_letter_or_a_whole_word(text: str, sex: str) -> None:
    (row,) = table(f"image;patient_id;sex\na.png;P;{text}\n").rows
    assert row.sex == sex


@pytest.mark.parametrize(
    "text", ["Mixed", "Fehlt", "Marble", "Fuzzy", "Mx", "Off", "0", "1", "W", "F/M", "F?M"]
)
def test_a_sex_that_is_not_understood_is_refused_and_not_guessed(text: str) -> None:
    with pytest.raises(InvalidContent, match="Line 2.*sex") as refused:
        table(f"image;patient_id;sex\na.png;P;{text}\n")
    assert refused.value.code == "invalid_labels"


def test_what_programs_write_for_nothing_is_nothing_in_every_column() -> None:
    about = ("site", "group", "age", "sex", "view", "indication")
    for nothing in ("nan", "NaN", "N/A", "#N/A", "None", "null"):
        (row,) = table(f"image,patient_id,{','.join(about)}\na.png,P{f',{nothing}' * len(about)}\n").rows
        assert {getattr(row, name) for name in about} == {""}


def test_columns_that_are_no_finding_are_named_as_they_are_written() -> None:
    found = table("Image,Patient_ID,Pleural Effusion,Nodul,\na.png,P,1,1,x\n")
    assert found.findings == ["pleural_effusion"]
    assert found.ignored_columns == ["Nodul", "column 5"]


def test_a_cell_may_hold_the_delimiter_or_a_line_end() -> None:
    found = table('image,patient_id,indication,nodule\n"a,b.png",P,"cough;\nfever",1\nc.png,P,,0\n')
    assert [(row.line, row.image, row.indication) for row in found.rows] == [
        (2, "a,b.png", "cough;\nfever"),
        (4, "c.png", ""),
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "no column image and no column patient_id"),
        ("image,nodule\na.png,1\n", "no column patient_id"),
        ("image,patient_id,nodule,Nodule\na.png,P,1,0\n", "two columns nodule"),
        ("image,patient_id,pleural effusion,Pleural_Effusion\na.png,P,1,1\n", "two columns pleural_effusion"),
        ("image,Image,patient_id\na.png,b.png,P\n", "two columns image"),
        ("image,patient_id,nodule\n\na.png,P,2\n", "Line 3.*nodule"),
        ("sep=,\nimage,patient_id,nodule\na.png,P,maybe\n", "Line 3.*nodule"),
        ("image,patient_id,nodule\na.png,P,inf\n", "Line 2.*nodule"),
        ("image,patient_id,nodule\na.png,P\n", "Line 2.*2 cells"),
        ("image,patient_id,nodule\na.png,P,1,x\n", "Line 2.*4 cells"),
        ("image,patient_id,nodule\n,P,1\n", "Line 2.*no image"),
        ("image,patient_id\na.png,P\na.png,P\n", "Line 3.*second time"),
        ("image,patient_id\np/a.png,P\np\\a.png,P\n", "Line 3.*second time"),
        ("image,patient_id\nMüller.png,P\nMu\u0308ller.png,P\n", "Line 3.*second time"),
        ("image,patient_id,age\na.png,P,old\n", "Line 2.*years"),
        ("image,patient_id,age\na.png,P,200\n", "Line 2.*150"),
        ("image,patient_id,age\na.png,P,4_0\n", "Line 2.*years"),
        ("image,patient_id,age\na.png,P,40yy\n", "Line 2.*years"),
        ("image,patient_id,nodule\na.png,P,0_1\n", "Line 2.*nodule"),
        ('image,patient_id\n"a.png,P\n', "Line 2.*quote"),
        ("image,patient_id\na.png,Ð0\n".encode("latin-1"), "Line 2.*UTF-8"),
    ],
)
def test_a_table_that_is_not_right_is_refused_with_its_line(content: bytes | str, sentence: str) -> None:
    with pytest.raises(InvalidContent, match=sentence) as refused:
        table(content)
    assert refused.value.code == "invalid_labels"


cells = st.text(st.sampled_from('ab ,;\t"\né'), max_size=6)


@given(
    st.lists(st.tuples(cells, st.sampled_from(["", "0", "1", "-1"])), max_size=6),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_what_a_writer_of_csv_writes_is_read_as_it_was_meant(
    lines: list[tuple[str, str]], delimiter: str, encoding: str, line_end: str
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=line_end)
    writer.writerow(["image", "patient_id", "indication", "nodule"])
    for n, (indication, value) in enumerate(lines):
        writer.writerow([f"{n}.png", "P", indication, value])
    found = table(text.getvalue().encode(encoding))
    assert [(row.image, row.indication) for row in found.rows] == [
        (f"{n}.png", indication.strip()) for n, (indication, _) in enumerate(lines)
    ]
    assert [len(row.answers) for row in found.rows] == [int(value != "") for _, value in lines]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_table_is_known_by_its_first_lines_alone(tmp_path: Path, encoding: str, line_end: str) -> None:
    """The lines have two and three bytes to a letter, so that what is read ends within one."""
    lines = ["image,patient_id,nodule", *(f"f\u00e4\u20ac{n}.png,P{n},1" for n in range(9_000))]
    path = tmp_path / "table.csv"
    path.write_bytes(line_end.join(lines).encode(encoding))
    head = head_of(path)
    assert 0 < len(head) <= HEAD_BYTES < path.stat().st_size and has_needed_columns(head)


def test_a_long_line_is_no_header_and_a_short_file_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b"image,patient_id," + b"x" * HEAD_BYTES)
    assert head_of(path) == b"" and not has_needed_columns(b"")
    path.write_bytes(b"image,patient_id")
    assert has_needed_columns(head_of(path))
