"""Labels by table for cases that are here, in a real browser: shown first, taken, replaced when asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.axe import violations
from tests.e2e.browser import page_of, screenshot
from tests.e2e.running import Api, Running
from tests.factories.dicom import gradient, raster_bytes

pytestmark = pytest.mark.e2e
PROJECT, MANAGER, READER = "labelled", "label-manager", "label-reader"


@pytest.fixture(scope="module")
def api(embedded: Running, tmp_path_factory: pytest.TempPathFactory) -> Api:
    """A project of four films."""
    folder = tmp_path_factory.mktemp("films")
    for n in range(4):
        (folder / f"f{n}.png").write_bytes(raster_bytes(gradient(dtype="u1", high=100 + n)))
    embedded.manage("create_project", PROJECT, "--name", "Labelled")
    embedded.manage("import_images", str(folder), "--project", PROJECT)
    embedded.person(READER, "reader", project=PROJECT)
    return embedded.person(MANAGER, "manager", project=PROJECT)


@pytest.fixture
def manager(browser: Browser, embedded: Running, api: Api) -> Iterator[Page]:
    with page_of(browser, embedded, MANAGER) as page:
        yield page


def choose(page: Page, tmp_path: Path, table: str) -> None:
    (tmp_path / "table.csv").write_text(table)
    page.get_by_test_id("labels-file").set_input_files(tmp_path / "table.csv")


def n_taken(api: Api) -> int:
    return len(api("GET", f"/projects/{PROJECT}/labels/")["results"])


def test_a_table_is_shown_then_taken_and_replaces_when_asked(manager: Page, api: Api, tmp_path: Path) -> None:
    before = n_taken(api)
    manager.goto(f"/p/{PROJECT}/imports")
    screenshot(manager, "imports-with-link")
    manager.get_by_test_id("case-labels-link").click()
    expect(manager.get_by_role("heading", name="Labels for cases that are here")).to_be_visible()
    expect(manager.get_by_test_id("case-labels-taken")).to_be_attached()
    assert violations(manager) == []
    screenshot(manager, "case-labels-empty")

    choose(manager, tmp_path, "image;nodule;nodul\nf0.png;1;1\nf1.png;0;\nf9.png;1;\nf2.png;maybe;\n")
    report = manager.get_by_test_id("case-labels-preview")
    expect(report.get_by_test_id("case-labels-new")).to_contain_text("2 labels")
    expect(report.get_by_test_id("case-labels-no_case")).to_contain_text("1 line")
    expect(report.get_by_test_id("case-labels-unreadable")).to_contain_text("1 line")
    expect(report.get_by_test_id("case-labels-ignored")).to_contain_text("nodul")
    report.get_by_test_id("case-labels-unreadable").locator("summary").click()
    expect(report.get_by_test_id("case-labels-unreadable")).to_contain_text("nodule must be 1, 0, -1")
    report.get_by_test_id("case-labels-new").locator("summary").click()
    assert n_taken(api) == before
    screenshot(manager, "case-labels-preview")
    assert violations(manager) == []
    manager.get_by_test_id("case-labels-take").click()
    taken = manager.get_by_test_id("case-labels-table-succeeded")
    expect(taken).to_have_count(before + 1)
    expect(manager.get_by_test_id("case-labels-preview")).to_have_count(0)

    choose(manager, tmp_path, "image,nodule\nf0.png,0\nf1.png,0\n")
    expect(report.get_by_test_id("case-labels-equal")).to_contain_text("1 label")
    different = report.get_by_test_id("case-labels-different")
    expect(different).to_contain_text("1 label")
    different.locator("summary").click()
    expect(different.get_by_role("row", name="f0.png")).to_contain_text("absentpresent")
    expect(manager.get_by_test_id("case-labels-take")).to_be_disabled()
    manager.get_by_test_id("case-labels-replace").check()
    screenshot(manager, "case-labels-different")
    manager.get_by_test_id("case-labels-take").click()
    expect(taken).to_have_count(before + 2)
    expect(taken.first).to_contain_text("different ones replaced")
    expect(taken.first).to_contain_text("done")
    taken.first.locator("summary").first.click()
    expect(taken.first.get_by_test_id("case-labels-different")).to_contain_text("replaced")
    screenshot(manager, "case-labels-taken")
    assert violations(manager) == []


def test_a_table_becomes_the_reads_of_a_named_reader_once(manager: Page, tmp_path: Path) -> None:
    manager.goto(f"/p/{PROJECT}/imports/labels")
    manager.get_by_test_id("case-labels-as").click()
    manager.get_by_role("option", name=READER).click()
    choose(manager, tmp_path, "image,nodule\nf3.png,1\n")
    report = manager.get_by_test_id("case-labels-preview")
    expect(report.get_by_test_id("case-labels-new")).to_contain_text("1 read")
    expect(manager.get_by_test_id("case-labels-replace")).to_have_count(0)
    manager.get_by_test_id("case-labels-take").click()
    expect(manager.get_by_test_id("case-labels-sent")).to_be_visible()
    expect(manager.get_by_test_id("case-labels-preview")).to_have_count(0)
    expect(manager.get_by_test_id("case-labels-taken")).to_contain_text(f"reads of {READER}")
    expect(manager.locator("[data-testid^=case-labels-table-]").first).to_contain_text("done")

    choose(manager, tmp_path, "image,nodule\nf3.png,0\n")
    read = report.get_by_test_id("case-labels-read_before")
    read.locator("summary").click()
    expect(read).to_contain_text("never replaced")
    expect(manager.get_by_test_id("case-labels-take")).to_be_disabled()
    screenshot(manager, "case-labels-reads")
    assert violations(manager) == []


def test_a_table_that_cannot_be_read_says_why(
    browser: Browser, embedded: Running, api: Api, tmp_path: Path
) -> None:
    with page_of(browser, embedded, MANAGER, provoked="status of 422") as page:
        page.goto(f"/p/{PROJECT}/imports/labels")
        choose(page, tmp_path, "nodule\n1\n")
        expect(page.get_by_test_id("case-labels-preview")).to_contain_text("no column case_number")
        expect(page.get_by_test_id("case-labels-take")).to_have_count(0)
