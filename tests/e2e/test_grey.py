"""Windows and tables of a file in a real browser: each entry its own grey, each frame its own window."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect
from pydicom.dataset import Dataset

from tests.e2e.browser import IMAGE_AREA, page_of, screenshot
from tests.e2e.drawing import cases_of, drawn_now, open_case, wait_until_drawn
from tests.e2e.running import Api, Running
from tests.factories.dicom import ROOT, dicom_bytes, image_dataset, radiograph_dataset

pytestmark = pytest.mark.e2e
PROJECT, READER = "grey", "grey-reader"
BLOCKS, BLOCK_PX = 8, 24
VALUES = np.arange(BLOCKS * BLOCKS).reshape(BLOCKS, BLOCKS) * 60
"""One value a block: what is read in the middle of a block is that value, whatever the magnification."""
FIRST = 1000
GREYS = (np.arange(1500) * 97 % 256).astype("u1")
"""A table without any order, so that a neighbour's entry is seen to be one."""
WINDOWS = [(600, 1001), (1800, 801), (3000, 401)]
MULTI_FRAME_WORD = "1.2.840.10008.5.1.4.1.1.7.3"


def blocks() -> np.ndarray:
    return np.kron(VALUES, np.ones((BLOCK_PX, BLOCK_PX))).astype("u2")


def film_with_a_table() -> bytes:
    table = Dataset()
    table.LUTDescriptor, table.LUTExplanation = [len(GREYS), FIRST, 8], "no order"
    table.LUTData = GREYS.astype("<u2").tobytes()
    dataset = radiograph_dataset(
        blocks(),
        PhotometricInterpretation="MONOCHROME2",
        VOILUTSequence=[table],
        WindowCenter=2000,
        WindowWidth=3001,
        BitsStored=12,
        HighBit=11,
        **uids(1),
    )
    dataset["VOILUTSequence"][0]["LUTData"].VR = "OW"
    return dicom_bytes(blocks(), dataset=dataset)


def frames_with_windows_of_their_own() -> bytes:
    pixels = np.stack([blocks()] * len(WINDOWS))
    dataset = image_dataset(
        pixels, n_frames=len(WINDOWS), SOPClassUID=MULTI_FRAME_WORD, Modality="OT", **uids(2)
    )
    dataset.PerFrameFunctionalGroupsSequence = [Dataset() for _ in WINDOWS]
    for group, (center, width) in zip(dataset.PerFrameFunctionalGroupsSequence, WINDOWS, strict=True):
        window = Dataset()
        window.WindowCenter, window.WindowWidth = center, width
        group.FrameVOILUTSequence = [window]
    return dicom_bytes(pixels, dataset=dataset, n_frames=len(WINDOWS))


def small_values_with_an_exact_window() -> bytes:
    """As PET is stored: values from 0 to 3.78."""
    pixels = np.stack([blocks()] * 2)
    dataset = image_dataset(
        pixels,
        n_frames=2,
        SOPClassUID=MULTI_FRAME_WORD,
        Modality="OT",
        RescaleSlope="0.001",
        RescaleIntercept=0,
        WindowCenter=1.75,
        WindowWidth=2.5,
        VOILUTFunction="LINEAR_EXACT",
        **uids(3),
    )
    return dicom_bytes(pixels, dataset=dataset, n_frames=2)


def uids(number: int) -> dict[str, Any]:
    stem = f"{ROOT}.77.{number}"
    return {
        "PatientID": f"GREY-{number}",
        "StudyInstanceUID": stem,
        "SeriesInstanceUID": f"{stem}.1",
        "SOPInstanceUID": f"{stem}.1.1",
    }


@pytest.fixture(scope="module")
def reader(embedded: Running, tmp_path_factory: pytest.TempPathFactory) -> Api:
    return project_of_greys(embedded, tmp_path_factory.mktemp("grey"))


def project_of_greys(running: Running, folder: Path) -> Api:
    (folder / "table.dcm").write_bytes(film_with_a_table())
    (folder / "frames.dcm").write_bytes(frames_with_windows_of_their_own())
    (folder / "exact.dcm").write_bytes(small_values_with_an_exact_window())
    running.manage("create_project", PROJECT, "--name", "Grey", "--readers-per-case", "20")
    running.manage("import_images", str(folder), "--project", PROJECT)
    return running.person(READER, "reader", project=PROJECT)


@pytest.fixture(scope="module")
def cases(reader: Api) -> dict[int, dict[str, Any]]:
    """The case of each file, by its number of frames."""
    return {payload["images"][0]["n_frames"]: payload for payload in cases_of(reader, PROJECT)}


@pytest.fixture
def page(browser: Browser, embedded: Running, reader: Api) -> Iterator[Page]:
    with page_of(browser, embedded, READER, provoked=r"status of 409") as opened:
        yield opened


def show(page: Page, reader: Api, case: dict[str, Any]) -> dict[str, Any]:
    """Take the case back that looking at it had skipped, and open it; returns its image."""
    assignment = case["assignment"]["id"]
    reader("POST", f"/assignments/{assignment}/unskip/")
    open_case(page, assignment)
    expect(page.get_by_test_id("viewport")).to_have_attribute("data-rendered", "true")
    image: dict[str, Any] = case["images"][0]
    return image


def greys_on(page: Page, image: dict[str, Any]) -> np.ndarray:
    """The grey in the middle of each block."""
    wait_until_drawn(page)
    picture = drawn_now(page, image).picture
    rows = ((np.arange(BLOCKS) + 0.5) / BLOCKS * picture.shape[0]).astype(int)
    columns = ((np.arange(BLOCKS) + 0.5) / BLOCKS * picture.shape[1]).astype(int)
    return picture[np.ix_(rows, columns)]


