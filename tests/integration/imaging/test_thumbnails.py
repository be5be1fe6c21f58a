"""Thumbnails: made at import through the view of the screen, served like pixels, drawn later for older instances."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image
from rest_framework.test import APIClient

from labelhub.core.models import Job
from labelhub.imaging import storage
from labelhub.imaging.models import Instance
from labelhub.imaging.services.thumbnails import thumbnails_make
from labelhub.learning.services.snapshot import eligible_keys
from labelhub.projects.models import Project
from labelhub.workflows.intake.make_thumbnails import ensure_thumbnails
from tests.factories.dicom import colours, gradient, raster_bytes
from tests.factories.imaging import import_files, radiograph, report, silent
from tests.factories.projects import People


def picture(client: APIClient, instance: Instance) -> np.ndarray:
    answer = client.get(f"/api/v1/instances/{instance.id}/thumbnail/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    return np.asarray(Image.open(io.BytesIO(answer.content)))


def test_an_import_makes_a_gray_picture_that_managers_get_and_strangers_do_not(
    project: Project, people: People, client_of: Callable[..., APIClient]
) -> None:
    import_files(project, {"a.dcm": radiograph(1, pixels=gradient(600, 300))})
    instance = Instance.objects.get()
    shown = picture(client_of(people.manager), instance)
    assert shown.shape == (256, 128) and shown.dtype == np.uint8
    # MONOCHROME1: the lowest values are the brightest.
    assert shown[:8, :8].mean() > 240 and shown[-8:, -8:].mean() < 15
    (row,) = client_of(people.manager).get(f"/api/v1/projects/{project.slug}/cases/").json()["results"]
    assert row["thumbnail_url"] == f"/api/v1/instances/{instance.id}/thumbnail/"
    for other in (people.reader, people.stranger):
        assert client_of(other).get(row["thumbnail_url"]).status_code == 404


def test_pixels_that_are_no_squares_make_a_picture_that_is_not_squeezed(
    project: Project, people: People, client_of: Callable[..., APIClient]
) -> None:
    import_files(project, {"a.dcm": radiograph(1, pixels=gradient(128, 128), ImagerPixelSpacing=[0.4, 0.2])})
    assert picture(client_of(people.manager), Instance.objects.get()).shape == (256, 128)


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.dcm", radiograph(1, pixels=gradient(300, 200))), ("a.png", raster_bytes(colours(90, 70)))],
)
def test_an_older_instance_gets_the_picture_that_it_would_have_got(
    project: Project, people: People, client_of: Callable[..., APIClient], name: str, content: bytes
) -> None:
    import_files(project, {name: content})
    instance = Instance.objects.get()
    at_import = picture(client_of(people.manager), instance)
    storage.default_storage.delete(storage.thumbnail_key(instance.storage_prefix))
    Instance.objects.update(thumbnail="missing")
    for _ in range(2):
        ensure_thumbnails()
    assert Job.objects.filter(kind="thumbnails").count() == 1
    assert thumbnails_make(silent) == 1
    instance.refresh_from_db()
    assert instance.thumbnail == "stored"
    later = picture(client_of(people.manager), instance)
    assert later.shape == at_import.shape
    assert np.abs(later.astype(int) - at_import.astype(int)).max() <= 1
    assert thumbnails_make(silent) == 0


def test_an_older_instance_gives_models_the_picture_of_the_screen(project: Project) -> None:
    import_files(
        project, {f"{n}.dcm": radiograph(n, pixels=gradient(128, 128 + n, low=n), study=n) for n in (1, 2)}
    )
    old, same = Instance.objects.order_by("columns")
    before, unchanged = (storage.read(storage.model_input_key(each.storage_prefix)) for each in (old, same))
    older = b"\x07" * len(before)
    with storage.default_storage.open(storage.model_input_key(old.storage_prefix), "wb") as target:
        target.write(older)
    Instance.objects.update(thumbnail="missing")
    assert thumbnails_make(silent) == 2
    keys = eligible_keys([str(old.case_id), str(same.case_id)])
    assert {key: storage.read(key) for key in keys.values()} == {
        f"{old.storage_prefix}/model-320-redrawn.u8": before,
        f"{same.storage_prefix}/model-320.u8": unchanged,
    }
    # The lists of earlier trainings name the old one.
    assert storage.read(storage.model_input_key(old.storage_prefix)) == older


def test_what_cannot_be_drawn_is_not_tried_again(project: Project) -> None:
    import_files(project, {"a.dcm": radiograph(1), "b.dcm": report(1)})
    instance = Instance.objects.get(n_frames=1)
    storage.remove(instance.storage_prefix)
    Instance.objects.update(thumbnail="missing")
    assert thumbnails_make(silent) == 0
    assert set(Instance.objects.values_list("thumbnail", flat=True)) == {"none"}
