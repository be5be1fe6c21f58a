"""What a data manager edits on the pages of schema, protocol and policy stays hers, whatever the server does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import page_of, screenshot
from tests.e2e.holding import answers_held, let_through
from tests.e2e.reading import until
from tests.e2e.running import FIRST, Api, Running

pytestmark = pytest.mark.e2e
PROJECT = "edits-kept"
BUSY = r"status of 503"


@pytest.fixture(scope="module")
def manager(embedded: Running) -> Api:
    embedded.manage("create_project", PROJECT, "--name", "Edits kept", "--readers-per-case", "2")
    api = embedded.person("edits-manager", "manager", project=PROJECT)
    schema = api("GET", f"/projects/{PROJECT}/schema/")
    zones = [{"code": "upper_zone", "name": "Upper zone", "kinds": ["box"]}]
    content = {"findings": schema["findings"], "region_classes": zones}
    api("POST", f"/projects/{PROJECT}/schema/", content, **FIRST)
    return api


@pytest.fixture
def page(browser: Browser, embedded: Running, manager: Api) -> Iterator[Page]:
    with page_of(browser, embedded, "edits-manager", provoked=BUSY) as opened:
        yield opened


def test_what_is_edited_while_a_schema_is_saved_stays(page: Page, manager: Api) -> None:
    schema = f"/projects/{PROJECT}/schema/"
    version = manager("GET", schema)["version"]
    page.goto(f"/p/{PROJECT}/schema")
    name = page.get_by_test_id("finding-name-0")
    name.fill("Nodule or mass")
    with answers_held(page, f"**/{PROJECT}/schema/") as held:
        page.get_by_test_id("schema-save").click()
        until(page, lambda: len(held) == 1, "the save")
        name.fill("Nodule or mass, 3 cm")
        let_through(page, held[0])
    expect(page.get_by_text(f"Save as version {version + 2}")).to_be_enabled()
    expect(name).to_have_value("Nodule or mass, 3 cm")
    page.get_by_test_id("schema-save").click()
    expect(page.get_by_text(f"Version {version + 2} is in force")).to_be_visible()
    assert manager("GET", schema)["findings"][0]["name"] == "Nodule or mass, 3 cm"


def test_what_is_changed_while_a_protocol_is_saved_stays(page: Page, manager: Api) -> None:
    page.goto(f"/p/{PROJECT}/protocol")
    readers = page.get_by_test_id("protocol-readers")
    readers.fill("3")
    with answers_held(page, f"**/{PROJECT}/protocol/") as held:
        page.get_by_test_id("protocol-save").click()
        until(page, lambda: len(held) == 1, "the save")
        readers.fill("4")
        let_through(page, held[0])
    expect(page.get_by_text("Save as version 3")).to_be_enabled()
    expect(readers).to_have_value("4")
    page.get_by_test_id("protocol-save").click()
    expect(page.get_by_text("Version 3 is in force")).to_be_visible()
    assert manager("GET", f"/projects/{PROJECT}/protocol/")["readers_per_case"] == 4


def test_what_is_changed_while_a_policy_is_saved_stays(page: Page, manager: Api) -> None:
    page.goto(f"/p/{PROJECT}/learning")
    page.get_by_test_id("policy-enabled").check()
    every = page.get_by_test_id("policy-every-n")
    every.fill("30")
    with answers_held(page, "**/training-policy/") as held:
        page.get_by_test_id("policy-save").click()
        until(page, lambda: len(held) == 1, "the save")
        every.fill("40")
        let_through(page, held[0])
    expect(page.get_by_test_id("policy-save")).to_be_enabled()
    expect(every).to_have_value("40")
    expect(page.get_by_test_id("policy-conflict")).to_have_count(0)
    page.get_by_test_id("nav-schema").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_role("button", name="Stay").click()
    page.get_by_test_id("policy-save").click()
    learning = f"/projects/{PROJECT}/learning/"
    until(page, lambda: manager("GET", learning)["policy"]["every_n_labels"] == 40, "the second save")


def test_a_server_that_is_busy_for_a_moment_takes_no_edit(page: Page) -> None:
    page.clock.install()
    page.goto(f"/p/{PROJECT}/schema")
    name = page.get_by_test_id("finding-name-1")
    name.fill("Consolidation")
    busy = {"code": "busy", "message": "Try again.", "details": None}
    page.route(f"**/projects/{PROJECT}/", lambda route: route.fulfill(status=503, json=busy))
    page.clock.fast_forward("01:00")
    with page.expect_response(f"**/projects/{PROJECT}/") as answer:
        # She has been in another window, and comes back.
        page.evaluate("window.dispatchEvent(new Event('visibilitychange'))")
    assert answer.value.status == 503
    screenshot(page, "schema-busy")
    expect(name).to_have_value("Consolidation")
    expect(page.get_by_test_id("schema-save")).to_be_enabled()


def test_a_region_that_marks_name_keeps_its_code(page: Page, manager: Api) -> None:
    page.goto(f"/p/{PROJECT}/schema")
    page.get_by_label("Name of region class 1").fill("Upper third")
    page.get_by_role("button", name="Add a region class").click()
    page.get_by_label("Name of region class 2").fill("Lower third")
    page.get_by_test_id("schema-save").click()
    schema = f"/projects/{PROJECT}/schema/"
    until(page, lambda: len(manager("GET", schema)["region_classes"]) == 2, "the save")
    regions = manager("GET", schema)["region_classes"]
    assert [(row["code"], row["name"]) for row in regions] == [
        ("upper_zone", "Upper third"), ("lower_third", "Lower third"),
    ]  # fmt: skip
