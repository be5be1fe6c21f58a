"""No page breaks a rule of axe-core, in either theme; nor do the workspaces and their dialogs."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.axe import violations
from tests.e2e.browser import page_of, use_theme, wait_for_image
from tests.e2e.desk import make_desk
from tests.e2e.running import Running
from tests.factories.imaging import radiograph

pytestmark = pytest.mark.e2e
PROJECT, PERSON = "axe", "axe-everybody"
PAGES = [
    "worklist",
    "adjudicate",
    "dashboard",
    "cases",
    "imports",
    "schema",
    "protocol",
    "learning",
    "learning/ranking",
    "rounds",
    "members",
    "settings",
]


@pytest.fixture(scope="module")
def project(embedded: Running, tmp_path_factory: pytest.TempPathFactory) -> Running:
    make_project(embedded, tmp_path_factory.mktemp("axe"))
    return embedded


def make_project(running: Running, folder: Path) -> None:
    """A project of two cases with one person in every role."""
    for n in (1, 2):
        (folder / f"{n}.dcm").write_bytes(radiograph(n))
    running.manage("create_project", PROJECT, "--name", "Axe", "--readers-per-case", "2")
    running.manage("import_images", str(folder), "--project", PROJECT)
    running.person(PERSON, "reader", "adjudicator", "manager", "engineer", project=PROJECT)
    running.manage("create_user", PERSON, "--administrator")


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_no_page_breaks_a_rule(browser: Browser, project: Running, theme: str) -> None:
    with page_of(browser, project, PERSON) as page:
        use_theme(page, theme)
        found = []
        for path in ["/", "/projects/new", "/administration", *(f"/p/{PROJECT}/{name}" for name in PAGES)]:
            page.goto(path)
            page.wait_for_load_state("networkidle")
            expect(page.locator(f"html[data-mantine-color-scheme={theme}]")).to_have_count(1)
            found += violations(page)
        assert found == []


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_signing_in_breaks_no_rule(browser: Browser, project: Running, theme: str) -> None:
    context = browser.new_context(base_url=project.address)
    page = context.new_page()
    use_theme(page, theme)
    page.goto("/")
    expect(page.get_by_test_id("sign-in")).to_be_visible()
    found = violations(page)
    page.goto("/invitation")
    expect(page.get_by_test_id("invitation-unusable")).to_be_visible()
    assert found + violations(page) == []
    context.close()


def test_the_reading_workspace_breaks_no_rule(browser: Browser, project: Running) -> None:
    with page_of(browser, project, PERSON) as page:
        page.goto(f"/p/{PROJECT}/read")
        page.wait_for_url("**/read/*-*")
        wait_for_image(page)
        found = violations(page)
        for key, dialog in (("?", "key-sheet"), ("g", "urgent-dialog"), ("k", "skip-dialog")):
            page.keyboard.press(key)
            expect(page.get_by_test_id(dialog).get_by_role("dialog")).to_be_visible()
            found += violations(page)
            close(page, dialog)
        page.keyboard.press("n")
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "-" in url.rsplit("/", 1)[-1])
        assert found == []


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_pages_of_a_case_break_no_rule(browser: Browser, project: Running, theme: str) -> None:
    with page_of(browser, project, PERSON) as page:
        use_theme(page, theme)
        page.goto(f"/p/{PROJECT}/cases?find=Case 1")
        page.locator("tr[data-clickable]").click()
        image = page.get_by_test_id("case-images").get_by_role("link")
        expect(image).to_be_visible()
        page.wait_for_load_state("networkidle")
        found = violations(page)
        image.click()
        expect(page.get_by_test_id("image-attributes")).to_be_visible()
        found += violations(page)
        page.goto(f"/p/{PROJECT}/imports")
        page.get_by_test_id("import-list").locator("tr[data-clickable]").click()
        expect(page.get_by_test_id("import-files")).to_contain_text("1.dcm")
        found += violations(page)
        page.goto(f"/p/{PROJECT}/members")
        page.get_by_test_id("member-edit").first.click()
        expect(page.get_by_test_id("roles-save")).to_be_visible()
        found += violations(page)
        page.keyboard.press("Escape")
        page.get_by_test_id("invite").click()
        expect(page.get_by_test_id("invite-make")).to_be_visible()
        found += violations(page)
        page.goto(f"/p/{PROJECT}/nowhere")
        expect(page.get_by_test_id("nothing-here")).to_be_visible()
        assert found + violations(page) == []


def test_adjudication_breaks_no_rule(
    browser: Browser, project: Running, tmp_path_factory: pytest.TempPathFactory
) -> None:
    make_desk(project, "axe-desk", tmp_path_factory.mktemp("axe-desk"))
    with page_of(browser, project, "axe-desk-adjudicator") as page:
        page.goto("/p/axe-desk/adjudicate")
        row = page.get_by_test_id("adjudication-row")
        expect(row).to_contain_text("1 against 1")
        found = violations(page)
        row.get_by_role("link").click()
        wait_for_image(page)
        found += violations(page)
        for key, dialog in (("?", "key-sheet"), ("s", "send-back-dialog")):
            page.keyboard.press(key)
            expect(page.get_by_test_id(dialog).get_by_role("dialog")).to_be_visible()
            found += violations(page)
            close(page, dialog)
        page.keyboard.press("1")
        assert found + violations(page) == []


def close(page: Page, dialog: str) -> None:
    page.keyboard.press("Escape")
    expect(page.get_by_test_id(dialog)).to_have_count(0)
