"""What ranking costs beside c351579, in CPU seconds of one run: python -m tests.bench.selection.

Selection of 5 batches of growing size from 100,000 cases, and the forward pass of DenseNet-121 by images a pass. The
selection of c351579 is read from the repository's history. Not run by `make test`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from types import ModuleType
from typing import Any

import numpy as np
import torch

from tests.bench.report import Row, at_most, figure, machine, run, say
from workers.ranking import select
from workers.ranking.rank import FORWARD_BATCH
from workers.training.augment import standardise
from workers.training.device import choose_compute
from workers.training.model import build_net

BEFORE = "c351579"
N_CASES, N_BATCHES = 100_000, 5
BAR_S = 10.0  # for 5 x 1,000 of 100,000; it was 50 s
SETTINGS: dict[str, Any] = {
    "seed": 1,
    "n_batches": N_BATCHES,
    "random_share": 0.15,
    "diversity_share": 0.35,
    "patient_cap": 1,
    "duplicate_cosine": 0.995,
    "candidate_factor": 10,
}


def selection_of(commit: str) -> ModuleType:
    source = subprocess.run(
        ["git", "show", f"{commit}:workers/ranking/select.py"], capture_output=True, text=True, check=True
    ).stdout
    module = ModuleType(f"select_{commit}")
    sys.modules[module.__name__] = module  # dataclasses look their module up
    exec(compile(source, module.__name__, "exec"), module.__dict__)  # noqa: S102  our own history
    return module


def selection_seconds(module: ModuleType, width: int, batch_size: int) -> float:
    rng = np.random.default_rng(0)
    pool = module.Pool(
        patients=[f"p{i // 2}" for i in range(N_CASES)],
        scores=rng.uniform(size=N_CASES),
        embeddings=rng.normal(size=(N_CASES, width)).astype(np.float16),
        phashes=[None] * N_CASES,
    )
    began = time.process_time()
    module.order_pool(pool, batch_size=batch_size, **SETTINGS)
    return time.process_time() - began


def forward_milliseconds(images: int, n: int) -> float:
    """CPU of one image through DenseNet-121 at 320 px in one thread, `images` at a time."""
    compute = choose_compute("cpu", "auto", 1)
    net = compute.place(build_net("densenet121", 14)).eval()
    pixels = torch.randint(0, 255, (n, 320, 320), dtype=torch.uint8)
    began = time.process_time()
    with torch.inference_mode(), compute.autocast():
        for part in pixels.split(images):
            net(compute.layout(standardise(part)))
    return (time.process_time() - began) / n * 1000


def bench(widths: list[int], sizes: list[int], n_images: int) -> list[Row]:
    say(machine())
    before = selection_of(BEFORE)
    rows = []
    for width in widths:
        for size in sizes:
            now = selection_seconds(select, width, size)
            then = selection_seconds(before, width, size)
            what = f"selection, {N_BATCHES} x {size} of {N_CASES:,}, {width}-dimensional embeddings"
            rows.append(
                at_most(what, now, BAR_S, "s CPU") if size <= 1000 else figure(what, f"{now:.2f} s CPU")
            )
            rows.append(figure(f"{what}, {BEFORE} in the same run", f"{then:.2f} s CPU"))
    forward_milliseconds(n_images, n_images)  # the first pass is slower
    for images in (FORWARD_BATCH["cpu"], n_images):
        what = f"DenseNet-121 at 320 px, one thread, {images} images a pass"
        rows.append(figure(what, f"{forward_milliseconds(images, n_images):.0f} ms CPU an image"))
    return rows


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--widths", type=int, nargs="+", default=[96, 1024])
    parser.add_argument("--sizes", type=int, nargs="+", default=[250, 500, 1000])
    parser.add_argument("--images", type=int, default=64)
    options = parser.parse_args()
    sys.exit(run(lambda: bench(options.widths, options.sizes, options.images)))
