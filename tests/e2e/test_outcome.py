"""What a closed case came to, as one of its five readers sees it."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.axe import violations
from tests.e2e.browser import page_of, screenshot, wait_for_image
from tests.e2e.desk import FINDING, make_desk, read_next_as
from tests.e2e.running import FIRST, Running
from tests.factories.imaging import radiograph

pytestmark = pytest.mark.e2e
PROJECT, DECIDED = "outcome", "outcome-decided"
VALUES = ["present", "present", "present", "uncertain", "absent"]


def test_the_outcome_of_a_case_with_five_readers_is_seen_whole(
    browser: Browser, embedded: Running, tmp_path: Path
) -> None:
    (tmp_path / "film.dcm").write_bytes(radiograph(31))
    embedded.manage("create_project", PROJECT, "--name", "Outcome", "--readers-per-case", str(len(VALUES)))
    manager = embedded.person("outcome-manager", "manager", project=PROJECT)
    findings = [{"code": FINDING, "name": "Nodule", "hotkey": "1", "required": True, "boxes": True}]
    manager("POST", f"/projects/{PROJECT}/schema/", {"findings": findings, "region_classes": []}, **FIRST)
    protocol = manager("GET", f"/projects/{PROJECT}/protocol/")
    shown = {"show_outcome_when_closed": True, "finding_rules": {FINDING: {"rule": "majority"}}}
    manager("POST", f"/projects/{PROJECT}/protocol/", protocol | shown, **FIRST)
    embedded.manage("import_images", str(tmp_path), "--project", PROJECT)
    for number, value in enumerate(VALUES, start=1):
        read_next_as(embedded.person(f"outcome-{number}", "reader", project=PROJECT), PROJECT, value)

    with page_of(browser, embedded, "outcome-1") as page:
        page.goto(f"/p/{PROJECT}/worklist")
        page.get_by_role("link", name="Outcome of").click()
        wait_for_image(page)
        outcome = page.get_by_test_id("outcome-findings")
        for reader in ("You", "Reader A", "Reader B", "Reader C", "Reader D"):
            expect(outcome.get_by_text(reader, exact=True)).to_be_in_viewport(ratio=1)
        expect(outcome.get_by_text("majority")).to_be_in_viewport(ratio=1)
        screenshot(page, "outcome")
        assert violations(page) == []


def test_the_boxes_of_a_decision_are_drawn_beside_those_of_the_readers(
    browser: Browser, embedded: Running, tmp_path: Path
) -> None:
    make_desk(embedded, DECIDED, tmp_path)
    manager = embedded.person(f"{DECIDED}-second-manager", "manager", project=DECIDED)
    protocol = manager("GET", f"/projects/{DECIDED}/protocol/")
    manager("POST", f"/projects/{DECIDED}/protocol/", protocol | {"show_outcome_when_closed": True}, **FIRST)
    judge = embedded.person(f"{DECIDED}-judge", "adjudicator", project=DECIDED)
    case = judge("POST", f"/projects/{DECIDED}/adjudications/next/", {})["adjudication"]
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

    with page_of(browser, embedded, f"{DECIDED}-reader-1") as page:
        page.goto(f"/p/{DECIDED}/worklist")
        page.get_by_role("link", name="Outcome of").click()
        wait_for_image(page)
        expect(page.get_by_test_id("outcome-findings")).to_contain_text("1 mark in white")
        expect(page.locator("svg.svg-layer").get_by_text("Decision, Nodule")).to_be_visible()
        screenshot(page, "outcome-decided")
        assert violations(page) == []
