"""The right table in a second import: what it adds to images that the project has, and what stays and is said."""

from __future__ import annotations

from pathlib import Path

from labelhub.imaging.models import ImportBatch, Instance, Patient, Study
from labelhub.projects.models import Project
from tests.factories.projects import People
from tests.factories.reading import claim
from tests.integration.imaging.test_labels import films, import_folder, labels

HEAD = "image,patient_id,site,age,sex,view"


def warnings_of(batch: ImportBatch) -> dict[str, list[str]]:
    return dict(batch.files.values_list("path", "warnings"))


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


def test_what_contradicts_what_the_project_has_stays_and_is_said(
    project: Project, people: People, tmp_path: Path
) -> None:
    folder = films(tmp_path / "films", "a.png", "b.png")
    first = labels(tmp_path, HEAD, "a.png,P1,North,61,F,PA", "b.png,P2,,47,M,PA")
    import_folder(project, folder, labels=first)
    again = labels(tmp_path, HEAD, "a.png,P1,South,61,F,PA", "b.png,P2,South,47,M,PA")
    batch = import_folder(project, folder, labels=again)
    assert warnings_of(batch) == {"a.png": ["facts_kept"], "b.png": []}
    assert set(Patient.objects.values_list("site", flat=True)) == {"North", "South"}
    # Of a case that somebody has opened nothing changes any more.
    assignment = claim(people.reader, project)
    assert assignment is not None
    Study.objects.update(age="")
    warnings = import_folder(project, folder, labels=again).files.filter(instance__case=assignment.case)
    assert [row.warnings for row in warnings] == [["facts_kept"]]
