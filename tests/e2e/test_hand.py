"""The reader's hand on the keyboard: comments, answers, dialogs, and what is kept when somebody signs in."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browser import sign_in, wait_for_image
from tests.e2e.hand import PROJECT, REFUSED, Hand, reading_page
from tests.e2e.reading import (
    draft_of,
    expect_answers,
    expect_sign,
    finding,
    until,
)
from tests.e2e.running import PASSWORD

pytestmark = pytest.mark.e2e


JOURNAL = """() => new Promise((done) => {
    const opening = indexedDB.open('labelhub-journal');
    opening.onsuccess = () => {
        const all = opening.result.transaction('drafts').objectStore('drafts').getAll();
        all.onsuccess = () => { opening.result.close(); done(JSON.stringify(all.result)); };
    };
})"""


def test_a_comment_is_kept_while_it_is_typed(browser: Browser, hand: Hand) -> None:
    with reading_page(browser, hand, provoked="ERR_FAILED") as (page, api, case):
        page.route("**/draft/", lambda route: route.abort())
        page.keyboard.press("c")
        page.keyboard.type("rotated film")
        until(page, lambda: "rotated film" in str(page.evaluate(JOURNAL)), "the journal's entry")
        assert draft_of(api, case)["comment"] == "", "the server has not heard of it"
        page.close()
        again = page.context.new_page()
        again.goto(f"/read/{case}")
        wait_for_image(again)
        expect(again.get_by_test_id("comment")).to_have_value("rotated film")
        expect_sign(again, "saved")


def test_with_hidden_panels_c_writes_a_comment_and_refusals_show(browser: Browser, hand: Hand) -> None:
    with reading_page(browser, hand) as (page, api, case):
        page.keyboard.press(".")
        expect(page.get_by_test_id("submit")).to_have_count(0)
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("notice")).to_contain_text("Still open")
        page.keyboard.press("c")
        page.keyboard.type("n1a")
        expect(page.get_by_test_id("comment")).to_have_value("n1a")
        page.keyboard.press("Escape")
        expect_answers(page, nodule="open", opacity="open")
        expect_sign(page, "saved")
        assert draft_of(api, case)["comment"] == "n1a"


def test_the_letter_on_an_answer_is_its_key(browser: Browser, hand: Hand) -> None:
    with reading_page(browser, hand) as (page, _, _):
        for value in ("present", "uncertain", "absent"):
            finding(page, "nodule").get_by_role("button", name="Nodule", exact=True).click()
            letter = page.get_by_test_id(f"answer-nodule-{value}").inner_text()
            page.keyboard.press(letter.lower())
            expect_answers(page, nodule=value, opacity="open")


def test_a_sign_in_in_another_tab_does_not_stop_the_saving(browser: Browser, hand: Hand) -> None:
    with reading_page(browser, hand, provoked=REFUSED, has_password=True) as (page, api, case):
        name = f"hand-reader-{hand.n_readers}"
        page.context.clear_cookies(name="sessionid")
        page.keyboard.press("1")
        dialog = page.get_by_test_id("sign-in-again")
        expect(dialog.get_by_label("Password of")).to_be_visible()
        other = page.context.new_page()
        sign_in(other, name)
        expect(dialog.get_by_label("Password of")).to_have_count(0)
        expect_sign(page, "saved")
        assert draft_of(api, case)["answers"]["nodule"]["value"] == "present"
        # A new session of hers that this page has not been told of.
        page.context.add_cookies(
            [{"name": "sessionid", "value": hand.instance.session(name), "url": hand.instance.address}]
        )
        page.keyboard.press("2")
        until(page, lambda: "opacity" in draft_of(api, case)["answers"], "a saved answer")
        expect_sign(page, "saved")


def test_another_persons_sign_in_is_told_and_nothing_is_saved_in_her_name(
    browser: Browser, hand: Hand
) -> None:
    with reading_page(browser, hand, provoked=REFUSED, has_password=True) as (page, api, case):
        owner = f"hand-reader-{hand.n_readers}"
        guest, _ = hand.reader(has_password=True)
        other = page.context.new_page()
        page.context.clear_cookies(name="sessionid")
        sign_in(other, guest)
        page.keyboard.press("2")
        dialog = page.get_by_test_id("sign-in-again")
        expect(dialog.get_by_text(f"{guest} has signed in in this browser")).to_be_visible()
        assert draft_of(api, case)["answers"] == {}
        dialog.get_by_label("Password of").fill(PASSWORD)
        dialog.get_by_role("button", name="Sign in").click()
        expect(dialog.get_by_label("Password of")).to_have_count(0)
        expect_sign(page, "saved")
        assert draft_of(api, case)["answers"]["opacity"]["value"] == "present"
        other.goto(f"/p/{PROJECT}/worklist")
        expect(other.get_by_test_id("person-menu")).to_contain_text(owner)


def test_what_was_written_survives_escape_and_ctrl_enter_sends_it(browser: Browser, hand: Hand) -> None:
    with reading_page(browser, hand) as (page, _, _):
        page.keyboard.press("g")
        page.get_by_test_id("urgent-text").press_sequentially("pneumothorax")
        page.keyboard.press("Enter")
        page.keyboard.type("left")
        page.keyboard.press("Escape")
        expect(page.get_by_test_id("urgent-text")).to_have_count(0)
        page.keyboard.press("g")
        expect(page.get_by_test_id("urgent-text")).to_have_value("pneumothorax\nleft")
        expect(page.get_by_test_id("urgent-text")).to_be_focused()
        page.keyboard.press("Control+Enter")
        expect(page.get_by_test_id("standing-urgent")).to_contain_text("pneumothorax")
