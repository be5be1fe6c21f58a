"""The import page in a real browser: a label table that is refused, and an upload that outlives a reload."""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.axe import violations
from tests.e2e.browser import page_of, screenshot
from tests.e2e.holding import answers_held, let_through
from tests.e2e.reading import until
from tests.e2e.running import Api, Running
from tests.factories.dicom import gradient, raster_bytes

pytestmark = pytest.mark.e2e
PROJECT, MANAGER = "tables", "table-manager"
PIECE_BYTES = 16 * 1024 * 1024
WRONG = "image;nodule\na.png;1\n"
RIGHT = "image;patient_id;nodule;nodul\nA.png;P1;1;1\nold/b.png;P2;0;\ngone.png;P3;1;\n"


@pytest.fixture(scope="module")
def api(embedded: Running) -> Api:
    embedded.manage("create_project", PROJECT, "--name", "Tables")
    return embedded.person(MANAGER, "manager", project=PROJECT)


@pytest.fixture
def manager(browser: Browser, embedded: Running, api: Api) -> Iterator[Page]:
    with page_of(browser, embedded, MANAGER) as page:
        # Leaving a page while it sends asks first.
        page.on("dialog", lambda dialog: dialog.accept())
        yield page


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("films")
    for n, name in enumerate(("a.png", "b.png", "c.png")):
        (folder / name).write_bytes(raster_bytes(gradient(dtype="u1", high=100 + n)))
    return folder


def n_cases(api: Api) -> int:
    return len(api("GET", f"/projects/{PROJECT}/cases/")["results"])


def test_a_refused_table_asks_before_anything_is_stored(
    manager: Page, api: Api, films: Path, tmp_path: Path
) -> None:
    wrong, right = tmp_path / "wrong.csv", tmp_path / "right.csv"
    wrong.write_text(WRONG)
    right.write_text(RIGHT)
    manager.goto(f"/p/{PROJECT}/imports")
    manager.get_by_test_id("labels-file").set_input_files(wrong)
    expect(manager.get_by_test_id("labels-chosen")).to_contain_text("wrong.csv")
    screenshot(manager, "imports")
    manager.get_by_test_id("import-drop-folder").set_input_files(films)
    batch = manager.get_by_test_id("import-batch")
    expect(batch).to_have_attribute("data-state", "asking")
    expect(manager.get_by_test_id("labels-error")).to_contain_text("no column patient_id")
    expect(manager.get_by_test_id("labels-take")).to_have_count(0)
    assert n_cases(api) == 0
    screenshot(manager, "labels-refused")
    assert violations(manager) == []

    manager.get_by_test_id("labels-file").set_input_files(right)
    report = manager.get_by_test_id("labels-report")
    expect(report).to_contain_text("2 of 3 lines have a file")
    expect(report).to_contain_text("2 patients named")
    expect(manager.get_by_test_id("labels-ignored")).to_contain_text("nodul")
    expect(manager.get_by_test_id("labels-left-line")).to_contain_text("gone.png")
    expect(manager.get_by_test_id("labels-left-file")).to_contain_text("c.png")
    assert n_cases(api) == 0
    screenshot(manager, "labels-question")
    assert violations(manager) == []

    manager.get_by_test_id("labels-take").click()
    expect(batch).to_have_attribute("data-state", "done")
    expect(manager.get_by_test_id("labels-report")).to_contain_text("2 of 3 lines have a file")
    expect(manager.get_by_test_id("labels-left-file")).to_contain_text("c.png")
    assert n_cases(api) == 3
    screenshot(manager, "import-labelled")
    manager.get_by_role("link", name="a.png").click()
    expect(manager.get_by_role("heading", name="from file to picture")).to_be_visible()
    expect(manager.get_by_test_id("image-warnings")).to_be_visible()


def test_an_import_with_rejections_is_not_a_green_done(manager: Page, tmp_path: Path) -> None:
    (tmp_path / "notes.dcm").write_text("no image")
    (tmp_path / "labels.csv").write_text(WRONG)
    manager.goto(f"/p/{PROJECT}/imports")
    manager.get_by_test_id("import-drop-folder").set_input_files(tmp_path)
    expect(manager.get_by_test_id("labels-error")).to_be_visible()
    manager.get_by_test_id("labels-leave").click()
    expect(manager.get_by_test_id("import-rejected")).to_contain_text("2 files of 2 were rejected")
    manager.goto(f"/p/{PROJECT}/imports")
    expect(manager.get_by_test_id("import-list")).to_contain_text("done, 2 files rejected")


