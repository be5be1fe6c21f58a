"""A correction that is given up is gone for good, with all that belonged to it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import page_of, screenshot
from tests.e2e.desk import FINDING, make_desk
from tests.e2e.hand import PROJECT, Hand, reading_page
from tests.e2e.reading import expect_answers, submit_and_go_on, until, wait_for_case
from tests.e2e.running import Api, Running

pytestmark = pytest.mark.e2e
ASKED = "asked"


def expect_read(page: Page, case: str, **answers: str) -> None:
    """The case stands submitted, with these answers and nothing of a correction."""
    page.goto(f"/read/{case}")
    wait_for_case(page)
    expect(page.get_by_test_id("workspace")).to_have_attribute("data-phase", "submitted")
    expect_answers(page, **answers)


def test_a_correction_given_up_does_not_come_back_and_takes_its_flag_with_it(
    browser: Browser, hand: Hand
) -> None:
    with reading_page(browser, hand, provoked="^XMLHttpRequest$") as (page, api, case):
        page.keyboard.press("n")
        submit_and_go_on(page)
        page.goto(f"/read/{case}")
        wait_for_case(page)
        page.keyboard.press("e")
        page.keyboard.press("1")
        page.keyboard.press("f")
        page.get_by_test_id("not-readable-text").fill("half of the chest")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_test_id("standing-not_readable")).to_be_visible()
        expect(page.get_by_test_id("not-readable")).to_have_attribute("aria-pressed", "true")
        page.reload()
        wait_for_case(page)
        expect(page.get_by_test_id("not-readable")).to_have_attribute("aria-pressed", "true")
        screenshot(page, "correction-begun-before")
        page.get_by_test_id("cancel-correction").click()
        expect_answers(page, nodule="absent", opacity="absent")
        until(page, lambda: api("GET", f"/assignments/{case}/")["flags"] == [], "the flag to be withdrawn")
        expect(page.get_by_test_id("standing-not_readable")).to_have_count(0)
        screenshot(page, "correction-given-up")
        page.keyboard.press("Control+z")
        expect_read(page, case, nodule="absent", opacity="absent")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/p/{PROJECT}/read*")
        assert api("GET", f"/assignments/{case}/")["assignment"]["read_version"] == 1


@dataclass(frozen=True)
class TakenBack:
    """A case that was sent back to `reader` and taken back while she was answering."""

    reader: str
    api: Api
    case: str


@pytest.fixture(scope="module")
def taken_back(embedded: Running, tmp_path_factory: pytest.TempPathFactory) -> TakenBack:
    readers = make_desk(embedded, ASKED, tmp_path_factory.mktemp("asked"))
    adjudicator = embedded.person("asked-by", "adjudicator", project=ASKED)
    key = adjudicator("POST", f"/projects/{ASKED}/adjudications/next/")["adjudication"]["id"]
    adjudicator("POST", f"/adjudications/{key}/return/", {"label": "A", "note": "Sure?"})
    for name, api in readers.items():
        for row in api("GET", f"/projects/{ASKED}/worklist/")["returned"]:
            case = f"/assignments/{row['id']}/"
            document = api("POST", f"{case}open/")["draft"]["document"]
            begun = document | {"answers": {FINDING: {"value": "uncertain", "by_rest": False}}}
            api("PUT", f"{case}draft/", {"document": begun}, **{"If-Match": '"0"'})
            adjudicator("POST", f"/adjudications/{key}/recall/")
            return TakenBack(name, api, row["id"])
    raise AssertionError("nobody was asked")


def test_what_is_given_up_without_a_connection_is_given_up_when_there_is_one(
    browser: Browser, embedded: Running, taken_back: TakenBack
) -> None:
    case = taken_back.case
    with page_of(browser, embedded, taken_back.reader, provoked="ERR_FAILED|^XMLHttpRequest$") as page:
        page.goto(f"/read/{case}")
        wait_for_case(page)
        expect_answers(page, **{FINDING: "uncertain"})
        page.route("**/draft/", lambda route: route.abort())
        page.get_by_test_id("cancel-correction").click()
        expect(page.get_by_test_id("notice")).to_contain_text("Given up on this computer")
        (stands,) = taken_back.api("GET", f"/assignments/{case}/")["draft"]["document"]["answers"].values()
        expect_read(page, case, **{FINDING: stands["value"]})
        expect(page.get_by_test_id("notice")).to_contain_text("Given up on this computer")
        screenshot(page, "correction-given-up-offline")
        page.unroute("**/draft/")
        until(page, lambda: aside(taken_back) is None, "the draft to be forgotten")
        expect(page.get_by_test_id("notice")).to_contain_text("The correction is given up.")
    with page_of(browser, embedded, taken_back.reader, provoked="^XMLHttpRequest$") as page:
        expect_read(page, case, **{FINDING: stands["value"]})


def aside(taken_back: TakenBack) -> object:
    return taken_back.api("GET", f"/assignments/{taken_back.case}/")["draft_aside"]
