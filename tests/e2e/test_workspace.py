"""The reading workspace in a real browser: keys, saving through every kind of trouble, and the way between cases."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from tests.e2e.browser import SIZES, page_of, screenshot, wait_for_image
from tests.e2e.reading import (
    PROJECT,
    Reading,
    draft_of,
    draw_box,
    expect_answers,
    expect_sign,
    finding,
    make_reading,
    read_next,
    submit_and_go_on,
    until,
)
from tests.e2e.running import PASSWORD, Api, Running

pytestmark = pytest.mark.e2e
OFFLINE = r"ERR_INTERNET_DISCONNECTED|XMLHttpRequest"
# The viewer's library leaves the refused request of an image fetched ahead as an unhandled rejection of its own.
REFUSED = r"status of (401|409|412)|^XMLHttpRequest$"


@pytest.fixture(scope="session")
def reading(embedded: Running, tmp_path_factory: pytest.TempPathFactory) -> Reading:
    return make_reading(embedded, tmp_path_factory.mktemp("films"))


@contextmanager
def reader_page(
    browser: Browser,
    reading: Reading,
    size: str = "laptop",
    *,
    provoked: str = "",
    has_password: bool = False,
) -> Iterator[tuple[Page, Api]]:
    """The browser page and the API client of a reader who has read nothing yet."""
    name, api = reading.reader(has_password=has_password)
    with page_of(browser, reading.instance, name, size, provoked=provoked) as page:
        yield page, api


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
        page.keyboard.press("f")
        page.get_by_role("dialog").get_by_role("textbox").fill("only half of the chest")
        page.get_by_role("button", name="Mark not readable").click()
        expect_answers(page, nodule="open")
        page.keyboard.press("1")
        expect(page.get_by_test_id("notice")).to_contain_text("not readable")
        submit_and_go_on(page)
        assert draft_of(api, case)["not_readable"] and draft_of(api, case)["answers"] == {}


def test_a_skipped_case_is_left_and_not_offered_again(browser: Browser, reading: Reading) -> None:
    with reader_page(browser, reading) as (page, api):
        case = read_next(page)
        page.keyboard.press("k")
        page.get_by_label("I know this patient or case").check()
        page.get_by_test_id("skip-done").click()
        page.wait_for_url(lambda url: not url.endswith(case) and "-" in url.rsplit("/", 1)[-1])
        wait_for_image(page)
        until(page, lambda: begun(api) != [], "the opening of the next case")
        assert case not in begun(api)
        assert state_of(api, case) == "skipped"


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


def test_a_submitted_case_is_reopened_and_corrected_as_a_slip(browser: Browser, reading: Reading) -> None:
    with reader_page(browser, reading, provoked=REFUSED) as (page, api):
        case = read_next(page)
        page.keyboard.press("n")
        submit_and_go_on(page)
        page.keyboard.press("[")
        page.wait_for_url(f"**/read/{case}")
        expect(page.get_by_test_id("submitted")).to_be_visible()
        wait_for_image(page)
        page.keyboard.press("e")
        page.keyboard.press("3")
        submit_and_go_on(page)
        row = next(
            row for row in api("GET", f"/projects/{PROJECT}/worklist/")["submitted"] if row["id"] == case
        )
        assert row["version"] == 2
        assert draft_of(api, case)["answers"]["effusion"]["value"] == "present"
        page.goto(f"/p/{PROJECT}/worklist")
        mine = page.get_by_test_id(f"submitted-case-{case}")
        expect(mine).to_contain_text("amended, version 2")
        screenshot(page, "my-cases")
        page.get_by_test_id(f"open-{case}").click()
        expect(page.get_by_test_id("submitted")).to_be_visible()
        expect_answers(page, nodule="absent", effusion="present")


def test_the_next_case_is_fetched_ahead_without_being_opened(browser: Browser, reading: Reading) -> None:
    with reader_page(browser, reading) as (page, api):
        fetched: list[str] = []
        page.on("response", lambda answer: fetched.append(answer.url))
        with page.expect_response(is_answer_ahead) as answer:
            case = read_next(page)
        ahead = answer.value.json()["assignment"]["id"]
        assert ahead != case
        payload = api("GET", f"/assignments/{ahead}/")
        frame = f"{payload['images'][0]['frames_url']}/1"
        until(page, lambda: any(url.endswith(frame) for url in fetched), "the frame of the next case")
        assert state_of(api, ahead) == "reserved"
        page.keyboard.press("n")
        assert submit_and_go_on(page) == ahead
        until(page, lambda: state_of(api, ahead) == "open", "the opening of the next case")


def begun(api: Api) -> list[str]:
    return [row["id"] for row in api("GET", f"/projects/{PROJECT}/worklist/")["open"]]


def state_of(api: Api, assignment: str) -> str:
    return str(api("GET", f"/assignments/{assignment}/")["assignment"]["state"])


def is_answer_ahead(answer: Response) -> bool:
    body = answer.request.post_data or ""
    return answer.url.endswith("/worklist/next/") and json.loads(body or "{}").get("ahead") is True


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
