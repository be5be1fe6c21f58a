"""The reader's hand, in a real browser: what opens how, what keys do, what shows and can be taken back."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.browser import IMAGE_AREA, page_of, sign_in, wait_for_image
from tests.e2e.reading import (
    draft_of,
    draw_box,
    expect_answers,
    expect_sign,
    finding,
    submit_and_go_on,
    until,
    wait_for_case,
)
from tests.e2e.running import FIRST, PASSWORD, Api, Running
from tests.factories.dicom import ROOT, dicom_bytes, radiograph_dataset

pytestmark = pytest.mark.e2e
PROJECT = "hand"
N_PATIENTS = 6
JOURNAL = """() => new Promise((done) => {
    const opening = indexedDB.open('labelhub-journal');
    opening.onsuccess = () => {
        const all = opening.result.transaction('drafts').objectStore('drafts').getAll();
        all.onsuccess = () => { opening.result.close(); done(JSON.stringify(all.result)); };
    };
})"""
REFUSED = r"status of (401|403|409)|^XMLHttpRequest$"


class Hand:
    """A project whose patients have two studies of two films each, and a new reader for each test."""

    def __init__(self, instance: Running, folder: Path):
        self.instance, self.n_readers = instance, 0
        instance.manage("create_project", PROJECT, "--name", "Hand", "--readers-per-case", "20")
        self.manager = instance.person("hand-manager", "manager", project=PROJECT)
        findings = [
            {"code": code, "name": code.capitalize(), "hotkey": str(i), "required": True, "boxes": True}
            for i, code in enumerate(("nodule", "opacity"), start=1)
        ]
        self.manager(
            "POST", f"/projects/{PROJECT}/schema/", {"findings": findings, "region_classes": []}, **FIRST
        )
        protocol = self.manager("GET", f"/projects/{PROJECT}/protocol/")
        shown = {"eval_interleave": 0, "finding_rules": {}, "context_fields": ["age", "view", "prior"]}
        self.manager("POST", f"/projects/{PROJECT}/protocol/", protocol | shown, **FIRST)
        for patient in range(1, N_PATIENTS + 1):
            for study, day in enumerate(("20200101", "20210101"), start=1):
                for view in ("PA", "LL"):
                    (folder / f"{patient}-{study}-{view}.dcm").write_bytes(_film(patient, study, day, view))
        instance.manage("import_images", str(folder), "--project", PROJECT)

    def reader(self) -> tuple[str, Api]:
        self.n_readers += 1
        name = f"hand-reader-{self.n_readers}"
        return name, self.instance.person(name, "reader", project=PROJECT)


def _film(patient: int, study: int, day: str, view: str) -> bytes:
    """A film whose right half is as white as it can be shown."""
    pixels = np.full((300, 260), 4000, "u2")
    pixels[:, :130] = np.linspace(0, 4000, 130).astype("u2")
    number = 1 if view == "PA" else 2
    stem = f"{ROOT}.9.{patient}.{study}"
    dataset = radiograph_dataset(
        pixels,
        PatientID=f"HAND-{patient:04d}",
        PhotometricInterpretation="MONOCHROME2",
        StudyDate=day,
        ViewPosition=view,
        PatientOrientation=["L", "F"] if view == "PA" else ["A", "F"],
        SeriesNumber=number,
        StudyInstanceUID=stem,
        SeriesInstanceUID=f"{stem}.{number}",
        SOPInstanceUID=f"{stem}.{number}.1",
        BitsStored=12,
        HighBit=11,
    )
    return dicom_bytes(pixels, dataset=dataset)


@pytest.fixture(scope="session")
def hand(embedded: Running, tmp_path_factory: pytest.TempPathFactory) -> Hand:
    return Hand(embedded, tmp_path_factory.mktemp("hand"))


@contextmanager
def reading_page(
    browser: Browser, hand: Hand, size: str = "laptop", *, provoked: str = ""
) -> Iterator[tuple[Page, Api, str]]:
    """A new reader with her first case open: page, API client, the assignment's id."""
    name, api = hand.reader()
    with page_of(browser, hand.instance.address, name, size, provoked=provoked) as page:
        page.goto(f"/p/{PROJECT}/read")
        page.wait_for_url("**/read/*-*")
        yield page, api, wait_for_case(page)


def view(page: Page) -> Locator:
    return page.get_by_test_id("viewport").first


def scale(page: Page) -> float:
    return float(view(page).get_attribute("data-scale") or "nan")


