"""A table of labels that is sent among the images is found, and taken or refused before any image."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError

from labelhub.imaging.models import ImportBatch, ImportFile, Instance, Patient, SourceLabel
from labelhub.projects.models import Project
from labelhub.workflows.intake.labels.given import labels_settle
from tests.factories.imaging import film, import_files, import_folder, outcomes, stage, zipped


def outcomes_sent(project: Project, files: dict[str, bytes], *, in_a_zip: bool) -> dict[str, tuple[str, str]]:
    """What became of each file, by its path in the folder or zip."""
    if not in_a_zip:
        return outcomes(import_files(project, files))
    found = outcomes(import_files(project, {"set.zip": zipped(files)}))
    return {path.removeprefix("set.zip/"): outcome for path, outcome in found.items()}


@pytest.mark.parametrize("in_a_zip", [False, True])
def test_a_labels_csv_that_is_sent_with_the_images_is_read_as_hidden_truth(
    project: Project, in_a_zip: bool
) -> None:
    files = {
        "set/images/a.png": film(200),
        "set/images/b.png": film(210),
        "set/Labels.csv": b"image,patient_id,sex,nodule,effusion\na.png,anna,F,1,0\nb.png,anna,F,,1\n",
        "set/old/labels.csv": b"something else",
    }
    found = outcomes_sent(project, files, in_a_zip=in_a_zip)
    assert found["set/Labels.csv"] == ("accepted", "labels")
    assert found["set/old/labels.csv"] == ("rejected", "labels_second")
    assert Patient.objects.get(project=project).sex == "F"
    assert set(SourceLabel.objects.values_list("kind", "finding", "present")) == {
        ("hidden-truth", "nodule", True),
        ("hidden-truth", "effusion", False),
        ("hidden-truth", "effusion", True),
    }


@pytest.mark.parametrize("in_a_zip", [False, True])
def test_the_only_table_of_another_name_is_found_by_its_columns(project: Project, in_a_zip: bool) -> None:
    files = {
        "set/a.png": film(200),
        "set/Truth 2024.csv": "Image;Patient ID;nodule\na.png;anna;1\n".encode("utf-16"),
        "set/scanner.csv": b"image,exposure\na.png,12\n",
    }
    found = outcomes_sent(project, files, in_a_zip=in_a_zip)
    assert found["set/Truth 2024.csv"] == ("accepted", "labels")
    assert found["set/scanner.csv"] == ("rejected", "not_an_image")
    assert SourceLabel.objects.get().present


def test_of_two_tables_of_other_names_none_is_taken(project: Project) -> None:
    table = b"image,patient_id,nodule\na.png,anna,1\n"
    batch = import_files(project, {"a.png": film(200), "one.csv": table, "two.csv": table})
    assert outcomes(batch)["one.csv"] == outcomes(batch)["two.csv"] == ("rejected", "not_an_image")
    assert not SourceLabel.objects.exists()


def test_looking_for_tables_fetches_no_image(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many images there are: one query, whose rows are what a table may be."""
    batch = stage(project, {f"{n}.png": b"" for n in range(20)} | {"x/LABELS.csv": b"", "a.tsv": b"x,y"})
    fetched: list[str] = []
    from_db = ImportFile.from_db

    def noted(*row: Any) -> ImportFile:
        file = from_db(*row)
        fetched.append(file.path)
        return file

    with monkeypatch.context() as patch:
        patch.setattr(ImportFile, "from_db", noted)
        labels_settle(batch=batch, is_taken=False)
    assert fetched == ["x/LABELS.csv"]
    left = ImportFile.objects.filter(batch=batch, code="labels_left_out")
    assert [file.path for file in left] == ["x/LABELS.csv"]


@pytest.mark.parametrize("in_a_zip", [False, True])
def test_a_labels_csv_among_the_files_that_is_not_right_stops_the_import_before_any_image(
    project: Project, tmp_path: Path, in_a_zip: bool
) -> None:
    """Else its images would come in as patients of their own, in splits that a right table could not mend."""
    files = {"a.png": film(200), "labels.csv": b"image,nodule\na.png,1\n"}
    if in_a_zip:
        files = {"films.zip": zipped(files)}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    with pytest.raises(CommandError, match="no column patient_id.*--without-labels"):
        import_folder(project, tmp_path)
    assert not Instance.objects.exists()
    batch = import_folder(project, tmp_path, without_labels=True)
    prefix = "films.zip/" if in_a_zip else ""
    assert outcomes(batch) == {
        f"{prefix}a.png": ("accepted", "ok"),
        f"{prefix}labels.csv": ("rejected", "labels_left_out"),
    }
    assert batch.state == ImportBatch.State.DONE and not SourceLabel.objects.exists()
