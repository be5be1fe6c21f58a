"""A case that was given to somebody else while its reader was away: her work can still be submitted, as a late read."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.axe import violations
from tests.e2e.browser import page_of, screenshot, wait_for_image
from tests.e2e.desk import read_next_as
from tests.e2e.reading import assignment_of, draft_of, expect_answers, until
from tests.e2e.running import Running
from tests.factories.imaging import radiograph

pytestmark = pytest.mark.e2e
PROJECT = "late"


def test_work_on_a_case_that_was_given_away_is_submitted_late(
    browser: Browser, embedded: Running, tmp_path: Path
) -> None:
    (tmp_path / "film.dcm").write_bytes(radiograph(47))
    embedded.manage("create_project", PROJECT, "--name", "Late", "--readers-per-case", "1")
    manager = embedded.person("late-manager", "manager", project=PROJECT)
    embedded.manage("import_images", str(tmp_path), "--project", PROJECT)
    slow, quick = (embedded.person(f"late-{name}", "reader", project=PROJECT) for name in ("slow", "quick"))
    findings = [row["code"] for row in manager("GET", f"/projects/{PROJECT}/schema/")["findings"]]
    with page_of(browser, embedded, "late-slow", provoked="409") as page:
        page.goto(f"/p/{PROJECT}/read")
        page.wait_for_url("**/read/*-*")
        wait_for_image(page)
        case = assignment_of(page)
        page.keyboard.press("1")
        until(page, lambda: findings[0] in draft_of(slow, case)["answers"], "the draft to be saved")
        page.goto("/")
        manager("POST", f"/assignments/{case}/manager-release/")
        read_next_as(quick, PROJECT, "absent", findings)

        page.goto(f"/p/{PROJECT}/worklist")
        page.get_by_role("link", name="Go on reading").click()
        wait_for_image(page)
        expect(page.get_by_test_id("notice")).to_contain_text("submit it and the data manager will see it")
        expect_answers(page, **{findings[0]: "present"})
        screenshot(page, "late-read")
        assert violations(page) == []
        page.keyboard.press("a")
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: case not in url)
    (late,) = manager("GET", f"/projects/{PROJECT}/dashboard/")["late_reads"]
    assert (late["reader"], late["has_seen"]) == ("late-slow", False)