def expect_fitted(page: Page, fitted: float) -> None:
    expect(view(page)).to_have_attribute("data-rendered", "true")
    until(page, lambda: abs(scale(page) / fitted - 1) < 0.02, f"a view fitted at {fitted}")


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


def test_words_on_white_are_legible(browser: Browser, hand: Hand) -> None:
    with reading_page(browser, hand) as (page, _, _):
        measure(page)
        text = lengths(page)
        expect(text).to_have_count(1)
        page.wait_for_timeout(300)
        grey = np.asarray(Image.open(io.BytesIO(text.screenshot())).convert("L"), dtype=float) / 255
        ink, ground = _luminance(np.percentile(grey, 97)), _luminance(np.percentile(grey, 20))
        assert (ink + 0.05) / (ground + 0.05) > 4.5, "WCAG 1.4.3: text against what lies behind it"


def _luminance(value: float) -> float:
    return float(((value + 0.055) / 1.055) ** 2.4)


def test_marks_carry_the_numbers_of_the_list(browser: Browser, hand: Hand) -> None:
    with reading_page(browser, hand) as (page, _, _):
        page.keyboard.press("1")
        draw_box(page)
        expect(page.get_by_test_id("mark-nodule")).to_contain_text("Nodule 1")
        expect(page.locator("svg.svg-layer").get_by_text("Nodule 1")).to_be_visible()


def test_a_comment_is_kept_while_it_is_typed(browser: Browser, hand: Hand) -> None:
    with reading_page(browser, hand, provoked="ERR_FAILED") as (page, api, case):
        page.route("**/draft/", lambda route: route.abort())
        page.keyboard.press("c")
        page.keyboard.type("rotated film")
        until(page, lambda: "rotated film" in str(page.evaluate(JOURNAL)), "the journal's entry")
        assert draft_of(api, case)["comment"] == "", "the server has not heard of it"
        page.close()
        again = page.context.new_page()
        again.goto(f"/read/{case}")
        wait_for_image(again)
        expect(again.get_by_test_id("comment")).to_have_value("rotated film")
        expect_sign(again, "saved")


def test_with_hidden_panels_c_writes_a_comment_and_refusals_show(browser: Browser, hand: Hand) -> None:
    with reading_page(browser, hand) as (page, api, case):
        page.keyboard.press(".")
        expect(page.get_by_test_id("submit")).to_have_count(0)
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("notice")).to_contain_text("Still open")
        page.keyboard.press("c")
        page.keyboard.type("n1a")
        expect(page.get_by_test_id("comment")).to_have_value("n1a")
        page.keyboard.press("Escape")
        expect_answers(page, nodule="open", opacity="open")
        expect_sign(page, "saved")
        assert draft_of(api, case)["comment"] == "n1a"


def test_the_letter_on_an_answer_is_its_key(browser: Browser, hand: Hand) -> None:
    with reading_page(browser, hand) as (page, _, _):
        for value in ("present", "uncertain", "absent"):
            finding(page, "nodule").get_by_role("button", name="Nodule", exact=True).click()
            letter = page.get_by_test_id(f"answer-nodule-{value}").inner_text()
            page.keyboard.press(letter.lower())
            expect_answers(page, nodule=value, opacity="open")


def test_a_sign_in_in_another_tab_does_not_stop_the_saving(browser: Browser, hand: Hand) -> None:
    with reading_page(browser, hand, provoked=REFUSED) as (page, api, case):
        name = f"hand-reader-{hand.n_readers}"
        other = page.context.new_page()
        page.context.clear_cookies(name="sessionid")
        sign_in(other, name)
        page.keyboard.press("1")
        expect_sign(page, "saved")
        assert draft_of(api, case)["answers"]["nodule"]["value"] == "present"


def test_another_persons_sign_in_is_told_and_nothing_is_saved_in_her_name(
    browser: Browser, hand: Hand
) -> None:
    with reading_page(browser, hand, provoked=REFUSED) as (page, api, case):
        owner = f"hand-reader-{hand.n_readers}"
        guest, _ = hand.reader()
        other = page.context.new_page()
        page.context.clear_cookies(name="sessionid")
        sign_in(other, guest)
        page.keyboard.press("2")
        dialog = page.get_by_test_id("sign-in-again")
        expect(dialog.get_by_text(f"{guest} has signed in in this browser")).to_be_visible()
        assert draft_of(api, case)["answers"] == {}
        dialog.get_by_label("Password of").fill(PASSWORD)
        dialog.get_by_role("button", name="Sign in").click()
        expect(dialog.get_by_label("Password of")).to_have_count(0)
        expect_sign(page, "saved")
        assert draft_of(api, case)["answers"]["opacity"]["value"] == "present"
        other.goto(f"/p/{PROJECT}/worklist")
        expect(other.get_by_test_id("person-menu")).to_contain_text(owner)


