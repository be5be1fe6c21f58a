"""The way between cases: skipping, going back to correct, and the next one fetched ahead."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Browser, Response, expect

from tests.e2e.browser import screenshot, wait_for_image
from tests.e2e.reading import (
    PROJECT,
    REFUSED,
    Reading,
    draft_of,
    expect_answers,
    read_next,
    reader_page,
    submit_and_go_on,
    until,
    wait_for_case,
)
from tests.e2e.running import Api

pytestmark = pytest.mark.e2e


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


def test_a_dialog_goes_with_its_case(browser: Browser, reading: Reading) -> None:
    with reader_page(browser, reading, provoked=REFUSED) as (page, _):
        first = read_next(page)
        page.keyboard.press("n")
        second = submit_and_go_on(page)
        page.keyboard.press("k")
        page.get_by_test_id("skip-text").fill("a knee")
        page.go_back()
        page.wait_for_url(f"**/read/{first}")
        wait_for_case(page)
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.keyboard.press("?")
        expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
        page.go_forward()
        page.wait_for_url(f"**/read/{second}")
        wait_for_case(page)
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.keyboard.press("k")
        expect(page.get_by_test_id("skip-text")).to_have_value("a knee")


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
