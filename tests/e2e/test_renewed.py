"""A front end that was built anew under an open page: the person is told to reload, and sees no empty page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.axe import violations
from tests.e2e.browser import page_of
from tests.e2e.running import Running

pytestmark = pytest.mark.e2e
PROJECT, MANAGER = "renewed", "renewed-manager"
PROVOKED = "404|imported module"


def absent(page: Page, script: str) -> None:
    """The server has this script no more."""

    def answer(route: Route) -> None:
        route.fulfill(status=404, body="")

    page.route(re.compile(rf"/assets/{script}-.*\.js"), answer)


def test_a_part_or_the_whole_of_the_program_that_is_gone_asks_for_a_reload(
    browser: Browser, embedded: Running
) -> None:
    embedded.manage("create_project", PROJECT, "--name", "Renewed")
    embedded.person(MANAGER, "manager", project=PROJECT)
    with page_of(browser, embedded, MANAGER, provoked=PROVOKED) as page:
        page.goto(f"/p/{PROJECT}/dashboard")
        absent(page, "RoundsRoute")
        page.get_by_test_id("nav-rounds").click()
        crashed = page.get_by_test_id("page-crashed")
        expect(crashed).to_contain_text("renewed while the page was open")
        assert violations(page) == []
        page.unroute_all()
        crashed.get_by_role("button", name="Reload the page").click()
        expect(page.get_by_test_id("rounds")).to_be_visible()
        absent(page, "index")
        page.reload()
        expect(page.get_by_text("Reload the page.")).to_be_visible()
        assert violations(page) == []