def test_what_was_written_survives_escape_and_ctrl_enter_sends_it(browser: Browser, hand: Hand) -> None:
    with reading_page(browser, hand) as (page, _, _):
        page.keyboard.press("g")
        page.get_by_test_id("urgent-text").press_sequentially("pneumothorax")
        page.keyboard.press("Enter")
        page.keyboard.type("left")
        page.keyboard.press("Escape")
        expect(page.get_by_test_id("urgent-text")).to_have_count(0)
        page.keyboard.press("g")
        expect(page.get_by_test_id("urgent-text")).to_have_value("pneumothorax\nleft")
        expect(page.get_by_test_id("urgent-text")).to_be_focused()
        page.keyboard.press("Control+Enter")
        expect(page.get_by_test_id("standing-urgent")).to_contain_text("pneumothorax")


def flag(page: Page, key: str, dialog: str, text: str) -> None:
    page.keyboard.press(key)
    page.get_by_test_id(f"{dialog}-text").fill(text)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_test_id(f"{dialog}-text")).to_have_count(0)


def test_flags_show_afterwards_and_are_taken_back(browser: Browser, hand: Hand) -> None:
    with reading_page(browser, hand, provoked=REFUSED) as (page, api, case):
        page.keyboard.press("1")
        flag(page, "g", "urgent", "large effusion")
        flag(page, "f", "not-readable", "half of the chest")
        expect(page.get_by_test_id("standing-not_readable")).to_contain_text("half of the chest")
        page.reload()
        wait_for_image(page)
        expect(page.get_by_test_id("standing-urgent")).to_contain_text("large effusion")
        expect(page.get_by_test_id("not-readable")).to_have_attribute("aria-pressed", "true")
        submit_and_go_on(page)
        page.goto(f"/p/{PROJECT}/worklist")
        row = page.get_by_test_id(f"submitted-case-{case}")
        expect(row).to_contain_text("not readable")
        expect(row).to_contain_text("urgent")
        page.get_by_test_id(f"open-{case}").click()
        page.get_by_test_id("standing-urgent").get_by_role("button", name="Take back").click()
        expect(page.get_by_test_id("standing-urgent")).to_have_count(0)
        page.keyboard.press("e")
        page.keyboard.press("f")
        page.keyboard.press("n")
        submit_and_go_on(page)
        assert api("GET", f"/assignments/{case}/")["flags"] == []


def test_not_readable_taken_back_takes_its_flag_and_brings_the_answers(browser: Browser, hand: Hand) -> None:
    with reading_page(browser, hand) as (page, api, case):
        page.keyboard.press("1")
        flag(page, "f", "not-readable", "blurred")
        expect_answers(page, nodule="open")
        page.keyboard.press("f")
        expect_answers(page, nodule="present")
        until(page, lambda: api("GET", f"/assignments/{case}/")["flags"] == [], "the flag to be withdrawn")
        expect(page.get_by_test_id("standing-not_readable")).to_have_count(0)


def test_a_skipped_case_shows_in_the_worklist_and_is_taken_back(browser: Browser, hand: Hand) -> None:
    with reading_page(browser, hand) as (page, api, case):
        page.keyboard.press("1")
        expect_sign(page, "saved")
        page.keyboard.press("k")
        page.get_by_label("Not my area").check()
        page.keyboard.press("Control+Enter")
        page.wait_for_url(lambda url: not url.endswith(case) and "-" in url.rsplit("/", 1)[-1])
        expect(page.get_by_test_id("notice")).to_contain_text("My case 1 is skipped")
        expect(page.get_by_test_id("case-label")).to_have_text("My case 2")
        expect(page.locator(".mantine-Notification-root")).to_have_count(0)
        page.goto(f"/p/{PROJECT}/worklist")
        row = page.get_by_test_id(f"skipped-case-{case}")
        expect(row).to_contain_text("not my area")
        row.get_by_role("button", name="Take back").click()
        page.wait_for_url(f"**/read/{case}")
        wait_for_image(page)
        expect_answers(page, nodule="present")
        assert api("GET", f"/assignments/{case}/")["assignment"]["state"] == "open"
