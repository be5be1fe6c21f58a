"""Where the shared development data lies: LABELHUB_SHARED_DATA, else shared/data beside the checkout."""

import csv
import os
from pathlib import Path

import pytest


def shared_data() -> Path | None:
    """Return the folder of the shared data, None when it is not on this machine."""
    beside = Path(__file__).parents[3] / "shared" / "data"
    folder = Path(os.environ.get("LABELHUB_SHARED_DATA", beside))
    return folder if folder.is_dir() else None


def dicom_manifest() -> list[dict[str, str]]:
    """Return the rows of the DICOM manifest; empty when the data are absent."""
    folder = shared_data()
    if folder is None:
        return []
    with (folder / "dicom" / "manifest.csv").open(newline="") as source:
        return list(csv.DictReader(source))


needs_shared_data = pytest.mark.skipif(
    shared_data() is None,
    reason="shared DICOM files absent: set LABELHUB_SHARED_DATA to the folder that holds dicom/manifest.csv",
)
