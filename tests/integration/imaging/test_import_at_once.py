"""Two workers on one import, and two imports of the same images: nothing is doubled, nothing is lost."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.files.storage import default_storage
from django.db import connection, transaction

from labelhub.core.errors import InvalidTransition
from labelhub.imaging.models import Case, CaseVersion, ImportBatch, ImportFile, Instance, Patient
from labelhub.projects.models import Project
from labelhub.reading.models import CaseRound
from labelhub.workflows.intake.import_images import run_import
from labelhub.workflows.intake.join_patients import join_patients
from tests.factories.accounts import make_user
from tests.factories.imaging import radiograph, silent, stage

pytestmark = pytest.mark.django_db(transaction=True)
FILES = {f"{n}.dcm": radiograph(n, study=1 + n // 3, patient=f"P-{n // 3}") for n in range(9)}


@pytest.fixture(autouse=True)
def own_storage(settings: Any, tmp_path: Path) -> None:
    place = {"location": str(tmp_path)}
    default = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": place}
    settings.STORAGES = {**settings.STORAGES, "default": default}


def run_at_once(batch_ids: Iterable[UUID]) -> list[BaseException | None]:
    def work(batch_id: UUID) -> None:
        try:
            run_import(batch_id, silent)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return [future.exception() for future in [pool.submit(work, batch_id) for batch_id in batch_ids]]


def test_two_imports_of_the_same_images_accept_each_once(project: Project) -> None:
    assert run_at_once([stage(project, FILES).id, stage(project, FILES).id]) == [None, None]
    for path in FILES:
        found = ImportFile.objects.filter(path=path).values_list("outcome", flat=True)
        assert sorted(found) == ["accepted", "duplicate"]
    assert_nothing_is_doubled_or_lost()


def test_two_workers_on_one_import_decide_each_file_once(project: Project) -> None:
    """As when a lease ran out unnoticed: whoever comes second finds nothing left to do, or the import done."""
    batch = stage(project, FILES)
    errors = [error for error in run_at_once([batch.id, batch.id]) if error is not None]
    assert all(isinstance(error, InvalidTransition) for error in errors), errors
    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.DONE
    assert set(ImportFile.objects.values_list("outcome", flat=True)) == {"accepted"}
    assert_nothing_is_doubled_or_lost()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_an_image_that_comes_while_its_patient_is_joined_is_of_the_person_and_in_her_split(
    project: Project,
) -> None:
    keep, other = two_patients(project)
    Patient.objects.filter(id=other.patient_id).update(split="test")
    Case.objects.filter(id=other.id).update(split="test")
    CaseRound.objects.filter(case=other).update(split="test")
    batch = stage(project, {"3.dcm": radiograph(3, patient="Q2")})
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            join_patients(actor=make_user(), keep=keep, other=other, split=keep.split, excluded=[])
            coming = pool.submit(run_at_once, [batch.id])
            # Long enough for an import that does not wait; one that waits goes on after the commit.
            wait([coming], timeout=8)
        assert coming.result() == [None]
    assert set(Case.objects.values_list("patient", "split")) == {(keep.patient_id, "pool")}
    assert set(CaseRound.objects.values_list("split", flat=True)) == {"pool"}


def two_patients(project: Project) -> list[Case]:
    """A case each of Q1 and Q2, who are in the pool."""
    run_import(stage(project, {f"{n}.dcm": radiograph(n, patient=f"Q{n}") for n in (1, 2)}).id, silent)
    Patient.objects.update(split="pool")
    Case.objects.update(split="pool")
    CaseRound.objects.update(split="pool")
    return list(Case.objects.select_related("patient").order_by("number"))


def assert_nothing_is_doubled_or_lost() -> None:
    assert Instance.objects.count() == 9
    assert Case.objects.count() == CaseRound.objects.count() == 3
    for case in Case.objects.all():
        newest = CaseVersion.objects.filter(case=case).latest("version")
        assert case.current_version == newest
        assert len(newest.manifest) == case.instances.count() == 3
    stored = {
        f"instances/{path.parent.name}/{path.name}"
        for path in Path(default_storage.path("instances")).glob("*/*")
    }
    assert stored == set(Instance.objects.values_list("storage_prefix", flat=True))
