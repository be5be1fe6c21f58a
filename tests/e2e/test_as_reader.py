"""A manager walks cases as a reader would, in a real browser: keys, marks and Enter work, and nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.e2e.axe import violations
from tests.e2e.browser import page_of, screenshot
from tests.e2e.reading import draw_box, expect_answers, wait_for_case
from tests.e2e.running import FIRST, Api, Running
from tests.factories.imaging import radiograph

pytestmark = pytest.mark.e2e
PROJECT, MANAGER = "walked", "walk-manager"


@pytest.fixture(scope="module")
def api(embedded: Running, tmp_path_factory: pytest.TempPathFactory) -> Api:
    """A project of two cases that nobody has begun."""
    folder = tmp_path_factory.mktemp("films")
    for n in (1, 2):
        (folder / f"film-{n}.dcm").write_bytes(radiograph(60 + n, patient=f"AS{n}"))
    embedded.manage("create_project", PROJECT, "--name", "Walked")
    manager = embedded.person(MANAGER, "manager", project=PROJECT)
    findings = [
        {"code": code, "name": code.capitalize(), "hotkey": str(i), "required": True, "boxes": True}
        for i, code in enumerate(("nodule", "effusion"), 1)
    ]
    manager("POST", f"/projects/{PROJECT}/schema/", {"findings": findings, "region_classes": []}, **FIRST)
    embedded.manage("import_images", str(folder), "--project", PROJECT)
    return manager


@pytest.fixture
def manager(browser: Browser, embedded: Running, api: Api) -> Iterator[Page]:
    with page_of(browser, embedded, MANAGER) as page:
        yield page


@pytest.fixture
def sent(manager: Page) -> list[str]:
    """What the page sends beside GET."""
    found: list[str] = []

    def note(request: Request) -> None:
        if request.method != "GET" and "/api/" in request.url:
            found.append(f"{request.method} {request.url}")

    manager.on("request", note)
    return found


def go_on(page: Page) -> str:
    here = page.url
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url != here and "/as-reader/" in url)
    return wait_for_case(page)


def test_keys_marks_and_enter_work_and_nothing_is_stored(manager: Page, api: Api, sent: list[str]) -> None:
    manager.goto(f"/p/{PROJECT}/protocol")
    screenshot(manager, "protocol-as-reader")
    manager.get_by_test_id("as-reader").click()
    manager.wait_for_url("**/as-reader/*")
    first = wait_for_case(manager)
    expect(manager.get_by_test_id("nothing-stored")).to_have_text(
        "You see this as a reader would. Nothing is stored."
    )
    expect(manager.get_by_test_id("case-label")).to_have_text("My case 1")
    expect(manager.get_by_test_id("saved-sign")).to_have_count(0)
    assert violations(manager) == []
    manager.keyboard.press("1")
    draw_box(manager)
    expect(manager.get_by_test_id("mark-nodule")).to_be_visible()
    screenshot(manager, "as-reader")
    manager.keyboard.press("Enter")
    expect(manager.get_by_test_id("notice")).to_contain_text("Still open: Effusion")
    manager.keyboard.press("a")
    expect_answers(manager, nodule="present", effusion="absent")
    second = go_on(manager)
    assert second != first
    notice = manager.get_by_test_id("notice")
    expect(notice).to_have_text(
        "My case 1 would be submitted: Nodule present; 1 finding absent; 1 mark. Nothing was stored."
    )
    expect(manager.get_by_test_id("case-label")).to_have_text("My case 2")
    expect_answers(manager, nodule="open", effusion="open")
    screenshot(manager, "as-reader-next")
    manager.keyboard.press("[")
    manager.wait_for_url(f"**/as-reader/{first}")
    assert wait_for_case(manager) == first
    expect_answers(manager, nodule="present", effusion="absent")
    assert go_on(manager) == second
    manager.keyboard.press("n")
    manager.keyboard.press("Enter")
    expect(manager.get_by_test_id("no-case")).to_contain_text("My case 2 would be submitted")
    expect(manager.get_by_test_id("no-case")).to_contain_text("No case is left")
    screenshot(manager, "as-reader-end")
    assert violations(manager) == []

    assert sent == []
    kept = manager.evaluate("indexedDB.databases().then((all) => all.map((each) => each.name))")
    assert "labelhub-journal" not in kept
    rows = api("GET", f"/projects/{PROJECT}/cases/")["results"]
    assert [row["state"] for row in rows] == ["not_begun", "not_begun"]


def test_flags_and_skipping_say_what_would_happen(manager: Page, sent: list[str]) -> None:
    manager.goto(f"/p/{PROJECT}/as-reader")
    manager.wait_for_url("**/as-reader/*")
    first = wait_for_case(manager)
    manager.keyboard.press("g")
    manager.get_by_test_id("urgent-text").fill("a leak of air")
    manager.get_by_test_id("urgent-done").click()
    expect(manager.get_by_test_id("notice")).to_contain_text("would be told at once. Nothing was stored.")
    manager.keyboard.press("k")
    manager.get_by_role("radio").first.click()
    manager.get_by_test_id("skip-done").click()
    manager.wait_for_url(lambda url: not url.endswith(f"/{first}"))
    expect(manager.get_by_test_id("notice")).to_contain_text("would be skipped")
    assert sent == []


def test_from_the_page_of_a_case_and_back(manager: Page, sent: list[str]) -> None:
    manager.goto(f"/p/{PROJECT}/cases/2")
    manager.get_by_test_id("as-reader").click()
    assert wait_for_case(manager) == "2"
    manager.get_by_role("link", name="Leave").click()
    manager.wait_for_url(f"**/p/{PROJECT}/cases/2")
    assert sent == []


def test_from_the_page_of_members(manager: Page) -> None:
    manager.goto(f"/p/{PROJECT}/members")
    screenshot(manager, "members-as-reader")
    manager.get_by_test_id("as-reader").click()
    manager.wait_for_url("**/as-reader/*")
    wait_for_case(manager)


def test_who_is_no_manager_cannot(browser: Browser, embedded: Running, api: Api) -> None:
    embedded.person("walk-engineer", "engineer", project=PROJECT)
    with page_of(browser, embedded, "walk-engineer", provoked="status of 403") as page:
        page.goto(f"/p/{PROJECT}/cases/1")
        expect(page.get_by_test_id("case-label")).to_have_text("Case 1")
        expect(page.get_by_test_id("as-reader")).to_have_count(0)
        page.goto(f"/p/{PROJECT}/as-reader/1")
        expect(page.get_by_test_id("workspace")).to_have_attribute("data-phase", "loadFailed")
