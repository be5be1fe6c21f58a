"""Every file of the shared DICOM collection has the outcome that its manifest asks for, and its pixels survive.

Stored frames are compared with the manifest's hash of the reference reader's pixels wherever the engine claims that
they are equal. Not comparable, because they are converted for display: palette colour, a modality LUT, colour deeper
than 8 bits, and 32 or 64 bit pixels that do not fit in 16.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.uid import ExplicitVRBigEndian

from labelhub.imaging.dicom.codes import ACCEPTED, REJECTIONS
from labelhub.imaging.dicom.drawing.pixels import stored_frame_to_array
from labelhub.imaging.dicom.drawing.rendering import read_model_input
from labelhub.imaging.dicom.runner import ImportChild
from tests.long.shared_data import dicom_manifest, needs_shared_data, shared_data

pytestmark = [pytest.mark.long, needs_shared_data]

KEY = b"a key for long tests"
ROWS = dicom_manifest()
CRASHES = frozenset(("unreadable", "decoder_crashed", "too_slow", "out_of_memory"))
ALSO_ACCEPTED = (
    "first is accepted; second must not silently replace it",
    "conflict",
    "flag as inconsistent",
)
"""Handled by the caller, who compares the hashes: the engine accepts each file by itself."""


@pytest.fixture(scope="module")
def child() -> Iterator[ImportChild]:
    with ImportChild() as started:
        yield started


def import_row(child: ImportChild, name: str, folder: Path) -> dict[str, Any]:
    root = shared_data()
    assert root is not None
    return child.import_file(root / "dicom" / name, folder, KEY)


def expected_outcome(handling: str) -> str | None:
    """Return the one outcome that the manifest's words allow, None where several are right."""
    if handling.startswith("accept") or handling in ALSO_ACCEPTED:
        return "accepted"
    return "rejected" if handling.startswith("reject") and " or " not in handling else None


@pytest.mark.parametrize("row", ROWS, ids=[row["file"] for row in ROWS])
def test_the_outcome_is_the_manifests(child: ImportChild, tmp_path: Path, row: dict[str, str]) -> None:
    answer = import_row(child, row["file"], tmp_path)
    assert answer["code"] in {*ACCEPTED, *REJECTIONS}
    assert answer["code"] not in CRASHES, answer.get("fault")
    expected = expected_outcome(row["expected_handling"])
    assert expected is None or answer["outcome"] == expected, answer["code"]
    if answer["outcome"] == "rejected" or not answer["has_pixels"]:
        assert list(tmp_path.iterdir()) == []
        assert not (expected == "accepted" and row["has_pixels"] == "y")
        return
    check_stored(answer, tmp_path, row)


def check_stored(answer: dict[str, Any], folder: Path, row: dict[str, str]) -> None:
    instance = answer["instance"]
    metadata = json.loads((folder / "metadata.json").read_text())
    assert metadata["00020010"]["Value"] == [instance["stored_syntax"]]
    digest = hashlib.sha256()
    for number, expected in enumerate(instance["frame_sha256"], start=1):
        path = folder / f"frame-{number:06d}.bin"
        assert hashlib.sha256(path.read_bytes()).hexdigest() == expected
        digest.update(as_source(stored_frame_to_array(path, metadata), row).tobytes())
    picture = read_model_input(folder / "model-320.u8")
    assert picture.min() < picture.max() or "uniform_image" in answer["warnings"]
    if row["readable"] == "y" and row["pixel_sha256_16"]:
        # The engine hashes little endian values, so that an image has one hash in whatever syntax it comes.
        if row["transfer_syntax_uid"] != ExplicitVRBigEndian:
            assert instance["pixel_sha256"].startswith(row["pixel_sha256_16"])
        if instance["lossless"]:
            assert digest.hexdigest().startswith(row["pixel_sha256_16"])


def as_source(array: np.ndarray, row: dict[str, str]) -> np.ndarray:
    """Return the stored values in the source's type, which may be narrower (signed bytes) or wider (32 bits)."""
    if not row["bits_allocated"]:
        return array
    n_bytes = max(8, int(row["bits_allocated"])) // 8
    order = ">" if row["transfer_syntax_uid"] == ExplicitVRBigEndian else "<"
    return array.astype(f"{order}{'i' if row['signed'] == '1' else 'u'}{n_bytes}")


def test_files_that_share_a_uid_can_be_told_apart(child: ImportChild, tmp_path: Path) -> None:
    answers = []
    for name in ("dup_uid_a", "dup_uid_b", "same_series_other_patient"):
        folder = tmp_path / name
        folder.mkdir()
        answers.append(import_row(child, f"hostile/{name}.dcm", folder))
    first, second, other = answers
    assert first["sop_uid_hash"] == second["sop_uid_hash"]
    assert first["instance"]["pixel_sha256"] != second["instance"]["pixel_sha256"]
    assert other["series_uid_hash"] == first["series_uid_hash"]
    assert other["patient_hash"] != first["patient_hash"]


@pytest.mark.parametrize(
    ("name", "warning"),
    [
        ("zero_window_width", "bad_window"),
        ("zero_rescale_slope", "bad_rescale"),
        ("bad_pixel_spacing", "bad_pixel_spacing"),
        ("bad_date", "bad_date"),
        ("unknown_charset", "unknown_character_set"),
    ],
)
def test_a_flagged_file_carries_its_warning(
    child: ImportChild, tmp_path: Path, name: str, warning: str
) -> None:
    assert warning in import_row(child, f"hostile/{name}.dcm", tmp_path)["warnings"]
