"""Uploads that were never finished and objects that no row names go after a day; nothing else does."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from labelhub.core.models import ScheduledRun
from labelhub.imaging import storage
from labelhub.imaging.models import ImportBatch, ImportFile, Instance
from labelhub.imaging.selectors import import_status
from labelhub.imaging.services.batches import batch_create, file_stage, upload_path
from labelhub.imaging.sweep import abandoned_uploads_remove, unreferenced_objects_remove
from labelhub.projects.models import Project
from labelhub.workflows import run_tick
from tests.factories.imaging import import_files, outcomes, radiograph
from tests.factories.projects import make_project

DAY_AGO = time.time() - 25 * 3600


def upload(project: Project, name: str = "a.dcm") -> ImportBatch:
    batch = batch_create(actor=None, project=project)
    file_stage(batch=batch, path=name, content=ContentFile(b"some bytes"))
    return batch


def age(path: Path) -> None:
    for item in [*path.rglob("*"), path]:
        os.utime(item, (DAY_AGO, DAY_AGO))


def age_batch(batch: ImportBatch) -> None:
    ImportBatch.objects.filter(id=batch.id).update(created_at=timezone.now() - timedelta(hours=25))
    age(upload_path(str(batch.id)))


def test_an_upload_that_was_never_finished_is_removed_and_says_so(project: Project) -> None:
    old, fresh, filling = upload(project), upload(project), upload(project)
    age_batch(old)
    ImportBatch.objects.filter(id=filling.id).update(created_at=timezone.now() - timedelta(hours=25))
    abandoned_uploads_remove()
    abandoned_uploads_remove()
    assert [upload_path(str(batch.id)).exists() for batch in (old, fresh, filling)] == [False, True, True]
    old.refresh_from_db()
    status = import_status(old)
    assert status.state == "failed" and status.error is not None and status.error["code"] == "abandoned"
    assert outcomes(old) == {"a.dcm": ("rejected", "abandoned")}
    assert set(ImportFile.objects.filter(batch__in=[fresh, filling]).values_list("outcome", flat=True)) == {
        "staged"
    }


def test_uploads_of_imports_that_are_done_or_gone_are_removed_and_those_that_wait_are_not(
    project: Project,
) -> None:
    done, waiting, gone = upload(project), upload(project), upload(project)
    for batch, state in ((done, "done"), (waiting, "failed"), (gone, "queued")):
        ImportBatch.objects.filter(id=batch.id).update(state=state)
        age_batch(batch)
    ImportFile.objects.filter(batch=gone).delete()
    ImportBatch.objects.filter(id=gone.id).delete()
    other = upload_path("not-ours")
    other.mkdir(exist_ok=True)
    age(other)
    abandoned_uploads_remove()
    assert [upload_path(str(batch.id)).exists() for batch in (done, waiting, gone)] == [False, True, False]
    assert other.exists()


def test_objects_that_no_row_names_are_removed_after_a_day(db: None) -> None:
    project = make_project(keep_originals=True)
    import_files(project, {"1.dcm": radiograph(1), "2.dcm": radiograph(2), "3.dcm": radiograph(3)})
    kept, lost, young = Instance.objects.filter(project=project).order_by("source_hash")
    for instance in (kept, lost):
        age(Path(default_storage.path(instance.storage_prefix)))
        age(Path(default_storage.path(instance.original_key)))
    ImportFile.objects.filter(instance__in=[lost, young]).update(instance=None)
    Instance.objects.filter(id__in=[lost.id, young.id]).delete()
    shelves = {
        int(key.split("/")[1], 16) for i in (kept, lost, young) for key in (i.storage_prefix, i.original_key)
    }
    assert sum(unreferenced_objects_remove(shelf=shelf) for shelf in shelves) == 2
    for instance, remains in ((kept, True), (lost, False), (young, True)):
        assert default_storage.exists(storage.metadata_key(instance.storage_prefix)) is remains
        assert default_storage.exists(instance.original_key) is remains


@pytest.mark.django_db
def test_the_tick_looks_at_a_shelf_once_and_at_each_within_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []
    monkeypatch.setattr(run_tick, "unreferenced_objects_remove", lambda *, shelf: looked.append(shelf))
    start = timezone.now()
    for n in range(256):
        moment = start + n * timedelta(seconds=run_tick.SHELF_EVERY_S)
        monkeypatch.setattr(run_tick.timezone, "now", lambda moment=moment: moment)
        run_tick.sweep_storage()
        run_tick.sweep_storage()
    assert sorted(looked) == list(range(256))
    assert ScheduledRun.objects.filter(name="sweep-storage").count() == 256
    assert timedelta(seconds=256 * run_tick.SHELF_EVERY_S) < timedelta(days=1)
    assert {run_tick.sweep_storage, abandoned_uploads_remove} <= set(run_tick.STEPS)
