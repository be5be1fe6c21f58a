"""Simulated readers of known sensitivity and specificity, who miss what is hard to see and never box twice alike.

As a program it reads truth.json and prints one JSON line per case and reader:
python -m workers.phantoms.readers --truth DIR/truth.json --readers readers.json
"""

import argparse
import hashlib
import json
import math
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

DIFFICULTY_SLOPE = 3.0  # log-odds of a hit between the plainest and the hardest finding
BOX_SHIFT = 0.06  # standard deviation of a box's centre, in box sizes
BOX_STRETCH = 0.10  # standard deviation of the logarithm of a box's size

Box = dict[str, Any]


@dataclass(frozen=True)
class SimulatedReader:
    """A reader whose answers depend on nothing but (seed, name, case)."""

    name: str
    seed: int
    sensitivity: float | Mapping[str, float]
    specificity: float | Mapping[str, float]
    p_uncertain: float = 0.04

    def read(
        self,
        *,
        truth: Mapping[str, int],
        difficulty: Mapping[str, float],
        boxes: Iterable[Box],
        key: str,
        columns: int,
        rows: int,
    ) -> dict[str, Any]:
        """Return {"answers": {finding: value}, "boxes": [...]}; boxes are in image space, inside the image.

        A finding of difficulty 0.5 is seen with the reader's sensitivity. Present findings get a box; a finding seen
        where there is none gets one in a random place.
        """
        digest = hashlib.sha256(f"{self.seed}/{self.name}/{key}".encode()).digest()
        rng = np.random.default_rng(np.frombuffer(digest, np.uint32))
        boxes = list(boxes)
        answers: dict[str, str] = {}
        drawn: list[Box] = []
        for finding, present in truth.items():
            hit = rng.uniform() < self._chance(finding, bool(present), difficulty.get(finding, 0.5))
            is_unsure = rng.uniform() < self.p_uncertain
            answers[finding] = "uncertain" if is_unsure else "present" if hit else "absent"
            if answers[finding] == "present":
                own = [box for box in boxes if box["finding"] == finding]
                marks = [_redrawn(rng, box) for box in own] or [_imagined(rng, finding, columns, rows)]
                drawn += [_clipped(box, columns, rows) for box in marks]
        return {"answers": answers, "boxes": drawn}

    def _chance(self, finding: str, present: bool, difficulty: float) -> float:
        """Return the probability of the answer "present"."""
        if not present:
            return 1 - _of(self.specificity, finding)
        sensitivity = min(max(_of(self.sensitivity, finding), 1e-6), 1 - 1e-6)
        log_odds = math.log(sensitivity / (1 - sensitivity)) + DIFFICULTY_SLOPE * (0.5 - difficulty)
        return 1 / (1 + math.exp(-log_odds))


def _of(value: float | Mapping[str, float], finding: str) -> float:
    return float(value[finding]) if isinstance(value, Mapping) else float(value)


def _redrawn(rng: np.random.Generator, box: Box) -> Box:
    width, height = (box[side] * math.exp(rng.normal(0, BOX_STRETCH)) for side in ("width", "height"))
    x = box["x"] + box["width"] / 2 + rng.normal(0, BOX_SHIFT) * box["width"]
    y = box["y"] + box["height"] / 2 + rng.normal(0, BOX_SHIFT) * box["height"]
    return {
        "finding": box["finding"],
        "x": x - width / 2,
        "y": y - height / 2,
        "width": width,
        "height": height,
    }


def _imagined(rng: np.random.Generator, finding: str, columns: int, rows: int) -> Box:
    width, height = rng.uniform(0.06, 0.15) * columns, rng.uniform(0.06, 0.15) * rows
    x, y = rng.uniform(0.15, 0.70) * columns, rng.uniform(0.15, 0.60) * rows
    return {"finding": finding, "x": x, "y": y, "width": width, "height": height}


def _clipped(box: Box, columns: int, rows: int) -> Box:
    left, right = (min(max(v, 0.0), columns) for v in (box["x"], box["x"] + box["width"]))
    top, bottom = (min(max(v, 0.0), rows) for v in (box["y"], box["y"] + box["height"]))
    sides = {"x": left, "y": top, "width": right - left, "height": bottom - top}
    return {"finding": box["finding"], **{name: round(float(value), 2) for name, value in sides.items()}}


def main() -> None:
    """Print the reads of all simulated readers for all cases of a truth.json."""
    parser = argparse.ArgumentParser(description="Let simulated readers read phantoms.")
    parser.add_argument("--truth", type=Path, required=True)
    parser.add_argument("--readers", type=Path, required=True, help="JSON list of reader settings")
    arguments = parser.parse_args()
    truth = json.loads(arguments.truth.read_text("utf-8"))
    readers = [SimulatedReader(**settings) for settings in json.loads(arguments.readers.read_text("utf-8"))]
    for case in truth["cases"]:
        for reader in readers:
            read = reader.read(
                truth=case["truth"],
                difficulty=case["difficulty"],
                boxes=case["boxes"],
                key=case["case"],
                columns=truth["size"],
                rows=truth["size"],
            )
            line = {"case": case["case"], "image": case["image"], "reader": reader.name, **read}
            sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
