"""The page for one image: what was made of it, and who may see that."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image
from rest_framework.test import APIClient

from labelhub.imaging.models import Case, Instance
from labelhub.projects.models import Project
from tests.factories.dicom import dicom_bytes, gradient, image_dataset
from tests.factories.imaging import import_files
from tests.factories.projects import People
from tests.unit.imaging.test_luts import lut_item

ClientOf = Callable[..., APIClient]


@pytest.fixture
def instance(project: Project) -> Instance:
    pixels = gradient()
    items = [lut_item(np.arange(4001), 0, 12), lut_item(np.arange(4001), 0, 0)]
    dataset = image_dataset(pixels, VOILUTSequence=items, PatientID="P-1", PresentationLUTShape="LIN OD")
    import_files(project, {"film.dcm": dicom_bytes(pixels, dataset=dataset)})
    return Instance.objects.get(project=project)


def test_an_image_says_what_became_of_its_attributes(
    instance: Instance, people: People, client_of: ClientOf
) -> None:
    found = client_of(people.manager).get(f"/api/v1/instances/{instance.id}/pipeline/").json()
    handling = {row["keyword"]: row["handling"] for row in found["attributes"]}
    assert handling["BitsStored"] == "applied"
    assert handling["VOILUTSequence"] == handling["PresentationLUTShape"] == "warned"
    assert [view["function"] for view in found["windows"]] == ["LUT"]
    codes = {warning["code"] for warning in found["warnings"]}
    assert {"bad_voi_lut", "presentation_lut_not_applied"} <= codes
    assert all(warning["message"].endswith(".") for warning in found["warnings"])


def test_the_models_picture_is_a_png(instance: Instance, people: People, client_of: ClientOf) -> None:
    client = client_of(people.engineer)
    address = client.get(f"/api/v1/instances/{instance.id}/pipeline/").json()["model_input_url"]
    answer = client.get(address)
    assert answer["Content-Type"] == "image/png" and "private" in answer["Cache-Control"]
    picture = np.asarray(Image.open(io.BytesIO(answer.content)))
    assert picture.shape == (320, 320) and np.ptp(picture) > 240


def test_a_case_lists_its_series(instance: Instance, people: People, client_of: ClientOf) -> None:
    case = Case.objects.get()
    (series,) = client_of(people.manager).get(f"/api/v1/cases/{case.id}/images/").json()["results"]
    assert (series["instance"], series["n_images"]) == (str(instance.id), 1)
    assert "bad_voi_lut" in series["warnings"]


@pytest.mark.parametrize("part", ["pipeline/", "model-input.png"])
@pytest.mark.parametrize("role", ["reader", "adjudicator", "stranger"])
def test_only_those_who_steer_see_it(
    instance: Instance, people: People, client_of: ClientOf, part: str, role: str
) -> None:
    answer = client_of(getattr(people, role)).get(f"/api/v1/instances/{instance.id}/{part}")
    assert answer.status_code in (403, 404)
