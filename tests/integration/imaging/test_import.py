"""The import with the real child: one outcome per file, stored bytes, patients, splits, cases."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from django.core.files.storage import default_storage

from labelhub.imaging import storage
from labelhub.imaging.models import Case, ImportBatch, ImportFile, Instance, Patient
from labelhub.imaging.selectors import import_warnings
from labelhub.imaging.services.batches import upload_path
from labelhub.imaging.split import draw_split
from labelhub.projects.models import Project
from labelhub.reading.models import CaseRound
from labelhub.workflows.intake.import_images import run_import
from tests.factories.dicom import gradient, raster_bytes
from tests.factories.imaging import (
    import_files,
    outcomes,
    radiograph,
    report,
    silent,
    stage,
    stop_after,
    zipped,
)
from tests.factories.projects import make_project


def test_every_file_gets_one_outcome_and_a_bad_one_stops_nothing(project: Project) -> None:
    film = radiograph(1)
    batch = import_files(
        project,
        {
            "film.dcm": film,
            "again/film.dcm": film,
            "notes.txt": b"not an image",
            "empty.dcm": b"",
            "other pixels.dcm": radiograph(1, pixels=gradient()[::-1]),
            "other patient.dcm": radiograph(2, study=1, patient="somebody else"),
            "report.dcm": report(1),
            "cut.dcm": radiograph(3)[:-500],
            "last.dcm": radiograph(4),
        },
    )
    assert outcomes(batch) == {
        "film.dcm": ("accepted", "ok"),
        "again/film.dcm": ("duplicate", "duplicate"),
        "notes.txt": ("rejected", "not_an_image"),
        "empty.dcm": ("rejected", "empty_file"),
        "other pixels.dcm": ("rejected", "sop_uid_conflict"),
        "other patient.dcm": ("rejected", "inconsistent_patient"),
        "report.dcm": ("accepted", "no_pixels"),
        "cut.dcm": ("rejected", "pixel_data_truncated"),
        "last.dcm": ("accepted", "ok"),
    }
    assert batch.state == ImportBatch.State.DONE
    assert all(file.message.endswith(".") for file in ImportFile.objects.filter(batch=batch))
    assert Case.objects.filter(project=project).count() == 2
    assert CaseRound.objects.filter(case__project=project, n_open=2).count() == 2


def test_objects_are_stored_under_keys_of_our_own_and_the_upload_is_gone(project: Project) -> None:
    batch = import_files(project, {"Ünsafe ../name.dcm": radiograph(1, patient="Example-77")})
    instance = Instance.objects.get(project=project)
    folder = Path(default_storage.path(instance.storage_prefix))
    assert sorted(path.name for path in folder.iterdir()) == [
        "frame-000001.bin",
        "metadata.json",
        "model-320.u8",
        "thumbnail-256.png",
    ]
    area, shelf, name = instance.storage_prefix.split("/")
    assert (area, shelf, len(name)) == ("instances", name[:2], 32)
    metadata = storage.read(storage.metadata_key(instance.storage_prefix)).decode()
    assert "Example-77" not in metadata and json.loads(metadata)["00280010"]["Value"] == [64]
    assert storage.local_copy(storage.model_input_key(instance.storage_prefix)).stat().st_size == 320 * 320
    assert not upload_path(str(batch.id)).exists()
    assert instance.original_key == ""


def test_originals_are_kept_when_the_project_says_so(db: None) -> None:
    project, film = make_project(keep_originals=True), radiograph(1)
    import_files(project, {"film.dcm": film})
    assert storage.read(Instance.objects.get(project=project).original_key) == film


def test_a_rejected_or_repeated_file_leaves_no_object(project: Project) -> None:
    film = radiograph(1)
    before = _objects()
    import_files(
        project, {"film.dcm": film, "twice.dcm": film, "conflict.dcm": radiograph(1, pixels=gradient()[::-1])}
    )
    assert len(_objects() - before) == 4


def test_an_import_that_was_killed_goes_on_where_it_stopped(project: Project) -> None:
    files = {f"{n}.dcm": radiograph(n) for n in range(1, 7)}
    batch = stage(project, files)
    with pytest.raises(KeyboardInterrupt):
        run_import(batch.id, stop_after(3))
    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.RUNNING
    decided = dict(ImportFile.objects.exclude(outcome="staged").values_list("path", "instance_id"))
    assert len(decided) == 4
    assert not CaseRound.objects.filter(case__project=project).exists()

    batch = run_import(batch.id, silent)
    assert batch.state == ImportBatch.State.DONE
    assert set(outcomes(batch).values()) == {("accepted", "ok")}
    after = dict(ImportFile.objects.filter(path__in=decided).values_list("path", "instance_id"))
    assert after == decided
    assert Instance.objects.filter(project=project).count() == 6
    assert CaseRound.objects.filter(case__project=project).count() == 6
    assert run_import(batch.id, silent).state == ImportBatch.State.DONE


def test_a_zip_is_unpacked_and_an_unsafe_one_is_refused_as_a_whole(project: Project) -> None:
    inner = zipped({"deep.dcm": radiograph(9)})
    batch = import_files(
        project,
        {
            "study.ZIP": zipped({"a/1.dcm": radiograph(1), "a/2.dcm": radiograph(2), "inner.zip": inner}),
            "escape.zip": zipped({"fine.dcm": radiograph(3), "../../etc/passwd": b"x"}),
            "broken.zip": b"PK\x03\x04 but nothing else",
            "nothing.zip": zipped({}),
            "film.dcm": radiograph(4),
        },
    )
    assert outcomes(batch) == {
        "study.ZIP/a/1.dcm": ("accepted", "ok"),
        "study.ZIP/a/2.dcm": ("accepted", "ok"),
        "study.ZIP/inner.zip": ("rejected", "nested_archive"),
        "escape.zip": ("rejected", "archive_unsafe"),
        "broken.zip": ("rejected", "archive_unreadable"),
        "nothing.zip": ("rejected", "archive_empty"),
        "film.dcm": ("accepted", "ok"),
    }


def test_a_killed_unpacking_begins_again(project: Project) -> None:
    batch = stage(project, {"study.zip": zipped({f"{n}.dcm": radiograph(n) for n in range(1, 5)})})
    with pytest.raises(KeyboardInterrupt):
        run_import(batch.id, stop_after(2))
    assert outcomes(batch) == {"study.zip": ("staged", "")}
    batch = run_import(batch.id, silent)
    assert list(outcomes(batch)) == [f"study.zip/{n}.dcm" for n in range(1, 5)]


def test_the_split_belongs_to_the_patient_whatever_the_order_of_import(db: None) -> None:
    files = {f"{n}.dcm": radiograph(n, patient=f"P-{n // 2}") for n in range(1, 9)}
    drawn = []
    for order in (list(files), list(reversed(files))):
        project = make_project()
        import_files(project, {path: files[path] for path in order})
        drawn.append(dict(Patient.objects.filter(project=project).values_list("pseudonym", "split")))
        for case in Case.objects.filter(project=project).select_related("patient"):
            assert case.split == case.patient.split
    assert drawn[0] == drawn[1]
    assert len(drawn[0]) == 5


def test_the_shares_of_the_split_are_those_of_the_project() -> None:
    draws = [
        draw_split(seed=3, pseudonym=f"{n:064x}", pool_share=0.7, validation_share=0.1) for n in range(5_000)
    ]
    shares = [draws.count(name) / len(draws) for name in ("pool", "validation", "test")]
    assert np.allclose(shares, [0.7, 0.1, 0.2], atol=0.02)


def test_a_raster_without_labels_is_a_patient_of_its_own_and_the_project_page_says_so(
    project: Project,
) -> None:
    batch = import_files(
        project,
        {
            "a.png": raster_bytes(gradient(dtype="u1", high=200)),
            "b.jpg": raster_bytes(gradient(dtype="u1", high=255), "JPEG"),
        },
    )
    assert set(outcomes(batch).values()) == {("accepted", "ok")}
    assert Patient.objects.filter(project=project).count() == 2
    # Counts stand behind a colon, so that the sentence is true of one image too.
    assert any(sentence.startswith("Images that name no patient: ") for sentence in import_warnings(project))


def test_a_read_first_import_comes_before_everything_else(project: Project) -> None:
    import_files(project, {"a.dcm": radiograph(1), "b.dcm": radiograph(2)})
    import_files(project, {"mine.dcm": radiograph(3)}, read_first=True)
    first = Case.objects.filter(project=project).order_by("random_key").first()
    assert first is not None and first.patient == Patient.objects.order_by("cases__created_at").last()


def test_two_projects_know_nothing_of_each_other(project: Project) -> None:
    film = radiograph(1)
    other = make_project(pseudonym_key="7b" * 32)
    assert outcomes(import_files(project, {"film.dcm": film})) == {"film.dcm": ("accepted", "ok")}
    assert outcomes(import_files(other, {"film.dcm": film})) == {"film.dcm": ("accepted", "ok")}
    mine, theirs = (Instance.objects.get(project=p).source_hash for p in (project, other))
    assert mine != theirs


def _objects() -> set[str]:
    root = Path(default_storage.path(""))
    return {str(path) for path in root.rglob("*") if path.is_file()}
