"""The members page: roles set at once, a reader paused, and what she has open handed to another."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.axe import violations
from tests.e2e.browser import SIZES, page_of, screenshot, use_theme
from tests.e2e.reading import PROJECT as WORKSPACE
from tests.e2e.reading import Reading, expect_sign, read_next, reader_page
from tests.e2e.running import Running
from tests.factories.dicom import gradient, raster_bytes

pytestmark = pytest.mark.e2e
PROJECT, MANAGER = "people", "people-manager"
READERS = ("people-anna", "people-berta", "people-clara")
REFUSALS = "status of (403|409|412)"


@pytest.fixture(scope="module")
def project(embedded: Running, tmp_path_factory: pytest.TempPathFactory) -> Running:
    embedded.manage("create_project", PROJECT, "--name", "Chest films", "--readers-per-case", "2")
    folder: Path = tmp_path_factory.mktemp("people")
    for number in range(1, 9):
        (folder / f"film-{number}.png").write_bytes(raster_bytes(gradient(70 + number, 64), "PNG"))
    embedded.manage("import_images", str(folder), "--project", PROJECT)
    embedded.person(MANAGER, "manager", project=PROJECT)
    return embedded


def at_all_sizes(page: Page, name: str) -> None:
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        screenshot(page, f"{name}-{size}")
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, (name, size)


def change(page: Page, name: str) -> None:
    page.get_by_test_id(f"member-{name}").get_by_test_id("member-edit").click()
    expect(page.get_by_test_id("roles-save")).to_be_visible()


def test_a_reader_is_paused_and_what_she_has_open_is_handed_over(browser: Browser, project: Running) -> None:
    anna, berta, clara = (project.person(name, "reader", project=PROJECT) for name in READERS)
    worklist = f"/projects/{PROJECT}/worklist/"
    key = {"Idempotency-Key": "7d1f2f9a-91a5-4f0e-9f5c-0a6a3c3d9f10"}
    (held,) = [anna("POST", worklist + "next/", {}, **key)["assignment"]["id"]]
    draft = {"document": {"answers": {}, "annotations": [], "comment": "begun", "not_readable": False}}
    anna("PUT", f"/assignments/{held}/draft/", draft, **{"If-Match": '"0"'})
    found: list[str] = []
    with page_of(browser, project, MANAGER, provoked=REFUSALS) as page:
        page.goto(f"/p/{PROJECT}/members")
        row = page.get_by_test_id("member-people-anna")
        expect(row.get_by_test_id("in-hand")).to_contain_text("1 open")
        at_all_sizes(page, "people")
        found += violations(page)
        change(page, "people-anna")
        expect(page.get_by_test_id("case-in-hand")).to_have_count(1)
        at_all_sizes(page, "person")
        found += violations(page)
        page.get_by_test_id("pause").click()
        expect(page.get_by_test_id("absence")).to_have_text("She is paused.")
        page.get_by_test_id("hand-over").click()
        page.get_by_test_id("hand-over-to").click()
        page.get_by_role("option", name="people-berta").click()
        screenshot(page, "person-hand-over")
        found += violations(page)
        page.get_by_test_id("hand-over-now").click()
        expect(page.get_by_test_id("case-in-hand")).to_have_count(0)
        screenshot(page, "person-paused")
        page.keyboard.press("Escape")
        expect(row).to_contain_text("paused")
        expect(page.get_by_test_id("member-people-berta").get_by_test_id("in-hand")).to_contain_text(
            "1 reserved"
        )
        screenshot(page, "people-paused")
    with page_of(browser, project, "people-anna", provoked=REFUSALS) as page:
        page.goto(f"/p/{PROJECT}/worklist")
        expect(page.get_by_test_id("away")).to_contain_text("You are paused")
        screenshot(page, "worklist-paused")
        found += violations(page)
        page.get_by_test_id("read-next").click()
        expect(page.get_by_test_id("no-case")).to_contain_text("Your data manager has paused you")
        screenshot(page, "paused-next")
    given = berta("POST", worklist + "next/", {}, **key)["assignment"]
    assert given["state"] == "open"
    assert found == []


def test_roles_are_one_set_and_leave_has_days(browser: Browser, project: Running) -> None:
    project.person("people-dora", "reader", project=PROJECT)
    with page_of(browser, project, MANAGER, provoked=REFUSALS) as page:
        use_theme(page, "light")
        page.goto(f"/p/{PROJECT}/members")
        change(page, "people-dora")
        page.get_by_test_id("role-adjudicator").check()
        page.get_by_test_id("roles-save").click()
        expect(page.get_by_test_id("roles-save")).to_be_disabled()
        page.get_by_test_id("leave-first").fill("2099-12-24")
        page.get_by_test_id("leave-last").fill("2099-12-26")
        page.get_by_test_id("leave-save").click()
        expect(page.get_by_test_id("absence")).to_have_text("She is on leave 24 Dec 2099 to 26 Dec 2099.")
        screenshot(page, "person-leave-light")
        assert violations(page) == []
        page.get_by_test_id("absence-end").click()
        expect(page.get_by_test_id("pause")).to_be_visible()
        for role in ("reader", "adjudicator"):
            page.get_by_test_id(f"role-{role}").uncheck()
        expect(page.get_by_test_id("roles-note")).to_contain_text("no member any longer")
        page.get_by_test_id("roles-save").click()
        expect(page.get_by_test_id("person-dialog")).to_have_count(0)
        expect(page.get_by_test_id("member-people-dora")).to_have_count(0)
        change(page, MANAGER)
        page.get_by_test_id("role-manager").uncheck()
        page.get_by_test_id("role-reader").check()
        page.get_by_test_id("roles-save").click()
        expect(page.get_by_test_id("refused")).to_contain_text("keeps at least one data manager")
        screenshot(page, "person-last-manager-light")


def test_chosen_cases_are_given_to_chosen_readers(browser: Browser, project: Running) -> None:
    emma, frida = (
        project.person(name, "reader", project=PROJECT) for name in ("people-emma", "people-frida")
    )
    found: list[str] = []
    with page_of(browser, project, MANAGER) as page:
        page.goto(f"/p/{PROJECT}/members")
        page.get_by_test_id("assign").click()
        page.get_by_test_id("assign-numbers").fill("7-")
        screenshot(page, "assign-wrong")
        page.get_by_test_id("assign-numbers").fill("7, 8")
        page.get_by_test_id("assign-readers").click()
        for name in ("people-emma", "people-frida"):
            page.get_by_role("option", name=name).click()
        page.keyboard.press("Escape")
        expect(page.get_by_test_id("given-row")).to_have_count(2)
        expect(page.get_by_test_id("assign-summary")).to_have_text("4 reads will be given out.")
        at_all_sizes(page, "assign")
        found += violations(page)
        page.get_by_test_id("assign-now").click()
        page.get_by_test_id("assigned-done").click()
        expect(page.get_by_test_id("member-people-emma").get_by_test_id("in-hand")).to_contain_text(
            "2 reserved"
        )
        change(page, "people-emma")
        expect(page.get_by_test_id("case-in-hand")).to_have_count(2)
        screenshot(page, "person-chosen")
        found += violations(page)
        page.get_by_test_id("withdraw-assigned").click()
        expect(page.get_by_test_id("case-in-hand")).to_have_count(0)
        page.keyboard.press("Escape")
        page.get_by_test_id("assign").click()
        page.get_by_test_id("assign-numbers").fill("6-8")
        page.get_by_test_id("assign-readers").click()
        page.get_by_role("option", name="people-frida").click()
        page.keyboard.press("Escape")
        expect(page.get_by_test_id("given-row")).to_contain_text("nobody gets a case twice")
        screenshot(page, "assign-refused")
    key = {"Idempotency-Key": "7d1f2f9a-91a5-4f0e-9f5c-0a6a3c3d9f11"}
    given = frida("POST", f"/projects/{PROJECT}/worklist/next/", {}, **key)["assignment"]
    assert given["state"] == "open"
    assert found == []


def test_whoever_is_paused_while_she_reads_finishes_her_case(browser: Browser, reading: Reading) -> None:
    with reader_page(browser, reading, provoked=REFUSALS + "|status of 404") as (page, api):
        read_next(page)
        me = api("GET", "/session/")["user"]["id"]
        address = f"/projects/{WORKSPACE}/members/{me}/absence/"
        reading.manager("PUT", address, {"absence": {}, "edited_from": None})
        for key in ("1", "2", "3"):
            page.keyboard.press(key)
        expect_sign(page, "saved")
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("no-case")).to_contain_text("paused")
        screenshot(page, "paused-while-reading")
    assert api("GET", f"/projects/{WORKSPACE}/worklist/")["open"] == []
