"""The reading workspace in a real browser: keys, saving through every kind of trouble, and the way between cases."""

from __future__ import annotations

import json
import uuid

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import SIZES, page_of, screenshot, wait_for_image
from tests.e2e.reading import (
    PROJECT,
    REFUSED,
    Reading,
    draft_of,
    draw_box,
    expect_answers,
    expect_sign,
    finding,
    read_next,
    reader_page,
    submit_and_go_on,
    until,
)
from tests.e2e.running import PASSWORD

pytestmark = pytest.mark.e2e
OFFLINE = r"ERR_INTERNET_DISCONNECTED"


def test_normal_is_refused_when_a_mark_exists(browser: Browser, reading: Reading) -> None:
    with reader_page(browser, reading) as (page, _):
        read_next(page)
        page.keyboard.press("1")
        draw_box(page)
        expect(page.get_by_test_id("mark-nodule")).to_be_visible()
        page.keyboard.press("n")
        notice = page.get_by_test_id("notice")
        expect(notice).to_have_attribute("data-tone", "refused")
        expect(notice).to_contain_text("Not normal")
        expect_answers(page, nodule="present", opacity="open", effusion="open")


def test_keys_answer_the_findings(browser: Browser, reading: Reading) -> None:
    with reader_page(browser, reading) as (page, api):
        case = read_next(page)
        page.keyboard.press("1")
        expect_answers(page, nodule="present", opacity="open")
        page.keyboard.press("1")
        expect_answers(page, nodule="open")
        page.keyboard.press("1")
        page.keyboard.press("2")
        page.keyboard.press("u")
        page.keyboard.press("a")
        expect_answers(page, nodule="present", opacity="uncertain", effusion="absent")
        expect(finding(page, "effusion")).to_have_attribute("data-by-rest", "true")
        expect_sign(page, "saved")
        answers = draft_of(api, case)["answers"]
        assert answers["effusion"] == {"value": "absent", "by_rest": True}
        assert answers["opacity"] == {"value": "uncertain", "by_rest": False}


def test_enter_goes_to_what_is_missing(browser: Browser, reading: Reading) -> None:
    with reader_page(browser, reading) as (page, _):
        read_next(page)
        page.keyboard.press("1")
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("notice")).to_contain_text("Still open: Opacity, Effusion")
        expect(finding(page, "opacity")).to_have_attribute("data-active", "true")
        expect(page.get_by_test_id("workspace")).not_to_have_attribute("data-phase", "submitted")


def test_edits_made_offline_are_kept_and_sent_after_a_reload(browser: Browser, reading: Reading) -> None:
    with reader_page(browser, reading, provoked=OFFLINE) as (page, api):
        case = read_next(page)
        page.keyboard.press("1")
        expect_sign(page, "saved")
        page.context.set_offline(True)
        page.keyboard.press("2")
        expect_sign(page, "unsaved")
        expect(page.get_by_test_id("saved-sign")).to_contain_text("kept on this computer")
        assert "opacity" not in draft_of(api, case)["answers"]
        # Chromium ends the break that it plays before it ends the page, whose next try would reach the server.
        page.evaluate("() => { window.fetch = () => new Promise(() => undefined) }")
        page.close()
        page.context.set_offline(False)
        again = page.context.new_page()
        again.goto(f"/read/{case}")
        wait_for_image(again)
        expect_answers(again, nodule="present", opacity="present")
        expect_sign(again, "saved")
        assert draft_of(api, case)["answers"]["opacity"]["value"] == "present"


def test_two_windows_on_one_case_keep_both_versions(browser: Browser, reading: Reading) -> None:
    with reader_page(browser, reading, provoked=REFUSED) as (page, api):
        case = read_next(page)
        other = page.context.new_page()
        other.goto(f"/read/{case}")
        wait_for_image(other)
        page.keyboard.press("1")
        expect_sign(page, "saved")
        other.keyboard.press("2")
        dialog = other.get_by_test_id("conflict")
        expect(dialog.get_by_label("In this window")).to_contain_text("Opacity: present")
        expect(dialog.get_by_label("On the server")).to_contain_text("Nodule: present")
        other.get_by_test_id("keep-mine").click()
        expect_answers(other, nodule="open", opacity="present")
        expect_sign(other, "saved")
        other.keyboard.press("Control+z")
        expect_answers(other, nodule="present", opacity="open")
        until(other, lambda: "nodule" in draft_of(api, case)["answers"], "the version brought back")


