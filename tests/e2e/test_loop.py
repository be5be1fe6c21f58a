"""The whole loop in a real browser: import, two blinded readers, a disagreement, an adjudication, a retraining by
a real worker, and a next new case that is the one the model asked for."""

from __future__ import annotations

import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import IMAGE_AREA, canvas_statistics, page_of, screenshot, wait_for_image
from tests.e2e.running import FIRST, ROOT, Api, Running

pytestmark = pytest.mark.e2e
PROJECT = "loop"
N_PHANTOMS = 24
N_MORE = 6
FINDINGS = ["nodule", "opacity", "effusion"]
RANKING_TIMEOUT_S = 600


@pytest.fixture(scope="module")
def phantoms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("phantoms")
    subprocess.run(
        [
            sys.executable,
            "-m",
            "workers.phantoms",
            "--count",
            str(N_PHANTOMS),
            "--seed",
            "5",
            "--out",
            str(folder),
        ],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return folder


def test_the_whole_loop(instance: Running, browser: Browser, phantoms: Path) -> None:
    people = make_project(instance)
    import_in_browser(browser, instance, phantoms)
    with (
        page_of(browser, instance, "reader-one") as one,
        page_of(browser, instance, "reader-two") as two,
    ):
        read_as_positive(one)
        read_as_normal(two)
    for number in range(N_MORE):
        for reader in ("reader-one", "reader-two"):
            read_by_api(people[reader], positive=number % 2 == 0)
    adjudicate_in_browser(browser, instance)
    top = wait_for_ranking(people["manager"])
    with page_of(browser, instance, "reader-one") as one:
        one.goto(f"/p/{PROJECT}/read")
        one.wait_for_url("**/read/*-*")
        wait_for_image(one)
    why = people["manager"]("GET", f"/cases/{top['case']}/why/")
    offered = [row for row in why["offers"] if row["rule"] == "ranking"]
    assert offered, "the next new case is not the top of the new ranking"
    manager_sees_it(browser, instance)


def make_project(instance: Running) -> dict[str, Api]:
    instance.manage("create_project", PROJECT, "--name", "Loop", "--readers-per-case", "2")
    people = {
        name: instance.person(name, role, project=PROJECT)
        for name, role in {
            "manager": "manager",
            "reader-one": "reader",
            "reader-two": "reader",
            "adjudicator": "adjudicator",
        }.items()
    }
    manager = people["manager"]
    findings = [
        {"code": code, "name": code.capitalize(), "hotkey": str(i), "required": True, "boxes": True}
        for i, code in enumerate(FINDINGS, start=1)
    ]
    manager("POST", f"/projects/{PROJECT}/schema/", {"findings": findings, "region_classes": []}, **FIRST)
    protocol = manager("GET", f"/projects/{PROJECT}/protocol/")
    protocol |= {"eval_interleave": 0, "finding_rules": {}}
    manager("POST", f"/projects/{PROJECT}/protocol/", protocol, **FIRST)
    policy: dict[str, Any] = {
        "is_enabled": True,
        "every_n_labels": 1 + N_MORE,
        "network": "small",
        # The trainer takes 900 steps at least: small ones are enough to be trained.
        "image_size": 32,
        "max_epochs": 2,
        "batch_size": 2,
        "min_cases": 2,
        "random_share": 0.1,
    }
    manager("PUT", f"/projects/{PROJECT}/training-policy/", policy, **{"If-Match": '"0"'})
    return people


def import_in_browser(browser: Browser, instance: Running, phantoms: Path) -> None:
    with page_of(browser, instance, "manager") as page:
        page.goto(f"/p/{PROJECT}/imports")
        page.get_by_test_id("import-drop-files").set_input_files(sorted(phantoms.glob("*.dcm")))
        expect(page.get_by_test_id("import-batch")).to_have_attribute("data-state", "done")
        screenshot(page, "import")


def read_as_positive(page: Page) -> None:
    """By keyboard and mouse: finding 1 present with a box, all the rest absent, submit."""
    page.goto("/")
    page.get_by_test_id(f"read-next-{PROJECT}").click()
    wait_for_image(page)
    drawn = canvas_statistics(page)
    assert drawn["spread"] > 10 and drawn["black"] < 0.95, drawn
    page.keyboard.press("1")
    page.keyboard.press("b")
    viewport = page.locator(IMAGE_AREA).first.bounding_box()
    assert viewport is not None
    x, y = viewport["x"] + viewport["width"] * 0.45, viewport["y"] + viewport["height"] * 0.45
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y + 30, steps=5)
    page.mouse.move(x + 80, y + 60, steps=5)
    page.mouse.up()
    expect(page.get_by_test_id(f"mark-{FINDINGS[0]}")).to_be_visible()
    page.keyboard.press("a")
    screenshot(page, "workspace")
    submit_and_expect_another_case(page)


def read_as_normal(page: Page) -> None:
    page.goto("/")
    page.get_by_test_id(f"read-next-{PROJECT}").click()
    wait_for_image(page)
    page.keyboard.press("n")
    submit_and_expect_another_case(page)


def submit_and_expect_another_case(page: Page) -> None:
    here = page.url
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url != here)
    wait_for_image(page)


def read_by_api(reader: Api, *, positive: bool) -> None:
    """One read by a script, as the pages do it."""
    claimed = reader(
        "POST",
        f"/projects/{PROJECT}/worklist/next/",
        {"ahead": False},
        **{"Idempotency-Key": str(uuid.uuid4())},
    )["assignment"]
    assert claimed is not None
    values = {code: "present" if positive else "absent" for code in FINDINGS}
    reader(
        "POST",
        f"/assignments/{claimed['id']}/submit/",
        {
            "client_uuid": str(uuid.uuid4()),
            "document": {
                "answers": {code: {"value": value, "by_rest": False} for code, value in values.items()},
                "annotations": [],
                "comment": "",
                "not_readable": False,
            },
            "active_ms": 9000,
            "display_state": {},
        },
    )


def adjudicate_in_browser(browser: Browser, instance: Running) -> None:
    with page_of(browser, instance, "adjudicator") as page:
        page.goto(f"/p/{PROJECT}/adjudicate")
        page.get_by_test_id("adjudicate-next").click()
        wait_for_image(page)
        screenshot(page, "adjudication")
        page.keyboard.press("1")
        page.keyboard.press("4")
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("adjudicate-next").or_(page.get_by_text("Nothing")).first).to_be_visible()


def wait_for_ranking(manager: Api) -> dict[str, Any]:
    """The first open entry of the published ranking."""
    deadline = time.monotonic() + RANKING_TIMEOUT_S
    while time.monotonic() < deadline:
        page = manager("GET", f"/projects/{PROJECT}/ranking/")
        if page["ranking"]:
            return next(row for row in page["results"] if row["is_open"])
        runs = manager("GET", f"/projects/{PROJECT}/learning/")["runs"]
        assert not [run for run in runs if run["state"] == "failed"], runs
        time.sleep(1)
    raise AssertionError("no ranking was published")


def manager_sees_it(browser: Browser, instance: Running) -> None:
    with page_of(browser, instance, "manager") as page:
        page.goto(f"/p/{PROJECT}/dashboard")
        expect(page.get_by_test_id("stat-queue")).to_contain_text("ranking")
        screenshot(page, "dashboard")
        page.goto(f"/p/{PROJECT}/learning")
        expect(page.get_by_test_id("queue-health")).to_contain_text("Ranked by model 1")
        screenshot(page, "learning")
