"""An answer that comes when its case was left concerns that case, and moves nothing that is shown then."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.browser import page_of, screenshot, wait_for_image
from tests.e2e.desk import make_desk
from tests.e2e.holding import LOST, answers_held, let_through, lose_the_answer, refuse, requests_of
from tests.e2e.reading import (
    PROJECT,
    REFUSED,
    Reading,
    assignment_of,
    draft_of,
    expect_answers,
    expect_sign,
    read_next,
    reader_page,
    submit_and_go_on,
    until,
    wait_for_case,
)
from tests.e2e.running import Api, Running

pytestmark = pytest.mark.e2e
SUBMIT = "**/submit/"


def state_of(api: Api, assignment: str) -> str:
    return str(api("GET", f"/assignments/{assignment}/")["assignment"]["state"])


def phase(page: Page) -> str:
    return page.get_by_test_id("workspace").get_attribute("data-phase") or ""


def answer_normal(page: Page) -> None:
    page.keyboard.press("n")
    expect_sign(page, "saved")


@contextmanager
def sent(page: Page) -> Iterator[list[Route]]:
    """The case on screen is answered and submitted, and the answer to that waits."""
    answer_normal(page)
    with answers_held(page, SUBMIT) as held:
        page.keyboard.press("Enter")
        until(page, lambda: len(held) == 1, "the submit")
        yield held


def test_the_worklist_stays_when_a_submit_is_answered_there(browser: Browser, reading: Reading) -> None:
    with reader_page(browser, reading) as (page, _):
        case = read_next(page)
        with sent(page) as held:
            page.get_by_title("Back to the worklist").click()
            expect(page.get_by_test_id("read-next")).to_be_visible()
            opened = requests_of(page, "POST", "/open/")
            let_through(page, held[0])
        expect(page.get_by_test_id(f"submitted-case-{case}")).to_be_visible()
        expect(page).to_have_url(f"{reading.instance.address}p/{PROJECT}/worklist")
        assert opened == []


def test_another_case_is_only_told_of_the_answer(browser: Browser, reading: Reading) -> None:
    with reader_page(browser, reading, provoked=REFUSED) as (page, api):
        first = read_next(page)
        answer_normal(page)
        second = submit_and_go_on(page)
        with sent(page) as held:
            page.keyboard.press("[")
            expect(page.get_by_test_id("notice")).to_contain_text("stays open")
            page.keyboard.press("[")
            page.wait_for_url(f"**/read/{first}")
            wait_for_case(page)
            let_through(page, held[0])
        expect(page.get_by_test_id("notice")).to_have_text("My case 2 is submitted.")
        screenshot(page, "told-of-left-case")
        assert (assignment_of(page), phase(page)) == (first, "submitted")
        assert state_of(api, second) == "submitted"


def test_a_refusal_of_a_case_that_was_left_is_told_with_the_way_back(
    browser: Browser, reading: Reading
) -> None:
    with reader_page(browser, reading, provoked=REFUSED) as (page, api):
        first = read_next(page)
        answer_normal(page)
        second = submit_and_go_on(page)
        with sent(page) as held:
            page.keyboard.press("[")
            page.keyboard.press("[")
            page.wait_for_url(f"**/read/{first}")
            wait_for_case(page)
            refuse(page, held[0], 409, "invalid_transition", "The case was closed.")
        notice = page.get_by_test_id("notice")
        expect(notice).to_contain_text("My case 2 was not submitted: The case was closed.")
        expect(notice).to_contain_text("open it again from your worklist")
        assert (assignment_of(page), phase(page)) == (first, "submitted")
        assert state_of(api, second) == "open"


def test_the_way_back_right_after_enter_leads_to_the_case_just_sent(
    browser: Browser, reading: Reading
) -> None:
    with reader_page(browser, reading, provoked=REFUSED) as (page, api):
        read_next(page)
        answer_normal(page)
        case = submit_and_go_on(page)
        with sent(page) as held:
            page.keyboard.press("[")
            expect(page.get_by_test_id("notice")).to_contain_text("stays open")
            let_through(page, held[0])
        expect(page.get_by_test_id("submitted")).to_be_visible()
        assert wait_for_case(page) == case
        page.keyboard.press("e")
        page.keyboard.press("3")
        submit_and_go_on(page)
        assert draft_of(api, case)["answers"]["effusion"]["value"] == "present"


def test_the_way_back_does_not_wait_for_the_next_case(browser: Browser, reading: Reading) -> None:
    with reader_page(browser, reading, provoked=REFUSED) as (page, _):
        with page.expect_response("**/worklist/next/") as ahead:
            case = read_next(page)
        ahead.value.finished()
        answer_normal(page)
        with answers_held(page, "**/open/") as held:
            page.keyboard.press("Enter")
            page.wait_for_url(lambda url: not url.endswith(case))
            until(page, lambda: len(held) == 1, "the opening of the next case")
            page.keyboard.press("[")
            page.wait_for_url(f"**/read/{case}")
            held[0].continue_()
            # The case itself is asked to be opened too, which is refused: it is looked at.
            until(page, lambda: len(held) == 2, "the opening of the case before")
            held[1].continue_()
            assert wait_for_case(page) == case
        expect(page.get_by_test_id("submitted")).to_be_visible()


def test_a_flag_whose_answer_was_lost_is_sent_again_as_the_same(browser: Browser, reading: Reading) -> None:
    text = "tension pneumothorax, told once"
    with reader_page(browser, reading, provoked=LOST) as (page, _):
        read_next(page)
        made = requests_of(page, "POST", "/flag/")
        page.keyboard.press("g")
        page.get_by_test_id("urgent-text").fill(text)
        page.route("**/flag/", lose_the_answer, times=1)
        page.get_by_test_id("urgent-done").click()
        expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
        page.get_by_test_id("urgent-done").click()
        expect(page.get_by_test_id("notice")).to_contain_text("has been told")
    ids = [json.loads(request.post_data or "")["client_uuid"] for request in made]
    assert len(ids) == 2 and ids[0] == ids[1]
    flags = reading.manager("GET", f"/projects/{PROJECT}/dashboard/")["flags"]
    assert [flag["text"] for flag in flags].count(text) == 1


def test_a_case_is_not_called_unreadable_by_the_answer_of_another(browser: Browser, reading: Reading) -> None:
    with reader_page(browser, reading) as (page, api):
        read_next(page)
        answer_normal(page)
        with answers_held(page, "**/flag/") as held:
            page.keyboard.press("f")
            page.get_by_test_id("not-readable-text").fill("moved")
            page.get_by_test_id("not-readable-done").click()
            until(page, lambda: len(held) == 1, "the flag")
            page.keyboard.press("Escape")
            expect(page.get_by_role("dialog")).to_have_count(0)
            second = submit_and_go_on(page)
            let_through(page, held[0])
        page.keyboard.press("1")
        expect_answers(page, nodule="present")
        until(page, lambda: "nodule" in draft_of(api, second)["answers"], "the draft to be saved")
        assert not draft_of(api, second)["not_readable"]


def test_an_adjudicator_who_has_left_is_not_moved(
    browser: Browser, embedded: Running, tmp_path_factory: pytest.TempPathFactory
) -> None:
    project = "late-desk"
    make_desk(embedded, project, tmp_path_factory.mktemp(project))
    with page_of(browser, embedded, f"{project}-adjudicator") as page:
        page.goto(f"/p/{project}/adjudicate")
        page.get_by_test_id("adjudicate-next").click()
        wait_for_image(page)
        page.keyboard.press("1")
        with answers_held(page, "**/decide/") as held:
            page.get_by_test_id("submit").click()
            until(page, lambda: len(held) == 1, "the decision")
            page.get_by_role("link", name="Adjudication").click()
            expect(page.get_by_test_id("adjudicate-next")).to_be_visible()
            claims = requests_of(page, "POST", "/adjudications/next/")
            page.get_by_test_id("nav-home").click()
            expect(page.get_by_test_id("adjudicate-next")).to_have_count(0)
            let_through(page, held[0])
        page.go_back()
        page.get_by_label("State").first.click()
        page.get_by_role("option", name="decided", exact=True).click()
        expect(page.get_by_test_id("adjudication-row")).to_have_count(1)
        assert claims == []
