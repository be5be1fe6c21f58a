"""What the workspace draws of a case: every stack, every image in it, read from the canvas itself."""

from __future__ import annotations

import base64
import io
import time
import uuid
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e.browser import IMAGE_AREA, PATIENCE_MS
from tests.e2e.running import Api

VIEWPORT = '[data-testid="viewport"]'
FIT_TOLERANCE = 0.02
COMPARED_SIDE = 128
MIN_RANGE = 12
"""Grey levels of 255 between the darkest and the brightest part of a picture that is not blank."""


@dataclass(frozen=True)
class Drawn:
    """One frame as drawn: the picture is (rows, columns) of gray, cut to where the image lies on the canvas."""

    image: dict[str, Any]
    frame: int
    picture: np.ndarray

    @property
    def is_blank(self) -> bool:
        return is_blank(self.picture)

    def difference(self, expected: np.ndarray) -> float:
        """Mean difference from a gray picture (rows, columns) of 0-255, which is enlarged as the screen does it."""
        rows, columns = self.picture.shape
        wanted = Image.fromarray(expected.astype(np.float32))
        if columns > wanted.width:
            wanted = wanted.resize((columns, rows), Image.Resampling.BILINEAR)
        side = (min(COMPARED_SIDE, columns), min(COMPARED_SIDE, rows))
        small = [
            np.asarray(picture.resize(side, Image.Resampling.BOX))
            for picture in (wanted, Image.fromarray(self.picture.astype(np.float32)))
        ]
        return float(np.abs(small[0] - small[1]).mean())


def is_blank(picture: np.ndarray) -> bool:
    """Whether a gray picture of 0-255 shows nothing."""
    return bool(np.ptp(picture) < MIN_RANGE)


def cases_of(reader: Api, project: str) -> Iterator[dict[str, Any]]:
    """The workspace payload of one case after the other; each is skipped when the next is asked for."""
    while True:
        key = {"Idempotency-Key": str(uuid.uuid4())}
        found = reader("POST", f"/projects/{project}/worklist/next/", {"ahead": False}, **key)["assignment"]
        if found is None:
            return
        yield reader("POST", f"/assignments/{found['id']}/open/")
        reader("POST", f"/assignments/{found['id']}/skip/", {"reason": "other", "text": "only looked at"})


def open_case(page: Page, assignment: str) -> None:
    """Go to a case; from another page of the application without loading that again."""
    path = f"/read/{assignment}"
    if page.url == "about:blank":
        page.goto(path)
    else:
        page.evaluate(
            "(path) => { history.pushState({}, '', path); dispatchEvent(new PopStateEvent('popstate')); }",
            path,
        )
    page.wait_for_url(f"**{path}")


def first_middle_last(image: dict[str, Any]) -> set[int]:
    return {1, (image["n_frames"] + 1) // 2, image["n_frames"]}


def drawn_images(
    page: Page,
    payload: dict[str, Any],
    frames_of: Callable[[dict[str, Any]], Collection[int]] = first_middle_last,
) -> Iterator[Drawn]:
    """Open the case and draw each of its images: of a stack all, of an image with frames its first and `frames_of`."""
    images = {image["instance"]: image for image in payload["images"]}
    open_case(page, payload["assignment"]["id"])
    seen: set[str] = set()
    while len(seen) < len(images):
        instance = _wait(page, images, others_than=seen)
        seen.add(instance)
        yield drawn_now(page, images[instance])
        n_slices = int(_attribute(page, "data-slices"))
        if images[instance]["n_frames"] > 1:
            for number in sorted({*frames_of(images[instance])} - {1}):
                page.get_by_test_id("slice-slider").fill(str(number))
                _wait_for(page, "data-slice", str(number))
                yield drawn_now(page, images[instance])
        else:
            for number in range(int(_attribute(page, "data-slice")) + 1, n_slices + 1):
                page.keyboard.press("ArrowDown")
                _wait_for(page, "data-slice", str(number))
                instance, _ = _shown(page)
                seen.add(instance)
                yield drawn_now(page, images[instance])
        page.keyboard.press("PageDown")


def _wait(page: Page, images: dict[str, Any], *, others_than: set[str]) -> str:
    """Wait until the first image of a stack that was not shown yet is drawn."""
    page.wait_for_function(
        """([selector, wanted]) => {
            const data = document.querySelector(selector)?.dataset;
            if (data?.status === 'failed') return true;
            return data?.status === 'ready' && wanted.some((id) => data.imageId.includes(id));
        }""",
        arg=[VIEWPORT, sorted(set(images) - others_than)],
        timeout=PATIENCE_MS,
    )
    assert _attribute(page, "data-status") == "ready", page.locator(IMAGE_AREA).locator("..").inner_text()
    return _shown(page)[0]


def _wait_for(page: Page, name: str, value: str) -> None:
    expect(page.locator(VIEWPORT)).to_have_attribute(name, value)
    expect(page.locator(VIEWPORT)).to_have_attribute("data-rendered", "true")


def _attribute(page: Page, name: str) -> str:
    return page.locator(VIEWPORT).get_attribute(name) or ""


def _shown(page: Page) -> tuple[str, int]:
    instance, _, frame = _attribute(page, "data-image-id").split("/")[-3:]
    return instance, int(frame)


def wait_until_drawn(page: Page) -> None:
    """Let two frames of the screen pass: what was asked for before is on the canvas then."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    expect(page.locator(VIEWPORT)).to_have_attribute("data-rendered", "true")


def drawn_now(page: Page, image: dict[str, Any]) -> Drawn:
    """What the canvas shows of a fitted image."""
    instance, frame = _shown(page)
    assert instance == image["instance"]
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while True:
        canvas = page.locator(IMAGE_AREA).locator("canvas").first
        address = str(canvas.evaluate("(canvas) => canvas.toDataURL('image/png')"))
        png = io.BytesIO(base64.b64decode(address.partition(",")[2]))
        gray = np.asarray(Image.open(png).convert("L"), float)
        height, width = _size(image, float(_attribute(page, "data-scale")))
        if abs(max(height / gray.shape[0], width / gray.shape[1]) - 1) < FIT_TOLERANCE:
            return Drawn(image, frame, _middle(gray, height, width))
        # The panels of a new case change the size of the image area.
        assert time.monotonic() < deadline, f"{height} x {width} is not fitted to {gray.shape}"
        page.wait_for_timeout(100)


def _size(image: dict[str, Any], scale: float) -> tuple[float, float]:
    """Height and width of the image in canvas pixels; `scale` is the width of one of its columns."""
    aspect = image["spacing"]["aspect"]
    return image["rows"] * scale * aspect, image["columns"] * scale


def _middle(gray: np.ndarray, height: float, width: float) -> np.ndarray:
    """The part of the canvas that the image covers."""
    top, left = (max(0.0, (size - part) / 2) for size, part in zip(gray.shape, (height, width), strict=True))
    return gray[round(top) : round(gray.shape[0] - top), round(left) : round(gray.shape[1] - left)]
