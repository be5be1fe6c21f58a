"""What `inspect_images` writes is what the browser draws, pixel by pixel, for each row of the table of attributes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser

from labelhub.imaging.dicom.attribute_table.handling import TABLE
from labelhub.imaging.dicom.codes import REJECTIONS
from labelhub.imaging.inspection import inspect_source
from tests.e2e.browser import page_of
from tests.e2e.drawing import Drawn, cases_of, drawn_images
from tests.e2e.running import Api, Running
from tests.unit.imaging.attribute_examples import SHOWN

pytestmark = [pytest.mark.e2e, pytest.mark.parametrize("instance", ["embedded"], indirect=True)]

MAX_STEP, MAX_EDGES = 16, 0.9
READER = "reader-of-tables"
IMPORT = """
import json
from django.core.management import call_command
from labelhub.imaging.models import ImportFile
call_command("create_project", "table", "--readers-per-case", "1", verbosity=0)
call_command("import_images", {folder!r}, "--project", "table", verbosity=0)
files = ImportFile.objects.filter(batch__project__slug="table")
print(json.dumps([[str(id), path] for id, path in files.values_list("instance_id", "path")]))
"""


@dataclass(frozen=True)
class World:
    """A reader of one case for each file, the file of each instance, and the pictures that were written of it."""

    reader: Api
    names: dict[str, str]
    pictures: dict[tuple[str, int], np.ndarray]


def files() -> Iterator[tuple[str, bytes]]:
    """The files that show the rows of the table and are not refused, each a study of its own."""
    number = 2000
    for row in TABLE:
        for n, shows in enumerate(SHOWN[row.keyword]):
            if shows.code not in REJECTIONS:
                number += 1
                yield f"{row.keyword}-{n}.dcm", shows.content.replace(b"10.1511.", f"10.{number}.".encode())


@pytest.fixture(scope="module")
def world(instance: Running, tmp_path_factory: pytest.TempPathFactory) -> World:
    folder: Path = tmp_path_factory.mktemp("table")
    for name, content in files():
        (folder / name).write_bytes(content)
    pictures = {
        (image["path"], frame["index"]): np.asarray(Image.open(frame["png"]).convert("L"), float)
        for image in inspect_source(folder, tmp_path_factory.mktemp("pictures"))
        for frame in image["frames"]
    }
    code = IMPORT.format(folder=str(folder))
    rows = json.loads(instance.manage("shell", "-v", "0", "-c", code).splitlines()[-1])
    return World(instance.person(READER, "reader", project="table"), dict(rows), pictures)


def test_the_browser_draws_what_inspect_images_writes(
    instance: Running, browser: Browser, world: World
) -> None:
    differences: dict[str, float] = {}
    with page_of(browser, instance, READER) as page:
        for payload in cases_of(world.reader, "table"):
            for drawn in drawn_images(page, payload, all_frames):
                name = world.names[drawn.image["instance"]]
                expected = world.pictures[name, drawn.frame]
                differences[f"{name} {drawn.frame}"] = largest_difference(drawn, expected)
    assert {name: value for name, value in differences.items() if value > 1} == {}
    assert len(differences) == len(world.pictures)


def all_frames(image: dict[str, Any]) -> range:
    return range(1, image["n_frames"] + 1)


def largest_difference(drawn: Drawn, expected: np.ndarray) -> float:
    """Compare at the middle of each pixel, where the screen's interpolation has the pixel's own value.

    Not beside an edge: there the nearest point of the screen is still a mixture of both sides.
    """
    rows, columns = (
        np.floor((np.arange(n) + 0.5) * size / n).astype(int)
        for n, size in zip(expected.shape, drawn.picture.shape, strict=True)
    )
    difference = np.abs(drawn.picture[np.ix_(rows, columns)] - expected)
    return float(difference[~beside_edge(expected)].max())


def beside_edge(picture: np.ndarray) -> np.ndarray:
    """Where a pixel differs from one of its neighbours by more than a ramp does."""
    padded = np.pad(picture, 1, mode="edge")
    neighbours = (padded[1:-1, :-2], padded[1:-1, 2:], padded[:-2, 1:-1], padded[2:, 1:-1])
    edge: np.ndarray = np.max([np.abs(picture - other) for other in neighbours], axis=0) > MAX_STEP
    assert edge.mean() < MAX_EDGES, "nothing is left to compare"
    return edge
