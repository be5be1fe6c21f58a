"""A finding that is added after cases were read is offered to be asked of them, as soon as it is saved."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.axe import violations
from tests.e2e.browser import SIZES, page_of, screenshot
from tests.e2e.desk import FINDING, read_next_as
from tests.e2e.running import FIRST, Running
from tests.factories.imaging import radiograph

pytestmark = pytest.mark.e2e
PROJECT, MANAGER = "added", "added-manager"


def test_a_new_finding_is_asked_of_cases_that_were_read_without_it(
    browser: Browser, embedded: Running, tmp_path: Path
) -> None:
    (tmp_path / "film.dcm").write_bytes(radiograph(41))
    embedded.manage("create_project", PROJECT, "--name", "Added", "--readers-per-case", "1")
    manager = embedded.person(MANAGER, "manager", project=PROJECT)
    findings = [{"code": FINDING, "name": "Nodule", "hotkey": "1", "required": True, "boxes": True}]
    manager("POST", f"/projects/{PROJECT}/schema/", {"findings": findings, "region_classes": []}, **FIRST)
    embedded.manage("import_images", str(tmp_path), "--project", PROJECT)
    read_next_as(embedded.person("added-reader", "reader", project=PROJECT), PROJECT, "absent")
    with page_of(browser, embedded, MANAGER) as page:
        page.goto(f"/p/{PROJECT}/schema")
        page.get_by_test_id("finding-add").click()
        expect(page.get_by_test_id("finding-name-1")).to_be_focused()
        page.keyboard.type("Old fracture")
        page.get_by_test_id("schema-save").click()
        expect(page.get_by_test_id("lacking-old_fracture")).to_contain_text("missing in 1 case")
        for size, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            screenshot(page, f"supplementary-{size}")
        assert violations(page) == []
        page.get_by_test_id("ask-old_fracture").click()
        expect(page.get_by_test_id("pass-opened")).to_contain_text("Round 2 asks Old fracture")
