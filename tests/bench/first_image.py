"""First image of a large radiograph in the workspace against the smallest page that Cornerstone3D allows.

    python -m tests.bench.first_image [--runs 20] [--waterfall]

One synthetic 2,500 x 2,048 16-bit computed radiograph, imported for real into the embedded default; one Chromium with
a profile of its own, so that code and frames are cached as at a reader's desk. Both pages are visited before counting
starts; then they take turns. Counted is the time from the start of navigation until the image is on the canvas: the
mark `labelhub:first-image` of the workspace, `window.__firstImageMs` of frontend/bench/minimal.html.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import numpy as np
from playwright.sync_api import BrowserContext, Page, sync_playwright

from tests.bench.report import Row, at_most, figure, machine, say
from tests.bench.report import run as run_bench
from tests.e2e.browser import FLAGS, PATIENCE_MS, chromium_path, sign_in
from tests.e2e.running import Running, running
from tests.factories.dicom import dicom_bytes, gradient, radiograph_dataset

PROJECT, READER = "first-image", "reader"
ROWS, COLUMNS = 2500, 2048
RATIO_BAR = 1.3
WARM_UP = 3

WORKSPACE_MS = "performance.getEntriesByName('labelhub:first-image')[0]?.startTime"
MINIMAL_MS = "window.__firstImageMs"
DRAWN = '[data-testid="viewport"][data-rendered="true"]'
WATERFALL = """[
  ...performance.getEntriesByType('resource')
    .map((e) => [e.name.replace(location.origin, ''), e.startTime, e.responseEnd]),
  ...performance.getEntriesByType('mark').map((e) => [`mark ${e.name}`, e.startTime, e.startTime]),
]"""


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=20, help="counted visits of each page")
    parser.add_argument(
        "--waterfall", action="store_true", help="print the requests of one visit of each page"
    )
    arguments = parser.parse_args()
    return run_bench(lambda: bench(arguments.runs, waterfall=arguments.waterfall))


def bench(runs: int, *, waterfall: bool = False) -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="lh-first-") as name, running("embedded", Path(name)) as instance:
        workspace, minimal = _addresses(instance, Path(name))
        with _browser(Path(name) / "profile", instance.address) as context:
            with context.new_page() as page:
                sign_in(page, READER)
            pages = {"workspace": (workspace, WORKSPACE_MS), "minimal": (minimal, MINIMAL_MS)}
            for address, measure in list(pages.values()) * WARM_UP:
                _visit(context, address, measure)
            times: dict[str, list[float]] = {kind: [] for kind in pages}
            for number in range(runs):
                # Who goes first alternates, so that a drift of the machine's load falls on both.
                for kind in sorted(pages, reverse=number % 2 == 0):
                    times[kind].append(_visit(context, *pages[kind]))
            for kind in pages if waterfall else ():
                _visit(context, *pages[kind], waterfall=True)
    return _rows(times)


def _rows(times: dict[str, list[float]]) -> list[Row]:
    rows = [figure("first image: machine", machine())]
    for kind, values in times.items():
        say(f"{kind}, ms: {' '.join(f'{value:.0f}' for value in values)}")
        low, high = min(values), max(values)
        measured = f"median {median(values):.0f} ms of {len(values)} ({low:.0f} to {high:.0f})"
        rows.append(figure(f"first image: {kind}", measured))
    ratio = median(times["workspace"]) / median(times["minimal"])
    return [*rows, at_most("first image, warm: workspace / minimal page", ratio, RATIO_BAR, "x")]


def _addresses(instance: Running, folder: Path) -> tuple[str, str]:
    """Import the radiograph and claim it; returns the paths of the workspace and of the minimal page."""
    film = folder / "film.dcm"
    film.write_bytes(_radiograph())
    instance.manage("create_project", PROJECT, "--readers-per-case", "2")
    reader = instance.person(READER, "reader", project=PROJECT, has_password=True)
    instance.manage("import_images", str(film), "--project", PROJECT)
    claimed = reader(
        "POST",
        f"/projects/{PROJECT}/worklist/next/",
        {"ahead": False},
        **{"Idempotency-Key": str(uuid.uuid4())},
    )["assignment"]
    image = reader("GET", f"/assignments/{claimed['id']}/")["images"][0]
    query = f"metadata={image['metadata_url']}&frames={image['frames_url']}"
    return f"/read/{claimed['id']}", f"/static/bench/minimal.html?{query}"


def _radiograph() -> bytes:
    """A ramp with the grain of a detector; 16 bits allocated and stored."""
    grain = np.random.default_rng(3).normal(0, 40, (ROWS, COLUMNS))
    pixels = (gradient(ROWS, COLUMNS, low=2000, high=60000) + grain).astype("u2")
    window = {"WindowCenter": 31000, "WindowWidth": 58000}
    dataset = radiograph_dataset(pixels, PhotometricInterpretation="MONOCHROME2", **window)
    return dicom_bytes(pixels, dataset=dataset)


@contextmanager
def _browser(profile: Path, address: str) -> Iterator[BrowserContext]:
    """A Chromium with caches on disk, at the size of a reading monitor."""
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=chromium_path(),
            args=FLAGS,
            viewport={"width": 1920, "height": 1080},
            base_url=address,
        )
        yield context
        context.close()


def _visit(context: BrowserContext, address: str, measure: str, *, waterfall: bool = False) -> float:
    """Milliseconds from navigation to the first image, in a new tab."""
    with context.new_page() as page:
        page.goto(address, wait_until="commit")
        page.wait_for_selector(DRAWN, state="attached", timeout=PATIENCE_MS)
        if waterfall:
            _print_waterfall(page, address)
        return float(page.evaluate(measure))


def _print_waterfall(page: Page, address: str) -> None:
    say(f"{address}: start ms, end ms")
    for name, start, end in sorted(page.evaluate(WATERFALL), key=lambda entry: entry[1]):
        say(f"  {start:7.0f} {end:7.0f} {name[:90]}")


if __name__ == "__main__":
    sys.exit(main())
