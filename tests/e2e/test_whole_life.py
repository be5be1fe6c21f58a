"""The whole life of a project by its pages alone, from an installation that holds nothing but its first person.

A project from a template, three people by link, a hundred films with a table, reads, a disagreement and its decision, a
correction, a second round, and the export of all that. The API is only asked for facts, by whoever is signed in.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from labelhub.launch.undertaker import folder_of_ones_own
from tests.databases import with_migrated_sqlite
from tests.e2e.browser import nobody_signed_in, screenshot, sign_in, wait_for_image
from tests.e2e.reading import assignment_of, submit_and_go_on, until, wait_for_case
from tests.e2e.running import PASSWORD, Running, running
from tests.e2e.setting_up import (
    N_FINDINGS,
    PROJECT,
    facts,
    import_films,
    invite,
    join,
    make_the_project,
    numbers,
)

pytestmark = pytest.mark.e2e
FIRST_PERSON = "first-person"
READERS, JUDGE = ("anna", "berta"), "clara"
DISPUTED = "atelectasis"
N_READ = 2
REASON = "A node, not a vessel"


@pytest.fixture(scope="module")
def empty() -> Iterator[Running]:
    """Nothing but the tables, and the first administrator, whom the one command for it has made."""
    with (
        folder_of_ones_own("lh-") as folder,
        running("embedded", with_migrated_sqlite(folder), learning_threads=1) as up,
    ):
        up.manage("create_user", FIRST_PERSON, "--administrator", "--password-stdin", stdin=PASSWORD + "\n")
        yield up


def test_the_whole_life_of_a_project(browser: Browser, empty: Running, tmp_path: Path) -> None:
    with ExitStack() as open_pages:
        manager, *others = (open_pages.enter_context(nobody_signed_in(browser, empty)) for _ in range(4))
        anna, berta, clara = others
        sign_in(manager, FIRST_PERSON)
        make_the_project(manager)
        for page, name, link in zip(others, (*READERS, JUDGE), invite(manager), strict=True):
            join(page, name, link)
        import_films(manager, tmp_path)

        read(anna, "1", "a")
        read(berta, "n")
        disputed = decide(clara, manager)
        agreed = settled_beside(manager, disputed)
        look_up(manager, disputed)
        patient = give_the_patient_of(manager, of=agreed, to=disputed)
        out_and_back(manager, agreed)
        open_second_round(manager, (disputed, agreed))
        read_in_second_round(anna, manager, (disputed, agreed))

        reads, labels = (export(manager, what, tmp_path) for what in ("reads", "consensus"))
    assert_reads(reads, disputed, agreed, patient)
    assert_labels(labels, disputed, agreed, patient)


def read(page: Page, *keys: str) -> None:
    """The first case by these keys, the others as normal; the one after them lies open."""
    page.goto("/")
    page.get_by_test_id(f"read-next-{PROJECT}").click()
    page.wait_for_url("**/read/*-*")
    wait_for_case(page)
    for key in keys:
        page.keyboard.press(key)
    screenshot(page, f"life-read-{keys[0]}")
    submit_and_go_on(page)
    for _ in range(N_READ - 1):
        read_as_normal(page)


def read_as_normal(page: Page) -> None:
    page.keyboard.press("n")
    submit_and_go_on(page)


def decide(page: Page, manager: Page) -> int:
    """The adjudicator decides the case on which the readers differ; returns its number."""
    until(manager, lambda: len(numbers(manager, "discordant=yes")) == 1, "the disagreement")
    page.goto(f"/p/{PROJECT}/adjudicate")
    page.get_by_test_id("adjudicate-next").click()
    wait_for_image(page)
    expect(page.get_by_test_id(f"discordant-{DISPUTED}")).to_be_visible()
    page.keyboard.press("1")
    page.get_by_label("Other reason").fill(REASON)
    screenshot(page, "life-decision")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_test_id("adjudicate-next")).to_be_visible()
    until(manager, lambda: len(numbers(manager, "state=closed")) == N_READ, "the cases to be closed")
    (number,) = numbers(manager, "discordant=yes")
    return number


def settled_beside(manager: Page, disputed: int) -> int:
    """The number of the case on which the readers agreed."""
    (number,) = set(numbers(manager, "state=closed")) - {disputed}
    return number


def look_up(page: Page, number: int) -> None:
    """By the filter and by its number; its page says who read what, and where the label comes from."""
    page.get_by_test_id("nav-cases").click()
    rows = page.get_by_test_id("cases").locator("tbody tr")
    page.get_by_test_id("filters").click()
    page.get_by_test_id("filter-discordant").click()
    page.get_by_role("option", name="differ", exact=True).click()
    page.keyboard.press("Escape")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text(f"Case {number}")
    screenshot(page, "life-discordant")
    find(page, number)
    page.get_by_test_id("case-tab-reads").click()
    expect(page.get_by_test_id("case-read")).to_have_count(2)
    screenshot(page, "life-case-reads")
    page.get_by_test_id("case-tab-labels").click()
    spoken = page.get_by_test_id("provenance").first
    for said in ("anna, present", "berta, absent", f"clara, present, {REASON}", "Label, present"):
        expect(spoken).to_have_attribute("aria-label", re.compile(re.escape(said), re.IGNORECASE))
    screenshot(page, "life-case-labels")


def find(page: Page, number: int) -> None:
    """From the list to the page of a case, by its number."""
    page.get_by_test_id("cases-find").fill(f"Case {number}")
    page.keyboard.press("Enter")
    rows = page.get_by_test_id("cases").locator("tbody tr")
    expect(rows).to_have_count(1)
    rows.get_by_role("link", name=f"Case {number}", exact=True).click()
    expect(page.get_by_test_id("case-label")).to_have_text(f"Case {number}")
    wait_for_image(page)


def pseudonym(page: Page) -> str:
    """Of the patient of the case whose page is open."""
    return str(page.get_by_role("definition").filter(has_text="…").get_attribute("title"))


def give_the_patient_of(page: Page, *, of: int, to: int) -> str:
    """On the page of case `to`: its patient is that of case `of`; returns her pseudonym."""
    page.get_by_test_id("case-tab-case").click()
    was = pseudonym(page)
    done = page.get_by_test_id("case-corrections")
    done.get_by_role("button", name="Correct…").click()
    page.get_by_text("Patient", exact=True).click()
    page.get_by_test_id("correct-number").fill(str(of))
    page.get_by_test_id("correct-reason").fill("Two films of one person.")
    expect(page.get_by_test_id("correct-preview")).to_contain_text(f"Case {to}")
    screenshot(page, "life-correct")
    page.get_by_test_id("correct-confirm").click()
    expect(done).to_contain_text("Patient by")
    expect(page.get_by_role("link", name=f"Case {of}", exact=True)).to_be_visible()
    screenshot(page, "life-corrected")
    now = pseudonym(page)
    assert now != was
    return now


def out_and_back(page: Page, number: int) -> None:
    """From the page of the patient's other case to this one, which is excluded and brought back."""
    page.get_by_role("link", name=f"Case {number}", exact=True).click()
    expect(page.get_by_test_id("case-label")).to_have_text(f"Case {number}")
    done, dialog = page.get_by_test_id("case-corrections"), page.get_by_role("dialog")
    done.get_by_role("button", name="Exclude…").click()
    dialog.get_by_role("textbox").fill("Of a hand.")
    dialog.get_by_role("button", name="Exclude").click()
    expect(done).to_contain_text("“Of a hand.”")
    screenshot(page, "life-excluded")
    done.get_by_role("button", name="Bring back…").click()
    dialog.get_by_role("textbox").fill("It is a chest.")
    dialog.get_by_role("button", name="Bring back").click()
    expect(done.get_by_role("button", name="Exclude…")).to_be_visible()


