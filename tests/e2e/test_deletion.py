"""A project is deleted by its name in the browser, taken back by an administrator, deleted again, and is gone."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.axe import violations
from tests.e2e.browser import page_of, screenshot
from tests.e2e.running import Running
from tests.factories.imaging import radiograph

pytestmark = pytest.mark.e2e
NAME = "Pilot of the old site"
GRACE_IS_OVER = """
from django.utils import timezone
from labelhub.projects.models import ProjectDeletion
ProjectDeletion.objects.filter(taken_back_at=None).update(due_at=timezone.now())
"""
WHAT_IS_LEFT = """
from django.conf import settings
from labelhub.imaging.models import Instance
from labelhub.projects.models import Project
from pathlib import Path
there = Project.objects.filter(slug="old-site").count() + Instance.objects.filter(project__slug="old-site").count()
print(there, len(list(Path(settings.DATA_DIR, "objects").rglob("frame-*"))))
"""


def delete(page: Page, *, picture: str = "") -> None:
    """From its settings, by typing its name; wrongly at first."""
    page.goto("/p/old-site/settings")
    page.get_by_test_id("delete").click()
    go = page.get_by_test_id("delete-now")
    page.get_by_test_id("delete-reason").fill("The study has ended.")
    page.get_by_test_id("delete-name").fill(NAME.lower())
    expect(go).to_be_disabled()
    page.get_by_test_id("delete-name").fill(NAME)
    if picture:
        screenshot(page, picture)
        assert violations(page) == []
    go.click()
    expect(page.get_by_text(f"{NAME} is deleted")).to_be_visible()
    expect(page.get_by_test_id("no-projects")).to_be_visible()


def test_a_project_is_deleted_taken_back_and_gone(
    browser: Browser, embedded: Running, tmp_path: Path
) -> None:
    (tmp_path / "1.dcm").write_bytes(radiograph(1))
    embedded.manage("create_project", "old-site", "--name", NAME)
    before = embedded.manage("shell", "-v", "0", "-c", WHAT_IS_LEFT).split()[1]
    embedded.manage("import_images", str(tmp_path), "--project", "old-site")
    embedded.person("old-manager", "manager", project="old-site")
    embedded.manage("create_user", "deleting-admin", "--administrator")
    assert embedded.manage("shell", "-v", "0", "-c", WHAT_IS_LEFT) == f"2 {int(before) + 1}"
    with (
        page_of(browser, embedded, "old-manager") as page,
        page_of(browser, embedded, "deleting-admin") as admin,
    ):
        page.goto("/p/old-site/settings")
        expect(page.get_by_test_id("delete")).to_be_disabled()
        page.get_by_test_id("archive").click()
        page.get_by_test_id("archive-now").click()
        expect(page.get_by_test_id("archived")).to_be_visible()
        screenshot(page, "delete-settings")
        delete(page, picture="delete-dialog")
        screenshot(page, "deleted-home")
        admin.goto("/administration")
        row = admin.get_by_test_id("deletion")
        expect(row).to_contain_text("can be taken back")
        expect(admin.get_by_test_id("administered-old-site")).to_contain_text("to be deleted")
        row.scroll_into_view_if_needed()
        screenshot(admin, "administration-deletions")
        assert violations(admin) == []
        admin.get_by_test_id("take-back").click()
        expect(row).to_have_attribute("data-state", "taken_back")
        page.goto("/")
        expect(page.get_by_test_id("archived-projects")).to_contain_text(NAME)
        delete(page)
        embedded.manage("shell", "-v", "0", "-c", GRACE_IS_OVER)
        expect(admin.locator("[data-testid=deletion][data-state=done]")).to_contain_text("1 case")
        screenshot(admin, "administration-deleted")
        admin.reload()
        admin.get_by_test_id("panel-projects-find").fill("old-site")
        expect(admin.get_by_test_id("panel-projects")).to_contain_text("Nothing begins with")
    assert embedded.manage("shell", "-v", "0", "-c", WHAT_IS_LEFT) == f"0 {before}"
