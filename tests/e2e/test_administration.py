"""The administrator's page in the browser: what runs is shown, somebody is signed out, nobody else sees it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import nobody_signed_in, page_of, screenshot, sign_in, use_theme
from tests.e2e.running import Running

pytestmark = pytest.mark.e2e
PANELS = [
    "queues",
    "people",
    "projects",
    "deletions",
    "workers",
    "disk",
    "store",
    "database",
    "seals",
    "versions",
]


def expect_panels(page: Page) -> None:
    """Each panel has its answer."""
    for name in PANELS:
        panel = page.get_by_test_id(f"panel-{name}")
        expect(panel).to_be_visible()
        expect(panel.get_by_role("status", name="Loading")).to_have_count(0)
        expect(panel.get_by_test_id("load-failed")).to_have_count(0)


def test_an_administrator_sees_what_runs_and_signs_somebody_out(browser: Browser, embedded: Running) -> None:
    embedded.manage("create_project", "administered", "--name", "Administered")
    embedded.person("her-manager", "manager", project="administered")
    embedded.person("leaving", "reader", project="administered", has_password=True)
    embedded.manage("create_user", "the-admin", "--administrator", "--display-name", "T. Administrator")
    with (
        nobody_signed_in(browser, embedded, provoked=r"status of 401") as hers,
        page_of(browser, embedded, "the-admin") as page,
    ):
        sign_in(hers, "leaving")
        hers.goto("/p/administered/worklist")
        page.goto("/")
        page.get_by_test_id("person-menu").click()
        page.get_by_test_id("nav-administration").click()
        expect_panels(page)
        expect(page.get_by_test_id("panel-store")).to_contain_text("works")
        expect(page.get_by_test_id("panel-database")).to_contain_text("all applied")
        expect(page.get_by_test_id("worker-clock")).to_have_attribute("data-state", "heard")
        screenshot(page, "administration")
        page.get_by_test_id("panel-projects-find").fill("adminis")
        row = page.get_by_test_id("administered-administered")
        expect(row).to_contain_text("her-manager")
        page.get_by_test_id("panel-people-find").fill("LEAV")
        person = page.get_by_test_id("person-leaving")
        expect(person).to_contain_text("reader")
        person.get_by_test_id("deactivate").click()
        screenshot(page, "administration-deactivate")
        page.get_by_test_id("deactivate-now").click()
        expect(person).to_contain_text("deactivated")
        hers.reload()
        expect(hers.get_by_test_id("sign-in")).to_be_visible()
        person.get_by_test_id("reactivate").click()
        expect(person.get_by_test_id("deactivate")).to_be_visible()
        page.get_by_test_id("panel-people-find").fill("nobody-at-all")
        expect(page.get_by_text("Nothing begins with")).to_be_visible()
        page.get_by_test_id("panel-people-find").fill("the-admin")
        expect(page.get_by_test_id("person-the-admin").get_by_test_id("deactivate")).to_have_count(0)


@pytest.mark.parametrize(("size", "theme"), [("large", "dark"), ("laptop", "light"), ("portrait", "light")])
def test_it_is_shown_in_every_size(browser: Browser, embedded: Running, size: str, theme: str) -> None:
    embedded.manage("create_user", "admin-of-sizes", "--administrator")
    with page_of(browser, embedded, "admin-of-sizes", size) as page:
        use_theme(page, theme)
        page.goto("/administration")
        expect_panels(page)
        screenshot(page, f"administration-{size}-{theme}")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_manager_sees_nothing_of_it(browser: Browser, embedded: Running) -> None:
    embedded.manage("create_project", "managed-only", "--name", "Managed")
    embedded.person("only-manager", "manager", project="managed-only")
    with page_of(browser, embedded, "only-manager") as page:
        page.goto("/")
        page.get_by_test_id("person-menu").click()
        expect(page.get_by_test_id("sign-out")).to_be_visible()
        expect(page.get_by_test_id("nav-administration")).to_have_count(0)
        page.goto("/administration")
        expect(page.get_by_test_id("nothing-here")).to_be_visible()
