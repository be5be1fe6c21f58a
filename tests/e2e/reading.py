"""A project with small radiographs for tests of the reading workspace, and what they do there again and again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.browser import IMAGE_AREA, PATIENCE_MS, page_of, wait_for_image
from tests.e2e.running import FIRST, Api, Running
from tests.factories.dicom import ROOT, dicom_bytes, gradient, noisy, radiograph_dataset

PROJECT = "workspace"
FINDINGS = ["nodule", "opacity", "effusion"]
N_CASES = 24
# As many as a protocol may ask for: no test takes another's case, until twenty have submitted it.
READERS_PER_CASE = 20
REFUSED = r"status of (401|409|412)"


@dataclass
class Reading:
    """The project, and one new reader for each test."""

    instance: Running
    manager: Api
    n_readers: int = field(default=0)

    def reader(self, *, has_password: bool = False) -> tuple[str, Api]:
        self.n_readers += 1
        name = f"workspace-reader-{self.n_readers}"
        return name, self.instance.person(name, "reader", project=PROJECT, has_password=has_password)


@contextmanager
def reader_page(
    browser: Browser,
    reading: Reading,
    size: str = "laptop",
    *,
    provoked: str = "",
    has_password: bool = False,
) -> Iterator[tuple[Page, Api]]:
    """The browser page and the API client of a reader who has read nothing yet."""
    name, api = reading.reader(has_password=has_password)
    with page_of(browser, reading.instance, name, size, provoked=provoked) as page:
        yield page, api


def make_reading(instance: Running, folder: Path) -> Reading:
    instance.manage(
        "create_project", PROJECT, "--name", "Workspace", "--readers-per-case", str(READERS_PER_CASE)
    )
    manager = instance.person("workspace-manager", "manager", project=PROJECT)
    findings = [
        {"code": code, "name": code.capitalize(), "hotkey": str(i), "required": True, "boxes": True}
        for i, code in enumerate(FINDINGS, start=1)
    ]
    manager("POST", f"/projects/{PROJECT}/schema/", {"findings": findings, "region_classes": []}, **FIRST)
    protocol = manager("GET", f"/projects/{PROJECT}/protocol/")
    manager(
        "POST",
        f"/projects/{PROJECT}/protocol/",
        protocol | {"eval_interleave": 0, "finding_rules": {}},
        **FIRST,
    )
    for number in range(1, N_CASES + 1):
        (folder / f"film-{number}.dcm").write_bytes(_film(number))
    instance.manage("import_images", str(folder), "--project", PROJECT)
    return Reading(instance, manager)


def _film(number: int) -> bytes:
    """A small radiograph of a person of its own."""
    pixels = noisy(gradient(300 + number, 256, high=4000), seed=number)
    uids = {
        "StudyInstanceUID": f"{ROOT}.{number}",
        "SeriesInstanceUID": f"{ROOT}.{number}.1",
        "SOPInstanceUID": f"{ROOT}.{number}.1.1",
    }
    dataset = radiograph_dataset(
        pixels.astype(np.uint16), PatientID=f"P-{number:04d}", BitsStored=12, HighBit=11, **uids
    )
    return dicom_bytes(pixels.astype(np.uint16), dataset=dataset)


def read_next(page: Page) -> str:
    """Ask for the next case as the worklist's button does; returns the assignment's id when it is drawn."""
    page.goto(f"/p/{PROJECT}/read")
    page.wait_for_url("**/read/*-*")
    return wait_for_case(page)


def assignment_of(page: Page) -> str:
    return page.url.rsplit("/", 1)[-1]


def submit_and_go_on(page: Page) -> str:
    """Enter; returns the id of the case that comes next."""
    here = page.url
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url != here and "-" in url.rsplit("/", 1)[-1])
    return wait_for_case(page)


def wait_for_case(page: Page) -> str:
    """The case of the address is open and drawn, not still the one before; returns the assignment's id."""
    case = assignment_of(page)
    expect(page.get_by_test_id("workspace")).to_have_attribute("data-seen", case)
    wait_for_image(page)
    return case


def finding(page: Page, code: str) -> Locator:
    return page.get_by_test_id(f"finding-{code}")


def expect_answers(page: Page, **answers: str) -> None:
    for code, value in answers.items():
        expect(finding(page, code)).to_have_attribute("data-value", value)


def expect_sign(page: Page, kind: str) -> None:
    expect(page.get_by_test_id("saved-sign")).to_have_attribute("data-save", kind)


def draw_box(page: Page) -> None:
    """A box of the current finding near the middle of the image."""
    page.keyboard.press("b")
    area = page.locator(IMAGE_AREA).first.bounding_box()
    assert area is not None
    x, y = area["x"] + area["width"] * 0.45, area["y"] + area["height"] * 0.45
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y + 20, steps=4)
    page.mouse.move(x + 60, y + 50, steps=4)
    page.mouse.up()


def draft_of(reader: Api, assignment: str) -> dict[str, Any]:
    """The document that the server has."""
    document: dict[str, Any] = reader("GET", f"/assignments/{assignment}/")["draft"]["document"]
    return document


def until(page: Page, condition: Callable[[], bool], what: str) -> None:
    """Wait for something that page and server do on their own."""
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while not condition():
        assert time.monotonic() < deadline, f"it did not come: {what}"
        page.wait_for_timeout(200)
