"""The page of the schema says what a change means for how many cases before it is saved."""

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
PROJECT, MANAGER = "foretold", "foretold-manager"


def test_what_a_changed_schema_does_is_shown_while_it_is_edited(
    browser: Browser, embedded: Running, tmp_path: Path
) -> None:
    for n in range(3):
        (tmp_path / f"film-{n}.dcm").write_bytes(radiograph(61 + n))
    embedded.manage("create_project", PROJECT, "--name", "Foretold", "--readers-per-case", "1")
    manager = embedded.person(MANAGER, "manager", project=PROJECT)
    findings = [
        {"code": code, "name": name, "hotkey": key, "required": True, "boxes": False}
        for code, name, key in ((FINDING, "Nodule", "1"), ("effusion", "Effusion", "2"))
    ]
    manager("POST", f"/projects/{PROJECT}/schema/", {"findings": findings, "region_classes": []}, **FIRST)
    embedded.manage("import_images", str(tmp_path), "--project", PROJECT)
    reader = embedded.person("foretold-reader", "reader", project=PROJECT)
    read_next_as(reader, PROJECT, "absent", (FINDING, "effusion"))
    with page_of(browser, embedded, MANAGER) as page:
        page.goto(f"/p/{PROJECT}/schema")
        expect(page.get_by_test_id("finding-name-1")).to_be_visible()
        effects = page.get_by_test_id("schema-effects")
        expect(effects).to_have_count(0)
        page.get_by_test_id("finding-name-0").fill("Lung nodule")
        page.get_by_test_id("finding-add").click()
        page.keyboard.type("Old fracture")
        expect(effects).to_contain_text("2 cases that nobody has begun")
        expect(page.get_by_test_id(f"effect-{FINDING}")).to_contain_text("Nodule is called Lung nodule")
        added = page.get_by_test_id("effect-old_fracture")
        expect(added).to_contain_text("1 case whose reads came in has no label of it")
        expect(added).to_contain_text("the case read without it takes a pass of 1 read")
        page.get_by_role("button", name="Remove Effusion").click()
        expect(page.get_by_test_id("effect-effusion")).to_contain_text("1 case keeps its label of it")
        for size, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            screenshot(page, f"schema-effects-{size}")
        assert violations(page) == []
        page.get_by_test_id("schema-save").click()
        expect(page.get_by_test_id("lacking-old_fracture")).to_contain_text("missing in 1 case")
        expect(effects).to_have_count(0)
