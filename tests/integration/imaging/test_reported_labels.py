"""The label tables and archives of the shared reported cases, where that folder is there; made-up ones elsewhere."""

from __future__ import annotations

import io
import json
import os
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from labelhub.imaging.models import Patient, SourceLabel
from labelhub.projects.models import Project
from tests.factories.imaging import zipped
from tests.factories.projects import make_project

SHARED = (
    Path(os.environ.get("LABELHUB_SHARED_DATA", Path(__file__).parents[4] / "shared" / "data")) / "reported"
)
CODES = ("nodule", "opacity")
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared reported cases are not here")


def imported(project: Project, path: Path, **options: Any) -> dict[str, Any]:
    out = io.StringIO()
    call_command("import_images", path, project=project.slug, json=True, stdout=out, **options)
    return dict(json.loads(out.getvalue()))


@pytest.mark.parametrize(
    ("table", "n_lines"),
    [
        ("semicolon.csv", 4),
        ("header_case_space.csv", 2),
        ("bom_crlf_quoted.csv", 4),
        ("utf16.csv", 4),
    ],
)
def test_tables_of_the_films_beside_them(project: Project, table: str, n_lines: int) -> None:
    folder = SHARED / "label_tables"
    labels = imported(project, folder / "films", labels=folder / table)["labels"]
    assert (labels["lines"], labels["matched"], labels["lines_without_file"]) == (n_lines, n_lines, [])
    assert labels["files_without_line"] == [f"f{n}.png" for n in range(n_lines, 4)]
    assert SourceLabel.objects.exists()


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ("latin1.csv", "UTF-8"),
        ("two_lines_per_image.csv", "Line 3"),
        ("same_name_twice_conflict.csv", "Line 3"),
    ],
)
def test_tables_that_are_refused(project: Project, table: str, sentence: str) -> None:
    folder = SHARED / "label_tables"
    with pytest.raises(CommandError, match=sentence):
        imported(project, folder / "films", labels=folder / table)


@pytest.mark.parametrize("name", ["mac", "folders"])
@pytest.mark.parametrize("packed", [False, True])
def test_names_that_the_table_writes_otherwise(
    project: Project, tmp_path: Path, name: str, packed: bool
) -> None:
    folder = SHARED / "labels_names"
    source = folder / name
    if packed:
        source = Path(shutil.make_archive(str(tmp_path / name), "zip", folder / name))
    labels = imported(project, source, labels=folder / f"{name}.csv")["labels"]
    assert labels == {"lines": 2, "matched": 2, "lines_without_file": [], "files_without_line": []}
    assert (Patient.objects.count(), SourceLabel.objects.count()) == (2, 2)


def test_a_table_in_a_zip_and_one_folder_down(project: Project, tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    files = {}
    with zipfile.ZipFile(SHARED / "labels_root" / "films.zip") as archive:
        for name in archive.namelist():
            files[f"deep/{name}"] = archive.read(name)
            (plain / name).parent.mkdir(parents=True, exist_ok=True)
            (plain / name).write_bytes(archive.read(name))
    deep = tmp_path / "deep.zip"
    deep.write_bytes(zipped(files))
    for source in (SHARED / "labels_root" / "films.zip", deep, plain):
        labels = imported(project, source)["labels"]
        assert labels == {"lines": 2, "matched": 2, "lines_without_file": [], "files_without_line": []}
    assert SourceLabel.objects.exists()


def test_archives_with_backslashes(project: Project) -> None:
    files = imported(project, SHARED / "zip_names" / "backslash.zip")["files"]
    assert {file["outcome"] for file in files} == {"accepted"}
    assert [file["path"] for file in files] == [
        "backslash.zip/export/patient1/film1.png",
        "backslash.zip/export/patient2/film1.png",
    ]
    (refused,) = imported(project, SHARED / "zip_names" / "climbs_out.zip")["files"]
    assert (refused["outcome"], refused["code"]) == ("rejected", "archive_unsafe")


@pytest.mark.parametrize(
    ("table", "kinds"),
    [
        ("semicolon.csv", {"new": 6, "uncertain": 1}),
        ("header_case_space.csv", {"new": 2}),
        ("bom_crlf_quoted.csv", {"new": 6, "uncertain": 1}),
        ("utf16.csv", {"new": 6, "uncertain": 1}),
        ("two_lines_per_image.csv", {"new": 2, "unreadable": 2}),
        ("same_name_twice_conflict.csv", {"unreadable": 2}),
    ],
)
def test_tables_for_films_that_are_here(db: None, table: str, kinds: dict[str, int]) -> None:
    findings = [
        {"code": code, "name": code, "hotkey": str(key), "required": True, "boxes": False}
        for key, code in enumerate(CODES, 1)
    ]
    project, folder = make_project(findings=findings), SHARED / "label_tables"
    imported(project, folder / "films")
    out = io.StringIO()
    call_command(
        "label_cases", folder / table, project=project.slug, labels_as="reference", json=True, stdout=out
    )
    assert {group["kind"]: group["n"] for group in json.loads(out.getvalue())["groups"]} == kinds
