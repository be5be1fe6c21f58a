"""Adjudication in a real browser: a case goes back to a reader with a question, is taken back, and is decided."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.axe import violations
from tests.e2e.browser import SIZES, page_of, screenshot, wait_for_image
from tests.e2e.desk import FINDING, make_desk
from tests.e2e.running import Api, Running

pytestmark = pytest.mark.e2e
PROJECT = "desk"
QUESTION = "Is this the nipple?"


@pytest.fixture(scope="module")
def readers(embedded: Running, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Api]:
    """One case on which two readers differ, and an adjudicator."""
    return make_desk(embedded, PROJECT, tmp_path_factory.mktemp("desk"))


def returned(readers: dict[str, Api]) -> list[str]:
    """The notes of the cases that wait for a reader's answer."""
    worklists = [reader("GET", f"/projects/{PROJECT}/worklist/") for reader in readers.values()]
    return [row["note"] for worklist in worklists for row in worklist["returned"]]


def expect_question(browser: Browser, embedded: Running, name: str) -> None:
    """The reader who was asked sees the question, with the panels and without."""
    with page_of(browser, embedded, name) as page:
        page.goto(f"/p/{PROJECT}/worklist")
        page.get_by_test_id("returned-cases").get_by_role("link").click()
        wait_for_image(page)
        question = page.get_by_test_id("return-note")
        expect(question).to_contain_text(QUESTION)
        page.keyboard.press(".")
        expect(page.get_by_test_id("submit")).to_have_count(0)
        expect(question).to_contain_text(QUESTION)
        screenshot(page, "question-over-the-image")


def test_a_case_is_asked_about_taken_back_decided_and_corrected(
    browser: Browser, embedded: Running, readers: dict[str, Api]
) -> None:
    with page_of(browser, embedded, "desk-adjudicator") as page:
        page.goto(f"/p/{PROJECT}/adjudicate")
        expect(page.get_by_test_id("adjudication-row")).to_contain_text("decide it")
        page.get_by_test_id("adjudicate-next").click()
        wait_for_image(page)
        case = page.url
        page.keyboard.press("s")
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("textbox").fill(QUESTION)
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
        page.keyboard.press("s")
        expect(dialog.get_by_role("textbox")).to_have_value(QUESTION)
        expect(dialog.get_by_role("textbox")).to_be_focused()
        page.keyboard.press("Control+Enter")
        expect(page.get_by_test_id("adjudicate-next")).to_be_visible()
        assert returned(readers) == [QUESTION]
        (asked,) = [name for name, api in readers.items() if returned({name: api})]
        expect_question(browser, embedded, asked)

        page.goto(case)
        wait_for_image(page)
        expect(page.get_by_text("back with a reader")).to_be_visible()
        expect(page.get_by_test_id("asked")).to_contain_text("Read A was asked")
        expect(page.get_by_test_id("asked")).to_contain_text(QUESTION)
        screenshot(page, "adjudication-waiting")
        assert violations(page) == []
        page.keyboard.press("s")
        expect(page.get_by_test_id("adjudication")).to_have_attribute("data-phase", "deciding")
        assert returned(readers) == []

        wait_for_image(page)
        page.keyboard.press("1")
        reason = page.get_by_label("Other reason")
        reason.press_sequentially("Normal variant of the rib")
        expect(reason).to_have_value("Normal variant of the rib")
        reason.fill("a node, not a vessel")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_test_id("adjudicate-next")).to_be_visible()

        page.goto(case)
        wait_for_image(page)
        expect(page.get_by_test_id(f"decide-{FINDING}-present")).to_have_attribute("aria-pressed", "true")
        expect(page.get_by_label("Other reason")).to_have_value("a node, not a vessel")
        page.keyboard.press("2")
        expect(page.get_by_test_id("notice")).to_contain_text("Press U to correct it")
        screenshot(page, "adjudication-decided")
        assert violations(page) == []
        page.keyboard.press("u")
        page.keyboard.press("2")
        page.reload()
        wait_for_image(page)
        expect(page.get_by_test_id("notice")).to_contain_text("submit it, or give it up")
        expect(page.get_by_test_id(f"decide-{FINDING}-absent")).to_have_attribute("aria-pressed", "true")
        screenshot(page, "adjudication-correction-begun")
        page.get_by_test_id("cancel-correction").click()
        page.reload()
        wait_for_image(page)
        expect(page.get_by_test_id(f"decide-{FINDING}-present")).to_have_attribute("aria-pressed", "true")
        expect(page.get_by_test_id("adjudication")).to_have_attribute("data-phase", "readOnly")
        page.keyboard.press("u")
        page.keyboard.press("2")
        page.reload()
        wait_for_image(page)
        page.get_by_test_id("submit").click()
        expect(page.get_by_test_id("adjudicate-next")).to_be_visible()
    decided = json.loads(embedded.manage("export", PROJECT, "--what", "adjudications", "--format", "json"))
    assert [(row["value"], row["reason"]) for row in decided] == [
        ("present", "a node, not a vessel"), ("absent", "a node, not a vessel"),
    ]  # fmt: skip
    for size in SIZES:
        with page_of(browser, embedded, "desk-adjudicator", size) as page:
            page.goto(f"/p/{PROJECT}/adjudicate?state=decided")
            page.get_by_test_id("adjudication-row").get_by_role("link").click()
            wait_for_image(page)
            expect(page.get_by_test_id(f"decide-{FINDING}-absent")).to_have_attribute("aria-pressed", "true")
            screenshot(page, f"adjudication-decided-{size}")


def test_what_a_page_says_is_of_its_project(
    browser: Browser, embedded: Running, readers: dict[str, Api]
) -> None:
    embedded.manage("create_project", "other-desk", "--name", "Other desk")
    for project in (PROJECT, "other-desk"):
        embedded.person("desk-of-two", "adjudicator", project=project)
    with page_of(browser, embedded, "desk-of-two") as page:
        page.goto("/p/other-desk/adjudicate")
        page.get_by_test_id("adjudicate-next").click()
        said = page.get_by_text("No case waits for you now.")
        expect(said).to_be_visible()
        page.get_by_test_id("project-switch").click()
        page.get_by_role("menuitem", name="Desk", exact=True).click()
        page.wait_for_url(f"**/p/{PROJECT}/adjudicate")
        expect(page.get_by_test_id("adjudicate-next")).to_be_visible()
        expect(said).to_have_count(0)
