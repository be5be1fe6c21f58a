"""A project's settings in the browser: its readers see what its manager says, and a second one is made like it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browser import page_of, screenshot
from tests.e2e.reading import (
    FINDINGS,
    PROJECT,
    Reading,
    draft_of,
    expect_sign,
    read_next,
    reader_page,
)
from tests.e2e.running import Running

pytestmark = pytest.mark.e2e

REFUSED = r"status of 403"
DESCRIPTION = "Films of the second site.\nTwo readers, then a decision."


def test_a_project_is_renamed_and_described(browser: Browser, embedded: Running) -> None:
    embedded.manage("create_project", "described", "--name", "Working title")
    embedded.person("describer", "manager", project="described")
    embedded.person("told-reader", "reader", project="described")
    with page_of(browser, embedded, "describer") as page:
        page.goto("/p/described/dashboard")
        page.get_by_test_id("nav-settings").click()
        save = page.get_by_test_id("settings-save")
        expect(save).to_be_disabled()
        page.get_by_test_id("settings-name").fill("Chest, second site")
        page.get_by_test_id("settings-description").fill(DESCRIPTION)
        page.get_by_test_id("nav-dashboard").click()
        expect(page.get_by_test_id("unsaved-leave")).to_be_visible()
        page.get_by_role("button", name="Stay").click()
        save.click()
        expect(save).to_be_disabled()
        screenshot(page, "project-settings")
        page.get_by_test_id("nav-dashboard").click()
        expect(page.get_by_role("heading", name="Chest, second site")).to_be_visible()
        expect(page.get_by_test_id("description")).to_contain_text("Films of the second site.")
        screenshot(page, "project-described")
    with page_of(browser, embedded, "told-reader") as page:
        page.goto("/")
        card = page.get_by_test_id("project-described")
        expect(card).to_contain_text("Chest, second site")
        expect(card.get_by_test_id("description")).to_contain_text("Two readers, then a decision.")
        screenshot(page, "home-described")


def test_a_project_is_duplicated_with_its_members(browser: Browser, embedded: Running) -> None:
    embedded.manage("create_project", "first-site", "--name", "First site")
    embedded.person("duplicator", "manager", project="first-site")
    embedded.person("of-both", "reader", project="first-site")
    with page_of(browser, embedded, "duplicator") as page:
        page.goto("/p/first-site/settings")
        page.get_by_test_id("settings-duplicate").click()
        expect(page.get_by_role("heading", name="Duplicate First site")).to_be_visible()
        page.get_by_test_id("new-project-name").fill("Next site")
        page.get_by_test_id("copy-members").check()
        screenshot(page, "duplicate-project")
        page.get_by_test_id("new-project-create").click()
        page.wait_for_url("**/p/next-site/dashboard")
        expect(page.get_by_test_id("step-images")).to_have_attribute("data-done", "false")
        page.get_by_test_id("nav-members").click()
        expect(page.get_by_test_id("member-of-both")).to_contain_text("reader")
        page.goto("/projects/new?copy=nowhere")
        expect(page.get_by_test_id("no-source")).to_be_visible()


def test_an_archived_project_is_looked_at_and_brought_back(browser: Browser, reading: Reading) -> None:
    """Who has a case open keeps what she wrote, and goes on with it."""
    with reader_page(browser, reading, provoked=REFUSED) as (page, api):
        case = read_next(page)
        page.keyboard.press("1")
        expect_sign(page, "saved")
        with page_of(browser, reading.instance, "workspace-manager") as other:
            other.goto(f"/p/{PROJECT}/settings")
            other.get_by_test_id("archive").click()
            screenshot(other, "archive-dialog")
            other.get_by_test_id("archive-now").click()
            expect(other.get_by_test_id("archived")).to_be_visible()
            screenshot(other, "archived-settings")
            page.keyboard.press("2")
            expect(page.get_by_text("This project is archived")).to_be_visible()
            screenshot(page, "archived-while-reading")
            other.goto("/")
            expect(other.get_by_test_id("archived-projects")).to_contain_text("Workspace")
            screenshot(other, "home-archived")
            other.get_by_role("link", name="Workspace").click()
            other.get_by_test_id("nav-protocol").click()
            screenshot(other, "archived-protocol")
            other.get_by_test_id("nav-settings").click()
            other.get_by_test_id("bring-back").click()
            expect(other.get_by_test_id("archived")).to_have_count(0)
            expect(other.get_by_test_id("archive")).to_be_visible()
        page.keyboard.press("3")
        expect_sign(page, "saved")
        answers = draft_of(api, case)["answers"]
        assert {code: each["value"] for code, each in answers.items()} == dict.fromkeys(FINDINGS, "present")
