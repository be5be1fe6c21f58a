"""The right table in a second import: what it adds to images that the project has, and what stays and is said."""

from __future__ import annotations

from pathlib import Path

from labelhub.imaging.dicom.identity.identity import Pseudonyms
from labelhub.imaging.models import Instance, Study
from labelhub.imaging.selectors import import_warnings
from labelhub.projects.models import Project
from tests.factories.imaging import import_files, outcomes, radiograph, warnings_of
from tests.factories.projects import People
from tests.factories.reading import claim
from tests.integration.imaging.test_labels import films, import_folder, labels

HEAD = "image,patient_id,site,age,sex,view"


def test_a_view_that_becomes_known_makes_the_image_a_radiograph_that_is_scored(
    project: Project, tmp_path: Path
) -> None:
    folder = films(tmp_path / "films", "a.png")
    import_folder(project, folder, labels=labels(tmp_path, HEAD, "a.png,P1,,,,"))
    film = Instance.objects.get()
    assert (film.view_position, film.is_radiograph, film.warnings) == ("", False, ["eligible_by_default"])
    batch = import_folder(project, folder, labels=labels(tmp_path, HEAD, "a.png,P1,,,,PA"))
    film.refresh_from_db()
    assert (film.view_position, film.is_radiograph, film.is_eligible, film.warnings) == ("PA", True, True, [])
    assert warnings_of(batch) == {"a.png": []}


def test_the_right_table_after_one_that_named_the_wrong_patients(
    project: Project, people: People, tmp_path: Path
) -> None:
    folder = films(tmp_path / "films", "a.png", "b.png", "c.png", "d.png")
    lines = [
        f"{name}.png,{patient},,,," for name, patient in zip("abcd", ("P2", "P1", "P9", "P9"), strict=True)
    ]
    import_folder(project, folder, labels=labels(tmp_path, HEAD, *lines))
    assignment = claim(people.reader, project)
    assert assignment is not None
    right = dict(zip("abcd", ("P1", "P1", "P2", "P2"), strict=True))
    table = labels(tmp_path, HEAD, *(f"{name}.png,{patient},,,," for name, patient in right.items()))
    batch = import_folder(project, folder, labels=table)
    names = Pseudonyms(bytes.fromhex(project.pseudonym_key))
    for file in batch.files.select_related("instance__case__patient"):
        case = file.instance.case
        is_right = case.patient.split_key == names.patient_hash(right[file.path[0]])
        if case.id == assignment.case_id and not is_right:
            assert file.warnings == ["patient_kept"]
        else:
            assert is_right and file.warnings == [] and case.split == case.patient.split
    assert batch.files.filter(warnings=["patient_kept"]).count() <= 1


def test_the_file_outdoes_a_table_that_named_another_patient(project: Project, tmp_path: Path) -> None:
    nobodys, named = radiograph(1, study=5, PatientID=None), radiograph(2, study=5, patient="RIGHT")
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "1.dcm").write_bytes(nobodys)
    import_folder(project, tmp_path / "set", labels=labels(tmp_path, "image,patient_id", "1.dcm,WRONG"))
    batch = import_files(project, {"2.dcm": named})
    assert outcomes(batch) == {"2.dcm": ("accepted", "ok")}
    names = Pseudonyms(bytes.fromhex(project.pseudonym_key))
    assert Study.objects.get().patient.split_key == names.patient_hash("RIGHT")