def test_a_session_that_ends_is_renewed_in_place(browser: Browser, reading: Reading) -> None:
    with reader_page(browser, reading, provoked=REFUSED, has_password=True) as (page, api):
        case = read_next(page)
        page.context.clear_cookies(name="sessionid")
        page.keyboard.press("1")
        dialog = page.get_by_test_id("sign-in-again")
        expect(dialog.get_by_text("Please sign in again")).to_be_visible()
        dialog.get_by_label("Password of").fill(PASSWORD)
        dialog.get_by_role("button", name="Sign in").click()
        expect(dialog.get_by_text("Please sign in again")).to_have_count(0)
        expect_sign(page, "saved")
        expect_answers(page, nodule="present")
        assert draft_of(api, case)["answers"]["nodule"]["value"] == "present"


def test_a_case_submitted_in_another_window_is_corrected_from_what_was_changed_here(
    browser: Browser, reading: Reading
) -> None:
    with reader_page(browser, reading, provoked=REFUSED) as (page, api):
        case = read_next(page)
        other = page.context.new_page()
        other.goto(f"/read/{case}")
        wait_for_image(other)
        other.keyboard.press("n")
        submit_and_go_on(other)
        page.keyboard.press("1")
        expect(page.get_by_test_id("notice")).to_contain_text("shown as a correction")
        expect_answers(page, nodule="present", opacity="open")
        assert draft_of(api, case)["answers"]["nodule"]["value"] == "absent", "the submitted read stands"
        page.get_by_test_id("cancel-correction").click()
        expect_answers(page, nodule="absent", opacity="absent")


def test_a_click_on_a_tool_leaves_the_keyboard_with_the_image(browser: Browser, reading: Reading) -> None:
    with reader_page(browser, reading) as (page, _):
        read_next(page)
        page.get_by_test_id("tool-mirror").click()
        page.keyboard.press("a")
        expect(page.get_by_text("mirrored")).to_be_visible()
        page.keyboard.press("Space")
        expect(page.get_by_text("mirrored")).to_have_count(0)
        page.get_by_test_id("tool-invert").click()
        submit_and_go_on(page)


def test_a_case_that_cannot_be_read_is_submitted_without_answers(browser: Browser, reading: Reading) -> None:
    with reader_page(browser, reading) as (page, api):
        case = read_next(page)
        page.keyboard.press("1")
        expect_answers(page, nodule="present")
        page.keyboard.press("f")
        page.get_by_role("dialog").get_by_role("textbox").fill("only half of the chest")
        page.get_by_role("button", name="Mark not readable").click()
        expect_answers(page, nodule="open")
        page.keyboard.press("1")
        expect(page.get_by_test_id("notice")).to_contain_text("not readable")
        submit_and_go_on(page)
        assert draft_of(api, case)["not_readable"] and draft_of(api, case)["answers"] == {}


def test_an_urgent_flag_reaches_the_manager_and_no_other_reader(browser: Browser, reading: Reading) -> None:
    text = f"large pneumothorax {uuid.uuid4()}"
    with reader_page(browser, reading) as (page, _):
        read_next(page)
        page.keyboard.press("g")
        page.get_by_test_id("urgent-text").fill(text)
        page.get_by_test_id("urgent-done").click()
        expect(page.get_by_test_id("notice")).to_contain_text("has been told")
    with page_of(browser, reading.instance, "workspace-manager") as page:
        page.goto(f"/p/{PROJECT}/dashboard")
        expect(page.get_by_test_id("urgent-alert")).to_be_visible()
        expect(page.get_by_test_id("flags")).to_contain_text(text)
    _, other = reading.reader()
    key = {"Idempotency-Key": str(uuid.uuid4())}
    claimed = other("POST", f"/projects/{PROJECT}/worklist/next/", {"ahead": False}, **key)
    pages = [
        claimed,
        other("GET", f"/assignments/{claimed['assignment']['id']}/"),
        other("GET", f"/projects/{PROJECT}/"),
        other("GET", f"/projects/{PROJECT}/worklist/"),
    ]
    assert text not in json.dumps(pages)


@pytest.mark.parametrize("size", list(SIZES))
def test_a_readers_pages_fit_every_screen(browser: Browser, reading: Reading, size: str) -> None:
    with reader_page(browser, reading, size) as (page, _):
        read_next(page)
        expect_no_sideways_scroll(page)
        screenshot(page, f"workspace-{size}")
        for path in ("/", f"/p/{PROJECT}/worklist"):
            page.goto(path)
            expect_no_sideways_scroll(page)


def expect_no_sideways_scroll(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    wide, shown = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert wide <= shown, f"{page.url} is {wide} px wide on {shown} px"
