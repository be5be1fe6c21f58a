"""Work that outlives its right: a case that was given to somebody else, and a reader whose role was taken away."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.axe import violations
from tests.e2e.browser import page_of, screenshot, wait_for_image
from tests.e2e.desk import read_next_as
from tests.e2e.reading import assignment_of, draft_of, expect_answers, expect_sign, until
from tests.e2e.running import Api, Running
from tests.factories.imaging import radiograph

pytestmark = pytest.mark.e2e
PROJECT = "late"
MEMBERS = f"/projects/{PROJECT}/members/"


@pytest.fixture(scope="module")
def manager(embedded: Running, tmp_path_factory: pytest.TempPathFactory) -> Api:
    """Of a project with one film, to be read by one reader."""
    films = tmp_path_factory.mktemp("late")
    (films / "film.dcm").write_bytes(radiograph(47))
    embedded.manage("create_project", PROJECT, "--name", "Late", "--readers-per-case", "1")
    embedded.manage("import_images", str(films), "--project", PROJECT)
    return embedded.person("late-manager", "manager", project=PROJECT)


@pytest.fixture(scope="module")
def findings(manager: Api) -> list[str]:
    return [row["code"] for row in manager("GET", f"/projects/{PROJECT}/schema/")["findings"]]


def begin(page: Page, reader: Api, finding: str) -> str:
    """Open the next case and answer its first finding with present; returns the assignment's id."""
    page.goto(f"/p/{PROJECT}/read")
    page.wait_for_url("**/read/*-*")
    wait_for_image(page)
    case = assignment_of(page)
    page.keyboard.press("1")
    until(page, lambda: finding in draft_of(reader, case)["answers"], "the draft to be saved")
    return case


def test_work_on_a_case_that_was_given_away_is_submitted_late(
    browser: Browser, embedded: Running, manager: Api, findings: list[str]
) -> None:
    slow, quick = (embedded.person(f"late-{name}", "reader", project=PROJECT) for name in ("slow", "quick"))
    with page_of(browser, embedded, "late-slow", provoked="409") as page:
        case = begin(page, slow, findings[0])
        page.goto("/")
        manager("POST", f"/assignments/{case}/manager-release/")
        read_next_as(quick, PROJECT, "absent", findings)

        page.goto(f"/p/{PROJECT}/worklist")
        page.get_by_role("link", name="Go on reading").click()
        wait_for_image(page)
        expect(page.get_by_test_id("notice")).to_contain_text("submit it and the data manager will see it")
        expect_answers(page, **{findings[0]: "present"})
        screenshot(page, "late-read")
        assert violations(page) == []
        page.keyboard.press("a")
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: case not in url)
    (late,) = manager("GET", f"/projects/{PROJECT}/dashboard/")["late_reads"]
    assert (late["reader"], late["has_seen"]) == ("late-slow", False)


def test_a_role_taken_away_while_reading_loses_nothing(
    browser: Browser, embedded: Running, manager: Api, findings: list[str], tmp_path: Path
) -> None:
    # Some of them are drawn into the pool.
    for number in range(51, 57):
        (tmp_path / f"{number}.dcm").write_bytes(radiograph(number))
    embedded.manage("import_images", str(tmp_path), "--project", PROJECT)
    reader = embedded.person("late-removed", "reader", project=PROJECT)
    members = {row["user"]["username"]: row["user"]["id"] for row in manager("GET", MEMBERS)["results"]}
    with page_of(browser, embedded, "late-removed", provoked="404") as page:
        case = begin(page, reader, findings[0])
        manager("DELETE", f"{MEMBERS}{members['late-removed']}/reader/")
        page.keyboard.press("a")
        expect_sign(page, "unsaved")
        expect(page.get_by_test_id("saved-sign")).to_contain_text("you no longer work on this case")
        page.reload()
        expect(page.get_by_text("What you did is kept on this computer")).to_be_visible()
        manager("POST", MEMBERS, {"username": "late-removed", "role": "reader"})
        page.get_by_role("button", name="Try again").click()
        wait_for_image(page)
        expect_answers(page, **{findings[0]: "present", findings[1]: "absent"})
        until(page, lambda: findings[1] in draft_of(reader, case)["answers"], "what was kept to be saved")


def test_a_page_of_another_role_says_so(browser: Browser, embedded: Running, manager: Api) -> None:
    embedded.person("late-engineer", "engineer", project=PROJECT)
    with page_of(browser, embedded, "late-engineer") as page:
        page.goto(f"/p/{PROJECT}/imports")
        expect(page.get_by_test_id("other-role")).to_contain_text("does not include this page")
        page.get_by_role("link", name="To your pages").click()
        expect(page).to_have_url(f"{embedded.address}p/{PROJECT}/learning")
