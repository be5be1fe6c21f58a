"""Inviting by link: somebody new and somebody known join by the links of a data manager, and a used one is refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.axe import violations
from tests.e2e.browser import SIZES, nobody_signed_in, page_of, screenshot, use_theme
from tests.e2e.running import PASSWORD, Running

pytestmark = pytest.mark.e2e
PROJECT, MANAGER, KNOWN = "invitations", "invitations-manager", "invitations-known"
NEW, NEW_PASSWORD = "invitations-new", "new as the morning dew"
REFUSALS = "40[49]|422"


@pytest.fixture(scope="module")
def project(embedded: Running) -> Running:
    embedded.manage("create_project", PROJECT, "--name", "Chest films", "--readers-per-case", "2")
    embedded.person(MANAGER, "manager", project=PROJECT)
    embedded.manage("create_user", KNOWN, "--password-stdin", stdin=PASSWORD + "\n")
    return embedded


@pytest.fixture
def manager(browser: Browser, project: Running) -> Iterator[Page]:
    with page_of(browser, project, MANAGER) as page:
        page.goto(f"/p/{PROJECT}/members")
        yield page


def invite(page: Page, lines: str = "") -> list[str]:
    """The links that the page shows for these lines."""
    page.get_by_test_id("invite").click()
    page.get_by_test_id("invite-lines").fill(lines)
    page.get_by_test_id("invite-make").click()
    expect(page.get_by_test_id("made-link").first).to_be_visible()
    links = [field.input_value() for field in page.get_by_test_id("made-link").get_by_role("textbox").all()]
    page.get_by_test_id("made-done").click()
    return links


def at_all_sizes(page: Page, name: str) -> None:
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        screenshot(page, f"{name}-{size}")
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, (name, size)


def test_two_are_invited_and_each_joins_once(browser: Browser, project: Running, manager: Page) -> None:
    manager.get_by_test_id("invite").click()
    manager.get_by_test_id("invite-lines").fill("Dr. New\nDr. Known, reader, adjudicator")
    expect(manager.get_by_test_id("invite-summary")).to_have_text(
        "2 links: 1 for a reader, 1 for a reader and an adjudicator."
    )
    at_all_sizes(manager, "invite")
    found = violations(manager)
    manager.get_by_test_id("invite-make").click()
    expect(manager.get_by_test_id("made-link")).to_have_count(2)
    at_all_sizes(manager, "invite-links")
    found += violations(manager)
    links = [
        field.input_value() for field in manager.get_by_test_id("made-link").get_by_role("textbox").all()
    ]
    manager.context.grant_permissions(["clipboard-read", "clipboard-write"])
    manager.get_by_test_id("copy-all").click()
    expect(manager.get_by_test_id("copy-all")).to_contain_text("Copied")
    copied = manager.evaluate("navigator.clipboard.readText()")
    assert copied.splitlines() == [f"Dr. New: {links[0]}", f"Dr. Known: {links[1]}"]
    manager.get_by_test_id("made-done").click()
    assert all(link not in manager.content() for link in links)

    asked: list[str] = []
    with nobody_signed_in(browser, project, provoked=REFUSALS) as page:
        page.on("request", lambda request: asked.append(f"{request.url} {request.headers}"))
        page.goto(links[0])
        expect(page.get_by_role("heading", level=1)).to_have_text("Join Chest films")
        expect(page.get_by_test_id("invitation-roles")).to_contain_text("as a reader.")
        page.get_by_test_id("new-person-username").fill(KNOWN)
        page.get_by_test_id("new-person-display_name").fill("Dr. New")
        page.get_by_test_id("new-person-password").fill(NEW_PASSWORD)
        page.get_by_test_id("new-person-submit").click()
        expect(page.get_by_test_id("new-person")).to_contain_text("Choose another name")
        at_all_sizes(page, "invitation-refused-name")
        found += violations(page)
        page.get_by_test_id("new-person-username").fill(NEW)
        page.get_by_test_id("new-person-submit").click()
        page.wait_for_url(f"**/p/{PROJECT}/worklist")
        expect(page.get_by_test_id("person-menu")).to_contain_text("Dr. New")
        page.goto(links[0])
        expect(page.get_by_test_id("invitation-unusable")).to_be_visible()
    secret = links[0].split("#")[1]
    assert not [text for text in asked if secret in text]

    with page_of(browser, project, KNOWN, provoked=REFUSALS) as page:
        page.goto(links[0])
        expect(page.get_by_test_id("invitation-unusable")).to_contain_text("cannot be used")
        at_all_sizes(page, "invitation-unusable")
        found += violations(page)
        page.goto("about:blank")
        page.goto(links[1])
        expect(page.get_by_test_id("join-as")).to_have_text(f"Join as {KNOWN}")
        at_all_sizes(page, "invitation-join-as")
        found += violations(page)
        page.get_by_test_id("join-as").click()
        page.wait_for_url(f"**/p/{PROJECT}/adjudicate")

    manager.reload()
    rows = manager.get_by_test_id("invitation-row")
    expect(rows.filter(has_text="accepted by Dr. New")).to_have_count(1)
    expect(rows.filter(has_text="Dr. Known")).to_contain_text(f"accepted by {KNOWN}")
    expect(manager.get_by_test_id(f"member-{NEW}")).to_contain_text("reader")
    at_all_sizes(manager, "members")
    assert found == []


def test_a_withdrawn_link_works_no_more(browser: Browser, project: Running, manager: Page) -> None:
    (link,) = invite(manager, "Dr. Withdrawn")
    row = manager.get_by_test_id("invitation-row").filter(has_text="Dr. Withdrawn")
    row.get_by_test_id("invitation-withdraw").click()
    expect(row).to_contain_text("withdrawn")
    with nobody_signed_in(browser, project, provoked=REFUSALS) as page:
        page.goto(link)
        expect(page.get_by_test_id("invitation-unusable")).to_be_visible()


def test_who_has_an_account_signs_in_on_the_page_and_may_use_another(
    browser: Browser, project: Running, manager: Page
) -> None:
    (link,) = invite(manager, "Dr. Engineer, ML engineer")
    with nobody_signed_in(browser, project) as page:
        use_theme(page, "light")
        page.goto(link)
        page.get_by_test_id("invitation-who").get_by_text("I have an account").click()
        page.get_by_test_id("sign-in-name").fill(KNOWN)
        page.get_by_test_id("sign-in-password").fill(PASSWORD)
        at_all_sizes(page, "invitation-sign-in")
        assert violations(page) == []
        page.get_by_test_id("sign-in-submit").click()
        expect(page.get_by_test_id("join-as")).to_be_visible()
        page.get_by_test_id("join-other-account").click()
        expect(page.get_by_test_id("new-person")).to_be_visible()
        page.get_by_test_id("invitation-who").get_by_text("I have an account").click()
        page.get_by_test_id("sign-in-name").fill(KNOWN)
        page.get_by_test_id("sign-in-password").fill(PASSWORD)
        page.get_by_test_id("sign-in-submit").click()
        page.get_by_test_id("join-as").click()
        page.wait_for_url(f"**/p/{PROJECT}/*")
        expect(page.get_by_test_id("nav-learning")).to_be_visible()
