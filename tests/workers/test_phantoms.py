"""Phantoms: the same everywhere, valid DICOM, truth that matches the pixels; simulated readers as told."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pydicom
import pytest

from tests.workers.jobs import ROOT
from workers.phantoms import FINDINGS, PHANTOM_VERSION, generate
from workers.phantoms.dicom import write_dicom
from workers.phantoms.export import export_phantoms
from workers.phantoms.findings import Planted
from workers.phantoms.generator import window_of
from workers.phantoms.readers import SimulatedReader

NOTHING = Planted((), (), (), dict.fromkeys(FINDINGS, 0.0))


def find(finding: str, seed: int = 5):  # type: ignore[no-untyped-def]
    """Return the first phantom that has this finding alone, not too hard to see."""
    for index in range(500):
        phantom = generate(seed=seed, index=index)
        if sum(phantom.truth.values()) == 1 and phantom.truth[finding] and phantom.difficulty[finding] < 0.6:
            return phantom
    raise AssertionError(f"no phantom with {finding} alone")


def test_the_same_number_gives_the_same_phantom_and_another_seed_another() -> None:
    one, two, other = (generate(seed=seed, index=4) for seed in (1, 1, 2))
    assert np.array_equal(one.pixels(128), two.pixels(128))
    assert not np.array_equal(one.pixels(128), other.pixels(128))


def test_version_1_keeps_its_truth_and_its_brightness() -> None:
    """When this fails, all that rests on phantoms has changed: raise PHANTOM_VERSION, say why in the CHANGELOG."""
    assert PHANTOM_VERSION == 1
    phantoms = [generate(seed=7, index=index) for index in range(8)]
    assert [(p.site, p.sex, p.age, tuple(p.truth.values())) for p in phantoms[:6]] == PINNED_CASES
    boxes = [box for phantom in phantoms for box in phantom.boxes(512)][:3]
    assert [(b.finding, *map(round, (b.x, b.y, b.width, b.height))) for b in boxes] == PINNED_BOXES
    quarters = phantoms[3].model_input(64).astype(float).reshape(4, 16, 64).mean(axis=(1, 2))
    assert quarters == pytest.approx([110, 103, 134, 201], abs=1)


PINNED_CASES = [
    ("B", "M", 93, (0, 0, 0)),
    ("A", "M", 56, (0, 0, 1)),
    ("B", "F", 53, (0, 0, 0)),
    ("B", "F", 31, (1, 0, 0)),
    ("A", "M", 60, (0, 0, 0)),
    ("A", "M", 60, (0, 0, 1)),
]
PINNED_BOXES = [("effusion", 59, 380, 125, 24), ("nodule", 356, 140, 37, 37), ("nodule", 391, 206, 31, 31)]


@pytest.mark.parametrize("finding", FINDINGS)
def test_a_planted_finding_changes_the_film_inside_its_box(finding: str) -> None:
    size = 256
    phantom = find(finding)
    without = replace(phantom, planted=NOTHING)
    change = np.abs(phantom.pixels(size).astype(float) - without.pixels(size))
    inside = np.zeros((size, size), dtype=bool)
    for box in phantom.boxes(size):
        columns = slice(int(box.x), int(np.ceil(box.x + box.width)))
        inside[int(box.y) : int(np.ceil(box.y + box.height)), columns] = True
    assert 0 < inside.mean() < 0.3
    assert change[inside].sum() > 0.8 * change.sum()


def test_difficulty_is_zero_where_there_is_nothing_and_lowers_contrast() -> None:
    phantoms = [generate(seed=1, index=i) for i in range(400)]
    for finding in FINDINGS:
        assert all((p.difficulty[finding] > 0) == bool(p.truth[finding]) for p in phantoms)
    nodules = [(p.difficulty["nodule"], p.planted.nodules[0].contrast) for p in phantoms if p.truth["nodule"]]
    difficulty, contrast = np.array(nodules).T
    assert np.corrcoef(difficulty, contrast)[0, 1] < -0.9


def test_some_patients_have_two_studies_and_keep_their_anatomy() -> None:
    pairs = [(generate(seed=1, index=i), generate(seed=1, index=i + 1)) for i in range(0, 200, 2)]
    same = [(a, b) for a, b in pairs if a.patient_id == b.patient_id]
    assert 5 <= len(same) <= 35
    for a, b in same:
        assert (a.site, a.sex, a.view, a.anatomy.lungs) == (b.site, b.sex, b.view, b.anatomy.lungs)
        assert (a.study_number, b.study_number) == (1, 2)
    assert len({p.patient_id for pair in pairs for p in pair}) == 200 - len(same)


def test_findings_do_not_depend_on_the_site() -> None:
    phantoms = [generate(seed=9, index=i) for i in range(2000)]
    for finding in FINDINGS:
        share = [np.mean([p.truth[finding] for p in phantoms if p.site == site]) for site in "AB"]
        assert abs(share[0] - share[1]) < 0.08


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("phantoms")
    export_phantoms(out, count=60, seed=7, size=128)
    return out


def test_files_are_12_bit_dicom_with_window_spacing_and_view(folder: Path) -> None:
    seen = set()
    for path in sorted(folder.glob("*.dcm")):
        film = pydicom.dcmread(path)
        assert (film.BitsAllocated, film.BitsStored, film.PixelRepresentation) == (16, 12, 0)
        assert film.file_meta.TransferSyntaxUID == pydicom.uid.ExplicitVRLittleEndian
        assert film.pixel_array.shape == (128, 128)
        assert film.pixel_array.max() <= 4095
        assert 0 < film.WindowCenter < 4095
        assert film.WindowWidth > 1
        assert film.ImagerPixelSpacing == [3.125, 3.125]
        assert film.ViewPosition in ("PA", "AP", "LL")
        seen.add((film.Modality, film.PhotometricInterpretation))
    assert seen == {("DX", "MONOCHROME2"), ("CR", "MONOCHROME2"), ("CR", "MONOCHROME1")}


def test_shown_as_its_header_says_every_film_is_bone_bright(folder: Path) -> None:
    frontal = [path for path in sorted(folder.glob("*.dcm")) if "lateral" not in path.name]
    for path in frontal:
        film = pydicom.dcmread(path)
        shown = (film.pixel_array - float(film.WindowCenter)) / float(film.WindowWidth) + 0.5
        if film.PhotometricInterpretation == "MONOCHROME1":
            shown = 1 - shown
        spine, air = shown[40:80, 62:66].mean(), shown[2:10, 2:6].mean()
        assert spine > 0.6 > 0.3 > air


def test_uids_are_valid_and_group_images_into_studies_and_patients(folder: Path) -> None:
    films = [pydicom.dcmread(path, stop_before_pixels=True) for path in folder.glob("*.dcm")]
    assert all(film.SOPInstanceUID.is_valid and len(film.SOPInstanceUID) <= 64 for film in films)
    assert len({film.SOPInstanceUID for film in films}) == len(films)
    assert len({film.StudyInstanceUID for film in films}) == 60


def test_truth_csv_has_the_columns_of_the_import(folder: Path) -> None:
    with (folder / "truth.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == [
        *("image", "patient_id", "site", "group", "age", "sex", "view", "indication"),
        *FINDINGS,
    ]
    assert {row["image"] for row in rows} == {path.name for path in folder.glob("*.dcm")}
    assert {row["nodule"] for row in rows} == {"0", "1"}


def test_truth_json_holds_boxes_inside_the_image_for_each_finding(folder: Path) -> None:
    document = json.loads((folder / "truth.json").read_text("utf-8"))
    assert document["phantom_version"] == PHANTOM_VERSION
    for case in document["cases"]:
        assert {box["finding"] for box in case["boxes"]} == {code for code, v in case["truth"].items() if v}
        for box in case["boxes"]:
            assert 0 <= box["x"] < box["x"] + box["width"] <= 128
            assert 0 <= box["y"] < box["y"] + box["height"] <= 128


def test_the_fast_model_input_equals_the_windowed_dicom_but_for_noise(tmp_path: Path) -> None:
    for index in range(4):
        phantom = generate(seed=11, index=index)
        write_dicom(phantom, tmp_path / "film.dcm", size=512)
        values = phantom.pixels(512).astype(float)
        centre, width = window_of(values)
        shown = np.clip((values - centre) / width + 0.5, 0, 1) * 255
        small = shown.reshape(64, 8, 64, 8).mean(axis=(1, 3))
        fast = phantom.model_input(64).astype(float)
        assert np.corrcoef(small.ravel(), fast.ravel())[0, 1] > 0.995


def test_a_simulated_reader_has_the_sensitivity_and_specificity_it_was_given() -> None:
    reader = SimulatedReader(
        "A", seed=1, sensitivity={"nodule": 0.8}, specificity={"nodule": 0.9}, p_uncertain=0
    )
    answers = [
        reader.read(
            truth={"nodule": i % 2},
            difficulty={"nodule": 0.5},
            boxes=[],
            key=f"case-{i}",
            columns=512,
            rows=512,
        )["answers"]["nodule"]
        for i in range(4000)
    ]
    assert np.mean([a == "present" for a in answers[1::2]]) == pytest.approx(0.8, abs=0.03)
    assert np.mean([a == "absent" for a in answers[0::2]]) == pytest.approx(0.9, abs=0.03)


def test_a_simulated_reader_misses_what_is_hard_more_often() -> None:
    reader = SimulatedReader("A", seed=1, sensitivity=0.8, specificity=0.9, p_uncertain=0)

    def share_seen(difficulty: float) -> float:
        reads = (
            reader.read(truth={"n": 1}, difficulty={"n": difficulty}, boxes=[], key=str(i), columns=9, rows=9)
            for i in range(500)
        )
        return float(np.mean([read["answers"]["n"] == "present" for read in reads]))

    assert share_seen(0.1) > share_seen(0.5) > share_seen(0.9)


def test_two_readers_box_the_same_finding_alike_but_not_equally() -> None:
    true = {"finding": "nodule", "x": 200.0, "y": 100.0, "width": 40.0, "height": 30.0}
    first, second = (
        SimulatedReader(name, seed=1, sensitivity=1.0, specificity=1.0, p_uncertain=0).read(
            truth={"nodule": 1}, difficulty={"nodule": 0.0}, boxes=[true], key="k", columns=512, rows=512
        )["boxes"][0]
        for name in "AB"
    )
    assert first != second
    width = min(first["x"] + first["width"], second["x"] + second["width"]) - max(first["x"], second["x"])
    height = min(first["y"] + first["height"], second["y"] + second["height"]) - max(first["y"], second["y"])
    union = first["width"] * first["height"] + second["width"] * second["height"] - width * height
    assert width * height / union > 0.4


def test_reads_from_the_command_line_are_the_same_as_from_the_library(folder: Path, tmp_path: Path) -> None:
    settings = [{"name": "A", "seed": 2, "sensitivity": 0.8, "specificity": 0.9}]
    (tmp_path / "readers.json").write_text(json.dumps(settings), "utf-8")
    command = [sys.executable, "-m", "workers.phantoms.readers", "--truth", str(folder / "truth.json")]
    command += ["--readers", str(tmp_path / "readers.json")]
    output = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    lines = [json.loads(line) for line in output.splitlines()]
    case = json.loads((folder / "truth.json").read_text("utf-8"))["cases"][0]
    expected = SimulatedReader(**settings[0]).read(
        truth=case["truth"],
        difficulty=case["difficulty"],
        boxes=case["boxes"],
        key=case["case"],
        columns=128,
        rows=128,
    )
    assert len(lines) == 60
    assert lines[0] == {"case": case["case"], "image": case["image"], "reader": "A", **expected}
