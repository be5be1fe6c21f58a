"""Corrections: given up, they are gone for good with all that belonged to them; refused, they stand on the page."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import page_of, screenshot
from tests.e2e.desk import FINDING, make_desk, read_next_as
from tests.e2e.hand import PROJECT, Hand, reading_page
from tests.e2e.reading import draft_of, expect_answers, submit_and_go_on, until, wait_for_case
from tests.e2e.running import FIRST, Api, Running
from tests.factories.imaging import radiograph

pytestmark = pytest.mark.e2e
ASKED, LOOKED_AT = "asked", "looked-at"


def expect_read(page: Page, case: str, **answers: str) -> None:
    """The case stands submitted, with these answers and nothing of a correction."""
    page.goto(f"/read/{case}")
    wait_for_case(page)
    expect(page.get_by_test_id("workspace")).to_have_attribute("data-phase", "submitted")
    expect_answers(page, **answers)


def test_a_correction_given_up_does_not_come_back_and_takes_its_flag_with_it(
    browser: Browser, hand: Hand
) -> None:
    with reading_page(browser, hand) as (page, api, case):
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


def test_a_comment_is_written_only_where_it_can_be(browser: Browser, hand: Hand) -> None:
    with reading_page(browser, hand) as (page, _, case):
        page.keyboard.press("n")
        submit_and_go_on(page)
        page.goto(f"/read/{case}")
        wait_for_case(page)
        page.keyboard.press("c")
        expect(page.get_by_test_id("notice")).to_contain_text("Press E to correct it")
        page.keyboard.press("e")
        expect(page.get_by_test_id("notice")).to_have_count(0)
        page.keyboard.press("c")
        expect(page.get_by_test_id("comment")).to_be_focused()
        page.keyboard.type("effusion, small")
        expect(page.get_by_test_id("comment")).to_have_value("effusion, small")


def test_a_read_that_was_submitted_elsewhere_meanwhile_is_shown_as_a_correction(
    browser: Browser, hand: Hand
) -> None:
    with reading_page(browser, hand, provoked="ERR_FAILED|status of 409") as (
        page,
        api,
        case,
    ):
        page.keyboard.press("1")
        until(page, lambda: "nodule" in draft_of(api, case)["answers"], "the draft to be saved")
        page.route("**/draft/", lambda route: route.abort())
        page.route("**/submit/", lambda route: route.abort())
        page.keyboard.press("2")
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("notice")).to_contain_text("Not submitted yet")
        absent = {code: {"value": "absent", "by_rest": False} for code in ("nodule", "opacity")}
        other = {"client_uuid": str(uuid.uuid4()), "document": draft_of(api, case) | {"answers": absent}}
        api("POST", f"/assignments/{case}/submit/", other)
        page.unroute("**/submit/")
        page.reload()
        wait_for_case(page)
        expect(page.get_by_test_id("notice")).to_contain_text("the case was submitted meanwhile")
        expect(page.get_by_test_id("notice")).to_contain_text("submit it, or give it up")
        expect_answers(page, nodule="present", opacity="present")
        screenshot(page, "submit-refused")
        page.keyboard.press("1")
        page.keyboard.press("x")
        expect_answers(page, nodule="absent", opacity="present")
        submit_and_go_on(page)
        answers = draft_of(api, case)["answers"]
        assert {code: answer["value"] for code, answer in answers.items()} == {
            "nodule": "absent", "opacity": "present",
        }  # fmt: skip


def test_a_correction_that_came_too_late_stands_on_the_page_until_it_is_given_up(
    browser: Browser, embedded: Running, tmp_path: Path
) -> None:
    (tmp_path / "film.dcm").write_bytes(radiograph(61))
    embedded.manage("create_project", LOOKED_AT, "--name", "Looked at", "--readers-per-case", "1")
    manager = embedded.person("looked-manager", "manager", project=LOOKED_AT)
    findings = [{"code": FINDING, "name": "Nodule", "hotkey": "1", "required": True, "boxes": True}]
    manager("POST", f"/projects/{LOOKED_AT}/schema/", {"findings": findings, "region_classes": []}, **FIRST)
    protocol = manager("GET", f"/projects/{LOOKED_AT}/protocol/") | {"show_outcome_when_closed": True}
    manager("POST", f"/projects/{LOOKED_AT}/protocol/", protocol, **FIRST)
    embedded.manage("import_images", str(tmp_path), "--project", LOOKED_AT)
    reader = embedded.person("looked-reader", "reader", project=LOOKED_AT)
    read_next_as(reader, LOOKED_AT, "absent")
    (row,) = reader("GET", f"/projects/{LOOKED_AT}/worklist/")["submitted"]
    case = row["id"]
    with page_of(browser, embedded, "looked-reader", provoked="ERR_FAILED|status of 409") as page:
        page.goto(f"/read/{case}")
        wait_for_case(page)
        page.route("**/amend/", lambda route: route.abort())
        page.keyboard.press("e")
        page.keyboard.press("1")
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("notice")).to_contain_text("Not submitted yet")
        reader("GET", f"/assignments/{case}/outcome/")
        page.unroute("**/amend/")
        for _ in range(2):
            page.reload()
            wait_for_case(page)
            expect(page.get_by_test_id("notice")).to_contain_text("give the correction up to see your read")
            expect_answers(page, **{FINDING: "present"})
        screenshot(page, "correction-refused")
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("notice")).to_contain_text("give the correction up to see your read")
        page.get_by_test_id("cancel-correction").click()
        expect_answers(page, **{FINDING: "absent"})
        expect_read(page, case, **{FINDING: "absent"})


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
    with page_of(browser, embedded, taken_back.reader, provoked="ERR_FAILED") as page:
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
    with page_of(browser, embedded, taken_back.reader) as page:
        expect_read(page, case, **{FINDING: stands["value"]})


def aside(taken_back: TakenBack) -> object:
    return taken_back.api("GET", f"/assignments/{taken_back.case}/")["draft_aside"]
