"""Every file of the shared DICOM collection that is accepted with pixels is drawn in the workspace, as its pixels say.

All files are imported into one running LabelHub; a reader opens case after case, and what the canvas shows is compared
with the stored frame under its default window. Run by name: python -m pytest tests/long/test_every_file_draws.py
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from labelhub.imaging.dicom.drawing.pixels import stored_frame_to_array
from tests.e2e.browser import chromium, page_of
from tests.e2e.drawing import cases_of, drawn_images, is_blank
from tests.e2e.running import Running, running
from tests.long.shared_data import needs_shared_data, shared_data

pytestmark = [pytest.mark.long, needs_shared_data]
PROJECT = "whole"
MAX_DIFFERENCE = 12
"""Mean of grey levels of 255: interpolation on the screen, and the edge of the image on the canvas."""
LUMA = np.array([0.299, 0.587, 0.114])
FACTS = """
import json
from labelhub.imaging.models import ImportFile
rows = ImportFile.objects.filter(outcome="accepted", instance__n_frames__gt=0)
print(json.dumps({str(id): [path, prefix, kind] for id, path, prefix, kind in
    rows.values_list("instance_id", "path", "instance__storage_prefix", "instance__kind")}))
"""


@pytest.fixture(scope="module")
def up() -> Iterator[Running]:
    with tempfile.TemporaryDirectory(prefix="lh-") as folder, running("embedded", Path(folder)) as started:
        yield started


def test_every_accepted_file_with_pixels_is_drawn_as_its_pixels_say(up: Running) -> None:
    root = shared_data()
    assert root is not None
    up.manage("create_project", PROJECT, "--readers-per-case", "1")
    up.manage("import_images", str(root / "dicom"), "--project", PROJECT, "--json", timeout_s=3600)
    reader = up.person("reader", "reader", project=PROJECT)
    facts: dict[str, list[str]] = json.loads(up.manage("shell", "-v", "0", "-c", FACTS).splitlines()[-1])
    objects = up.log_dir.parent / "objects"
    seen: set[str] = set()
    shown: set[str] = set()
    faults: list[tuple[Any, ...]] = []
    with chromium() as browser, page_of(browser, up, "reader") as page:
        for payload in cases_of(reader, PROJECT):
            for drawn in drawn_images(page, payload, lambda image: frames_of(image, objects, facts)):
                path, prefix, _ = facts[drawn.image["instance"]]
                expected = expected_picture(objects / prefix, drawn.frame, drawn.picture.shape)
                difference = drawn.difference(expected)
                print(path, drawn.frame, drawn.image["photometric"], round(difference, 2))
                seen.add(path)
                if not is_blank(expected):
                    shown.add(path)
                if difference > MAX_DIFFERENCE or (drawn.is_blank and not is_blank(expected)):
                    faults.append((path, drawn.frame, difference, drawn.is_blank))
    about = {path: kind for path, _, kind in facts.values() if kind}
    print(f"{len(about)} are objects about a case and need not be drawn: {sorted(about.items())}")
    empty = {
        path for path, prefix, _ in facts.values() if path in seen and has_nothing_to_show(objects / prefix)
    }
    print(f"{len(seen)} images drawn; one value under their first window in every frame: {sorted(empty)}")
    assert faults == []
    assert {path for path, _, _ in facts.values()} - seen <= about.keys()
    assert seen - shown == empty


def frames_of(image: dict[str, Any], objects: Path, facts: dict[str, list[str]]) -> set[int]:
    """The frame that shows most, and the last."""
    folder = objects / facts[image["instance"]][1]
    numbers = range(1, image["n_frames"] + 1)
    return {max(numbers, key=lambda number: np.ptp(expected_picture(folder, number))), image["n_frames"]}


def has_nothing_to_show(folder: Path) -> bool:
    """Whether all frames are blank: no pixels but of one value, or all outside the window that the header asks for."""
    n_frames = len(list(folder.glob("frame-*.bin")))
    return all(is_blank(expected_picture(folder, number)) for number in range(1, n_frames + 1))


def expected_picture(folder: Path, frame: int, size: tuple[int, ...] = (0, 0)) -> np.ndarray:
    """Gray (0-255) of a stored frame under its first window (PS3.3 C.11.2.1.2), bone bright.

    A frame smaller than `size` (rows, columns) is enlarged to it before the window is applied, as the screen does.
    """
    metadata = json.loads((folder / "metadata.json").read_text())
    array = stored_frame_to_array(folder / f"frame-{frame:06d}.bin", metadata)
    if array.ndim == 3:
        return array @ LUMA

    def value(tag: str) -> Any:
        return metadata[tag]["Value"][0]

    center, width = value("00281050"), value("00281051")
    if size[1] > array.shape[1]:
        enlarged = Image.fromarray(array.astype(np.float32))
        array = np.asarray(enlarged.resize(size[::-1], Image.Resampling.BILINEAR))
    modality = array * float(value("00281053")) + value("00281052")
    if value("00281056") == "SIGMOID":
        shown = 255 / (1 + np.exp(-4 * (modality - center) / width))
    else:
        half = 0.5 if value("00281056") == "LINEAR" else 0.0
        low, high = center - width / 2, center + width / 2 - 2 * half
        shown = np.clip((modality - low) / max(high - low, 1e-12), 0, 1) * 255
    return 255 - shown if value("00280004") == "MONOCHROME1" else shown
