"""The reader's hand on the image: what opens how, lengths, marks and their words."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.browser import IMAGE_AREA
from tests.e2e.drawing import wait_until_drawn
from tests.e2e.hand import Hand, reading_page
from tests.e2e.reading import (
    draw_box,
    submit_and_go_on,
    until,
)

pytestmark = pytest.mark.e2e


# An observer of the test's own is told of a resize after the page's, and before anything is drawn in the new size.
PRESS_PLUS_WITHIN_A_RESIZE = """() => new Promise((done) => {
  const area = document.querySelector('div[role=img]');
  const width = area.clientWidth;
  new ResizeObserver(() => {
    if (area.clientWidth === width) return;
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '+', bubbles: true }));
    done();
  }).observe(area);
  area.style.width = `${width - 8}px`;
})"""
TWO_FRAMES = """() => new Promise((done) => {
  requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done)));
})"""


def view(page: Page) -> Locator:
    return page.get_by_test_id("viewport").first


def scale(page: Page) -> float:
    return float(view(page).get_attribute("data-scale") or "nan")


def expect_fitted(page: Page, fitted: float) -> None:
    expect(view(page)).to_have_attribute("data-rendered", "true")
    until(page, lambda: abs(scale(page) / fitted - 1) < 0.02, f"a view fitted at {fitted}")


def _other(shown: Locator) -> re.Pattern[str]:
    """Any stack but the one shown now."""
    return re.compile(f"^(?!{shown.get_attribute('data-stack-id')}).+")


def go_to_a_case_with_a_prior(page: Page) -> None:
    while page.get_by_role("heading", name="earlier").count() == 0:
        page.keyboard.press("n")
        submit_and_go_on(page)


def measure(page: Page, x: float = 0.6, y: float = 0.2) -> None:
    """A length on the white half of the first image."""
    page.keyboard.press("l")
    area = page.locator(IMAGE_AREA).first.bounding_box()
    assert area is not None
    left, top = area["x"] + area["width"] * x, area["y"] + area["height"] * y
    page.mouse.move(left, top)
    page.mouse.down()
    page.mouse.move(left + 20, top + 10, steps=4)
    page.mouse.move(left + 40, top + 30, steps=4)
    page.mouse.up()


def lengths(page: Page) -> Locator:
    return page.locator("svg.svg-layer").first.locator("text").filter(has_text="mm")


def test_every_stack_and_every_case_opens_fitted(browser: Browser, hand: Hand) -> None:
    with reading_page(browser, hand) as (page, _, _):
        fitted = scale(page)
        for _ in range(3):
            page.keyboard.press("+")
        until(page, lambda: scale(page) > 1.8 * fitted, "an enlarged view")
        other = _other(view(page))
        page.keyboard.press("PageDown")
        expect(view(page)).to_have_attribute("data-stack-id", other)
        expect_fitted(page, fitted)
        for key in ("+", "+", "r"):
            page.keyboard.press(key)
        until(page, lambda: scale(page) > 1.4 * fitted, "an enlarged view")
        page.keyboard.press("n")
        submit_and_go_on(page)
        expect_fitted(page, fitted)
        expect(page.get_by_text("turned 90")).to_have_count(0)


def test_an_image_enlarged_while_its_view_changes_size_stays_enlarged(browser: Browser, hand: Hand) -> None:
    with reading_page(browser, hand) as (page, _, _):
        fitted = scale(page)
        page.evaluate(PRESS_PLUS_WITHIN_A_RESIZE)
        until(page, lambda: scale(page) > 1.1 * fitted, "an enlarged view")
        page.evaluate(TWO_FRAMES)
        assert scale(page) > 1.1 * fitted


def test_a_prior_beside_the_image_leaves_its_lengths_and_marks(browser: Browser, hand: Hand) -> None:
    with reading_page(browser, hand) as (page, _, _):
        go_to_a_case_with_a_prior(page)
        measure(page)
        expect(lengths(page)).to_have_count(1)
        prior = page.get_by_test_id("series-strip").locator("section button")
        prior.first.click()
        expect(page.get_by_role("button", name="Prior: close")).to_be_visible()
        expect(page.get_by_test_id("viewport")).to_have_count(2)
        expect(page.get_by_test_id("viewport").nth(1)).to_have_attribute("data-rendered", "true")
        prior.nth(1).click()
        expect(page.get_by_test_id("viewport").nth(1)).to_have_attribute("data-rendered", "true")
        expect(lengths(page)).to_have_count(1)
        page.keyboard.press("1")
        draw_box(page)
        expect(page.get_by_test_id("mark-nodule")).to_have_count(1)
        page.get_by_role("button", name="Prior: close").click()
        expect(lengths(page)).to_have_count(1)
        expect(page.get_by_test_id("mark-nodule")).to_have_count(1)


def test_letters_go_with_the_image_when_it_is_turned_and_mirrored(browser: Browser, hand: Hand) -> None:
    """The left edge of a film is black and looks to the patient's right: so does the black edge of every view."""
    with reading_page(browser, hand) as (page, _, _):
        for keys in ("", "h", "r", "h", "r", "r", "h", "r"):
            for key in keys:
                page.keyboard.press(key)
            wait_until_drawn(page)
            expect(page.get_by_test_id("orientation").locator("span")).to_have_count(4)
            edge, letters = (
                black_edge(page),
                page.get_by_test_id("orientation").locator("span").all_inner_texts(),
            )
            assert letters[EDGES.index(edge)] == "R", (keys, edge, letters)
            assert letters[EDGES.index(edge) ^ 1] == "L"


EDGES = ("left", "right", "top", "bottom")


def black_edge(page: Page) -> str:
    canvas = page.locator(IMAGE_AREA).first.locator("canvas").first
    address = str(canvas.evaluate("(canvas) => canvas.toDataURL('image/png')"))
    grey = np.asarray(Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))).convert("L"), float)
    image = grey[np.ix_(grey.max(axis=1) > 100, grey.max(axis=0) > 20)]
    height, width = (size // 8 for size in image.shape)
    means = [image[:, :width], image[:, -width:], image[:height], image[-height:]]
    return EDGES[int(np.argmin([part.mean() for part in means]))]


def test_words_on_white_are_legible(browser: Browser, hand: Hand) -> None:
    with reading_page(browser, hand) as (page, _, _):
        measure(page)
        text = lengths(page)
        expect(text).to_have_count(1)
        page.wait_for_timeout(300)
        grey = np.asarray(Image.open(io.BytesIO(text.screenshot())).convert("L"), dtype=float) / 255
        ink, ground = _luminance(np.percentile(grey, 97)), _luminance(np.percentile(grey, 20))
        assert (ink + 0.05) / (ground + 0.05) > 4.5, "WCAG 1.4.3: text against what lies behind it"


def test_marks_carry_the_numbers_of_the_list(browser: Browser, hand: Hand) -> None:
    with reading_page(browser, hand) as (page, _, _):
        page.keyboard.press("1")
        draw_box(page)
        expect(page.get_by_test_id("mark-nodule")).to_contain_text("Nodule 1")
        expect(page.locator("svg.svg-layer").get_by_text("Nodule 1")).to_be_visible()


def _luminance(value: float) -> float:
    return float(((value + 0.055) / 1.055) ** 2.4)
