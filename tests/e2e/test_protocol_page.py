"""The page of the protocol says what a change means before it is saved."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browser import page_of, screenshot
from tests.e2e.running import Running
from tests.factories.imaging import radiograph

pytestmark = pytest.mark.e2e


def test_another_number_of_readers_is_counted_first(
    browser: Browser, embedded: Running, tmp_path: Path
) -> None:
    (tmp_path / "film.dcm").write_bytes(radiograph(51))
    embedded.manage("create_project", "counted", "--name", "Counted", "--readers-per-case", "1")
    embedded.person("counted-manager", "manager", project="counted")
    embedded.manage("import_images", str(tmp_path), "--project", "counted")
    with page_of(browser, embedded, "counted-manager") as page:
        page.goto("/p/counted/protocol")
        page.get_by_test_id("protocol-readers").fill("3")
        shown = page.get_by_test_id("slots-preview")
        expect(shown).to_contain_text("1 case that is not closed")
        expect(shown).to_contain_text("2 reads more")
        rules = page.get_by_test_id("rules-preview")
        expect(rules).to_have_count(0)
        page.get_by_label("Nodule: present and uncertain differ").uncheck()
        expect(rules).to_contain_text("The new rules settle 1 case whose reads are not all in")
        screenshot(page, "protocol-counted")
        page.get_by_test_id("protocol-save").click()
        expect(page.get_by_text("Version 2 is in force")).to_be_visible()
        expect(shown).to_have_count(0)
        expect(rules).to_have_count(0)
