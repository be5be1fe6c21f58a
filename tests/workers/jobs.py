"""Tiny training and ranking jobs on phantoms, and children that run them, for the tests of workers/."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from workers.phantoms import FINDINGS, generate

INPUT_PX = 32
ROOT = Path(__file__).resolve().parents[2]

TINY: dict[str, Any] = {
    "net": "small",
    "size": INPUT_PX,
    "seed": 5,
    "epochs": 4,
    "batch_size": 4,
    "learning_rate": 1e-3,
    "warmup_steps": 2,
    "checkpoint_every_steps": 3,
    "progress_every_steps": 1,
    "min_positives": 2,
    "device": "cpu",
    "precision": "fp32",
    "threads": 1,
    "code_version": "test",
}


def write_images(folder: Path, n: int, seed: int = 3) -> list[dict[str, Any]]:
    """Write n phantoms as raw model inputs; return one row per case with case, patient, labels and images."""
    (folder / "images").mkdir(parents=True, exist_ok=True)
    rows = []
    for index in range(n):
        phantom = generate(seed=seed, index=index)
        name = f"images/{index}.u8"
        (folder / name).write_bytes(phantom.model_input(INPUT_PX).tobytes())
        rows.append(
            {
                "case": phantom.case_name,
                "patient": phantom.patient_id,
                "labels": dict(phantom.truth),
                "images": [name],
            }
        )
    return rows


def write_training_job(folder: Path, n: int = 40, **settings: Any) -> Path:
    """Write a training job of n cases: by patient, six in ten to train, two to validate, two to test."""
    rows = write_images(folder, n)
    for row in rows:
        place = int(row["patient"][-5:]) // 2 % 10
        row["role"] = "train" if place < 6 else "validation" if place < 8 else "test"
    document = {"findings": FINDINGS, "input_px": INPUT_PX, "n_test_cases": n, "cases": rows}
    (folder / "datalist.json").write_text(json.dumps(document), "utf-8")
    (folder / "config.json").write_text(json.dumps(TINY | settings), "utf-8")
    return folder


def start_child(
    package: str, job: Path, *, attempt: int = 1, parent_pid: int | None = None
) -> subprocess.Popen[str]:
    """Start a training or ranking child whose standard output is a pipe."""
    command = [sys.executable, "-m", package, "--job", str(job), "--attempt", str(attempt)]
    if parent_pid is not None:
        command += ["--parent-pid", str(parent_pid)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def run_child(package: str, job: Path, **options: Any) -> tuple[int, list[dict[str, Any]]]:
    """Run a child to its end; return its exit code and events."""
    child = start_child(package, job, **options)
    output, _ = child.communicate(timeout=300)
    return child.returncode, [json.loads(line) for line in output.splitlines()]


class Recorder:
    """A report function that keeps the events, and may act on each."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    def __call__(self, event: str, **values: Any) -> None:
        json.dumps(values, allow_nan=False)
        self.events.append({"event": event, **values})

    def named(self, event: str) -> list[dict[str, Any]]:
        return [found for found in self.events if found["event"] == event]
