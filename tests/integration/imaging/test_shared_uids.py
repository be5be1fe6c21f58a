"""Files that share a SOP Instance UID: one image in several encodings, another image, or another shape."""

from __future__ import annotations

import json

import numpy as np
import pytest
from pydicom.uid import (
    JPEG2000,
    UID,
    ExplicitVRBigEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLSNearLossless,
    RLELossless,
)

from labelhub.imaging import storage
from labelhub.imaging.models import Case, ImportFile, Instance
from labelhub.imaging.selectors import import_warnings
from labelhub.projects.models import Project
from tests.factories.dicom import gradient, noisy
from tests.factories.imaging import import_files, outcomes, radiograph, report

BITS = {"BitsStored": 12, "HighBit": 11}
FILM = noisy(gradient(high=3800))


@pytest.mark.parametrize("syntax", [ExplicitVRBigEndian, RLELossless, JPEG2000Lossless])
def test_the_same_pixels_in_another_syntax_are_a_duplicate(project: Project, syntax: UID) -> None:
    batch = import_files(
        project, {"a.dcm": radiograph(1, pixels=FILM), "b.dcm": radiograph(1, pixels=FILM, syntax=syntax)}
    )
    assert outcomes(batch)["b.dcm"] == ("duplicate", "duplicate")


@pytest.mark.parametrize("syntax", [JPEG2000, JPEGLSNearLossless, JPEGBaseline8Bit])
def test_a_lossy_copy_of_an_image_is_a_duplicate(project: Project, syntax: UID) -> None:
    is_jpeg = syntax == JPEGBaseline8Bit
    film, bits = (noisy(gradient(high=250, dtype="u1")), {}) if is_jpeg else (FILM, BITS)
    original = radiograph(1, pixels=film, **bits)
    for order in (["a.dcm", "b.dcm"], ["b.dcm", "a.dcm"]):
        Instance.objects.filter(project=project).delete()
        copies = {"a.dcm": original, "b.dcm": radiograph(1, pixels=film, syntax=syntax, **bits)}
        batch = import_files(project, {name: copies[name] for name in order})
        assert list(outcomes(batch).values()) == [
            ("accepted", "ok"),
            ("duplicate", "same_image_other_encoding"),
        ]
    assert Instance.objects.filter(project=project).count() == 1


def test_a_change_in_one_corner_is_another_image(project: Project) -> None:
    changed = FILM.copy()
    changed[8:20, 8:20] += 600
    batch = import_files(
        project, {"a.dcm": radiograph(1, pixels=FILM), "b.dcm": radiograph(1, pixels=changed)}
    )
    assert outcomes(batch)["b.dcm"] == ("rejected", "sop_uid_conflict")
    assert np.abs(changed.astype(int) - FILM).mean() < 0.01 * FILM.max()


def test_an_image_of_another_shape_is_kept_beside_the_first_under_a_uid_of_its_own(project: Project) -> None:
    small = gradient(rows=40, columns=48)
    files = {
        "first.dcm": radiograph(1),
        "small.dcm": radiograph(1, pixels=small),
        "again.dcm": radiograph(1, pixels=small, InstanceNumber=7),
        "other.dcm": radiograph(1, pixels=small[::-1]),
    }
    batch = import_files(project, files)
    assert outcomes(batch) == {
        "first.dcm": ("accepted", "ok"),
        "small.dcm": ("accepted", "ok"),
        "again.dcm": ("duplicate", "duplicate"),
        "other.dcm": ("rejected", "sop_uid_conflict"),
    }
    assert ImportFile.objects.get(batch=batch, path="small.dcm").warnings == ["uid_shared"]
    assert any("share their SOP Instance UID" in sentence for sentence in import_warnings(project))
    case = Case.objects.get(project=project)
    assert case.instances.count() == len(case.version_in_force.manifest) == 2
    uids = {
        json.loads(storage.read(storage.metadata_key(instance.storage_prefix)))["00080018"]["Value"][0]
        for instance in case.instances.all()
    }
    assert len(uids) == 2


def test_objects_without_pixels_never_conflict(project: Project) -> None:
    dataset_with_other_text = report(1).replace(b"Example^Person", b"Example^Peter\x20")
    batch = import_files(project, {"a.dcm": report(1), "b.dcm": dataset_with_other_text})
    assert set(outcomes(batch).values()) == {("accepted", "no_pixels")}
    assert Instance.objects.filter(project=project).count() == 1
