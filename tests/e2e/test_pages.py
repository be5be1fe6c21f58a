"""The pages round the workspace in a real browser: signing in, import, schema, protocol, people, dashboard."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.browser import SIZES, page_of, screenshot
from tests.e2e.reading import until
from tests.e2e.running import PASSWORD, Api, Running
from tests.factories.imaging import radiograph

pytestmark = pytest.mark.e2e
PROJECT = "pages"
MANAGER, READER = "page-manager", "page-reader"
MANAGER_PAGES = [
    "dashboard",
    "cases",
    "imports",
    "schema",
    "protocol",
    "learning",
    "learning/ranking",
    "rounds",
    "members",
    "settings",
]


@pytest.fixture(scope="module")
def people(embedded: Running, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Api]:
    """A project of two cases with a manager and a reader."""
    folder = tmp_path_factory.mktemp("begun")
    for n in (1, 2):
        (folder / f"{n}.dcm").write_bytes(radiograph(n))
    embedded.manage("create_project", PROJECT, "--name", "Pages", "--readers-per-case", "2")
    embedded.manage("import_images", str(folder), "--project", PROJECT)
    return {
        MANAGER: embedded.person(MANAGER, "manager", project=PROJECT, has_password=True),
        READER: embedded.person(READER, "reader", project=PROJECT),
    }


@pytest.fixture
def manager(browser: Browser, embedded: Running, people: dict[str, Api]) -> Iterator[Page]:
    with page_of(browser, embedded, MANAGER) as page:
        yield page


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as people have them: images, one file that is none, and the litter of a file manager."""
    folder = tmp_path_factory.mktemp("films")
    for n in range(3):
        (folder / f"film-{n}.dcm").write_bytes(radiograph(10 + n))
    (folder / "report.dcm").write_text("no image")
    (folder / ".DS_Store").write_text("litter")
    return folder


def test_a_list_narrowed_otherwise_begins_at_its_first_page(manager: Page) -> None:
    asked: list[str] = []

    def with_a_next_page(route: Route) -> None:
        asked.append(route.request.url)
        answer = route.fetch(url=re.sub(r"[?&]cursor=more", "", route.request.url))
        route.fulfill(response=answer, json=answer.json() | {"next": "more"})

    manager.route(re.compile(r"/cases/\?"), with_a_next_page)
    manager.goto(f"/p/{PROJECT}/cases?state=not_begun")
    manager.get_by_role("button", name="Next").click()
    expect(manager.get_by_text("Page 2")).to_be_visible()
    asked.clear()
    # Without the filters, by a link: not by the page's own fields.
    manager.get_by_test_id("nav-cases").click()
    expect(manager.get_by_text("Page 2")).to_have_count(0)
    until(manager, lambda: bool(asked), "the list of all cases")
    manager.unroute_all(behavior="wait")
    assert [url for url in asked if "cursor" in url] == []


def test_a_wrong_password_is_said_and_the_page_asked_for_opens_after_the_right_one(
    browser: Browser, embedded: Running, people: dict[str, Api]
) -> None:
    context = browser.new_context(base_url=embedded.address)
    page = context.new_page()
    page.goto(f"/p/{PROJECT}/cases")
    page.get_by_test_id("sign-in-name").fill(MANAGER)
    page.get_by_test_id("sign-in-password").fill("not this one")
    page.get_by_test_id("sign-in-submit").click()
    expect(page.get_by_test_id("sign-in-error")).to_contain_text("wrong")
    screenshot(page, "sign-in")
    page.get_by_test_id("sign-in-password").fill(PASSWORD)
    page.get_by_test_id("sign-in-submit").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Cases")
    page.get_by_test_id("person-menu").click()
    page.get_by_test_id("sign-out").click()
    expect(page.get_by_test_id("sign-in")).to_be_visible()
    context.close()


