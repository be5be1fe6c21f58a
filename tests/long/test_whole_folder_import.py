"""The whole shared DICOM folder goes into one project by one command, and each file's outcome is the manifest's.

The rule: a file marked "accept" is accepted, or is a duplicate, because the folder holds the same image in many
encodings under one SOP Instance UID; a file marked "reject" is rejected; the words for pairs of files ask for one
outcome each (PAIRS); where the manifest leaves it open, any outcome but a crash is right.
"""

from __future__ import annotations

import io
import json
from collections import Counter
from typing import Any

import pytest
from django.core.management import call_command

from labelhub.imaging.dicom.facts import ABOUT_THE_CASE
from labelhub.imaging.models import Case, ImportFile, Instance
from labelhub.projects.models import Project
from tests.long.shared_data import dicom_manifest, needs_shared_data, shared_data

pytestmark = [pytest.mark.long, needs_shared_data, pytest.mark.django_db]

CRASHES = frozenset(("unreadable", "decoder_crashed", "too_slow", "out_of_memory"))
PAIRS = {
    "first is accepted; second must not silently replace it": ("accepted", "ok"),
    "conflict": ("rejected", "sop_uid_conflict"),
    "flag as inconsistent": ("rejected", "inconsistent_patient"),
}
OTHERWISE = {
    # Accepted by itself. Here it has the study and series of the other files made from the same image, but another
    # patient; which of them is right nobody can tell, and a patient in two splits would spoil the test set.
    "hostile/path_and_sql_in_ids.dcm": ("rejected", "inconsistent_patient"),
}
N_UID_SHARED = 3
"""Images that have the SOP Instance UID of an image with another number of frames: SC_rgb with two, a liver
segmentation with one and a dose with fifteen."""


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    return dicom_manifest()


def as_expected(row: dict[str, str], outcome: str, code: str) -> bool:
    handling = row["expected_handling"]
    if row["file"] in OTHERWISE:
        return (outcome, code) == OTHERWISE[row["file"]]
    if handling in PAIRS:
        return (outcome, code) == PAIRS[handling]
    if handling.startswith("accept"):
        is_right_kind = code != "no_pixels" or row["has_pixels"] != "y"
        return outcome in {"accepted", "duplicate"} and is_right_kind
    if handling.startswith("reject") and " or " not in handling:
        return outcome == "rejected" and code not in CRASHES
    return code not in CRASHES


def test_the_whole_folder_in_one_project_follows_the_manifest(
    project: Project, rows: list[dict[str, str]]
) -> None:
    root = shared_data()
    assert root is not None
    printed = io.StringIO()
    call_command("import_images", str(root / "dicom"), "--project", project.slug, "--json", stdout=printed)
    files: list[dict[str, Any]] = json.loads(printed.getvalue())["files"]
    found = {file["path"]: (file["outcome"], file["code"]) for file in files}
    assert set(found) == {row["file"] for row in rows} | {"manifest.csv"}
    assert all(file["message"].endswith(".") for file in files)
    other = {row["file"]: found[row["file"]] for row in rows if not as_expected(row, *found[row["file"]])}
    print(Counter(found.values()))
    assert other == {}
    assert_nothing_is_lost(project)


def assert_nothing_is_lost(project: Project) -> None:
    """Each accepted image that is read is in a sealed case once; each duplicate names the image that it repeats."""
    files = ImportFile.objects.filter(batch__project=project)
    assert not files.filter(outcome="staged").exists()
    images = Instance.objects.filter(project=project, n_frames__gt=0)
    accepted = files.filter(outcome="accepted", code="ok")
    assert set(accepted.values_list("instance_id", flat=True)) == set(images.values_list("id", flat=True))
    sealed = [
        entry["instance"]
        for case in Case.objects.filter(project=project)
        for entry in case.version_in_force.manifest
    ]
    read = {str(image.id) for image in images if ABOUT_THE_CASE not in image.warnings}
    assert len(sealed) == len(set(sealed)) and set(sealed) == read
    assert images.count() == accepted.count()
    assert not files.filter(outcome="duplicate", instance=None).exists()
    shared = [instance for instance in images if "uid_shared" in instance.warnings]
    assert len(shared) == N_UID_SHARED
