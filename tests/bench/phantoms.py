"""Are the phantoms neither trivial nor leaky? python -m tests.bench.phantoms [--train 3000 --test 1000 --draws 3].

Trains the demo's net with the demo's recipe (workers.training, preset "demo") on random draws of the phantoms of one
seed, tests on those of another, and compares with a linear model that cannot see shapes. About 12 minutes on two idle
cores. Not run by `make test`.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import threading
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.bench.report import Row, at_most, figure, machine, run, say
from workers.metrics import auroc
from workers.phantoms import FINDINGS, PHANTOM_VERSION, generate

TRAIN_SEED, TEST_SEED = 101, 202
SIZE = 96  # the demo net's input
N_LABELS = 300
VALIDATION_SHARE = 0.15  # of the labels: validation cases count against the budget
FULL_EPOCHS = (
    12  # about as many steps per film as make the net stop gaining; 3,000 films need fewer epochs than 300
)


@dataclass(frozen=True)
class Films:
    """Model inputs (n, SIZE, SIZE), labels (n, findings) and patients."""

    pixels: NDArray[np.uint8]
    labels: NDArray[np.float32]
    patients: list[str]

    def __getitem__(self, rows: NDArray[np.int64]) -> Films:
        return Films(self.pixels[rows], self.labels[rows], [self.patients[row] for row in rows])


def _film(seed: int, index: int) -> tuple[NDArray[np.uint8], list[int], str]:
    phantom = generate(seed=seed, index=index)
    return phantom.model_input(SIZE), list(phantom.truth.values()), phantom.patient_id


def make_films(seed: int, n: int) -> Films:
    say(f"generating {n} phantoms of seed {seed}")
    with ProcessPoolExecutor(2) as pool:
        rows = list(pool.map(partial(_film, seed), range(n), chunksize=50))
    pixels, labels, patients = zip(*rows, strict=True)
    return Films(np.stack(pixels), np.array(labels, np.float32), list(patients))


def linear_aurocs(train: Films, test: Films) -> dict[str, float]:
    """Logistic regression on a histogram and an 8x8 thumbnail; the best of three penalties on the test set."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    x, x_test = _linear_features(train.pixels), _linear_features(test.pixels)
    best = dict.fromkeys(FINDINGS, 0.0)
    for penalty in (0.01, 0.1, 1.0):
        for i, finding in enumerate(FINDINGS):
            model = make_pipeline(StandardScaler(), LogisticRegression(C=penalty, max_iter=3000))
            scores = model.fit(x, train.labels[:, i]).decision_function(x_test)
            best[finding] = max(best[finding], auroc(test.labels[:, i], scores))
    return best


def _linear_features(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    histogram = np.stack([np.bincount(film.ravel() >> 3, minlength=32) / film.size for film in pixels])
    cell = SIZE // 8
    thumbnail = pixels.reshape(-1, 8, cell, 8, cell).mean(axis=(2, 4)).reshape(len(pixels), 64) / 255
    return np.hstack([histogram, thumbnail])


def net_aurocs(train: Films, test: Films, seed: int, **settings: Any) -> dict[str, float]:
    """Train the demo's net as a training job does, and return its AUROC per finding on the test films."""
    from workers.training.config import TrainConfig
    from workers.training.data import read_datalist
    from workers.training.loop import train as train_net

    with tempfile.TemporaryDirectory() as name:
        job = Path(name)
        rng = np.random.default_rng(seed)
        patients = sorted(set(train.patients))
        chosen = rng.choice(patients, round(VALIDATION_SHARE * len(patients)), replace=False)
        validation = set(chosen.tolist())
        cases = []
        for part, films in (("train", train), ("test", test)):
            for row, (patient, labels) in enumerate(zip(films.patients, films.labels, strict=True)):
                image = job / f"{part}-{row}.u8"
                image.write_bytes(films.pixels[row].tobytes())
                role = "validation" if part == "train" and patient in validation else part
                named = {code: int(value) for code, value in zip(FINDINGS, labels, strict=True)}
                row_of = {"case": image.stem, "patient": f"{part}-{patient}", "role": role, "labels": named}
                cases.append({**row_of, "images": [image.name]})
        document = {"findings": FINDINGS, "input_px": SIZE, "cases": cases}
        (job / "datalist.json").write_text(json.dumps(document), "utf-8")
        config = TrainConfig.from_json({"preset": "demo", "seed": seed, "device": "cpu", **settings})
        card = train_net(config, read_datalist(job / "datalist.json"), job, 1, _progress, threading.Event())
    return {code: found["auroc"]["value"] for code, found in card["metrics"]["findings"].items()}


def _progress(event: str, **values: Any) -> None:
    if values.get("stage") == "train" and values["step"] % 100 == 0:
        say(f"  step {values['step']} of {values['total']}, loss {values['loss']:.3f}")


def _text(areas: dict[str, float]) -> str:
    mean = float(np.mean(list(areas.values())))
    return f"mean {mean:.3f} (" + ", ".join(f"{code} {area:.3f}" for code, area in areas.items()) + ")"


def _between(what: str, areas: dict[str, float], low: float, high: float) -> Row:
    mean = float(np.mean(list(areas.values())))
    return Row(what, _text(areas), f"{low:.2f}-{high:.2f}", low <= mean <= high)


def bench(n_train: int, n_test: int, n_draws: int, threads: int) -> list[Row]:
    """Measure all bars of the phantoms."""
    train, test = make_films(TRAIN_SEED, n_train), make_films(TEST_SEED, n_test)
    rows = [
        figure("phantoms", f"version {PHANTOM_VERSION}, train {n_train}, test {n_test}"),
        figure("machine", machine()),
    ]
    areas = linear_aurocs(train, test)
    rows += [at_most(f"linear model, {code}", areas[code], 0.70, "AUROC") for code in ("nodule", "opacity")]
    rows.append(figure("linear model, effusion (no bar)", f"{areas['effusion']:.3f} AUROC"))
    say(_text(areas))
    for draw in range(1, n_draws + 1):
        some = train[np.random.default_rng(draw).permutation(n_train)[:N_LABELS]]
        areas = net_aurocs(some, test, seed=draw, threads=threads)
        rows.append(_between(f"net, {N_LABELS} random labels, draw {draw}", areas, 0.80, 0.93))
        say(_text(areas))
    shuffled = train[np.random.default_rng(0).permutation(n_train)[: 2 * N_LABELS]]
    order = np.random.default_rng(1).permutation(2 * N_LABELS)
    areas = net_aurocs(
        Films(shuffled.pixels, shuffled.labels[order], shuffled.patients), test, 1, threads=threads
    )
    rows.append(_between("net, shuffled labels", areas, 0.45, 0.55))
    say(_text(areas))
    areas = net_aurocs(train, test, seed=1, threads=threads, epochs=FULL_EPOCHS)
    rows.append(at_most("net, all labels: highest AUROC of a finding", max(areas.values()), 0.98, "AUROC"))
    rows.append(figure(f"net, all {n_train} labels", _text(areas)))
    return rows


def main() -> int:
    """Parse the command line and print the rows."""
    parser = argparse.ArgumentParser(description="Measure whether phantoms are neither trivial nor leaky.")
    parser.add_argument("--train", type=int, default=3000)
    parser.add_argument("--test", type=int, default=1000)
    parser.add_argument("--draws", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    return run(lambda: bench(arguments.train, arguments.test, arguments.draws, arguments.threads))


if __name__ == "__main__":
    sys.exit(main())