def test_a_session_that_ends_asks_for_a_new_sign_in_in_place_and_what_was_written_stays(
    browser: Browser, embedded: Running, people: dict[str, Api]
) -> None:
    with page_of(browser, embedded, MANAGER, provoked="401") as page:
        page.goto("/projects/new")
        name, dialog = page.get_by_test_id("new-project-name"), page.get_by_test_id("sign-in-again")
        name.fill("Written before it ended")
        page.context.clear_cookies(name="sessionid")
        page.evaluate("() => document.querySelector('[data-testid=new-project-create]')?.click()")
        expect(dialog).to_contain_text("What you wrote on the page is still there.")
        screenshot(page, "sign-in-again")
        dialog.get_by_label(f"Password of {MANAGER}").fill(PASSWORD)
        dialog.get_by_role("button", name="Sign in").click()
        expect(dialog).to_have_count(0)
        expect(name).to_have_value("Written before it ended")
        page.get_by_test_id("nav-home").click()
        page.get_by_test_id(f"project-{PROJECT}").click()
        expect(page.get_by_test_id("nav-cases")).to_be_visible()
        page.context.clear_cookies(name="sessionid")
        # The page itself may ask something first and be refused: then the dialog is there already.
        page.evaluate("() => document.querySelector('[data-testid=nav-cases]')?.click()")
        dialog.get_by_test_id("leave-page").click()
        expect(page.get_by_test_id("sign-in")).to_be_visible()


def test_a_folder_is_imported_with_one_outcome_a_file(manager: Page, films: Path) -> None:
    manager.goto(f"/p/{PROJECT}/imports")
    manager.get_by_test_id("import-drop-folder").set_input_files(films)
    expect(manager.get_by_test_id("import-batch")).to_have_attribute("data-state", "done")
    expect(manager.get_by_test_id("outcome-accepted-ok")).to_contain_text("3")
    expect(manager.get_by_test_id("outcome-rejected-not_an_image")).to_contain_text("1")
    expect(manager.get_by_test_id("import-files")).to_contain_text("film-2.dcm")
    expect(manager.get_by_test_id("import-files")).not_to_contain_text(".DS_Store")


def test_colliding_keys_are_marked_and_a_sound_schema_becomes_the_next_version(manager: Page) -> None:
    manager.goto(f"/p/{PROJECT}/schema")
    manager.get_by_test_id("finding-add").click()
    manager.get_by_test_id("finding-name-3").fill("Old fracture")
    expect(manager.get_by_test_id("finding-code-3")).to_have_value("old_fracture")
    press_key_into(manager, 3, "1")
    expect(manager.get_by_text("Nodule has this key too.")).to_be_visible()
    press_key_into(manager, 3, "n")
    expect(manager.get_by_text("The workspace uses this key itself.")).to_be_visible()
    expect(manager.get_by_test_id("schema-save")).to_be_disabled()
    press_key_into(manager, 3, "7")
    preview = manager.get_by_test_id("schema-preview")
    preview.focus()
    for key in ("7", "1", "u", "a"):
        manager.keyboard.press(key)
    expect(preview.get_by_label("Old fracture present")).to_have_attribute("aria-pressed", "true")
    expect(preview.get_by_label("Nodule uncertain")).to_have_attribute("aria-pressed", "true")
    expect(preview.get_by_label("Opacity absent")).to_have_attribute("aria-pressed", "true")
    screenshot(manager, "schema")
    manager.get_by_test_id("schema-save").click()
    expect(manager.get_by_text("Version 2 is in force")).to_be_visible()
    manager.get_by_test_id("finding-name-3").fill("Healed fracture")
    expect_question_before_leaving(manager)


def expect_question_before_leaving(page: Page) -> None:
    page.get_by_test_id("nav-cases").click()
    expect(page.get_by_role("dialog")).to_contain_text("has not been saved")
    page.get_by_role("button", name="Stay").click()


def press_key_into(page: Page, finding: int, key: str) -> None:
    page.get_by_test_id(f"finding-key-{finding}").focus()
    page.keyboard.press(key)


