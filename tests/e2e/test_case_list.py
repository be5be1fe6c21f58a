"""The list of cases: narrowed, sorted, paged, gone back to; the contact sheet; saved filters; ticked cases."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.axe import violations
from tests.e2e.browser import SIZES, page_of, screenshot, use_theme
from tests.e2e.desk import read_next_as
from tests.e2e.running import FIRST, Api, Running
from tests.factories.dicom import gradient, noisy
from tests.factories.imaging import radiograph

pytestmark = pytest.mark.e2e
PROJECT, MANAGER, BOTH = "case-list", "case-list-manager", "case-list-both"
N_CASES, PAGE = 53, 50
READS = (("present", "present"), ("present", "absent"), ("absent", "absent"))


@pytest.fixture(scope="module")
def api(embedded: Running, tmp_path_factory: pytest.TempPathFactory) -> Api:
    """Three cases are read: one shows the finding, on one the readers differ, one shows nothing."""
    folder = tmp_path_factory.mktemp("films")
    for n in range(1, N_CASES + 1):
        pixels = noisy(gradient(160 + 3 * n, 190, high=3900 - 40 * n), seed=n).astype(np.uint16)
        film = radiograph(
            7000 + n, pixels=pixels, BitsStored=12, HighBit=11, ViewPosition="PA" if n % 2 else "AP"
        )
        (folder / f"film_{n:04d}.dcm").write_bytes(film)
    embedded.manage("create_project", PROJECT, "--name", "Case list", "--readers-per-case", "2")
    manager = embedded.person(MANAGER, "manager", project=PROJECT)
    findings = [{"code": "nodule", "name": "Nodule", "hotkey": "1", "required": True, "boxes": True}]
    manager("POST", f"/projects/{PROJECT}/schema/", {"findings": findings, "region_classes": []}, **FIRST)
    embedded.manage("import_images", str(folder), "--project", PROJECT)
    readers = [embedded.person(f"case-list-reader-{n}", "reader", project=PROJECT) for n in (1, 2)]
    for values in READS:
        for reader, value in zip(readers, values, strict=True):
            read_next_as(reader, PROJECT, value)
    embedded.person(BOTH, "manager", "reader", project=PROJECT)
    return manager


@pytest.fixture
def page(browser: Browser, embedded: Running, api: Api) -> Iterator[Page]:
    with page_of(browser, embedded, MANAGER) as page:
        page.goto(f"/p/{PROJECT}/cases")
        expect(rows(page)).to_have_count(PAGE)
        yield page


def rows(page: Page) -> Locator:
    return page.get_by_test_id("cases").locator("tbody tr")


def choose(page: Page, name: str, option: str) -> None:
    """In the open popover of filters."""
    page.get_by_test_id(f"filter-{name}").click()
    page.get_by_role("option", name=option, exact=True).click()


def discordant(api: Api) -> dict[str, Any]:
    (row,) = api("GET", f"/projects/{PROJECT}/cases/?discordant=yes")["results"]
    return dict(row)


def test_it_is_narrowed_by_what_readers_said_and_each_filter_is_taken_away(page: Page, api: Api) -> None:
    expect(page.get_by_test_id("case-count")).to_have_text(f"{N_CASES} cases")
    page.get_by_test_id("filters").click()
    choose(page, "finding", "Nodule")
    expect(rows(page)).to_have_count(2)
    choose(page, "value", "present")
    expect(rows(page)).to_have_count(1)
    expect(rows(page)).to_contain_text("Nodule")
    screenshot(page, "case-list-filters")
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("chip-finding")).to_contain_text("Nodule: present")
    assert "finding=nodule&value=present" in page.url
    page.get_by_role("button", name="Take away: Nodule: present").click()
    expect(rows(page)).to_have_count(PAGE)
    page.go_back()
    expect(rows(page)).to_have_count(1)
    page.goto(f"/p/{PROJECT}/cases?discordant=yes&view=PA&split=pool")
    page.get_by_test_id("filters-clear").click()
    expect(page.get_by_test_id("case-count")).to_have_text(f"{N_CASES} cases")


def test_it_is_searched_and_says_as_what_the_words_were_taken(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("film_000")
    page.keyboard.press("Enter")
    expect(rows(page)).to_have_count(9)
    expect(page.get_by_test_id("list-sentence")).to_have_text("Files that begin with film_000.")
    expect(page.get_by_test_id("case-count")).to_have_text("9 cases")
    page.get_by_test_id("cases-find").fill("Case 17")
    page.keyboard.press("Enter")
    expect(rows(page)).to_have_count(1)
    expect(rows(page)).to_contain_text("Case 17")
    page.get_by_test_id("cases-find").fill("nothing of this name")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("cases")).to_contain_text("No such case")
    page.get_by_role("button", name="Search no more").click()
    expect(rows(page)).to_have_count(PAGE)


def test_it_is_sorted_by_its_heads(page: Page, api: Api) -> None:
    page.get_by_role("button", name="Newest read").click()
    expect(rows(page)).to_have_count(len(READS))
    expect(page.get_by_test_id("list-sentence")).to_contain_text("only those that somebody has read")
    expect(page.get_by_role("columnheader", name="Newest read")).to_have_attribute("aria-sort", "descending")
    newest = rows(page).first.get_by_role("link").inner_text()
    page.get_by_role("button", name="Newest read").click()
    expect(page.get_by_role("columnheader", name="Newest read")).to_have_attribute("aria-sort", "ascending")
    expect(rows(page).last).to_contain_text(newest)
    page.get_by_role("button", name="Outcome").click()
    expect(rows(page)).to_have_count(1)
    expect(rows(page)).to_contain_text("discordant 1")
    expect(rows(page)).to_contain_text(discordant(api)["label"])
    page.get_by_role("button", name="Outcome").click()
    expect(rows(page)).to_have_count(PAGE)
    page.get_by_role("button", name="Case", exact=True).click()
    expect(rows(page).first).to_contain_text(f"Case {N_CASES}")


def test_a_page_has_an_address_and_the_browser_goes_back(page: Page) -> None:
    page.get_by_test_id("page-next").click()
    expect(rows(page)).to_have_count(N_CASES - PAGE)
    expect(page.get_by_text("Page 2")).to_be_visible()
    page.reload()
    expect(rows(page)).to_have_count(N_CASES - PAGE)
    page.get_by_test_id("page-back").click()
    expect(rows(page)).to_have_count(PAGE)
    page.go_back()
    expect(rows(page)).to_have_count(N_CASES - PAGE)
    page.go_back()
    expect(rows(page)).to_have_count(PAGE)


def test_cases_are_ticked_by_keys_and_ranges_over_pages_and_taken_out(page: Page, tmp_path: Path) -> None:
    for key in ("ArrowDown", "x", "j", "ArrowDown", "Space", "ArrowUp"):
        page.keyboard.press(key)
    bulk = page.get_by_test_id("bulk")
    expect(bulk).to_contain_text("2 cases ticked")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("why").get_by_role("dialog")).to_contain_text("Case 2")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("why").get_by_role("dialog")).to_have_count(0)
    page.get_by_test_id("tick-Case 10").click()
    page.get_by_test_id("tick-Case 12").click(modifiers=["Shift"])
    expect(bulk).to_contain_text("5 cases ticked")
    page.get_by_test_id("page-next").click()
    expect(bulk).to_contain_text("5 of them not on this page")
    page.get_by_test_id("tick-all").click()
    expect(bulk).to_contain_text(f"{5 + N_CASES - PAGE} cases ticked")
    screenshot(page, "case-list-bulk")
    assert violations(page) == []
    page.get_by_test_id("tick-all").click()
    page.get_by_role("link", name="Case 52").click()
    expect(page.get_by_test_id("case-label")).to_have_text("Case 52")
    page.go_back()
    expect(bulk).to_contain_text("5 cases ticked")
    page.get_by_test_id("bulk").get_by_test_id("export-menu").click()
    with page.expect_download() as download:
        page.get_by_test_id("export-consensus-csv").click()
    download.value.save_as(tmp_path / "some.csv")
    wanted = {1, 3, 10, 11, 12}
    with (tmp_path / "some.csv").open() as lines:
        assert {int(row["case_number"]) for row in csv.DictReader(lines)} <= wanted
    page.get_by_test_id("bulk-round").click()
    expect(page.get_by_test_id("study-numbers")).to_have_value("1,3,10-12")
    expect(page.get_by_test_id("study-preview")).to_contain_text("5 cases, 10 reads")


def test_ticked_cases_are_excluded_and_brought_back(page: Page) -> None:
    page.goto(f"/p/{PROJECT}/cases?find=Case 20")
    for action, is_excluded in (("exclude", True), ("bring-back", False)):
        page.get_by_test_id("tick-Case 20").click()
        page.get_by_test_id("bulk-change").click()
        page.get_by_test_id(f"bulk-{action}").click()
        page.get_by_test_id("bulk-reason").fill("Of a phantom.")
        page.get_by_test_id("bulk-confirm").click()
        expect(page.get_by_test_id("bulk")).to_have_count(0)
        excluded = rows(page).get_by_text("excluded", exact=True)
        expect(excluded).to_have_count(int(is_excluded))


def test_a_sheet_is_scanned_by_eye(page: Page, api: Api) -> None:
    page.get_by_test_id("cases-view").get_by_text("Sheet").click()
    tiles = page.get_by_test_id("sheet").locator("li")
    expect(tiles).to_have_count(N_CASES)
    assert "as=sheet" in page.url
    number = discordant(api)["number"]
    expect(page.get_by_test_id(f"tile-{number}")).to_contain_text("no label yet · discordant 1")
    page.get_by_test_id("sheet-under").get_by_text("Model’s score").click()
    expect(page.get_by_test_id(f"tile-{number}")).to_contain_text("no score")
    page.keyboard.press("Escape")
    page.get_by_role("heading", level=1).click()
    for key in ("ArrowRight", "ArrowRight", "Space", "ArrowDown", "ArrowUp", "ArrowRight", "x"):
        page.keyboard.press(key)
    expect(page.get_by_test_id("bulk")).to_contain_text("2 cases ticked")
    expect(page.get_by_test_id("tile-2")).to_have_attribute("data-ticked", "true")
    expect(page.get_by_test_id("tile-3")).to_have_attribute("data-ticked", "true")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("why").get_by_role("dialog")).to_contain_text("Case 3")
    page.keyboard.press("Escape")
    page.get_by_test_id("cases-view").get_by_text("Table").click()
    expect(page.get_by_test_id("tick-Case 3")).to_be_checked()


def test_a_list_is_saved_chosen_and_deleted(browser: Browser, embedded: Running, api: Api) -> None:
    with page_of(browser, embedded, MANAGER, provoked="409") as page:
        page.goto(f"/p/{PROJECT}/cases?discordant=yes&order=-read&as=sheet")
        saved = page.get_by_test_id("saved-filters")
        save_as(page, "To discuss")
        expect(page.get_by_test_id("save-filter")).to_have_count(0)
        expect(saved).to_have_text("To discuss")
        page.goto(f"/p/{PROJECT}/cases?split=test")
        save_as(page, "To discuss")
        expect(page.get_by_test_id("refused")).to_contain_text("another filter “To discuss”")
        screenshot(page, "case-list-save")
        page.get_by_role("button", name="Cancel").click()
        saved.click()
        page.get_by_role("menuitem", name=re.compile("To discuss")).click()
        page.wait_for_url(re.compile("discordant=yes&order=-read&as=sheet"))
        expect(page.get_by_test_id("sheet").locator("li")).to_have_count(1)
        saved.click()
        expect(page.get_by_role("menuitem", name=re.compile("To discuss")).first).to_contain_text(
            f"by {MANAGER}"
        )
        page.get_by_test_id("filter-delete").click()
        page.get_by_test_id("filter-delete-confirm").click()
        expect(saved).to_have_text("Saved")


def save_as(page: Page, name: str) -> None:
    page.get_by_test_id("saved-filters").click()
    page.get_by_test_id("filter-save").click()
    page.get_by_test_id("filter-name").fill(name)
    page.get_by_test_id("filter-name-save").click()


def test_who_reads_is_shown_outcomes_only_when_she_asks(
    browser: Browser, embedded: Running, api: Api
) -> None:
    with page_of(browser, embedded, BOTH) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"/p/{PROJECT}/cases")
        expect(rows(page)).to_have_count(PAGE)
        cost = page.get_by_test_id("outcomes-cost")
        expect(cost).to_contain_text("Outcomes are hidden")
        assert not [url for url in asked if "show=outcome" in url]
        page.get_by_test_id("outcomes").click(force=True)
        expect(cost).to_contain_text("never offered to you")
        assert not [url for url in asked if "show=outcome" in url]
        screenshot(page, "case-list-reader-asked")
        page.get_by_test_id("outcomes-agree").click()
        expect(page.get_by_role("columnheader", name="Outcome")).to_be_visible()
        assert "outcomes=shown" in page.url
        screenshot(page, "case-list-reader")
        assert violations(page) == []

        # An address that somebody sent her asks her first as well, and tells nothing until she has said so.
        asked.clear()
        page.goto(f"/p/{PROJECT}/cases?discordant=yes&order=-disagreement")
        expect(page.get_by_test_id("outcomes-agree")).to_be_visible()
        assert not [url for url in asked if "discordant" in url and "/api/" in url]
        page.get_by_role("button", name="Keep them hidden").click()
        expect(rows(page)).to_have_count(PAGE)


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("view", ["table", "sheet"])
def test_neither_view_breaks_a_rule(
    browser: Browser, embedded: Running, api: Api, theme: str, view: str
) -> None:
    for size in SIZES:
        with page_of(browser, embedded, MANAGER, size) as page:
            use_theme(page, theme)
            page.goto(f"/p/{PROJECT}/cases?as={view}&view=PA")
            expect(page.get_by_test_id("tick-Case 1")).to_be_visible()
            page.get_by_test_id("tick-Case 1").click()
            page.wait_for_load_state("networkidle")
            screenshot(page, f"case-list-{view}-{theme}-{size}")
            assert violations(page) == []
            assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
