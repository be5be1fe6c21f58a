"""Two patients found to be one by their manager: she sees what follows before she joins them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.axe import violations
from tests.e2e.browser import page_of, screenshot
from tests.e2e.running import Api, Running
from tests.factories.imaging import radiograph

pytestmark = pytest.mark.e2e
PROJECT, MANAGER = "joining", "joining-manager"
FOLLOWS = re.compile("moves to [a-z]+: nobody has opened it|stays in its split")
"""Which of the two, the project's own seed decides."""


@pytest.fixture(scope="module")
def api(embedded: Running, tmp_path_factory: pytest.TempPathFactory) -> Api:
    embedded.manage("create_project", PROJECT, "--name", "Joining")
    folder = tmp_path_factory.mktemp("films")
    for n in (1, 2, 3):
        (folder / f"{n}.dcm").write_bytes(radiograph(n, patient=f"Q{n}"))
    embedded.manage("import_images", str(folder), "--project", PROJECT)
    return embedded.person(MANAGER, "manager", project=PROJECT)


@pytest.fixture
def manager(browser: Browser, embedded: Running, api: Api) -> Iterator[Page]:
    with page_of(browser, embedded, MANAGER, provoked="409") as page:
        yield page


def test_what_follows_is_shown_before_patients_are_joined(manager: Page, api: Api) -> None:
    manager.goto(f"/p/{PROJECT}/cases")
    manager.get_by_test_id("tick-Case 1").focus()
    manager.keyboard.press("Enter")
    manager.get_by_test_id("join-number").fill("2")
    manager.get_by_test_id("join-look").click()
    preview = manager.get_by_test_id("join-preview")
    expect(preview.get_by_role("row", name="Case 1")).to_contain_text("stays as it is")
    expect(preview.get_by_role("row", name="Case 2")).to_contain_text(FOLLOWS)
    screenshot(manager, "join-preview")
    assert violations(manager) == []
    manager.get_by_test_id("join-confirm").click()
    expect(manager.get_by_test_id("join-done")).to_contain_text("Both are one patient now")
    screenshot(manager, "join-done")
    manager.get_by_test_id("join-number").fill("1")
    manager.get_by_test_id("join-look").click()
    expect(manager.get_by_test_id("refused")).to_contain_text("of one patient already")
