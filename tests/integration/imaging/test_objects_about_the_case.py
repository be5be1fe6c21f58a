"""Dose, masks, reports, scouts and raw exposures are kept and listed; they are neither read nor trained on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from labelhub.imaging.models import Case, Instance
from labelhub.imaging.selectors import files_reported, import_warnings
from labelhub.projects.models import Project
from labelhub.reading.models import CaseRound
from tests.factories.dicom import ROOT, dicom_bytes, gradient, image_dataset
from tests.factories.imaging import import_files, outcomes, radiograph, report, warnings_of
from tests.factories.projects import People

STORAGE = "1.2.840.10008.5.1.4.1.1."


def instance_of(number: int, sop_class: str, modality: str, **elements: Any) -> bytes:
    """An image-like object of study 7, in the series of its number."""
    pixels = gradient(high=1000 + number)
    own = {
        "SOPClassUID": STORAGE + sop_class,
        "Modality": modality,
        "StudyInstanceUID": f"{ROOT}.7",
        "SeriesInstanceUID": f"{ROOT}.7.{number}",
        "SOPInstanceUID": f"{ROOT}.7.{number}.1",
        "SeriesNumber": number,
    }
    return dicom_bytes(pixels, dataset=image_dataset(pixels, **(own | elements)))


CT = instance_of(9, "2", "CT")
DOSE = instance_of(1, "481.2", "RTDOSE")
MASK = instance_of(2, "66.4", "SEG")
SCOUT = instance_of(3, "2", "CT", ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"])


def read_in(project: Project) -> list[str]:
    """The modalities of what is read in the project's one case."""
    manifest = Case.objects.get(project=project).version_in_force.manifest
    return [Instance.objects.get(id=row["instance"]).modality for row in manifest]


def test_the_image_is_read_and_scored_and_the_objects_about_it_are_listed(
    project: Project, people: People, client_of: Callable[..., APIClient]
) -> None:
    batch = import_files(project, {"dose.dcm": DOSE, "mask.dcm": MASK, "scout.dcm": SCOUT, "ct.dcm": CT})
    assert read_in(project) == ["CT"]
    assert Instance.objects.get(is_eligible=True).modality == "CT"
    assert warnings_of(batch)["dose.dcm"] == ["about_the_case"]
    client = client_of(people.manager)
    (row,) = client.get(f"/api/v1/projects/{project.slug}/cases/").json()["results"]
    assert (row["n_images"], row["n_objects"]) == (1, 3)
    listed = client.get(f"/api/v1/cases/{row['id']}/objects/").json()["results"]
    assert [each["kind"] for each in listed] == ["dose", "localizer", "segmentation"]
    assert client_of(people.reader).get(f"/api/v1/cases/{row['id']}/objects/").status_code == 404


def test_an_object_that_comes_after_its_case_changes_no_version(project: Project) -> None:
    import_files(project, {"ct.dcm": CT})
    batch = import_files(project, {"dose.dcm": DOSE})
    assert Case.objects.get(project=project).version_in_force.version == 1
    assert warnings_of(batch)["dose.dcm"] == ["about_the_case"]


@pytest.mark.parametrize("objects", [{"a.dcm": DOSE}, {"a.dcm": MASK, "b.dcm": SCOUT}, {"a.dcm": report(1)}])
def test_a_study_of_objects_only_is_accepted_and_makes_no_case(
    project: Project, objects: dict[str, bytes]
) -> None:
    batch = import_files(project, objects)
    assert {outcome for outcome, _ in outcomes(batch).values()} == {"accepted"}
    assert all("object_only" in warnings for warnings in warnings_of(batch).values())
    assert not Case.objects.exists() and not CaseRound.objects.exists()
    assert any("make no case" in sentence for sentence in import_warnings(project))


def test_an_object_counts_to_the_case_that_comes_later(project: Project) -> None:
    import_files(project, {"dose.dcm": DOSE})
    again = import_files(project, {"ct.dcm": CT, "dose.dcm": DOSE})
    assert "object_only" not in warnings_of(again)["dose.dcm"]
    assert read_in(project) == ["CT"]


def test_that_it_makes_no_case_is_taken_back_when_its_image_comes(project: Project) -> None:
    first = import_files(project, {"dose.dcm": DOSE})
    assert set(warnings_of(first)["dose.dcm"]) == {"about_the_case", "object_only"}
    import_files(project, {"ct.dcm": CT})
    (reported,) = files_reported(first)
    assert reported["warnings"] == ["about_the_case"]
    assert not any("make no case" in sentence for sentence in import_warnings(project))


def raw(number: int, **elements: Any) -> bytes:
    own = {"SOPClassUID": STORAGE + "1.1.1", "Modality": "DX", "PresentationIntentType": "FOR PROCESSING"}
    return radiograph(number, study=5, patient="P", **(own | elements))


def shown(number: int, **elements: Any) -> bytes:
    own = {"SOPClassUID": STORAGE + "1.1", "Modality": "DX", "PresentationIntentType": "FOR PRESENTATION"}
    return radiograph(number, study=5, patient="P", **(own | elements))


def test_of_twins_the_one_for_presentation_is_read(project: Project) -> None:
    import_files(project, {"raw.dcm": raw(1), "shown.dcm": shown(2)})
    manifest = Case.objects.get(project=project).version_in_force.manifest
    assert [Instance.objects.get(id=row["instance"]).kind for row in manifest] == [""]
    twin = Instance.objects.get(kind="for_processing")
    assert not twin.is_eligible and "about_the_case" in twin.warnings


def test_an_exposure_for_processing_without_a_twin_is_read_with_a_warning(project: Project) -> None:
    import_files(project, {"raw.dcm": raw(1), "side.dcm": shown(2, ViewPosition="LL")})
    alone = Instance.objects.get(kind="for_processing")
    manifest = Case.objects.get(project=project).version_in_force.manifest
    assert str(alone.id) in {row["instance"] for row in manifest}
    assert alone.is_eligible and "for_processing_read" in alone.warnings
    assert any("for processing" in sentence for sentence in import_warnings(project))


def test_a_presentation_that_comes_later_takes_the_place_of_its_raw_exposure(project: Project) -> None:
    import_files(project, {"raw.dcm": raw(1)})
    import_files(project, {"shown.dcm": shown(2)})
    case = Case.objects.get(project=project)
    assert case.version_in_force.version == 2 and len(case.version_in_force.manifest) == 1
    assert "for_processing_read" not in Instance.objects.get(kind="for_processing").warnings


def test_an_exposure_whose_view_was_not_kept_is_nobodys_twin(project: Project) -> None:
    """Else any presentation would answer for it, and an image that was read would leave the case."""
    import_files(project, {"raw.dcm": raw(1), "side.dcm": shown(2, ViewPosition="LL")})
    Instance.objects.update(exposure={})  # As imported before views were kept.
    import_files(project, {"oblique.dcm": shown(3, ViewPosition="RLO")})
    manifest = Case.objects.get(project=project).version_in_force.manifest
    assert str(Instance.objects.get(kind="for_processing").id) in {row["instance"] for row in manifest}
