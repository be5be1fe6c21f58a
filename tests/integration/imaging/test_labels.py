"""Labels that come with the images: who the patient is, hidden truth, references, and a reader's reads."""

from __future__ import annotations

import io
import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from labelhub.imaging.models import Case, ImportBatch, Instance, Patient, SourceLabel, Study
from labelhub.projects.models import Project
from labelhub.projects.selectors import schema_in_force
from labelhub.reading.models import Assignment, CaseRound, Read
from tests.factories.dicom import gradient, raster_bytes
from tests.factories.imaging import film, import_folder, radiograph, zipped
from tests.factories.projects import People
from tests.factories.reading import claim


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three films of two patients as PNG, and one DICOM file that names its own patient."""
    for name, high in (("a.png", 200), ("b.png", 210), ("sub/c.png", 220)):
        path = tmp_path / "films" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raster_bytes(gradient(dtype="u1", high=high)))
    (tmp_path / "films" / "d.dcm").write_bytes(radiograph(1, patient="anna"))
    return tmp_path / "films"


def labels(folder: Path, *lines: str) -> Path:
    path = folder / "labels.csv"
    path.write_text("\n".join(lines))
    return path


def test_the_csv_names_patients_and_context_and_its_labels_are_hidden(project: Project, folder: Path) -> None:
    csv = labels(
        folder,
        "image,patient_id,site,age,sex,view,indication,nodule,effusion,nodul",
        "a.png,anna,North,61,F,PA,cough,1,0,1",
        "b.png,anna,North,61,F,LL,,0,,",
        "sub/c.png,bert,South,47,M,AP supine,fever,,1,",
        "d.dcm,somebody,,,,,,1,1,",
    )
    schema = schema_in_force(project)
    batch = import_folder(project, folder, labels=csv)
    assert schema_in_force(project) == schema, "a column is no finding of the schema"
    assert Patient.objects.filter(project=project).count() == 2
    cough = Study.objects.get(indication="cough")
    assert (cough.age, cough.patient.sex, cough.site) == ("061Y", "F", "North")
    # The DICOM file's own patient is the CSV's anna: one pseudonym, one split.
    assert cough.patient.studies.count() == 3
    assert Study.objects.get(indication="fever").case.has_eligible_instance
    assert Instance.objects.filter(is_radiograph=True).count() == 3
    found = SourceLabel.objects.values_list("case__study__indication", "kind", "finding", "present")
    assert ("cough", "hidden-truth", "nodule", True) in found
    assert ("cough", "hidden-truth", "effusion", False) in found
    assert SourceLabel.objects.count() == 6
    assert batch.options["ignored_columns"] == ["nodul"]
    assert not Read.objects.exists()


def test_labels_can_be_a_readers_reads_also_for_images_that_are_there_already(
    project: Project, people: People, folder: Path
) -> None:
    csv = labels(folder, "image,patient_id,nodule,effusion", "a.png,p1,1,0", "b.png,p2,0,-1", "c.png,p3,0,0")
    import_folder(project, folder, labels=csv, labels_as=f"read:{people.reader.username}")
    batch = import_folder(project, folder, labels=csv, labels_as=f"read:{people.second_reader.username}")
    assert set(batch.files.values_list("outcome", flat=True)) == {"duplicate"}
    assert Read.objects.count() == 6
    read = Read.objects.filter(assignment__reader=people.reader, answers__value="uncertain").get()
    assert read.assignment.rule == Assignment.Rule.IMPORTED
    assert CaseRound.objects.filter(n_open=0, n_submitted=2).count() == 3
    again = import_folder(project, folder, labels=csv, labels_as=f"read:{people.reader.username}")
    assert again.options["n_reads_passed_over"] == 0 and Read.objects.count() == 6
    assert not again.files.exclude(warnings=[]).exists()


def test_a_reader_who_said_nothing_of_a_finding_was_not_asked_it(
    project: Project, people: People, folder: Path
) -> None:
    """Both findings are required here; elsewhere a blank is what was not looked for (CheXpert: missing)."""
    csv = labels(folder, "image,patient_id,nodule,effusion", "a.png,p1,1,", "b.png,p2,,-1", "c.png,p3,,")
    for _ in range(2):
        batch = import_folder(project, folder, labels=csv, labels_as=f"read:{people.reader.username}")
        assert (batch.state, batch.options["n_reads_passed_over"]) == ("done", 0)
    said = Read.objects.values_list("answers__finding", "answers__value")
    assert sorted(said) == [("effusion", "uncertain"), ("nodule", "present")]


def test_a_read_that_differs_from_the_readers_own_is_passed_over(
    project: Project, people: People, folder: Path
) -> None:
    own = labels(folder, "image,patient_id,nodule,effusion", "a.png,p1,1,0", "b.png,p2,0,-1")
    import_folder(project, folder, labels=own, labels_as=f"read:{people.reader.username}")
    other = labels(folder, "image,patient_id,nodule,effusion", "a.png,p1,0,0", "b.png,p2,0,-1")
    batch = import_folder(project, folder, labels=other, labels_as=f"read:{people.reader.username}")
    assert batch.options["n_reads_passed_over"] == 1 and Read.objects.count() == 2
    assert dict(batch.files.exclude(warnings=[]).values_list("path", "warnings")) == {"a.png": ["read_kept"]}


def test_the_name_of_a_file_is_enough_only_where_it_is_unique(project: Project, tmp_path: Path) -> None:
    for n, name in enumerate(("x/film.png", "y/film.png", "z/other.png")):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_bytes(raster_bytes(gradient(dtype="u1", high=100 + n)))
    csv = labels(
        tmp_path, "image,patient_id,nodule", "x/film.png,p1,1", "elsewhere/film.png,p2,1", "other.png,p3,0"
    )
    import_folder(project, tmp_path, labels=csv)
    assert SourceLabel.objects.count() == 2


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (["image,nodule", "a.png,1"], "no column patient_id"),
        (["image,patient_id,nodule", "a.png,p,maybe"], "Line 2"),
        (["image,patient_id,nodule", "a.png,p,1", "a.png,p,0"], "second time"),
        (["image,patient_id,age", "a.png,p,old"], "age"),
        (["image,patient_id,nodule", "a.png"], "Line 2"),
    ],
)
def test_labels_that_are_not_right_stop_the_import_before_any_file(
    project: Project, folder: Path, lines: list[str], sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence):
        import_folder(project, folder, labels=labels(folder, *lines))
    batch = ImportBatch.objects.get(project=project)
    assert batch.state == ImportBatch.State.FAILED and sentence in batch.options["error"]["message"]
    assert not Instance.objects.exists()


def report(project: Project, path: Path, **options: Any) -> dict[str, Any]:
    """What `import_images --json` says of the labels."""
    out = io.StringIO()
    call_command("import_images", path, project=project.slug, json=True, stdout=out, **options)
    return dict(json.loads(out.getvalue())["labels"])


def films(folder: Path, *names: str) -> Path:
    for n, name in enumerate(names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(film(100 + n))
    return folder


def test_every_line_without_a_file_and_file_without_a_line_is_reported(
    project: Project, tmp_path: Path
) -> None:
    folder = films(tmp_path / "films", "p1/v.png", "p2/v.png", "p3/v.png")
    (folder / "notes.txt").write_text("no image")
    csv = labels(
        tmp_path,
        "image;patient_id;nodule",
        "CheXpert/train/p1/v.png;P1;1",
        "CheXpert/train/p2/v.png;P2;0",
        "CheXpert/train/p9/v.png;P9;1",
    )
    assert report(project, folder, labels=csv) == {
        "lines": 3,
        "matched": 2,
        "lines_without_file": ["CheXpert/train/p9/v.png"],
        "files_without_line": ["p3/v.png"],
    }
    assert SourceLabel.objects.count() == 2


def test_names_are_compared_decomposed_or_not(project: Project, tmp_path: Path) -> None:
    folder = films(tmp_path / "mac", unicodedata.normalize("NFD", "Müller_Röntgen.png"), "plain.png")
    csv = labels(tmp_path, "image,patient_id,nodule", "Müller_Röntgen.png,P1,1", "plain.png,P2,0")
    found = report(project, folder, labels=csv)
    assert (found["matched"], found["lines_without_file"], found["files_without_line"]) == (2, [], [])
    assert Patient.objects.count() == 2 and SourceLabel.objects.count() == 2


@pytest.mark.parametrize("prefix", ["", "set/", "set\\"])
def test_paths_of_a_table_in_a_zip_count_from_its_own_folder(
    project: Project, tmp_path: Path, prefix: str
) -> None:
    table = b"image,patient_id,nodule\np1/v.png,P1,1\np2/v.png,P2,0\n"
    members = {"labels.csv": table, "p1/v.png": film(200), "p2/v.png": film(210)}
    path = tmp_path / "films.zip"
    path.write_bytes(zipped({prefix + name: content for name, content in members.items()}))
    assert report(project, path) == {
        "lines": 2,
        "matched": 2,
        "lines_without_file": [],
        "files_without_line": [],
    }
    assert SourceLabel.objects.count() == 2


def test_the_right_table_mends_the_labels_of_cases_that_nobody_has_opened(
    project: Project, people: People, tmp_path: Path
) -> None:
    folder = films(tmp_path / "films", "a.png", "b.png")
    csv = labels(tmp_path, "image,patient_id,nodule,effusion", "a.png,P1,1,", "b.png,P2,1,")
    import_folder(project, folder, labels=csv)
    assignment = claim(people.reader, project)
    assert assignment is not None

    csv = labels(tmp_path, "image,patient_id,nodule,effusion", "a.png,P1,0,1", "b.png,P2,0,1")
    batch = import_folder(project, folder, labels=csv)
    opened = SourceLabel.objects.filter(case=assignment.case).values_list("finding", "present")
    assert dict(opened) == {"nodule": True, "effusion": True}
    other = SourceLabel.objects.exclude(case=assignment.case).values_list("finding", "present")
    assert dict(other) == {"nodule": False, "effusion": True}
    warnings = dict(batch.files.values_list("instance__case", "warnings"))
    assert warnings.pop(assignment.case_id) == ["labels_kept"]
    assert list(warnings.values()) == [[]]


def test_the_right_table_names_the_patients_of_cases_that_nobody_has_opened(
    project: Project, people: People, tmp_path: Path
) -> None:
    """Imported without a table each film was a patient of its own; what was opened stays, and the file says so."""
    folder = films(tmp_path / "films", "a.png", "b.png", "c.png")
    import_folder(project, folder)
    assert Patient.objects.filter(studies__isnull=False).count() == 3
    assignment = claim(people.reader, project)
    assert assignment is not None
    csv = labels(
        tmp_path,
        "image,patient_id,site,indication,nodule",
        "a.png,P1,North,cough,1",
        "b.png,P1,North,cough,0",
        "c.png,P1,North,cough,0",
    )
    batch = import_folder(project, folder, labels=csv)
    moved = Case.objects.exclude(id=assignment.case_id).select_related("patient", "study")
    assert len({case.patient_id for case in moved}) == 1
    assert {(case.study.site, case.study.indication) for case in moved} == {("North", "cough")}
    assert {case.split for case in moved} == {moved[0].patient.split}
    assert set(CaseRound.objects.filter(case__in=moved).values_list("split", flat=True)) == {moved[0].split}
    kept = Case.objects.select_related("patient", "study").get(id=assignment.case_id)
    assert kept.patient.pseudonym == kept.study.source_hash and kept.study.indication == ""
    warnings = dict(batch.files.values_list("instance__case", "warnings"))
    assert [case_id for case_id, codes in warnings.items() if "patient_kept" in codes] == [kept.id]
    assert SourceLabel.objects.count() == 3


def test_an_import_without_a_table_reports_no_labels(project: Project, folder: Path) -> None:
    out = io.StringIO()
    call_command("import_images", folder, project=project.slug, json=True, stdout=out)
    assert json.loads(out.getvalue())["labels"] is None


@pytest.mark.parametrize("kind", ["read:nobody", "truth"])
def test_an_unknown_reader_or_kind_of_label_is_refused(project: Project, folder: Path, kind: str) -> None:
    with pytest.raises(CommandError):
        import_folder(project, folder, labels=labels(folder, "image,patient_id"), labels_as=kind)
    assert not ImportBatch.objects.exists()