def open_second_round(page: Page, cases: tuple[int, ...]) -> None:
    """A reader study of the cases, which are found in the list by their state and ticked there."""
    page.get_by_role("link", name="‹ Cases").click()
    page.get_by_test_id("filters").click()
    page.get_by_test_id("filter-state").click()
    page.get_by_role("option", name="closed", exact=True).click()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("case-count")).to_have_text(f"{len(cases)} cases")
    for number in cases:
        page.get_by_test_id(f"tick-Case {number}").click()
    page.get_by_test_id("bulk-round").click()
    page.get_by_test_id("study-purpose").get_by_text("Reader study").click()
    expect(page.get_by_test_id("study-preview")).to_contain_text("2 cases, 4 reads by 2 readers")
    screenshot(page, "life-second-round")
    page.get_by_test_id("study-open").click()
    expect(page.get_by_test_id("study-opened")).to_contain_text("Round 2")
    until(page, lambda: all(len(of_case(page, number)["rounds"]) == 2 for number in cases), "its cases")


def read_in_second_round(page: Page, manager: Page, cases: tuple[int, ...]) -> None:
    """What lies open and what was fetched ahead come first; then one of the round, whose film she has seen before."""
    films = {film for number in cases for film in films_of(of_case(manager, number))}
    while films.isdisjoint(films_of(facts(page, f"/assignments/{assignment_of(page)}/"))):
        read_as_normal(page)
    read_as_normal(page)
    expect(manager.get_by_test_id("round-2")).to_contain_text("1 / 4")
    screenshot(manager, "life-rounds")


