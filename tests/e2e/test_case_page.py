"""The page of a case: its images and facts, and what was said of it once it is asked for."""

from __future__ import annotations

import uuid

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.axe import violations
from tests.e2e.browser import page_of, screenshot, wait_for_image
from tests.e2e.desk import FINDING, make_desk
from tests.e2e.running import Running

pytestmark = pytest.mark.e2e
PROJECT = "case-page"


@pytest.fixture(scope="module")
def project(embedded: Running, tmp_path_factory: pytest.TempPathFactory) -> Running:
    """A case whose two reads differ, and that an adjudicator has decided with a mark of her own."""
    make_desk(embedded, PROJECT, tmp_path_factory.mktemp("desk"))
    judge = embedded.person(f"{PROJECT}-judge", "adjudicator", project=PROJECT)
    case = judge("POST", f"/projects/{PROJECT}/adjudications/next/", {})["adjudication"]
    (image,) = judge("GET", f"/adjudications/{case['id']}/")["images"]
    mark = {
        "id": str(uuid.uuid4()),
        "kind": "box",
        "finding": FINDING,
        "region_class": None,
        "space": "image",
        "instance": image["instance"],
        "frame": 1,
        "geometry": {"x": 20, "y": 20, "width": 24, "height": 20},
    }
    decision = {"finding": FINDING, "value": "present", "reason": "a node", "annotations": [mark]}
    body = {"client_uuid": str(uuid.uuid4()), "decisions": [decision]}
    judge("POST", f"/adjudications/{case['id']}/decide/", body)
    embedded.person(f"{PROJECT}-both", "manager", "reader", project=PROJECT)
    embedded.person(f"{PROJECT}-manager", "manager", project=PROJECT)
    return embedded


def test_a_manager_sees_the_images_the_reads_and_where_a_label_comes_from(
    browser: Browser, project: Running
) -> None:
    with page_of(browser, project, f"{PROJECT}-manager") as page:
        page.goto(f"/p/{PROJECT}/cases/1")
        wait_for_image(page)
        expect(page.get_by_test_id("case-label")).to_have_text("Case 1")
        expect(page.get_by_role("tabpanel")).to_contain_text("Version 1, shown")
        screenshot(page, "case")
        assert violations(page) == []
        page.get_by_test_id("case-tab-reads").click()
        expect(page.get_by_test_id("case-read")).to_have_count(2)
        expect(page.get_by_test_id("case-read").first).to_contain_text("her case 1")
        screenshot(page, "case-reads")
        page.get_by_test_id("case-tab-labels").click()
        reads = f"{PROJECT}-reader-1, present, schema 2; {PROJECT}-reader-2, absent, schema 2"
        decided = f"{PROJECT}-judge, present, a node"
        expect(page.get_by_test_id("provenance").first).to_have_attribute(
            "aria-label", f"Nodule. Reads: {reads}. Put together: {decided}. Label, present, p 1.00."
        )
        screenshot(page, "case-labels")
        assert violations(page) == []
        page.get_by_test_id("case-tab-order").click()
        expect(page.get_by_role("tabpanel")).to_contain_text("Offered to")
        screenshot(page, "case-order")
        page.get_by_test_id("case-tab-history").click()
        expect(page.get_by_test_id("case-history")).to_contain_text("Case viewed")
        screenshot(page, "case-history")
        assert violations(page) == []


def test_whoever_reads_here_herself_is_asked_first(browser: Browser, project: Running) -> None:
    with page_of(browser, project, f"{PROJECT}-both") as page:
        page.goto(f"/p/{PROJECT}/cases/1")
        page.get_by_test_id("case-tab-labels").click()
        expect(page.get_by_test_id("case-ask")).to_contain_text("never offered to you as a reader")
        expect(page.get_by_test_id("case-label-of")).to_have_count(0)
        screenshot(page, "case-ask")
        page.get_by_role("button", name="Show what was said").click()
        expect(page.get_by_test_id("provenance")).not_to_have_count(0)


def test_a_case_that_there_is_not_says_so(browser: Browser, project: Running) -> None:
    with page_of(browser, project, f"{PROJECT}-manager", provoked="404") as page:
        page.goto(f"/p/{PROJECT}/cases/99")
        expect(page.get_by_role("status").filter(has_text="The case cannot be shown")).to_be_visible()


def test_a_case_is_corrected_excluded_and_brought_back_on_its_page(
    browser: Browser, project: Running
) -> None:
    with page_of(browser, project, f"{PROJECT}-manager") as page:
        page.goto(f"/p/{PROJECT}/cases/1")
        wait_for_image(page)
        done = page.get_by_test_id("case-corrections")
        done.get_by_role("button", name="Correct…").click()
        page.get_by_text("Site", exact=True).click()
        page.get_by_test_id("correct-site").fill("South")
        page.get_by_test_id("correct-reason").fill("Named wrongly in the table.")
        expect(page.get_by_test_id("correct-preview")).to_contain_text("Case 1")
        screenshot(page, "case-correct")
        assert violations(page) == []
        page.get_by_test_id("correct-confirm").click()
        expect(done).to_contain_text("Site by")
        expect(page.get_by_role("tabpanel")).to_contain_text("South")

        done.get_by_role("button", name="Exclude…").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("textbox").fill("A hand.")
        dialog.get_by_role("button", name="Exclude").click()
        expect(done).to_contain_text("“A hand.”")
        screenshot(page, "case-excluded")
        done.get_by_role("button", name="Bring back…").click()
        dialog.get_by_role("textbox").fill("It is a chest.")
        dialog.get_by_role("button", name="Bring back").click()
        expect(done.get_by_role("button", name="Exclude…")).to_be_visible()

        page.get_by_role("button", name="Correct film.dcm").click()
        page.get_by_role("combobox", name="View").or_(page.get_by_role("textbox", name="View")).first.click()
        page.get_by_role("option", name="LL", exact=True).click()
        page.get_by_test_id("correct-reason").fill("Seen from the side.")
        screenshot(page, "case-correct-image")
        page.get_by_test_id("correct-confirm").click()
        expect(done).to_contain_text("View by")
