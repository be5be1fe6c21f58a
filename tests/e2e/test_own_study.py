"""The demonstration's drop zone in a real browser: what was refused is said by file, also after a reload."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.axe import violations
from tests.e2e.browser import page_of, screenshot
from tests.e2e.running import Running, running
from tests.factories.imaging import radiograph

pytestmark = pytest.mark.e2e
READER = "own-reader"


@pytest.fixture(scope="module")
def demo() -> Iterator[Running]:
    with (
        tempfile.TemporaryDirectory(prefix="lh-") as folder,
        running("embedded", Path(folder), is_demo=True) as up,
    ):
        up.manage("create_project", "own", "--name", "Own images")
        up.person(READER, "reader", project="own")
        yield up


@pytest.fixture
def reader(browser: Browser, demo: Running) -> Iterator[Page]:
    with page_of(browser, demo, READER) as page:
        page.on("dialog", lambda dialog: dialog.accept())
        yield page


def test_refusals_are_said_by_file_and_outlive_a_reload(reader: Page, tmp_path: Path) -> None:
    study = tmp_path / "study"
    study.mkdir()
    (study / "film.dcm").write_bytes(radiograph(1))
    (study / "notes.txt").write_text("no image")
    (study / "empty.dcm").write_bytes(b"")
    reader.goto("/")
    reader.get_by_test_id("own-study-drop-folder").set_input_files(study)
    refused = reader.get_by_test_id("own-study-rejected")
    for _ in range(2):
        expect(refused.get_by_role("row", name="notes.txt")).to_contain_text("neither DICOM, PNG nor JPEG")
        expect(refused.get_by_role("row", name="empty.dcm")).to_contain_text("The file is empty")
        expect(refused).not_to_contain_text("film.dcm")
        expect(reader.get_by_test_id("own-study-read")).to_be_visible()
        screenshot(reader, "own-study")
        assert violations(reader) == []
        reader.reload()