def of_case(manager: Page, number: int) -> Any:
    return facts(manager, f"/projects/{PROJECT}/cases/{number}/")


def films_of(shown: Any) -> set[str]:
    return {image["instance"] for image in shown["images"]}


def export(page: Page, what: str, folder: Path) -> list[dict[str, str]]:
    """The rows of the file that the dashboard hands out."""
    page.get_by_test_id("nav-dashboard").click()
    page.get_by_test_id("export-menu").click()
    with page.expect_download() as download:
        page.get_by_test_id(f"export-{what}-csv").click()
    path = folder / f"{what}.csv"
    download.value.save_as(path)
    screenshot(page, "life-dashboard")
    with path.open(newline="") as lines:
        return list(csv.DictReader(lines))


def assert_reads(rows: list[dict[str, str]], disputed: int, agreed: int, patient: str) -> None:
    said = {
        (row["reader"], int(row["case_number"]), row["finding"]): row["value"]
        for row in rows
        if row["round"] == "1"
    }
    for reader, value in zip(READERS, ("present", "absent"), strict=True):
        of_disputed = {finding: said[reader, disputed, finding] for _, n, finding in said if n == disputed}
        assert len(of_disputed) == N_FINDINGS
        assert {finding for finding, each in of_disputed.items() if each == "present"} == (
            {DISPUTED} if value == "present" else set()
        )
        assert {said[reader, agreed, finding] for _, n, finding in said if n == agreed} == {"absent"}
    both = {disputed, agreed}
    assert {row["patient"] for row in rows if int(row["case_number"]) in both} == {patient}
    assert patient not in {row["patient"] for row in rows if int(row["case_number"]) not in both}
    again = [row for row in rows if row["round"] == "2"]
    assert len(again) == N_FINDINGS
    assert {(row["reader"], row["value"]) for row in again} == {("anna", "absent")}
    assert {int(row["case_number"]) for row in again} < both


def assert_labels(rows: list[dict[str, str]], disputed: int, agreed: int, patient: str) -> None:
    """Those of the first round alone: a reader study makes none, and an exclusion taken back costs none."""
    assert len(rows) == 2 * N_FINDINGS
    assert {row["patient"] for row in rows} == {patient}
    assert {row["split"] for row in rows} == {"pool"}
    decided = [row for row in rows if row["method"] == "adjudicated"]
    assert [(int(row["case_number"]), row["finding"], row["value"]) for row in decided] == [
        (disputed, DISPUTED, "present")
    ]
    others = [row for row in rows if row["method"] != "adjudicated"]
    assert {row["value"] for row in others} == {"absent"}
    assert {int(row["case_number"]) for row in others} == {disputed, agreed}
