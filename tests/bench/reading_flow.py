"""From submit to the next image, and from a key to its paint, beside an older checkout in the same run.

    python -m tests.bench.reading_flow --base ../base [--cases 50]

`--base` is a checkout of the older commit with its front end built (`git worktree add ../base c351579`, then
`npm ci && npm run build` in its frontend/). Both are served as the embedded default, each with its own data of the same
radiographs; one Chromium with a window for each reads case by case in turn. Counted in the page, from the time stamp of
the key's event: until the next case is drawn (Enter), and until the frame after the answer is shown (1).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median, quantiles

from playwright.sync_api import Browser, Page

from tests.bench.report import Row, at_most, figure, machine, say
from tests.bench.report import run as run_bench
from tests.e2e.browser import PATIENCE_MS, chromium, sign_in
from tests.e2e.running import ROOT, Running, running
from tests.factories.dicom import ROOT as UID_ROOT
from tests.factories.dicom import dicom_bytes, gradient, noisy, radiograph_dataset

PROJECT, READER = "flow", "reader"
ROWS, COLUMNS = 1200, 1000
WARM_UP = 3
# "No slower", give or take what one run differs from the next on a shared machine.
RATIO_BAR = 1.05

# A promise of the milliseconds from the next key press until the frame in which `done` holds has been painted.
WAIT = """(done) => {
  const holds = new Function('seen', `return ${done}`);
  const seen = document.querySelector('[data-testid="workspace"]').dataset.seen;
  window.flow = new Promise((resolve) => {
    addEventListener('keydown', (event) => {
      const look = () => {
        if (!holds(seen)) return requestAnimationFrame(look);
        const channel = new MessageChannel();
        channel.port1.onmessage = () => resolve(performance.now() - event.timeStamp);
        return requestAnimationFrame(() => channel.port2.postMessage(null));
      };
      look();
    }, { once: true, capture: true });
  });
}"""
ANSWERED = """document.querySelector('[data-testid="finding-nodule"]').dataset.value === 'present'"""
NEXT_DRAWN = """
  (document.querySelector('[data-testid="workspace"]')?.dataset.seen ?? seen) !== seen &&
  document.querySelector('[data-testid="viewport"]')?.dataset.rendered === 'true'
"""


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--base", type=Path, required=True, help="checkout of the older commit")
    parser.add_argument("--cases", type=int, default=50, help="counted cases of each")
    arguments = parser.parse_args()
    return run_bench(lambda: bench(arguments.base.resolve(), arguments.cases))


def bench(base: Path, n_cases: int) -> list[Row]:
    times: dict[str, dict[str, list[float]]] = {}
    with tempfile.TemporaryDirectory(prefix="lh-flow-") as name, ExitStack() as stack:
        films = Path(name) / "films"
        _write_films(films, n_cases + WARM_UP + 2)
        sites = {
            "base": stack.enter_context(_site(base, Path(name) / "base", films)),
            "here": stack.enter_context(_site(ROOT, Path(name) / "here", films)),
        }
        browser = stack.enter_context(chromium())
        pages = {kind: _first_case(browser, site.address) for kind, site in sites.items()}
        for number in range(-WARM_UP, n_cases):
            for kind in sorted(pages, reverse=number % 2 == 0):
                key, case = _read(pages[kind])
                if number >= 0:
                    times.setdefault("key to paint", {}).setdefault(kind, []).append(key)
                    times.setdefault("submit to next image", {}).setdefault(kind, []).append(case)
    rows = [figure("reading flow: machine", machine())]
    for what, each in times.items():
        rows += [_figure(what, kind, each[kind]) for kind in ("here", "base")]
        ratio = median(each["here"]) / median(each["base"])
        rows.append(at_most(f"reading flow: {what}, here / base", ratio, RATIO_BAR, "x"))
    return rows


def _figure(what: str, kind: str, values: list[float]) -> Row:
    p95 = quantiles(values, n=20)[-1]
    say(f"{what}, {kind}, ms: {' '.join(f'{value:.0f}' for value in values)}")
    return figure(f"reading flow: {what}, {kind}", f"median {median(values):.0f} ms, p95 {p95:.0f} ms")


@contextmanager
def _site(root: Path, folder: Path, films: Path) -> Iterator[Running]:
    """A project with the films and one reader, by the checkout's own commands."""
    folder.mkdir()
    with running("embedded", folder, root) as instance:
        instance.manage("create_project", PROJECT, "--readers-per-case", "1")
        manager = instance.person("manager", "manager", project=PROJECT)
        findings = [{"code": "nodule", "name": "Nodule", "hotkey": "1", "required": True, "boxes": True}]
        schema = manager("GET", f"/projects/{PROJECT}/schema/")
        version = {"If-Match": f'"{schema["version"]}"'}
        manager(
            "POST", f"/projects/{PROJECT}/schema/", {"findings": findings, "region_classes": []}, **version
        )
        instance.person(READER, "reader", project=PROJECT, has_password=True)
        instance.manage("import_images", str(films), "--project", PROJECT)
        yield instance


def _write_films(folder: Path, n: int) -> None:
    folder.mkdir()
    for number in range(1, n + 1):
        pixels = noisy(gradient(ROWS, COLUMNS, high=4000), seed=number).astype("u2")
        study = f"{UID_ROOT}.{number}"
        uids = {
            "StudyInstanceUID": study,
            "SeriesInstanceUID": f"{study}.1",
            "SOPInstanceUID": f"{study}.1.1",
        }
        dataset = radiograph_dataset(pixels, PatientID=f"P-{number:04d}", BitsStored=12, HighBit=11, **uids)
        (folder / f"film-{number}.dcm").write_bytes(dicom_bytes(pixels, dataset=dataset))


def _first_case(browser: Browser, address: str) -> Page:
    page = browser.new_context(viewport={"width": 1920, "height": 1080}, base_url=address).new_page()
    page.set_default_timeout(PATIENCE_MS)
    sign_in(page, READER)
    page.goto(f"/p/{PROJECT}/read")
    page.wait_for_selector('[data-testid="viewport"][data-rendered="true"]', state="attached")
    page.wait_for_selector('[data-testid="workspace"][data-seen]', state="attached")
    return page


def _read(page: Page) -> tuple[float, float]:
    """Answer the case and go on: milliseconds from the key to its paint, and from Enter to the next image."""
    page.bring_to_front()
    page.wait_for_timeout(500)  # a window that comes to the front is drawn anew
    key = _timed(page, "1", ANSWERED)
    page.wait_for_timeout(300)  # she looks once more; what the page fetches ahead has its time
    return key, _timed(page, "Enter", NEXT_DRAWN)


def _timed(page: Page, key: str, done: str) -> float:
    page.evaluate(WAIT, done.strip())
    page.keyboard.press(key)
    return float(page.evaluate("() => window.flow"))


if __name__ == "__main__":
    sys.exit(main())
