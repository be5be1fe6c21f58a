"""A project whose patients have two studies of two films each: the fixture of the tests of the reader's hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page

from tests.e2e.browser import page_of
from tests.e2e.reading import (
    wait_for_case,
)
from tests.e2e.running import FIRST, Api, Running
from tests.factories.dicom import ROOT, dicom_bytes, radiograph_dataset

PROJECT = "hand"


N_PATIENTS = 6


REFUSED = r"status of (401|403|409)"


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

    def reader(self, *, has_password: bool = False) -> tuple[str, Api]:
        self.n_readers += 1
        name = f"hand-reader-{self.n_readers}"
        return name, self.instance.person(name, "reader", project=PROJECT, has_password=has_password)


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


@contextmanager
def reading_page(
    browser: Browser, hand: Hand, *, provoked: str = "", has_password: bool = False
) -> Iterator[tuple[Page, Api, str]]:
    """A new reader with her first case open: page, API client, the assignment's id."""
    name, api = hand.reader(has_password=has_password)
    with page_of(browser, hand.instance, name, provoked=provoked) as page:
        page.goto(f"/p/{PROJECT}/read")
        page.wait_for_url("**/read/*-*")
        yield page, api, wait_for_case(page)
