"""The tray of background work offers to cancel what may be, once, and says that it stops."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.axe import violations
from tests.e2e.browser import SIZES, page_of, screenshot
from tests.e2e.running import Running

pytestmark = pytest.mark.e2e
PROJECT, MANAGER = "tray", "tray-manager"
HELD_JOBS = """
from datetime import timedelta
from django.utils import timezone
from labelhub.core.models import Job
from labelhub.projects.models import Project
lease = {"state": "running", "attempt": 1, "lease_until": timezone.now() + timedelta(hours=1)}
for kind in ("slots", "consensus"):
    Job.objects.create(kind=kind, dedupe_key=kind, project_id=Project.objects.get(slug="tray").id, **lease)
"""


@pytest.fixture
def manager(browser: Browser, embedded: Running) -> Iterator[Page]:
    embedded.manage("create_project", PROJECT, "--name", "Tray")
    embedded.person(MANAGER, "manager", project=PROJECT)
    embedded.manage("shell", "-c", HELD_JOBS)
    with page_of(browser, embedded, MANAGER) as page:
        yield page


def test_what_may_be_cancelled_is_offered_once(manager: Page) -> None:
    manager.goto(f"/p/{PROJECT}")
    manager.get_by_test_id("job-tray").click()
    must_be_done, may_stop = manager.get_by_test_id("job-slots"), manager.get_by_test_id("job-consensus")
    cancel = may_stop.get_by_role("button", name="Cancel")
    expect(cancel).to_be_visible()
    expect(must_be_done).to_contain_text("running")
    expect(must_be_done.get_by_role("button", name="Cancel")).to_have_count(0)
    cancel.click()
    expect(may_stop).to_contain_text("It stops after its next step")
    expect(cancel).to_have_count(0)
    for name, (width, height) in SIZES.items():
        manager.set_viewport_size({"width": width, "height": height})
        screenshot(manager, f"job-tray-{name}")
    assert violations(manager) == []
