"""What a reader sees on the canvas is what the pixels say: kinds of files, polarity over resets, units of lengths."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import IMAGE_AREA, page_of
from tests.e2e.drawing import cases_of, drawn_images, drawn_now, wait_until_drawn
from tests.e2e.kinds import all_kinds, shown
from tests.e2e.running import Api, Running
from tests.factories.dicom import gradient, noisy
from tests.factories.imaging import radiograph

pytestmark = [pytest.mark.e2e, pytest.mark.parametrize("instance", ["embedded"], indirect=True)]
MAX_DIFFERENCE = 10
"""Mean of grey levels of 255; small pictures are interpolated a lot on the screen."""

FILM = noisy(gradient(100, 90, low=200, high=3900))
SQUARE = noisy(gradient(200, 200))
DETECTOR = [0.2, 0.2]
KINDS = all_kinds()
FILES = {
    "kinds": {f"{number}.dcm": kind.content for number, kind in enumerate(KINDS)},
    "film": {
        "plain.dcm": radiograph(1, pixels=FILM),
        "windowed.dcm": radiograph(2, pixels=FILM, WindowCenter=2050, WindowWidth=3700),
    },
    "lengths": {
        "none.dcm": radiograph(1, pixels=SQUARE, ImagerPixelSpacing=None),
        "detector.dcm": radiograph(2, pixels=SQUARE, ImagerPixelSpacing=DETECTOR),
        "uncorrected.dcm": radiograph(3, pixels=SQUARE, ImagerPixelSpacing=DETECTOR, PixelSpacing=DETECTOR),
        "ct.dcm": radiograph(
            4,
            pixels=SQUARE,
            ImagerPixelSpacing=None,
            PixelSpacing=[0.5, 0.5],
            Modality="CT",
            SOPClassUID="1.2.840.10008.5.1.4.1.1.2",
            PhotometricInterpretation="MONOCHROME2",
            ImagePositionPatient=[0, 0, 0],
            ImageOrientationPatient=[1, 0, 0, 0, 1, 0],
        ),
    },
}
LENGTHS = {
    "none.dcm": (r"(\d+) px", 100.0),
    "detector.dcm": (r"([\d.]+) mm at detector", 20.0),
    "uncorrected.dcm": (r"([\d.]+) mm at detector", 20.0),
    "ct.dcm": (r"([\d.]+) mm", 50.0),
}
IMPORT = """
import json
from django.core.management import call_command
from labelhub.imaging.models import ImportFile
for slug in {slugs!r}:
    call_command("create_project", slug, "--readers-per-case", "1", verbosity=0)
    call_command("import_images", {folder!r} + "/" + slug, "--project", slug, verbosity=0)
