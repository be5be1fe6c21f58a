"""A person puts an older model back in use: it holds against the next training until she lifts it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.axe import violations
from tests.e2e.browser import SIZES, page_of, screenshot
from tests.e2e.running import Running

pytestmark = pytest.mark.e2e
PROJECT, MANAGER = "rollback", "rollback-manager"
MAKE_MODEL = """
from labelhub.learning.services.promotions import promotion_request
from labelhub.projects.models import Project
from tests.factories.learning import make_model
metrics = {{"mean_auroc": 0.8{number}, "mean_findings": ["nodule"], "mean_cases_sha256": "{cases}"}}
promotion_request(model=make_model(Project.objects.get(slug="rollback"), {number}, metrics=metrics))
"""


def train(embedded: Running, number: int, cases: str = "same") -> None:
    """A model as training records it: its promotion is the workers' next job."""
    embedded.manage("shell", "-c", MAKE_MODEL.format(number=number, cases=cases))


@pytest.fixture(scope="module")
def project(embedded: Running) -> Running:
    embedded.manage("create_project", PROJECT, "--name", "Roll-back")
    embedded.person(MANAGER, "manager", project=PROJECT)
    return embedded


@pytest.fixture
def manager(browser: Browser, project: Running) -> Iterator[Page]:
    with page_of(browser, project, MANAGER) as page:
        yield page


def expect_after_a_while(page: Page, test_id: str, text: str) -> None:
    """The page asks again every 15 seconds."""
    expect(page.get_by_test_id(test_id)).to_contain_text(text, timeout=60_000)


def test_a_roll_back_holds_until_it_is_lifted(project: Running, manager: Page) -> None:
    train(project, 1, cases="other")
    train(project, 2)
    manager.goto(f"/p/{PROJECT}/learning")
    expect_after_a_while(manager, "model-2", "in use")
    expect(manager.get_by_test_id("mean-note-1")).to_contain_text("not comparable")

    manager.get_by_test_id("model-1").get_by_role("button", name="Use").click()
    dialog = manager.get_by_role("dialog")
    expect(dialog).to_contain_text("It is not the newest")
    dialog.get_by_label("Reason").fill("worse on portable films")
    dialog.get_by_label("Reason").press("Enter")
    expect(manager.get_by_test_id("rollback")).to_contain_text("worse on portable films")
    expect(manager.get_by_test_id("model-1")).to_contain_text("in use")

    train(project, 3)
    expect_after_a_while(manager, "model-3", "A roll-back to model 1 holds")
    expect(manager.get_by_test_id("model-1")).to_contain_text("in use")
    for name, (width, height) in SIZES.items():
        manager.set_viewport_size({"width": width, "height": height})
        screenshot(manager, f"rollback-{name}")

    assert violations(manager) == []
    manager.get_by_test_id("lift-rollback").click()
    manager.get_by_role("dialog").get_by_label("Reason").fill("relabelled")
    manager.get_by_role("button", name="Lift the roll-back").click()
    expect(manager.get_by_test_id("rollback")).to_have_count(0)
    train(project, 4)
    expect_after_a_while(manager, "model-4", "in use")


def test_two_managers_on_one_policy_see_both_versions(
    project: Running, manager: Page, browser: Browser
) -> None:
    manager.goto(f"/p/{PROJECT}/learning")
    with page_of(browser, project, MANAGER, provoked="412") as other:
        other.goto(f"/p/{PROJECT}/learning")
        other.get_by_test_id("policy-every-n").fill("30")
        manager.get_by_test_id("policy-every-n").fill("20")
        manager.get_by_test_id("policy-save").click()
        expect(manager.get_by_test_id("policy-save")).to_be_disabled()
        other.get_by_test_id("policy-save").click()
        conflict = other.get_by_test_id("policy-conflict")
        expect(conflict).to_contain_text("new consensus cases")
        expect(conflict.get_by_role("row", name="new consensus cases")).to_contain_text("off2030")
        screenshot(other, "policy-conflict")
        assert violations(other) == []
        other.get_by_test_id("policy-merge").click()
        other.get_by_test_id("policy-save").click()
        expect(other.get_by_test_id("policy-save")).to_be_disabled()
    manager.reload()
    expect(manager.get_by_test_id("policy-every-n")).to_have_value("30")
