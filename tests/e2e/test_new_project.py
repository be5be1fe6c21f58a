"""A project is made in the browser, and its page leads to the first read."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browser import page_of, screenshot
from tests.e2e.running import Running
from tests.factories.dicom import dicom_bytes, gradient

pytestmark = pytest.mark.e2e


def test_a_project_is_made_from_a_template_and_leads_to_its_first_read(
    browser: Browser, embedded: Running, tmp_path: Path
) -> None:
    embedded.manage("create_project", "makers", "--name", "Makers")
    embedded.person("maker", "manager", project="makers")
    embedded.person("made-reader", "reader", project="makers")
    with page_of(browser, embedded, "maker", provoked="409") as page:
        page.goto("/")
        page.get_by_role("link", name="New project").click()
        page.get_by_test_id("new-project-name").fill("Makers")
        create = page.get_by_test_id("new-project-create")
        create.click()
        expect(page.get_by_test_id("refused")).to_contain_text("There is already a project makers")

        page.get_by_test_id("new-project-name").fill("Würzburg, chest 2026")
        expect(page.get_by_test_id("new-project-slug")).to_have_value("wurzburg-chest-2026")
        page.get_by_test_id("template-chest_14").click()
        page.get_by_test_id("new-project-readers").fill("1")
        screenshot(page, "new-project")
        create.click()

        page.wait_for_url("**/p/wurzburg-chest-2026/dashboard")
        expect(page.get_by_role("heading", name="Würzburg, chest 2026")).to_be_visible()
        expect(page.get_by_test_id("step-schema")).to_contain_text("14 findings")
        expect(page.get_by_test_id("step-images")).to_have_attribute("data-done", "false")
        expect(page.get_by_test_id("step-readers")).to_contain_text("0 of the 1")
        screenshot(page, "first-steps")

        page.get_by_test_id("step-readers").get_by_role("link").click()
        page.get_by_test_id("member-name").fill("made-reader")
        page.get_by_test_id("member-add").click()
        expect(page.get_by_test_id("member-made-reader")).to_be_visible()
        (tmp_path / "film.dcm").write_bytes(dicom_bytes(gradient(256, 256), PatientID="Q-1"))
        embedded.manage("import_images", str(tmp_path), "--project", "wurzburg-chest-2026")
        page.get_by_test_id("nav-dashboard").click()
        expect(page.get_by_test_id("step-readers")).to_have_attribute("data-done", "true")
        expect(page.get_by_test_id("step-images")).to_contain_text("1 case")
        expect(page.get_by_test_id("step-read")).to_contain_text("Read next case")


def test_who_may_make_none_is_told_so(browser: Browser, embedded: Running) -> None:
    embedded.manage("create_project", "readers-only", "--name", "Readers only")
    embedded.person("only-reads", "reader", project="readers-only")
    with page_of(browser, embedded, "only-reads") as page:
        page.goto("/")
        expect(page.get_by_test_id("project-readers-only")).to_be_visible()
        expect(page.get_by_role("link", name="New project")).to_have_count(0)
        page.goto("/projects/new")
        expect(page.get_by_test_id("may-not-create")).to_be_visible()
