"""Sealed case versions: order, hash, holding back what came after somebody opened the case; eligible instances."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from rest_framework.test import APIClient

from labelhub.imaging.cases import manifest_sha256
from labelhub.imaging.models import Case, CaseVersion, HeldCaseVersion, Instance
from labelhub.imaging.selectors import import_warnings
from labelhub.projects.models import Project
from labelhub.reading.services.claims import claim_next
from tests.factories.dicom import ROOT, dicom_bytes, gradient, image_dataset
from tests.factories.imaging import import_files, radiograph
from tests.factories.projects import People


def ct_slice(number: int, *, z: float, series: int = 1, **elements: object) -> bytes:
    pixels = gradient(high=1000 + number)
    dataset = image_dataset(
        pixels,
        Modality="CT",
        SOPClassUID="1.2.840.10008.5.1.4.1.1.2",
        StudyInstanceUID=f"{ROOT}.7",
        SeriesInstanceUID=f"{ROOT}.7.{series}",
        SOPInstanceUID=f"{ROOT}.7.{series}.{number}",
        SeriesNumber=series,
        InstanceNumber=number,
        ImagePositionPatient=[0, 0, z],
        ImageOrientationPatient=[1, 0, 0, 0, 1, 0],
        **elements,
    )
    return dicom_bytes(pixels, dataset=dataset)


def test_a_version_lists_its_instances_in_reading_order_and_names_their_hash(project: Project) -> None:
    import_files(
        project,
        {
            "late.dcm": ct_slice(1, z=-5, series=2),
            "c.dcm": ct_slice(1, z=20),
            "a.dcm": ct_slice(3, z=-10),
            "b.dcm": ct_slice(2, z=5),
        },
    )
    version = Case.objects.get(project=project).current_version
    assert version is not None and version.version == 1
    ids = [row["instance"] for row in version.manifest]
    positions = [Instance.objects.get(id=pk).order_key for pk in ids]
    assert positions[:3] == sorted(positions[:3]) and len(positions) == 4
    assert Instance.objects.get(id=ids[3]).series.number == 2
    assert version.sha256 == manifest_sha256(version.manifest)


def manifest_numbers(project: Project) -> list[int]:
    """The instance numbers of the project's one case, in reading order."""
    manifest = Case.objects.get(project=project).version_in_force.manifest
    return [Instance.objects.get(id=row["instance"]).place["number"] for row in manifest]


def test_a_series_over_time_is_read_place_by_place(project: Project) -> None:
    slices = {
        f"{number}.dcm": ct_slice(number, z=z, AcquisitionTime=f"1000{second:02d}", AcquisitionNumber=second)
        for number, (second, z) in enumerate([(2, 5), (1, 0), (0, 5), (0, 0), (1, 5), (2, 0)], start=1)
    }
    import_files(project, slices)
    assert manifest_numbers(project) == [4, 2, 6, 3, 5, 1]


def test_slices_that_were_imported_before_places_were_kept_stay_in_their_order(project: Project) -> None:
    import_files(project, {f"{n}.dcm": ct_slice(n, z=z) for n, z in ((1, 20), (2, 0))})
    before = Case.objects.get(project=project).version_in_force
    Instance.objects.update(place={})
    import_files(project, {f"{n}.dcm": ct_slice(n, z=z) for n, z in ((1, 20), (2, 0))})
    assert Case.objects.get(project=project).version_in_force == before
    import_files(project, {"3.dcm": ct_slice(3, z=10)})
    after = Case.objects.get(project=project).version_in_force.manifest
    positions = [Instance.objects.get(id=row["instance"]).order_key for row in after]
    assert positions == [0, 10, 20]


def test_a_sealed_version_cannot_be_changed(project: Project) -> None:
    import_files(project, {"a.dcm": radiograph(1)})
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseVersion.objects.update(sha256="0" * 64)


def test_later_images_make_a_new_version_that_is_in_force_at_once_while_nobody_has_opened_the_case(
    project: Project,
) -> None:
    import_files(project, {"1.dcm": radiograph(1, study=5, patient="P")})
    import_files(
        project, {"2.dcm": radiograph(2, study=5, patient="P"), "1.dcm": radiograph(1, study=5, patient="P")}
    )
    case = Case.objects.get(project=project)
    assert case.current_version is not None
    assert (case.current_version.version, len(case.current_version.manifest)) == (2, 2)
    assert not HeldCaseVersion.objects.exists()


def test_importing_the_same_again_makes_no_new_version(project: Project) -> None:
    for _ in range(2):
        import_files(project, {"1.dcm": radiograph(1)})
    assert CaseVersion.objects.filter(case__project=project).count() == 1


def test_images_that_come_after_the_case_was_opened_are_held_for_the_manager(
    project: Project, people: People
) -> None:
    import_files(project, {"1.dcm": radiograph(1, study=5, patient="P")})
    assert claim_next(reader=people.reader, project=project, claim_key=uuid.uuid4(), ahead=False)
    import_files(project, {"2.dcm": radiograph(2, study=5, patient="P")})
    case = Case.objects.get(project=project)
    assert case.current_version is not None and case.current_version.version == 1
    assert HeldCaseVersion.objects.get().version.version == 2
    assert any("held" in sentence for sentence in import_warnings(project))


def test_the_manager_puts_a_held_version_in_force(
    project: Project, people: People, client_of: Callable[..., APIClient]
) -> None:
    import_files(project, {"1.dcm": radiograph(1, study=5, patient="P", ViewPosition="LL")})
    assignment = claim_next(reader=people.reader, project=project, claim_key=uuid.uuid4(), ahead=False)
    import_files(project, {"2.dcm": radiograph(2, study=5, patient="P", ViewPosition="PA")})
    client = client_of(people.manager)
    (row,) = client.get(f"/api/v1/projects/{project.slug}/cases/").json()["results"]
    assert (row["version"], row["held_version"], row["n_images"]) == (1, 2, 1)

    address = f"/api/v1/cases/{row['id']}/accept-version/"
    assert client.post(address).json() == {"version": 2}
    (row,) = client.get(f"/api/v1/projects/{project.slug}/cases/").json()["results"]
    assert (row["version"], row["held_version"], row["n_images"]) == (2, None, 2)
    assert Instance.objects.get(is_eligible=True).view_position == "PA"
    assert assignment is not None and assignment.case_version.version == 1
    assert client.post(address).status_code == 409


def test_the_model_takes_frontal_radiographs(project: Project) -> None:
    import_files(
        project,
        {
            "side.dcm": radiograph(1, study=5, patient="P", ViewPosition="LL"),
            "front.dcm": radiograph(2, study=5, patient="P", ViewPosition="PA"),
        },
    )
    eligible = Instance.objects.get(project=project, is_eligible=True)
    assert eligible.view_position == "PA"
    assert "eligible_by_default" not in eligible.warnings
    assert Case.objects.get(project=project).has_eligible_instance


def test_without_a_frontal_radiograph_the_model_takes_the_first_image_and_says_so(project: Project) -> None:
    import_files(
        project,
        {
            "2.dcm": radiograph(2, study=5, patient="P", ViewPosition="LL"),
            "1.dcm": radiograph(1, study=5, patient="P", ViewPosition=None),
        },
    )
    eligible = Instance.objects.get(project=project, is_eligible=True)
    assert eligible.order_key == 1 and "eligible_by_default" in eligible.warnings
    assert any("first image" in sentence for sentence in import_warnings(project))
