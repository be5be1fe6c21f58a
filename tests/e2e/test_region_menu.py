"""The region of a mark: chosen by mouse or key, and never by a key that is meant for the workspace."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.axe import violations
from tests.e2e.browser import page_of, screenshot
from tests.e2e.reading import draft_of, draw_box, expect_answers, until, wait_for_case
from tests.e2e.running import FIRST, Api, Running
from tests.factories.imaging import radiograph

pytestmark = pytest.mark.e2e
PROJECT, READER = "regions", "regions-reader"


@pytest.fixture
def reader(embedded: Running, tmp_path: Path) -> Api:
    """Of a project whose regions begin with letters that are keys of the workspace."""
    (tmp_path / "film.dcm").write_bytes(radiograph(77))
    embedded.manage("create_project", PROJECT, "--name", "Regions", "--readers-per-case", "2")
    manager = embedded.person("regions-manager", "manager", project=PROJECT)
    findings = [{"code": "nodule", "name": "Nodule", "hotkey": "1", "required": True, "boxes": True}]
    regions = [
        {"code": name.lower(), "name": name, "kinds": ["box"]} for name in ("Central", "Upper", "Peripheral")
    ]
    schema = {"findings": findings, "region_classes": regions}
    manager("POST", f"/projects/{PROJECT}/schema/", schema, **FIRST)
    embedded.manage("import_images", str(tmp_path), "--project", PROJECT)
    return embedded.person(READER, "reader", project=PROJECT)


def state_of(reader: Api, case: str) -> str:
    return str(reader("GET", f"/assignments/{case}/")["assignment"]["state"])


def open_by_key(page: Page, region: Locator) -> None:
    region.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[role=menu]:focus-within")).to_have_count(1)


def test_keys_of_the_workspace_change_no_region(browser: Browser, embedded: Running, reader: Api) -> None:
    with page_of(browser, embedded, READER) as page:
        page.goto(f"/p/{PROJECT}/read")
        page.wait_for_url("**/read/*-*")
        case = wait_for_case(page)
        page.keyboard.press("1")
        draw_box(page)
        region = page.get_by_role("button", name="Region of Nodule 1")
        region.click()
        screenshot(page, "region-menu")
        assert violations(page) == []
        page.get_by_role("menuitemradio", name="Central").click()
        expect(region).to_have_text("Central")
        page.keyboard.press("u")
        expect_answers(page, nodule="uncertain")
        expect(region).to_have_text("Central")

        page.keyboard.press("1")
        expect_answers(page, nodule="present")
        open_by_key(page, region)
        page.keyboard.press("p")
        page.keyboard.press("Enter")
        expect(region).to_have_text("Peripheral")
        expect_answers(page, nodule="present")

        open_by_key(page, region)
        page.keyboard.press("u")
        page.keyboard.press("Escape")
        expect(page.get_by_role("menu")).to_have_count(0)
        page.keyboard.press("u")
        expect_answers(page, nodule="uncertain")

        region.focus()
        page.keyboard.press("1")
        expect_answers(page, nodule="present")
        expect(region).to_have_text("Peripheral")
        until(
            page,
            lambda: (
                [mark["region_class"] for mark in draft_of(reader, case)["annotations"]] == ["peripheral"]
            ),
            "the region to be saved",
        )
        open_by_key(page, region)
        page.keyboard.press("Escape")
        expect(page.get_by_role("menu")).to_have_count(0)
        page.keyboard.press("Enter")
        until(page, lambda: state_of(reader, case) == "submitted", "the read to be submitted")
