"""A real Chromium: pages that fail the test when the console reports an error."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e.running import PASSWORD, Running

FLAGS = [
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    # Without a graphics card WebGL draws the images in software; the page round them need not go through it too.
    "--disable-gpu-compositing",
    "--disable-gpu-rasterization",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
# Software rendering on two shared cores is slow; no test decides by time.
PATIENCE_MS = 90_000
# The element that Cornerstone draws in; `viewport` is a hidden one that says what is drawn.
IMAGE_AREA = "div[role=img]"
SIZES = {"laptop": (1366, 768), "large": (2560, 1440), "portrait": (1536, 2048)}

expect.set_options(timeout=PATIENCE_MS)


def chromium_path() -> str:
    """Debian's Chromium; the set-up installs it."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    assert found, "Chromium is missing: apt-get install chromium"
    return found


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def page_of(
    browser: Browser, up: Running, name: str, size: str = "laptop", *, provoked: str = ""
) -> Iterator[Page]:
    """An empty page of a signed-in person; errors of the console and of the page fail the test at the end.

    `provoked` is a pattern of those that the test brings about itself.
    """
    cookies = {"sessionid": up.session(name), "csrftoken": "c" * 32}
    with _page(browser, up, cookies, size, provoked) as page:
        yield page


@contextmanager
def nobody_signed_in(
    browser: Browser, up: Running, size: str = "laptop", *, provoked: str = ""
) -> Iterator[Page]:
    """As `page_of`, of a browser in which nobody has signed in."""
    with _page(browser, up, {}, size, provoked) as page:
        yield page


@contextmanager
def _page(browser: Browser, up: Running, cookies: dict[str, str], size: str, provoked: str) -> Iterator[Page]:
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, base_url=up.address)
    context.add_cookies([{"name": key, "value": value, "url": up.address} for key, value in cookies.items()])
    context.set_default_timeout(PATIENCE_MS)
    problems: list[str] = []
    context.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: problems.append(str(error.error)))
    page = context.new_page()
    yield page
    unexpected = [text for text in problems if not (provoked and re.search(provoked, text))]
    assert not unexpected, unexpected
    context.close()


def use_theme(page: Page, theme: str) -> None:
    """Dark or light, from the next page that is loaded."""
    page.add_init_script(f"localStorage.setItem('mantine-color-scheme-value', '{theme}')")


def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    page.goto("/")
    page.get_by_test_id("sign-in-name").fill(name)
    page.get_by_test_id("sign-in-password").fill(password)
    page.get_by_test_id("sign-in-submit").click()
    expect(page.get_by_test_id("sign-in-submit")).to_have_count(0)


def wait_for_image(page: Page) -> None:
    """The viewport says that it has drawn the image it was given."""
    expect(page.get_by_test_id("viewport")).to_have_attribute("data-rendered", "true")


def canvas_statistics(page: Page) -> dict[str, float]:
    """Mean, spread and share of near-black of the drawn pixels, read from a screenshot of the viewport."""
    import io

    import numpy as np
    from PIL import Image

    shot = page.locator(IMAGE_AREA).locator("canvas").first.screenshot()
    grey = np.asarray(Image.open(io.BytesIO(shot)).convert("L"), dtype=float)
    return {"mean": float(grey.mean()), "spread": float(grey.std()), "black": float((grey < 8).mean())}


def screenshot(page: Page, name: str) -> None:
    """Keep a picture of the page where LABELHUB_SCREENSHOTS says; the README's pictures are made so."""
    folder = os.environ.get("LABELHUB_SCREENSHOTS", "")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(folder) / f"{name}.png"))