def test_what_is_sent_whole_has_not_stopped(manager: Page, tmp_path: Path) -> None:
    (tmp_path / "notes.dcm").write_text("no image")
    manager.goto(f"/p/{PROJECT}/imports")
    with answers_held(manager, "**/finish/") as held:
        manager.get_by_test_id("import-drop-folder").set_input_files(tmp_path)
        until(manager, lambda: len(held) == 1, "the start of the import")
        expect(manager.get_by_test_id("upload-whole")).to_be_visible()
        expect(manager.get_by_test_id("upload-stopped")).to_have_count(0)
        screenshot(manager, "upload-whole")
        let_through(manager, held[0])
    expect(manager.get_by_test_id("import-batch")).to_have_attribute("data-state", "done")


def test_what_is_refused_while_sending_stays_listed(browser: Browser, embedded: Running, films: Path) -> None:
    # A project of its own: two of the three films become cases.
    project, name = "refusals", "refusals-manager"
    embedded.manage("create_project", project, "--name", "Refusals")
    embedded.person(name, "manager", project=project)

    def refuse_b(route: Route) -> None:
        named = route.request.headers.get("upload-metadata", "")
        is_b = base64.b64encode(f"{films.name}/b.png".encode()).decode() in named
        body = json.dumps(
            {"code": "too_large", "message": "A file may have at most 10 GiB.", "details": None}
        )
        if is_b:
            route.fulfill(status=413, content_type="application/json", body=body)
        else:
            route.continue_()

    with page_of(browser, embedded, name, provoked="status of 413") as page:
        page.route(re.compile("/uploads/"), refuse_b)
        page.goto(f"/p/{project}/imports")
        page.get_by_test_id("import-drop-folder").set_input_files(films)
        batch, refused = page.get_by_test_id("import-batch"), page.get_by_test_id("upload-refused")
        expect(page.get_by_test_id("upload-stopped")).to_contain_text(
            "1 of 3 files was refused while sending"
        )
        expect(refused.get_by_role("row", name="b.png")).to_contain_text("A file may have at most 10 GiB.")
        expect(batch).to_have_attribute("data-state", "receiving")
        expect(page.get_by_test_id("import-finish")).to_have_text("Import 2 files")
        screenshot(page, "upload-refused")
        assert violations(page) == []
        page.get_by_test_id("import-finish").click()
        expect(batch).to_have_attribute("data-state", "done")
        expect(refused.get_by_role("row", name="b.png")).to_be_visible()
        screenshot(page, "upload-refused-done")


def test_an_upload_goes_on_after_a_reload_where_it_stopped(manager: Page, tmp_path: Path) -> None:
    large = tmp_path / "large.dcm"
    large.write_bytes(os.urandom(PIECE_BYTES * 2 + 1000))
    offsets: list[str] = []

    def second_piece_never_arrives(route: Route) -> None:
        if route.request.headers.get("upload-offset") != str(PIECE_BYTES):
            route.continue_()

    pieces = re.compile("/uploads/")
    manager.route(pieces, second_piece_never_arrives)
    manager.goto(f"/p/{PROJECT}/imports")
    with manager.expect_request(
        lambda request: request.headers.get("upload-offset") == str(PIECE_BYTES), timeout=90_000
    ):
        manager.get_by_test_id("import-drop-files").set_input_files(large)
    manager.reload()
    manager.unroute(pieces)
    manager.on(
        "request",
        lambda request: (
            offsets.append(request.headers.get("upload-offset", "")) if request.method == "PATCH" else None
        ),
    )
    manager.get_by_test_id("import-resume-files").set_input_files(large)
    expect(manager.get_by_test_id("import-batch")).to_have_attribute("data-state", "done")
    expect(manager.get_by_test_id("outcome-rejected-not_an_image")).to_contain_text("1")
    assert offsets == [str(PIECE_BYTES), str(PIECE_BYTES * 2)]
