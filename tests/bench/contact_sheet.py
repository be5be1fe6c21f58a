"""A contact sheet of 200 thumbnails out of 10,000 real PNGs: `python -m tests.bench.contact_sheet`, PostgreSQL.

The application server of the deployment, a project of 10,000 cases of which a tenth is read, and one Chromium at
1920 x 1080. Counted is the time from the click on "Sheet" until the last of the 200 pictures is painted: with small
pictures, which are all asked for at once, and with those of middle size, down which she scrolls a screen a frame. Two
rounds do not count. Then every other visit finds the browser's cache empty, and every other full.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from labelhub.api.http.pagination import encode_cursor
from tests.bench.report import Row, at_most, figure, machine, run, say
from tests.bench.serving import Site, serving, site
from tests.e2e.browser import FLAGS, PATIENCE_MS, chromium_path, sign_in

N_CASES, N_PICTURES = 10_000, 200
RUNS, WARM_UP = 10, 2
MS_BAR = 2_000.0
SIZES = ("small", "medium")
SIZE_KEY = "labelhub-sheet-size"
PAINTED = """([isScrolled, n]) => new Promise((done) => {
  performance.clearResourceTimings();
  document.querySelector('[data-testid=cases-view] input[value=sheet]').click();
  const began = performance.now();
  const look = () => {
    const pictures = [...document.querySelectorAll('[data-testid=sheet] img')];
    if (isScrolled && pictures.length > 0) window.scrollBy(0, window.innerHeight);
    if (pictures.length < n || !pictures.every((each) => each.complete && each.naturalWidth > 0)) {
      requestAnimationFrame(look);
      return;
    }
    Promise.all(pictures.map((each) => each.decode())).then(() =>
      requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - began))),
    );
  };
  requestAnimationFrame(look);
})"""
FETCHED = """performance.getEntriesByType('resource')
  .filter((each) => each.name.includes('/thumbnail/') && each.transferSize > 0).length"""


def bench(runs: int, films: Path | None) -> list[Row]:
    with site(postgres=True) as at:
        say(f"{N_CASES} cases: filling the database and the store ...")
        world = at.django("tests.bench.population", "--cases", str(N_CASES))
        at.django("tests.bench.read_cases")
        made = at.django("tests.bench.thumbnails", *(["--films", str(films)] if films else []))
        what = (
            f"{made['n']} PNGs, {made['mean_kb']} kB in the mean, of {'real films' if films else 'phantoms'}"
        )
        rows = [figure("contact sheet: machine", machine()), figure("contact sheet: store", what)]
        with serving(at), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
            for size in SIZES:
                rows += _rows(size, _measured(browser, at, world, size, runs))
            browser.close()
    return rows


def _measured(
    browser: Browser, at: Site, world: dict[str, str], size: str, runs: int
) -> dict[str, list[float]]:
    """Milliseconds of each visit, by the state of the browser's cache."""
    times: dict[str, list[float]] = {"empty": [], "full": []}
    for number in range(WARM_UP + runs):
        context = browser.new_context(viewport={"width": 1920, "height": 1080}, base_url=at.address)
        context.add_init_script(f"localStorage.setItem('{SIZE_KEY}', JSON.stringify('{size}'))")
        with context.new_page() as page:
            sign_in(page, world["manager"], world["password"])
        for cache in times:
            took, n_fetched = _visit(context, world["slug"], is_scrolled=size != "small")
            say(f"{size}, cache {cache}: {took:.0f} ms, {n_fetched} pictures fetched")
            if number >= WARM_UP:
                times[cache].append(took)
        context.close()
    return times


def _visit(context: BrowserContext, slug: str, *, is_scrolled: bool) -> tuple[float, int]:
    """Milliseconds from the click to the last picture, in a new tab that shows the table; and how many were fetched."""
    with context.new_page() as page:
        # Far down the table: the sheet begins at the first case, and the table has shown none of its pictures.
        page.goto(
            f"/p/{slug}/cases?cursor={encode_cursor([N_CASES // 2])}&page=101", wait_until="networkidle"
        )
        page.wait_for_selector("[data-testid=cases] tbody tr", timeout=PATIENCE_MS)
        took = float(page.evaluate(PAINTED, [is_scrolled, N_PICTURES]))
        return took, _fetched(page)


def _fetched(page: Page) -> int:
    return int(page.evaluate(FETCHED))


def _rows(size: str, times: dict[str, list[float]]) -> list[Row]:
    rows = []
    for cache, values in times.items():
        what = f"contact sheet, {size} pictures, {N_PICTURES} of {N_CASES}, browser's cache {cache}: median"
        rows.append(at_most(what, median(values), MS_BAR, "ms"))
        rows.append(
            figure(
                f"contact sheet, {size}, cache {cache}: range", f"{min(values):.0f} to {max(values):.0f} ms"
            )
        )
    return rows


def _shared_films() -> Path | None:
    shared = (
        os.environ.get("LABELHUB_SHARED_DATA")
        or Path(__file__).resolve().parents[2].parent / "shared" / "data"
    )
    films = Path(shared) / "cxr" / "images"
    return films if films.is_dir() else None


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=RUNS, help="counted visits with either cache")
    parser.add_argument(
        "--films", type=Path, default=_shared_films(), help="folder of films; phantoms without one"
    )
    arguments = parser.parse_args()
    return run(lambda: bench(arguments.runs, arguments.films))


if __name__ == "__main__":
    sys.exit(main())
