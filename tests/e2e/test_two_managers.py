"""Two data managers who edit the same: the second sees both versions, puts them together, and loses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.axe import violations
from tests.e2e.browser import SIZES, page_of, screenshot
from tests.e2e.running import Api, Running

pytestmark = pytest.mark.e2e
PROJECT = "two-managers"
FIRST, SECOND = "first-manager", "second-manager"


@pytest.fixture(scope="module")
def people(embedded: Running) -> dict[str, Api]:
    embedded.manage("create_project", PROJECT, "--name", "Two managers", "--readers-per-case", "2")
    return {name: embedded.person(name, "manager", project=PROJECT) for name in (FIRST, SECOND)}


@contextmanager
def both_on(browser: Browser, embedded: Running, subject: str) -> Iterator[tuple[Page, Page]]:
    """The page of the schema or the protocol, open before both managers at its first version."""
    with (
        page_of(browser, embedded, FIRST) as one,
        page_of(browser, embedded, SECOND, provoked="412") as two,
    ):
        for page in (one, two):
            page.goto(f"/p/{PROJECT}/{subject}")
            version(page, 1)
        yield one, two


def version(page: Page, number: int) -> None:
    expect(page.get_by_text(f"Version {number} is in force")).to_be_visible()


def test_a_schema_edited_by_two_is_put_together(
    browser: Browser, embedded: Running, people: dict[str, Api]
) -> None:
    with both_on(browser, embedded, "schema") as (one, two):
        one.get_by_test_id("finding-name-0").fill("Nodule or mass")
        one.get_by_test_id("schema-save").click()
        version(one, 2)
        two.get_by_test_id("finding-name-0").fill("Lung nodule")
        two.get_by_test_id("finding-add").click()
        two.get_by_test_id("finding-name-3").fill("Old fracture")
        two.get_by_test_id("schema-save").click()
        dialog = two.get_by_test_id("newer-version")
        expect(dialog).to_contain_text("Nodule or mass")
        expect(dialog).to_contain_text("Lung nodule")
        expect(dialog.get_by_test_id("difference-Finding old_fracture")).to_contain_text("not there")
        for size, (width, height) in SIZES.items():
            two.set_viewport_size({"width": width, "height": height})
            screenshot(two, f"two-managers-{size}")
        assert violations(two) == []
        dialog.get_by_text("yours", exact=True).click()
        two.get_by_test_id("merge-both").click()
        expect(two.get_by_test_id("finding-name-0")).to_have_value("Lung nodule")
        expect(two.get_by_test_id("finding-name-3")).to_have_value("Old fracture")
        two.get_by_test_id("schema-save").click()
        version(two, 3)
    names = [row["name"] for row in people[FIRST]("GET", f"/projects/{PROJECT}/schema/")["findings"]]
    assert names == ["Lung nodule", "Opacity", "Pleural effusion", "Old fracture"]


def test_a_protocol_edited_by_two_keeps_what_each_of_them_changed(
    browser: Browser, embedded: Running, people: dict[str, Api]
) -> None:
    with both_on(browser, embedded, "protocol") as (one, two):
        one.get_by_test_id("protocol-readers").fill("3")
        one.get_by_test_id("protocol-save").click()
        version(one, 2)
        two.get_by_test_id("protocol-sentence").get_by_text("Indication", exact=True).click()
        two.get_by_test_id("protocol-save").click()
        expect(two.get_by_test_id("newer-version")).to_contain_text("Readers per case")
        two.get_by_test_id("merge-both").click()
        two.get_by_test_id("protocol-save").click()
        version(two, 3)
    protocol = people[FIRST]("GET", f"/projects/{PROJECT}/protocol/")
    assert protocol["readers_per_case"] == 3 and "indication" not in protocol["context_fields"]
