"""How a data manager and those whom she invites come to a project with a hundred films, by the pages alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.browser import screenshot
from tests.e2e.films import N_FILMS, films_and_table

PROJECT = "chest-films"
N_FINDINGS = 14


def facts(page: Page, path: str) -> Any:
    """What the API says to whoever is signed in on the page."""
    answer = page.request.get(f"/api/v1{path}")
    assert answer.ok, (path, answer.status, answer.text())
    return answer.json()


def numbers(manager: Page, asked: str) -> list[int]:
    return [row["number"] for row in facts(manager, f"/projects/{PROJECT}/cases/?{asked}")["results"]]


def make_the_project(page: Page) -> None:
    expect(page.get_by_test_id("no-projects")).to_be_visible()
    screenshot(page, "life-empty")
    page.get_by_role("link", name="New project").click()
    page.get_by_test_id("new-project-name").fill("Chest films")
    page.get_by_test_id("template-chest_14").click()
    page.get_by_test_id("new-project-create").click()
    page.wait_for_url(f"**/p/{PROJECT}/dashboard")
    expect(page.get_by_test_id("step-schema")).to_contain_text(f"{N_FINDINGS} findings")
    screenshot(page, "life-first-steps")
    page.get_by_test_id("nav-protocol").click()
    page.get_by_label("Interleave of validation and test cases").fill("0")
    page.get_by_test_id("protocol-save").click()
    expect(page.get_by_text("Version 2 is in force")).to_be_visible()


def invite(page: Page) -> list[str]:
    """The links for two readers and an adjudicator, in one go."""
    page.get_by_test_id("nav-members").click()
    page.get_by_test_id("invite").click()
    page.get_by_test_id("invite-lines").fill("Dr. Anna\nDr. Berta\nDr. Clara, adjudicator")
    expect(page.get_by_test_id("invite-summary")).to_contain_text("3 links")
    page.get_by_test_id("invite-make").click()
    made = page.get_by_test_id("made-link")
    expect(made).to_have_count(3)
    screenshot(page, "life-links")
    links = [field.input_value() for field in made.get_by_role("textbox").all()]
    page.get_by_test_id("made-done").click()
    return links


def join(page: Page, name: str, link: str) -> None:
    page.goto(link)
    page.get_by_test_id("new-person-username").fill(name)
    page.get_by_test_id("new-person-display_name").fill(f"Dr. {name.capitalize()}")
    page.get_by_test_id("new-person-password").fill(f"{name} has a long passphrase")
    page.get_by_test_id("new-person-submit").click()
    page.wait_for_url(f"**/p/{PROJECT}/*")
    expect(page.get_by_test_id("person-menu")).to_contain_text(f"Dr. {name.capitalize()}")


def import_films(page: Page, folder: Path) -> None:
    films, table = films_and_table(folder)
    page.get_by_test_id("nav-imports").click()
    page.get_by_test_id("labels-file").set_input_files(table)
    expect(page.get_by_test_id("labels-chosen")).to_contain_text(table.name)
    page.get_by_test_id("import-drop-files").set_input_files(films)
    report = page.get_by_test_id("labels-report")
    expect(report).to_contain_text(f"{N_FILMS} of {N_FILMS} lines have a file")
    expect(report).to_contain_text(f"{N_FILMS} patients named")
    assert numbers(page, "") == []
    screenshot(page, "life-table")
    page.get_by_test_id("labels-take").click()
    expect(page.get_by_test_id("import-batch")).to_have_attribute("data-state", "done")
    screenshot(page, "life-imported")
    page.get_by_test_id("nav-cases").click()
    expect(page.get_by_test_id("case-count")).to_have_text(f"{N_FILMS} cases")