def by_table() -> np.ndarray:
    return GREYS[np.clip(VALUES - FIRST, 0, len(GREYS) - 1)].astype(float)


def by_window(center: float, width: float) -> np.ndarray:
    return np.clip((VALUES - (center - width / 2)) / (width - 1) * 255, 0, 255)


def name_on(page: Page) -> str:
    return page.get_by_test_id("view-name").inner_text().strip()


def test_a_table_draws_each_entry_and_a_drag_leaves_it_for_a_window(
    page: Page, reader: Api, cases: dict[int, dict[str, Any]]
) -> None:
    image = show(page, reader, cases[1])
    names = [preset["name"] for preset in image["window_presets"]]
    table = next(place for place, name in enumerate(names) if "LUT" in name or "order" in name)
    window = next(p for p, preset in enumerate(image["window_presets"]) if preset["width"] == 3001)
    page.keyboard.press(f"Shift+Digit{table + 1}")
    expect(page.get_by_test_id("view-name")).to_contain_text(names[table])
    assert np.abs(greys_on(page, image) - by_table()).max() <= 1
    page.keyboard.press("i")
    assert np.abs(greys_on(page, image) - (255 - by_table())).max() <= 1
    page.keyboard.press("i")
    page.keyboard.press(f"Shift+Digit{window + 1}")
    assert np.abs(greys_on(page, image) - by_window(2000, 3001)).max() <= 1
    expect(page.get_by_test_id("window")).to_have_text("W 3001 L 2000")
    page.keyboard.press(f"Shift+Digit{table + 1}")
    assert np.abs(greys_on(page, image) - by_table()).max() <= 1
    drag(page)
    expect(page.get_by_test_id("view-name")).to_have_count(0)
    own = by_window(window_of(page)[0], window_of(page)[1])
    assert np.abs(greys_on(page, image) - own).max() <= 1
    page.keyboard.press("Space")
    assert name_on(page) == names[0]


def test_each_frame_opens_with_its_own_window_until_the_reader_chooses(
    page: Page, reader: Api, cases: dict[int, dict[str, Any]]
) -> None:
    image = show(page, reader, cases[len(WINDOWS)])
    for number, (center, width) in enumerate(WINDOWS, start=1):
        expect(page.get_by_test_id("slice-number")).to_have_text(f"{number} / {len(WINDOWS)}")
        assert np.abs(greys_on(page, image) - by_window(center, width)).max() <= 1, number
        page.keyboard.press("ArrowDown")
    drag(page)
    own = window_of(page)
    page.keyboard.press("Home")
    expect(page.get_by_test_id("slice-number")).to_have_text(f"1 / {len(WINDOWS)}")
    wait_until_drawn(page)
    assert window_of(page) == pytest.approx(own)
    page.keyboard.press("Space")
    assert np.abs(greys_on(page, image) - by_window(*WINDOWS[0])).max() <= 1


@pytest.mark.parametrize("lost", [1, 2])
def test_the_frame_after_one_that_did_not_load_has_its_own_window(
    browser: Browser, embedded: Running, reader: Api, lost: int
) -> None:
    name = f"{READER}-without-{lost}"
    cases = cases_of(embedded.person(name, "reader", project=PROJECT), PROJECT)
    case = next(case for case in cases if case["images"][0]["n_frames"] == len(WINDOWS))
    with page_of(browser, embedded, name, provoked="ERR_FAILED") as page:
        page.route(re.compile(rf"/frames/{lost}\b"), lambda route: route.abort())
        open_case(page, case["assignment"]["id"])
        viewport = page.get_by_test_id("viewport")
        for number in range(1, len(WINDOWS) + 1):
            expect(viewport).to_have_attribute("data-slice", str(number))
            expect(viewport).to_have_attribute("data-status", "failed" if number == lost else "ready")
            if number != lost:
                greys = greys_on(page, case["images"][0])
                assert np.abs(greys - by_window(*WINDOWS[number - 1])).max() <= 1, number
                expect(page.get_by_test_id("window")).to_be_visible()
            page.keyboard.press("ArrowDown")


def test_a_window_is_shown_as_the_header_says_it(
    page: Page, reader: Api, cases: dict[int, dict[str, Any]]
) -> None:
    image, words = show(page, reader, cases[2]), page.get_by_test_id("window")
    expect(words).to_have_text("LINEAR_EXACT W 2.5 L 1.75")
    assert window_of(page) == (1.75, 2.5)
    assert np.abs(greys_on(page, image) - by_exact_window(1.75, 2.5)).max() <= 1
    screenshot(page, "window-exact")
    drag(page)
    expect(page.get_by_test_id("view-name")).to_have_count(0)
    expect(words).to_contain_text("LINEAR_EXACT")
    assert np.abs(greys_on(page, image) - by_exact_window(*window_of(page))).max() <= 1
    page.keyboard.press("Space")
    expect(words).to_have_text("LINEAR_EXACT W 2.5 L 1.75")


def by_exact_window(center: float, width: float) -> np.ndarray:
    return np.clip((VALUES * 0.001 - center) / width + 0.5, 0, 1) * 255


def drag(page: Page) -> None:
    """A window of the reader's own."""
    area = page.locator(IMAGE_AREA).first.bounding_box()
    assert area is not None
    x, y = area["x"] + area["width"] / 2, area["y"] + area["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 20, y + 5, steps=3)
    page.mouse.move(x + 60, y + 25, steps=3)
    page.mouse.up()
    wait_until_drawn(page)


def window_of(page: Page) -> tuple[float, float]:
    shown = page.get_by_test_id("viewport")
    return (
        float(shown.get_attribute("data-window-center") or "nan"),
        float(shown.get_attribute("data-window-width") or "nan"),
    )
