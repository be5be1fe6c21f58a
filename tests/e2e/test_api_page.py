"""The interactive page of the API works under the content policy that every answer carries."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browser import page_of, screenshot
from tests.e2e.running import Running

pytestmark = pytest.mark.e2e


def test_the_api_page_lists_the_operations_and_one_can_be_tried(browser: Browser, embedded: Running) -> None:
    embedded.manage("create_project", "api-page", "--name", "API page")
    embedded.person("api-reader", "engineer", project="api-page")
    # `page_of` fails on what the content policy refuses: the browser reports it as an error.
    with page_of(browser, embedded, "api-reader") as page:
        page.goto("/api/v1/docs/")
        expect(page.get_by_role("heading", name="LabelHub")).to_be_visible()
        operation = page.locator("#operations-projects-projects_list")
        while operation.count() == 0:  # what is far below is drawn when it is scrolled to
            page.mouse.wheel(0, 2_000)
            page.wait_for_timeout(100)
        operation.locator("button.opblock-summary-control").click()
        operation.get_by_role("button", name="Try it out").click()
        operation.get_by_role("button", name="Execute").click()
        expect(operation.locator(".live-responses-table .response .response-col_status")).to_contain_text(
            "200"
        )
        screenshot(page, "api-page")
