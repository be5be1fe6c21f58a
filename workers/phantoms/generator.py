"""Chest phantoms: made-up radiographs with known truth, the same for the same (version, seed, index) everywhere.

Phantoms serve demonstrations, simulations and benches. They are no clinical evidence. Any change of the pixels or of
the truth needs a new PHANTOM_VERSION, a reason in the CHANGELOG and a rerun of what rests on it.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.phantoms.anatomy import Anatomy, draw_anatomy
from workers.phantoms.exposure import Exposure, draw_exposure, expose
from workers.phantoms.findings import FINDINGS, Planted, boxes_of, draw_findings
from workers.phantoms.render import render_frontal, render_lateral, resize

PHANTOM_VERSION = 1
MODEL_RENDER_PX = 256  # the fast path renders at this size and averages down

INDICATIONS = (
    "Cough",
    "Fever",
    "Dyspnoea",
    "Chest pain",
    "Pre-operative",
    "Follow-up",
    "Weight loss",
    "Trauma",
    "Line position",
    "Screening",
)

# Streams of random numbers that must not disturb one another when one of them changes.
_PATIENT, _CASE, _FILM, _NOISE, _LATERAL = range(5)


@dataclass(frozen=True)
class Box:
    """A rectangle in image space: origin at the outer corner of the top-left pixel (DICOM PS3.3 C.18.6.1.1)."""

    finding: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Phantom:
    """One case: a frontal film, for some also a lateral one, with what is known about it."""

    seed: int
    index: int
    patient_id: str
    study_number: int
    site: str
    age: int
    sex: str
    view: str
    indication: str
    has_lateral: bool
    anatomy: Anatomy
    planted: Planted
    exposure: Exposure

    @property
    def case_name(self) -> str:
        return f"phantom-{self.index:05d}"

    @property
    def group(self) -> str:
        """Age group, for reports by subgroup."""
        return "under-50" if self.age < 50 else "50-69" if self.age < 70 else "70-and-over"

    @cached_property
    def truth(self) -> dict[str, int]:
        planted = self.planted
        marks = (planted.nodules, planted.opacities, planted.effusions)
        return {code: int(bool(found)) for code, found in zip(FINDINGS, marks, strict=True)}

    @property
    def difficulty(self) -> dict[str, float]:
        return self.planted.difficulty

    def boxes(self, size: int) -> list[Box]:
        """Return the frontal film's true boxes in pixels of a film of size x size, clipped to it."""
        found = []
        for code, *edges in boxes_of(self.planted, self.anatomy):
            left, top, right, bottom = (float(np.clip((v + 1) * size / 2, 0, size)) for v in edges)
            found.append(Box(code, left, top, right - left, bottom - top))
        return found

    def pixels(self, size: int, *, lateral: bool = False) -> NDArray[np.uint16]:
        """Return 12-bit pixels (size, size), bone bright."""
        stream = _LATERAL if lateral else _FILM
        render = render_lateral if lateral else render_frontal
        film = render(self.anatomy, self.planted, _rng(self.seed, self.index, stream), size)
        return expose(film, self.exposure, _rng(self.seed, self.index, _NOISE + 10 * lateral))

    def model_input(self, size: int) -> NDArray[np.uint8]:
        """Return the windowed 8-bit film (size, size), bone bright: what an import would give the model, but fast."""
        values = self.pixels(MODEL_RENDER_PX).astype(np.float32)
        centre, width = window_of(values)
        shown = np.clip((values - centre) / width + 0.5, 0, 1) * 255
        return np.clip(np.rint(resize(shown.astype(np.float32), size)), 0, 255).astype(np.uint8)


def window_of(values: NDArray[Any]) -> tuple[float, float]:
    """Return the window (centre, width) a modality would write for these bone-bright values."""
    sample = values[::4, ::4]
    low, high = np.percentile(sample, (2.0, 99.0))
    width = max(float(high - low), 16.0)
    return round((float(low) + float(high)) / 2, 1), round(width * 1.04, 1)


def generate(*, seed: int, index: int) -> Phantom:
    """Draw phantom number `index` of the series `seed`. Cases 2k and 2k + 1 sometimes belong to one patient."""
    pair = np.random.default_rng([PHANTOM_VERSION, seed, index // 2, _PATIENT, 1]).uniform()
    is_second_study = index % 2 == 1 and pair < 0.16
    patient_number = index - 1 if is_second_study else index
    patient = _rng(seed, patient_number, _PATIENT)
    sex = str(patient.choice(["F", "M"]))
    age = int(np.clip(patient.normal(58, 17), 18, 94))
    site = "A" if patient.uniform() < 0.6 else "B"
    view = "AP" if patient.uniform() < 0.2 else "PA"
    anatomy = draw_anatomy(patient, sex=sex, is_ap=view == "AP")
    case = _rng(seed, index, _CASE)
    planted = draw_findings(case, anatomy)
    return Phantom(
        seed=seed,
        index=index,
        patient_id=f"P{seed:03d}-{patient_number:05d}",
        study_number=2 if is_second_study else 1,
        site=site,
        age=age,
        sex=sex,
        view=view,
        indication=str(case.choice(INDICATIONS)),
        has_lateral=bool(case.uniform() < 0.04),
        anatomy=anatomy,
        planted=planted,
        exposure=draw_exposure(case, site),
    )


def _rng(seed: int, index: int, stream: int) -> np.random.Generator:
    return np.random.default_rng([PHANTOM_VERSION, seed, index, stream])
