"""Write a series of phantoms as a folder: DICOM files, truth.csv in the import's columns, truth.json with boxes."""

import csv
import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from workers.phantoms.dicom import write_dicom
from workers.phantoms.findings import FINDINGS
from workers.phantoms.generator import PHANTOM_VERSION, Phantom, generate

COLUMNS = ("image", "patient_id", "site", "group", "age", "sex", "view", "indication", *FINDINGS)


def export_phantoms(
    out: Path, *, count: int, seed: int, size: int, first: int = 0, processes: int = 1
) -> None:
    """Write phantoms number first .. first + count - 1 into a folder."""
    out.mkdir(parents=True, exist_ok=True)
    write = partial(_write_case, out, seed, size)
    indices = range(first, first + count)
    if processes > 1:
        with ProcessPoolExecutor(processes) as pool:
            cases = list(pool.map(write, indices, chunksize=16))
    else:
        cases = [write(index) for index in indices]
    with (out / "truth.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, COLUMNS)
        table.writeheader()
        table.writerows(row for case in cases for row in _rows(case))
    document = {"phantom_version": PHANTOM_VERSION, "seed": seed, "size": size, "cases": cases}
    (out / "truth.json").write_text(json.dumps(document, indent=1), "utf-8")


def _write_case(out: Path, seed: int, size: int, index: int) -> dict[str, Any]:
    phantom = generate(seed=seed, index=index)
    image = f"{phantom.case_name}.dcm"
    write_dicom(phantom, out / image, size=size)
    lateral = f"{phantom.case_name}-lateral.dcm" if phantom.has_lateral else None
    if lateral:
        write_dicom(phantom, out / lateral, size=size, lateral=True)
    return describe(phantom, size) | {"image": image, "lateral": lateral}


def describe(phantom: Phantom, size: int) -> dict[str, Any]:
    """Return what is known about a phantom; boxes are those of the frontal film, in pixels."""
    return {
        "case": phantom.case_name,
        "patient_id": phantom.patient_id,
        "site": phantom.site,
        "group": phantom.group,
        "age": phantom.age,
        "sex": phantom.sex,
        "view": phantom.view,
        "indication": phantom.indication,
        "truth": phantom.truth,
        "difficulty": phantom.difficulty,
        "boxes": [asdict(box) for box in phantom.boxes(size)],
    }


def _rows(case: dict[str, Any]) -> Iterator[dict[str, Any]]:
    shared = {name: case[name] for name in ("patient_id", "site", "group", "age", "sex", "indication")}
    yield {"image": case["image"], "view": case["view"], **shared, **case["truth"]}
    if case["lateral"]:
        yield {"image": case["lateral"], "view": "LATERAL", **shared, **case["truth"]}