files = ImportFile.objects.filter(batch__project__slug__in={slugs!r})
rows = files.values_list("instance_id", "path", "outcome", "code")
print(json.dumps([[str(id), *rest] for id, *rest in rows]))
"""
READER = "reader-of-films"


@dataclass(frozen=True)
class World:
    """A reader of the three projects, and the file that each instance came from."""

    reader: Api
    names: dict[str, str]


@pytest.fixture(scope="module")
def world(instance: Running, tmp_path_factory: pytest.TempPathFactory) -> World:
    folder: Path = tmp_path_factory.mktemp("files")
    for slug, files in FILES.items():
        (folder / slug).mkdir()
        for name, content in files.items():
            (folder / slug / name).write_bytes(content)
    code = IMPORT.format(slugs=list(FILES), folder=str(folder))
    rows = json.loads(instance.manage("shell", "-v", "0", "-c", code).splitlines()[-1])
    outcomes = {path: (outcome, code) for _, path, outcome, code in rows}
    assert set(outcomes.values()) == {("accepted", "ok")}, outcomes
    (reader, *_) = (instance.person(READER, "reader", project=slug) for slug in FILES)
    return World(reader, {id: path for id, path, *_ in rows})


def test_every_syntax_and_photometric_interpretation_is_drawn(
    instance: Running, browser: Browser, world: World
) -> None:
    faults, seen = [], set()
    with page_of(browser, instance, READER) as page:
        for payload in cases_of(world.reader, "kinds"):
            for drawn in drawn_images(page, payload):
                kind = KINDS[int(world.names[drawn.image["instance"]].removesuffix(".dcm"))]
                seen.add(kind.name)
                if drawn.is_blank or drawn.difference(kind.expected) > MAX_DIFFERENCE:
                    faults.append((kind.name, drawn.is_blank, drawn.difference(kind.expected)))
    assert faults == []
    assert seen == {kind.name for kind in KINDS}


def test_a_monochrome1_film_shows_bone_bright_before_and_after_every_reset(
    instance: Running, browser: Browser, world: World
) -> None:
    bright = shown(FILM, "MONOCHROME1")
    with page_of(browser, instance, READER) as page:
        for payload in cases_of(world.reader, "film"):
            (first,) = drawn_images(page, payload)
            assert first.difference(bright) < MAX_DIFFERENCE
            image = first.image

            page.keyboard.press("i")
            expect(page.get_by_test_id("viewport")).to_have_attribute("data-inverted", "true")
            wait_until_drawn(page)
            assert drawn_now(page, image).difference(bright) > 60
            page.keyboard.press("Space")
            expect(page.get_by_test_id("viewport")).to_have_attribute("data-inverted", "false")
            assert_bright(page, image, bright)

            before = page.get_by_test_id("viewport").get_attribute("data-window-center")
            drag(page, (0.5, 0.5), (0.7, 0.3))
            expect(page.get_by_test_id("viewport")).not_to_have_attribute("data-window-center", before or "")
            page.keyboard.press("Space")
            expect(page.get_by_test_id("viewport")).to_have_attribute("data-window-center", before or "")
            assert_bright(page, image, bright)

            page.keyboard.press("=")
            assert_bright(page, image, bright)
            page.locator(IMAGE_AREA).dblclick()
            assert_bright(page, image, bright)


def assert_bright(page: Page, image: dict[str, Any], bright: np.ndarray) -> None:
    wait_until_drawn(page)
    assert drawn_now(page, image).difference(bright) < MAX_DIFFERENCE


def test_a_length_never_carries_the_wrong_unit(instance: Running, browser: Browser, world: World) -> None:
    found = {}
    with page_of(browser, instance, READER) as page:
        for payload in cases_of(world.reader, "lengths"):
            (drawn,) = drawn_images(page, payload)
            found[world.names[drawn.image["instance"]]] = measured(page)
    assert set(found) == set(LENGTHS)
    for name, (pattern, length) in LENGTHS.items():
        match = re.fullmatch(pattern, found[name])
        assert match is not None, found
        assert float(match[1]) == pytest.approx(length, rel=0.05)


def measured(page: Page) -> str:
    """Draw a length over half of the image's width, and read its text."""
    scale = float(page.get_by_test_id("viewport").get_attribute("data-scale") or 0)
    box = page.locator(IMAGE_AREA).bounding_box()
    assert box is not None
    half = 50 * scale / box["width"]
    page.keyboard.press("l")
    drag(page, (0.5 - half, 0.5), (0.5 + half, 0.5))
    text = page.locator(IMAGE_AREA).locator("svg text").first
    expect(text).not_to_be_empty()
    return (text.text_content() or "").strip()


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Press, move and release in the image area; places are shares of its size."""
    box = page.locator(IMAGE_AREA).bounding_box()
    assert box is not None
    places = [np.array([box["x"] + x * box["width"], box["y"] + y * box["height"]]) for x, y in (start, end)]
    page.mouse.move(*places[0])
    page.mouse.down()
    for step in (0.5, 1.0):
        page.mouse.move(*(places[0] + step * (places[1] - places[0])))
    page.mouse.up()
