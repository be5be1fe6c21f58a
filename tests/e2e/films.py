"""A hundred chest films and their label table with semicolons: real ones where the shared data lies, made ones else."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import numpy as np

from tests.factories.dicom import gradient, noisy, raster_bytes
from tests.long.shared_data import shared_data

N_FILMS = 100
COLUMNS = ["image", "patient_id", "site", "age", "sex", "view", "pneumonia"]


def films_and_table(folder: Path) -> tuple[list[Path], Path]:
    """The films, each of a patient of its own, and the table that names all of them."""
    root = shared_data()
    rows = _made(folder) if root is None else _real(folder, root / "cxr")
    table = folder / "table.csv"
    with table.open("w", newline="") as target:
        writer = csv.DictWriter(target, COLUMNS, delimiter=";", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return [folder / row["image"] for row in rows], table


def _real(folder: Path, source: Path) -> list[dict[str, str]]:
    """Of adults first, whose age and sex are known; those of children have neither."""
    with (source / "labels.csv").open(newline="") as lines:
        known = sorted(csv.DictReader(lines), key=lambda row: not (row["age"] and row["sex"]))
    first_of_patient = {row["patient_id"]: row for row in reversed(known)}
    rows = [row for row in known if first_of_patient[row["patient_id"]] is row][:N_FILMS]
    for row in rows:
        shutil.copyfile(source / "images" / row["image"], folder / row["image"])
    return [row | {"site": row["site"] or row["source"]} for row in rows]


def _made(folder: Path) -> list[dict[str, str]]:
    rows = []
    for n in range(1, N_FILMS + 1):
        pixels = noisy(gradient(300 + n, 256, high=250), seed=n).astype(np.uint8)
        name = f"film_{n:03d}.png"
        (folder / name).write_bytes(raster_bytes(pixels))
        said = [
            name,
            f"P-{n:03d}",
            "North" if n % 2 else "South",
            str(20 + n % 60),
            "FM"[n % 2],
            "PA",
            str(n % 3 // 2),
        ]
        rows.append(dict(zip(COLUMNS, said, strict=True)))
    return rows
