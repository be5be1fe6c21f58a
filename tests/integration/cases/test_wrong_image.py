"""An image that does not belong to its case is left out of it, by a new version, and can be taken in again."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from labelhub.core.models import AuditEvent
from labelhub.imaging.cases import case_images
from labelhub.imaging.dicom.facts import ABOUT_THE_CASE
from labelhub.imaging.models import Case, CaseVersion, HeldCaseVersion, Instance
from labelhub.learning.services.snapshot import eligible_keys
from labelhub.projects.models import Project
from labelhub.reading.models import Read
from labelhub.workflows.intake.accept_version import accept_version
from tests.factories.imaging import import_files, radiograph
from tests.factories.projects import People
from tests.factories.reading import claim, read_case

pytestmark = pytest.mark.django_db
ClientOf = Callable[..., APIClient]


@pytest.fixture
def case(project: Project) -> Case:
    """Two frontal films."""
    import_files(project, {f"{n}.dcm": radiograph(n, study=1, patient="P") for n in (1, 2)})
    return Case.objects.get()


@pytest.fixture
def correct(people: People, client_of: ClientOf) -> Callable[..., Any]:
    """Looks at what follows and has it done."""
    client = client_of(people.manager)

    def act(image: Instance, is_in: bool) -> Any:
        address = f"/api/v1/instances/{image.id}/in-case/"
        shown = client.get(address, {"is_in": is_in})
        if shown.status_code != 200:
            return shown
        body = {"reason": "A hand.", "client_uuid": str(uuid.uuid4()), "shown": shown.json()["shown"]}
        return client.post(address, {**body, "is_in": is_in}, format="json")

    return act


def in_force(case: Case) -> tuple[int, list[Instance]]:
    case = Case.objects.select_related("current_version").get(id=case.id)
    return case.version_in_force.version, case_images(case)


def test_while_nobody_has_opened_the_case_it_is_read_without_it_at_once(
    case: Case, correct: Callable[..., Any]
) -> None:
    wrong, right = case_images(case)
    assert correct(wrong, False).status_code == 200
    assert in_force(case) == (2, [right])
    case.refresh_from_db()
    assert (case.n_images, case.first_instance_id, case.has_eligible_instance) == (1, right.id, True)
    wrong.refresh_from_db()
    assert not wrong.is_eligible and ABOUT_THE_CASE not in wrong.warnings
    assert list(eligible_keys([str(case.id)])) == [str(right.id)]
    assert not HeldCaseVersion.objects.exists()
    event = AuditEvent.objects.get(action="image.corrected")
    assert event.data["after"] == {"instance": str(wrong.id), "is_in": False}


def test_of_a_case_that_was_opened_the_new_version_waits_for_the_manager(
    project: Project, case: Case, people: People, correct: Callable[..., Any]
) -> None:
    wrong, right = case_images(case)
    read = read_case(people.reader, project)
    assert read is not None
    assert correct(wrong, False).status_code == 200
    assert in_force(case) == (1, [wrong, right])
    assert HeldCaseVersion.objects.get().version.version == 2
    # No model waits for that.
    assert list(eligible_keys([str(case.id)])) == [str(right.id)]
    accept_version(actor=people.manager, case=case)
    assert in_force(case) == (2, [right])
    mine = claim(people.second_reader, project)
    assert mine is not None and mine.case_version.version == 2
    assert Read.objects.get().case_version.version == 1


def test_it_is_taken_in_again(case: Case, correct: Callable[..., Any]) -> None:
    wrong, right = case_images(case)
    correct(wrong, False)
    assert correct(wrong, True).status_code == 200
    assert in_force(case) == (3, [wrong, right])
    wrong.refresh_from_db()
    assert wrong.is_eligible
    versions = CaseVersion.objects.order_by("version").values_list("sha256", flat=True)
    assert versions[0] == versions[2] != versions[1]


def test_taken_in_again_before_it_was_accepted_nothing_waits(
    project: Project, case: Case, people: People, correct: Callable[..., Any]
) -> None:
    wrong, right = case_images(case)
    claim(people.reader, project)
    correct(wrong, False)
    correct(wrong, True)
    assert in_force(case) == (1, [wrong, right]) and not HeldCaseVersion.objects.exists()
    assert set(eligible_keys([str(case.id)])) == {str(wrong.id), str(right.id)}


def test_later_images_of_the_study_do_not_bring_it_back(
    project: Project, case: Case, correct: Callable[..., Any]
) -> None:
    wrong, right = case_images(case)
    correct(wrong, False)
    import_files(project, {f"{n}.dcm": radiograph(n, study=1, patient="P") for n in (1, 2, 3)})
    version, images = in_force(case)
    assert version == 3 and right in images and wrong not in images and len(images) == 2


def test_the_last_image_is_not_left_out(case: Case, correct: Callable[..., Any]) -> None:
    wrong, right = case_images(case)
    correct(wrong, False)
    refused = correct(right, False)
    assert (refused.status_code, refused.json()["code"]) == (409, "last_image")
    assert correct(wrong, False).json()["code"] == "same_image"


def test_it_is_shown_what_follows(project: Project, case: Case, people: People, client_of: ClientOf) -> None:
    (image, _), client = case_images(case), client_of(people.manager)
    address = f"/api/v1/instances/{image.id}/in-case/"
    notes = client.get(address, {"is_in": "false"}).json()["notes"]
    assert notes[0] == "Images to read in the case: 1 then, 2 now." and not any(
        "held" in each for each in notes
    )
    claim(people.reader, project)
    assert any("held" in each for each in client.get(address, {"is_in": "false"}).json()["notes"])
    assert client.get(address).status_code == 400
    assert in_force(case)[0] == 1