def test_lines_that_name_two_patients_of_one_study_are_told(project: Project, tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    for n in (1, 2):
        (tmp_path / "set" / f"{n}.dcm").write_bytes(radiograph(n, study=5, PatientID=None))
    table = labels(tmp_path, "image,patient_id", "1.dcm,P1", "2.dcm,P2")
    for _ in range(2):
        batch = import_folder(project, tmp_path / "set", labels=table)
        assert warnings_of(batch) == {"1.dcm": [], "2.dcm": ["patient_kept"]}
    names = Pseudonyms(bytes.fromhex(project.pseudonym_key))
    assert Study.objects.get().patient.split_key == names.patient_hash("P1")


def test_a_new_file_that_names_another_patient_or_sex_than_its_line_says_so(
    project: Project, tmp_path: Path
) -> None:
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "1.dcm").write_bytes(radiograph(1, patient="P1", PatientSex="F"))
    (tmp_path / "set" / "2.dcm").write_bytes(radiograph(2, patient="P2", PatientSex="F"))
    table = labels(tmp_path, HEAD, "1.dcm,P1,North,34,F,PA", "2.dcm,P3,North,34,M,PA")
    batch = import_folder(project, tmp_path / "set", labels=table)
    assert warnings_of(batch) == {"1.dcm": [], "2.dcm": ["patient_kept", "facts_kept"]}


def test_what_a_line_says_in_other_words_than_the_file_is_no_contradiction(
    project: Project, tmp_path: Path
) -> None:
    """Each line of one film of somebody of her own: site, age, sex and view, in words that mean what its file says."""
    file = {"PatientSex": "M", "PatientAge": "018M", "ViewPosition": "LL"}
    means = (
        "North,1.5,male,LATERAL",
        "NORTH,078W,M,left lateral",
        " north ,1,m,Lat",
        "North,018M,Male,LL erect",
    )
    differs = ("North,1.5,M,RL", "North,1.5,M,LLD", "North,1.5,M,PA", "North,1.5,F,LL", "North,3,M,LL")
    (tmp_path / "set").mkdir()
    for n in range(len(means + differs)):
        (tmp_path / "set" / f"{n}.dcm").write_bytes(radiograph(n, study=n, patient=f"P{n}", **file))
    lines = [f"{n}.dcm,P{n},{said}" for n, said in enumerate(means + differs)]
    first = labels(tmp_path, "image,patient_id,site", *(f"{n}.dcm,P{n},North" for n in range(len(lines))))
    import_folder(project, tmp_path / "set", labels=first)
    batch = import_folder(project, tmp_path / "set", labels=labels(tmp_path, HEAD, *lines))
    said = [warnings_of(batch)[f"{n}.dcm"] for n in range(len(lines))]
    assert said == [[]] * len(means) + [["facts_kept"]] * len(differs)


def test_what_an_import_assumed_is_counted_again_when_a_table_makes_it_known(
    project: Project, tmp_path: Path
) -> None:
    folder = films(tmp_path / "films", "a.png", "b.png", "c.png")
    import_folder(project, folder)
    said = " ".join(import_warnings(project))
    assert "name no patient: 3." in said and "without a known frontal radiograph: 3." in said
    import_folder(project, folder, labels=labels(tmp_path, HEAD, "a.png,P1,,,,PA", "b.png,P1,,,,"))
    said = " ".join(import_warnings(project))
    assert "name no patient: 1." in said and "without a known frontal radiograph: 2." in said


def test_what_contradicts_what_the_project_has_stays_and_is_said(
    project: Project, people: People, tmp_path: Path
) -> None:
    folder = films(tmp_path / "films", "a.png", "b.png")
    first = labels(tmp_path, HEAD, "a.png,P1,North,61,F,PA", "b.png,P2,,47,M,PA")
    import_folder(project, folder, labels=first)
    again = labels(tmp_path, HEAD, "a.png,P1,South,61,F,PA", "b.png,P2,South,47,M,PA")
    batch = import_folder(project, folder, labels=again)
    assert warnings_of(batch) == {"a.png": ["facts_kept"], "b.png": []}
    assert batch.options["labels"]["kept"] == [{"code": "facts_kept", "n": 1}]
    assert set(Study.objects.values_list("site", flat=True)) == {"North", "South"}
    # Of a case that somebody has opened nothing changes any more.
    assignment = claim(people.reader, project)
    assert assignment is not None
    Study.objects.update(age="")
    warnings = import_folder(project, folder, labels=again).files.filter(instance__case=assignment.case)
    assert [row.warnings for row in warnings] == [["facts_kept"]]
