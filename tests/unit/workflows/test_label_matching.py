"""Which line of a label table belongs to which file: by names alone, and rather none than a wrong one."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelhub.core.words import printable
from labelhub.workflows.intake.labels.matching import matched_lines, normal_path

NFD = unicodedata.normalize("NFD", "Müller_Röntgen.png")


@pytest.mark.parametrize(
    ("lines", "files", "folder", "expected"),
    [
        # As spelt, in NFC, with either separator, by case where that is unique.
        (["a.png"], ["a.png"], "", {"a.png": 0}),
        (["Müller_Röntgen.png"], [NFD], "", {NFD: 0}),
        ([NFD], ["Müller_Röntgen.png"], "", {"Müller_Röntgen.png": 0}),
        (["shot\u202f1.png"], [printable("shot\u202f1.png")], "", {printable("shot\u202f1.png"): 0}),
        (["p1\\v.png"], ["p1/v.png"], "", {"p1/v.png": 0}),
        (["p1/v.png"], ["p1\\v.png"], "", {"p1\\v.png": 0}),
        (["./p1//v.png"], ["p1/v.png"], "", {"p1/v.png": 0}),
        (["P1/V.PNG"], ["p1/v.png"], "", {"p1/v.png": 0}),
        (["P1/V.PNG"], ["p1/v.png", "p1/V.png"], "", {}),
        (["A.png", "a.png"], ["A.png", "a.png"], "", {"A.png": 0, "a.png": 1}),
        (["A.png", "a.png"], ["a.PNG"], "", {}),
        # Two files may come under one path: by a browser from two folders, or cut to what a path may have.
        (["a.png"], ["a.png", "a.png"], "", {}),
        (["a.png", "b.png"], ["x/a.png", "x/a.png", "x/b.png"], "", {"x/b.png": 1}),
        # From the table's own folder, in an archive and one folder down too.
        (["p1/v.png"], ["films.zip/p1/v.png"], "films.zip", {"films.zip/p1/v.png": 0}),
        (["p1/v.png"], ["films.zip/set/p1/v.png"], "films.zip", {"films.zip/set/p1/v.png": 0}),
        (["v.png"], ["set/v.png", "old/v.png"], "set", {"set/v.png": 0}),
        (["v.png"], ["set/images/v.png", "old/v.png"], "set", {"set/images/v.png": 0}),
        (["v.png"], ["v.png", "old/v.png"], "", {"v.png": 0}),
        (["../images/v.png"], ["set/images/v.png", "set/old/v.png"], "set/tables", {"set/images/v.png": 0}),
        # By the longest tail that is one file's and one line's alone.
        (
            ["CheXpert/train/p1/v.png", "CheXpert/train/p2/v.png"],
            ["p1/v.png", "p2/v.png"],
            "",
            {"p1/v.png": 0, "p2/v.png": 1},
        ),
        (["CheXpert/train/p1/v.png", "CheXpert/train/p3/v.png"], ["p1/v.png", "p2/v.png"], "", {"p1/v.png": 0}),
        (
            ["Che/p1/v.png", "Che/p2/v.png"],
            ["mine/p1/v.png", "mine/p2/v.png"],
            "",
            {"mine/p1/v.png": 0, "mine/p2/v.png": 1},
        ),
        (
            ["/data/a/1.png", "/data/a/2.png"],
            ["images_001/1.png", "images_002/2.png"],
            "",
            {"images_001/1.png": 0, "images_002/2.png": 1},
        ),
        (["train/1.png", "valid/2.png"], ["all/1.png", "all/2.png"], "", {"all/1.png": 0, "all/2.png": 1}),
        (
            ["old/x/p1/v.png", "old/y/p2/v.png"],
            ["new/a/p1/v.png", "new/b/p2/v.png"],
            "",
            {"new/a/p1/v.png": 0, "new/b/p2/v.png": 1},
        ),
        (["C:\\films\\p1\\v.png"], ["p1/v.png"], "", {"p1/v.png": 0}),
        (["train/p1/v.png", "valid/p1/v.png"], ["p1/v.png"], "", {}),
        (["v.png"], ["p1/v.png", "p2/v.png"], "", {}),
        (["x/film.png", "elsewhere/film.png"], ["x/film.png", "y/film.png"], "", {"x/film.png": 0}),
        (["v.png", "X/p1/v.png"], ["p1/v.png"], "p1", {"p1/v.png": 0}),
        # A folder that the line contradicts is another patient's: no match, though the name is unique.
        (["p1/lateral.png"], ["p1/frontal.png", "p2/lateral.png"], "", {}),
        (["p1/lateral.png", "p2/frontal.png"], ["p1/frontal.png", "p2/lateral.png"], "", {}),
        (["X/p1/a.png", "X/p3/b.png"], ["p1/a.png", "p2/b.png"], "", {"p1/a.png": 0}),
        (["p3/a.png", "p4/b.png"], ["p1/a.png", "p2/b.png"], "", {}),
        # Without endings, where that is unique.
        (["a"], ["a.png"], "", {"a.png": 0}),
        (["a.jpg"], ["a.dcm"], "", {"a.dcm": 0}),
        (["p1/IM0001.dcm"], ["p1/IM0001"], "", {"p1/IM0001": 0}),
        (["1.2.840.113"], ["1.2.840.113.dcm", "1.2.840.114.dcm"], "", {"1.2.840.113.dcm": 0}),
        (["1.2.840.113"], ["1.2.840.dcm"], "", {}),
        (["a"], ["a.png", "a.dcm"], "", {}),
        (["film.left"], ["film.right"], "", {}),
        (["p1/v.png", "p2/v.png"], ["p1.zip/v.png", "p2.zip/v.png"], "", {"p1.zip/v.png": 0, "p2.zip/v.png": 1}),
        # An archive's unflagged names, which reach us as IBM 437.
        (["胸/1.png"], ["胸/1.png".encode("gbk").decode("cp437")], "", {"胸/1.png".encode("gbk").decode("cp437"): 0}),
        (["ソ.png"], ["ソ.png".encode("cp932").decode("cp437")], "", {"ソ.png".encode("cp932").decode("cp437"): 0}),
        (
            ["Røntgen.png"],
            ["Røntgen.png".encode("cp850").decode("cp437")],
            "",
            {"Røntgen.png".encode("cp850").decode("cp437"): 0},
        ),
        (
            ["Øre/1.png", "Åre/1.png"],
            [f"Øst.zip/{name.encode('cp850').decode('cp437')}/1.png" for name in ("Øre", "Åre")],
            "",
            {f"Øst.zip/{name.encode('cp850').decode('cp437')}/1.png": n for n, name in enumerate(("Øre", "Åre"))},
        ),
        (["Żó.png"], ["Żó.png".encode("cp852").decode("cp437")], "", {"Żó.png".encode("cp852").decode("cp437"): 0}),
    ],
)  # fmt: skip
def test_lines_and_files(lines: list[str], files: list[str], folder: str, expected: dict[str, int]) -> None:
    assert matched_lines(lines, files, folder) == expected


parts = st.text(st.sampled_from("aAbö1.é"), min_size=1, max_size=4).filter(lambda part: part.strip("."))
paths = st.lists(parts, min_size=1, max_size=4).map("/".join)


def distinct(values: list[str]) -> list[str]:
    return list({normal_path(value): value for value in values}.values())


@given(st.lists(paths, max_size=12).map(distinct), st.randoms())
def test_a_table_of_the_files_own_paths_matches_all_however_they_are_written(
    files: list[str], random
) -> None:  # type: ignore[no-untyped-def]
    """Decomposed, with backslashes, in any order: no line goes to another file than its own."""
    order = random.sample(range(len(files)), len(files))
    lines = [unicodedata.normalize("NFD", files[n]).replace("/", random.choice("/\\")) for n in order]
    assert matched_lines(lines, files) == {files[n]: place for place, n in enumerate(order)}


@given(
    st.lists(paths, max_size=8).map(distinct),
    st.lists(paths, max_size=8).map(distinct),
    st.sampled_from(["", "a", "b/a"]),
)
def test_a_line_has_one_file_at_most_and_the_order_says_nothing(
    lines: list[str], files: list[str], folder: str
) -> None:
    found = matched_lines(lines, files, folder)
    assert len(set(found.values())) == len(found)
    backwards = matched_lines(lines[::-1], files[::-1], folder)
    assert {path: lines[line] for path, line in found.items()} == {
        path: lines[::-1][line] for path, line in backwards.items()
    }


@given(st.lists(paths, max_size=8).map(distinct), paths, paths)
def test_a_moved_root_loses_no_match(files: list[str], table_root: str, file_root: str) -> None:
    """Where the roots are names that occur nowhere else."""
    lines = [f"table {table_root}/{path}" for path in files]
    moved = [f"files {file_root}/{path}" for path in files]
    found = matched_lines(lines, moved)
    assert all(moved[line] == path for path, line in found.items())
    tails = [
        path for path in files if not any(other != path and other.endswith(f"/{path}") for other in files)
    ]
    if len(tails) == len(files) and not any("/" in root for root in (table_root, file_root)):
        assert len(found) == len(files)
