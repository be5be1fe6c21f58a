"""A data manager opens a calibration and closes it; a reader gets its cases; agreement is shown round by round."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.axe import violations
from tests.e2e.browser import SIZES, page_of, screenshot
from tests.e2e.running import Api, Running
from tests.factories.imaging import radiograph

pytestmark = pytest.mark.e2e
PROJECT, MANAGER = "rounds", "rounds-manager"
READERS = ("rounds-reader-1", "rounds-reader-2")


@pytest.fixture(scope="module")
def people(embedded: Running, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Api]:
    """Six cases, a manager and two readers."""
    folder = tmp_path_factory.mktemp("films")
    for n in range(6):
        (folder / f"{n}.dcm").write_bytes(radiograph(900 + n))
    embedded.manage("create_project", PROJECT, "--name", "Rounds", "--readers-per-case", "2")
    embedded.manage("import_images", str(folder), "--project", PROJECT)
    return {
        MANAGER: embedded.person(MANAGER, "manager", project=PROJECT),
        **{name: embedded.person(name, "reader", project=PROJECT) for name in READERS},
    }


def read_one(reader: Api, *answers: str) -> dict[str, Any]:
    """Her next case, read; the named findings present."""
    key = {"Idempotency-Key": str(uuid.uuid4())}
    given = reader("POST", f"/projects/{PROJECT}/worklist/next/", {"ahead": False}, **key)["assignment"]
    opened: dict[str, Any] = reader("POST", f"/assignments/{given['id']}/open/")
    values = {
        finding["code"]: "present" if finding["code"] in answers else "absent"
        for finding in opened["schema"]["findings"]
    }
    document = {
        "answers": {code: {"value": value, "by_rest": False} for code, value in values.items()},
        "annotations": [],
        "comment": "",
        "not_readable": False,
    }
    sent = {"client_uuid": str(uuid.uuid4()), "document": document, "active_ms": 5000, "display_state": {}}
    reader("POST", f"/assignments/{given['id']}/submit/", sent)
    return opened


def row(page: Page, number: int) -> Any:
    return page.get_by_test_id(f"round-{number}")


def test_a_calibration_is_counted_opened_read_compared_and_closed(
    browser: Browser, embedded: Running, people: dict[str, Api]
) -> None:
    with page_of(browser, embedded, MANAGER, provoked="422") as page:
        page.goto(f"/p/{PROJECT}/rounds")
        counted = page.get_by_test_id("study-preview")
        page.get_by_test_id("study-n-random").fill("40")
        expect(counted).to_contain_text("6 cases, 12 reads by 2 readers. Only 6 can be drawn from.")
        page.get_by_test_id("study-readers-per-case").fill("3")
        expect(page.get_by_test_id("refused")).to_contain_text("no case could be completed")
        expect(page.get_by_test_id("study-open")).to_be_disabled()
        page.get_by_test_id("study-readers-per-case").fill("2")
        page.get_by_test_id("study-by").get_by_text("By number").click()
        expect(counted).to_contain_text("Say which cases")
        page.get_by_test_id("study-numbers").fill("2-3")
        page.get_by_test_id("study-findings").click()
        page.get_by_role("option", name="Nodule").click()
        page.keyboard.press("Escape")
        expect(counted).to_contain_text("2 cases, 4 reads by 2 readers.")
        page.route("**/studies/preview/", lambda route: None)
        page.get_by_test_id("study-numbers").fill("2-4")
        page.get_by_test_id("study-numbers").press("Control+Enter")
        expect(counted).to_have_text("Counting …")
        expect(page.get_by_test_id("study-open")).to_be_disabled()
        page.unroute_all()
        page.get_by_test_id("study-numbers").fill("2-3")
        expect(counted).to_contain_text("2 cases, 4 reads by 2 readers.")
        page.get_by_test_id("study-numbers").press("Control+Enter")
        expect(page.get_by_test_id("study-opened")).to_contain_text("calibration, is open")
        number = people[MANAGER]("GET", f"/projects/{PROJECT}/rounds/")["results"][-1]["number"]
        expect(row(page, number)).to_contain_text("Nodule")
        expect(row(page, number)).to_contain_text("0 / 4", timeout=60_000)
        for size, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            screenshot(page, f"rounds-{size}")
        assert violations(page) == []

        for name in READERS:
            for _ in range(2):
                asked = read_one(people[name], "nodule" if name == READERS[0] else "")["schema"]["findings"]
                assert [finding["code"] for finding in asked] == ["nodule"]
        expect(row(page, number)).to_contain_text("4 / 4", timeout=60_000)
        expect(row(page, number)).to_contain_text("closed", timeout=60_000)
        page.goto(f"/p/{PROJECT}/dashboard")
        choice = page.get_by_test_id("agreement-round")
        expect(choice).to_have_count(1, timeout=60_000)
        choice.select_option(label=f"Round {number}, calibration")
        table = page.get_by_test_id("agreement-table")
        expect(table.get_by_role("row")).to_have_count(2)
        expect(table).to_contain_text("0 %")
        screenshot(page, "agreement-of-a-round")


def test_a_round_is_closed_by_hand_after_a_question(
    browser: Browser, embedded: Running, people: dict[str, Api]
) -> None:
    body = {"purpose": "reader_study", "n_random": 2, "readers_per_case": 2}
    number = people[MANAGER]("POST", f"/projects/{PROJECT}/studies/", body)["number"]
    with page_of(browser, embedded, MANAGER) as page:
        page.goto(f"/p/{PROJECT}/rounds")
        expect(row(page, number)).to_contain_text("open", timeout=60_000)
        page.get_by_test_id(f"close-round-{number}").click()
        page.get_by_test_id("close-round").get_by_text("Leave it open").click()
        expect(page.get_by_test_id(f"close-round-{number}")).to_be_visible()
        page.get_by_test_id(f"close-round-{number}").click()
        page.get_by_test_id("close-round-done").press("Control+Enter")
        expect(row(page, number)).to_contain_text("closed")
