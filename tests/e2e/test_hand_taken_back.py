"""What a reader flagged or skipped shows afterwards, and can be taken back."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import page_of, screenshot, wait_for_image
from tests.e2e.hand import PROJECT, REFUSED, Hand, reading_page
from tests.e2e.reading import (
    expect_answers,
    expect_sign,
    submit_and_go_on,
    until,
)
from tests.factories.imaging import radiograph

pytestmark = pytest.mark.e2e


def flag(page: Page, key: str, dialog: str, text: str) -> None:
    page.keyboard.press(key)
    page.get_by_test_id(f"{dialog}-text").fill(text)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_test_id(f"{dialog}-text")).to_have_count(0)


def test_flags_show_afterwards_and_are_taken_back(browser: Browser, hand: Hand) -> None:
    with reading_page(browser, hand, provoked=REFUSED) as (page, api, case):
        page.keyboard.press("1")
        flag(page, "g", "urgent", "large effusion")
        flag(page, "f", "not-readable", "half of the chest")
        expect(page.get_by_test_id("standing-not_readable")).to_contain_text("half of the chest")
        page.reload()
        wait_for_image(page)
        expect(page.get_by_test_id("standing-urgent")).to_contain_text("large effusion")
        expect(page.get_by_test_id("not-readable")).to_have_attribute("aria-pressed", "true")
        submit_and_go_on(page)
        page.goto(f"/p/{PROJECT}/worklist")
        row = page.get_by_test_id(f"submitted-case-{case}")
        expect(row).to_contain_text("not readable")
        expect(row).to_contain_text("urgent")
        page.get_by_test_id(f"open-{case}").click()
        page.get_by_test_id("standing-urgent").get_by_role("button", name="Take back").click()
        expect(page.get_by_test_id("standing-urgent")).to_have_count(0)
        page.keyboard.press("e")
        page.keyboard.press("f")
        page.keyboard.press("n")
        submit_and_go_on(page)
        assert api("GET", f"/assignments/{case}/")["flags"] == []


def test_not_readable_taken_back_takes_its_flag_and_brings_the_answers(browser: Browser, hand: Hand) -> None:
    with reading_page(browser, hand) as (page, api, case):
        page.keyboard.press("1")
        page.keyboard.press("f")
        expect(page.get_by_role("dialog")).to_contain_text("Another reader is asked")
        page.keyboard.press("Escape")
        flag(page, "f", "not-readable", "blurred")
        expect_answers(page, nodule="open")
        page.keyboard.press("f")
        expect_answers(page, nodule="present")
        until(page, lambda: api("GET", f"/assignments/{case}/")["flags"] == [], "the flag to be withdrawn")
        expect(page.get_by_test_id("standing-not_readable")).to_have_count(0)


def test_who_reads_alone_is_told_that_nobody_else_is_asked(
    browser: Browser, hand: Hand, tmp_path: Path
) -> None:
    (tmp_path / "film.dcm").write_bytes(radiograph(48))
    hand.instance.manage("create_project", "alone", "--name", "Alone", "--readers-per-case", "1")
    hand.instance.manage("import_images", str(tmp_path), "--project", "alone")
    hand.instance.person("alone-reader", "reader", project="alone")
    with page_of(browser, hand.instance, "alone-reader") as page:
        page.goto("/p/alone/read")
        page.wait_for_url("**/read/*-*")
        wait_for_image(page)
        page.keyboard.press("f")
        expect(page.get_by_role("dialog")).to_contain_text("No other reader is asked")
        screenshot(page, "not-readable-alone")


def test_a_skipped_case_shows_in_the_worklist_and_is_taken_back(browser: Browser, hand: Hand) -> None:
    with reading_page(browser, hand) as (page, api, case):
        page.keyboard.press("1")
        expect_sign(page, "saved")
        page.keyboard.press("k")
        page.get_by_label("Not my area").check()
        page.keyboard.press("Control+Enter")
        page.wait_for_url(lambda url: not url.endswith(case) and "-" in url.rsplit("/", 1)[-1])
        expect(page.get_by_test_id("notice")).to_contain_text("My case 1 is skipped")
        expect(page.get_by_test_id("case-label")).to_have_text("My case 2")
        expect(page.locator(".mantine-Notification-root")).to_have_count(0)
        page.goto(f"/p/{PROJECT}/worklist")
        row = page.get_by_test_id(f"skipped-case-{case}")
        expect(row).to_contain_text("not my area")
        row.get_by_role("button", name="Take back").click()
        page.wait_for_url(f"**/read/{case}")
        wait_for_image(page)
        expect_answers(page, nodule="present")
        assert api("GET", f"/assignments/{case}/")["assignment"]["state"] == "open"