def test_a_protocol_offers_what_is_done_and_guards_unsaved_changes(
    browser: Browser, embedded: Running, people: dict[str, Api]
) -> None:
    with page_of(browser, embedded, MANAGER) as page:
        page.goto(f"/p/{PROJECT}/protocol")
        expect(page.get_by_test_id("protocol-sentence")).to_contain_text("see neither each other")
        expect(page.get_by_role("combobox", name="Model output")).to_have_count(0)
        page.get_by_test_id("protocol-readers").fill("3")
        expect_question_before_leaving(page)
        page.get_by_test_id("protocol-save").click()
        expect(page.get_by_text("Version 2 is in force")).to_be_visible()
        page.get_by_test_id("protocol-readers").fill("2")
        expect_question_before_leaving(page)
        screenshot(page, "protocol")


def test_people_get_and_lose_roles(browser: Browser, embedded: Running, people: dict[str, Api]) -> None:
    with page_of(browser, embedded, MANAGER, provoked="422") as page:
        page.goto(f"/p/{PROJECT}/members")
        page.get_by_test_id("member-name").fill("nobody-of-this-name")
        page.get_by_test_id("member-add").click()
        expect(page.get_by_test_id("refused")).to_be_visible()
        page.get_by_test_id("member-name").fill(MANAGER)
        page.get_by_test_id("member-add").click()
        row = page.get_by_test_id(f"member-{MANAGER}")
        expect(row).to_contain_text("reader")
        row.get_by_test_id("member-edit").click()
        page.get_by_test_id("role-reader").uncheck()
        page.get_by_test_id("roles-save").click()
        expect(row).not_to_contain_text("reader")


def test_an_urgent_flag_reaches_the_dashboard_and_everything_can_be_exported(
    manager: Page, people: dict[str, Api]
) -> None:
    reader = people[READER]
    claimed = reader(
        "POST",
        f"/projects/{PROJECT}/worklist/next/",
        {"ahead": False},
        **{"Idempotency-Key": str(uuid.uuid4())},
    )["assignment"]
    assert claimed is not None
    flag = {"kind": "urgent", "text": "Free air", "client_uuid": str(uuid.uuid4())}
    reader("POST", f"/assignments/{claimed['id']}/flag/", flag)
    manager.goto(f"/p/{PROJECT}/dashboard")
    expect(manager.get_by_test_id("urgent-alert")).to_be_visible()
    expect(manager.get_by_test_id("flags")).to_contain_text("Free air")
    expect(manager.get_by_test_id("queue-fallback")).to_contain_text("random order")
    manager.get_by_test_id("flags").get_by_role("button", name="Mark as seen").click()
    expect(manager.get_by_test_id("urgent-alert")).to_have_count(0)
    expect(manager.get_by_test_id("open-assignments")).to_contain_text("Release")
    manager.get_by_test_id("export-menu").click()
    with manager.expect_download() as download:
        manager.get_by_test_id("export-reads-csv").click()
    assert Path(download.value.path()).read_text().startswith("case,")


def test_a_reader_is_led_to_reading_only(browser: Browser, embedded: Running, people: dict[str, Api]) -> None:
    with page_of(browser, embedded, READER) as page:
        page.goto(f"/p/{PROJECT}")
        expect(page.get_by_test_id("read-next")).to_be_visible()
        expect(page.get_by_test_id("nav-dashboard")).to_have_count(0)
        screenshot(page, "worklist")
        page.goto(f"/p/{PROJECT}/dashboard")
        expect(page.get_by_test_id("other-role")).to_contain_text("role")
        page.goto("/p/another-project/worklist")
        expect(page.get_by_test_id("nothing-here")).to_be_visible()


@pytest.mark.parametrize("size", list(SIZES))
def test_no_page_is_wider_than_its_window(
    browser: Browser, embedded: Running, people: dict[str, Api], size: str
) -> None:
    with page_of(browser, embedded, MANAGER, size) as page:
        for path in MANAGER_PAGES:
            page.goto(f"/p/{PROJECT}/{path}")
            page.wait_for_load_state("networkidle")
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert overflow <= 0, (path, size, overflow)
