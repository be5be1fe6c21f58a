"""Anatomy of a chest phantom: the random numbers that make one patient's frontal film, drawn but not yet rendered.

Coordinates are film units: x and y run from -1 (left, top) to +1 (right, bottom) of a square film of 400 mm.
The patient's right is on the left of the film, as it is read. One film unit is therefore 200 mm.
"""

from dataclasses import dataclass

import numpy as np

FILM_MM = 400.0
MM = 2.0 / FILM_MM  # one millimetre in film units


@dataclass(frozen=True)
class Lung:
    """Half a thorax: a superellipse cut off by a dome-shaped diaphragm."""

    side: int  # -1 = left on the film (patient's right), +1 = right on the film
    centre: tuple[float, float]
    half_width: float
    half_height: float
    diaphragm_y: float  # height of the dome's top
    dome: float  # how far the dome falls towards the side wall
    blunting: float  # old pleural thickening in the costophrenic angle, 0 = a sharp angle
    aeration: float  # a rotated patient shows one lung darker than the other


@dataclass(frozen=True)
class Ribs:
    """Posterior and anterior ribs as two families of parallel bands."""

    spacing: float
    phase: float
    width: float  # share of the spacing that is bone
    droop: float
    anterior_slope: float
    anterior_phase: float
    contrast: float


@dataclass(frozen=True)
class Anatomy:
    """Everything about a patient that stays the same from one film to the next."""

    midline: float
    tilt: float
    body_half_width: float
    lungs: tuple[Lung, Lung]
    ribs: Ribs
    heart: tuple[float, float, float, float]  # x, y, half width, half height
    mediastinum_half_width: float
    aortic_knob: float
    breasts: float  # contrast of breast shadows, 0 = none
    lung_depth: float  # how much darker aerated lung is than soft tissue
    vessel_contrast: float
    vessels: np.ndarray  # (n, 4): x, y, radius class 0..2, weight
    nipples: tuple[tuple[float, float, float], ...]  # x, y, contrast
    granulomas: tuple[tuple[float, float, float], ...]  # x, y, radius


def draw_anatomy(rng: np.random.Generator, *, sex: str, is_ap: bool) -> Anatomy:
    """Draw one patient's anatomy."""
    midline = rng.normal(0, 0.02)
    lungs = (_draw_lung(rng, -1, midline), _draw_lung(rng, +1, midline))
    heart_width = rng.uniform(0.20, 0.30) + (0.05 if is_ap else 0.0)
    heart = (midline + rng.uniform(0.08, 0.14), rng.uniform(0.22, 0.34), heart_width, rng.uniform(0.24, 0.32))
    return Anatomy(
        midline=midline,
        tilt=rng.normal(0, 0.025),
        body_half_width=rng.uniform(0.86, 0.98),
        lungs=lungs,
        ribs=Ribs(
            spacing=rng.uniform(0.135, 0.175),
            phase=rng.uniform(),
            width=rng.uniform(0.42, 0.56),
            droop=rng.uniform(0.16, 0.30),
            anterior_slope=rng.uniform(0.35, 0.60),
            anterior_phase=rng.uniform(),
            contrast=rng.uniform(0.055, 0.095),
        ),
        heart=heart,
        mediastinum_half_width=rng.uniform(0.10, 0.15) + (0.02 if is_ap else 0.0),
        aortic_knob=rng.uniform(0.03, 0.08),
        breasts=rng.uniform(0.02, 0.09) if sex == "F" else 0.0,
        lung_depth=rng.uniform(0.34, 0.44),
        vessel_contrast=rng.uniform(0.8, 1.3),
        vessels=_draw_vessels(rng, lungs),
        nipples=_draw_nipples(rng),
        granulomas=_draw_granulomas(rng, lungs),
    )


def _draw_lung(rng: np.random.Generator, side: int, midline: float) -> Lung:
    # The patient's right dome (left on the film) stands a little higher: the liver lies under it.
    return Lung(
        side=side,
        centre=(midline + side * rng.uniform(0.40, 0.44), rng.uniform(-0.06, 0.02)),
        half_width=rng.uniform(0.31, 0.37),
        half_height=rng.uniform(0.72, 0.82),
        diaphragm_y=rng.uniform(0.36, 0.54) + (0.03 if side > 0 else -0.01),
        dome=rng.uniform(0.10, 0.20),
        blunting=rng.uniform(0.3, 0.9) if rng.uniform() < 0.18 else 0.0,
        aeration=rng.uniform(0.86, 1.10),
    )


def _draw_vessels(rng: np.random.Generator, lungs: tuple[Lung, Lung]) -> np.ndarray:
    """Points along vessels that leave each hilum, and vessels seen end-on, as (x, y, radius class, weight)."""
    rows: list[np.ndarray] = []
    for lung in lungs:
        hilum = np.array(
            [lung.centre[0] - lung.side * lung.half_width * 0.62, lung.centre[1] + rng.uniform(0, 0.1)]
        )
        for radius_class, n_vessels, reach in ((2, 5, 0.34), (1, 9, 0.46), (0, 16, 0.62)):
            for _ in range(n_vessels):
                rows.append(_vessel(rng, hilum, lung.side, radius_class, reach * rng.uniform(0.6, 1.2)))
        n_end_on = rng.integers(2, 7)
        end_on = hilum + rng.normal(0, [0.10, 0.16], size=(n_end_on, 2)) + [lung.side * 0.06, 0]
        weight = rng.uniform(4, 11, size=(n_end_on, 1))
        rows.append(np.hstack([end_on, rng.integers(1, 3, size=(n_end_on, 1)), weight]))
    return np.vstack(rows).astype(np.float32)


def _vessel(
    rng: np.random.Generator, hilum: np.ndarray, side: int, radius_class: int, reach: float
) -> np.ndarray:
    angle = rng.uniform(-1.35, 1.35)
    bend = rng.normal(0, 0.8)
    t = np.linspace(0.05, 1.0, 40)
    heading = angle + bend * t
    step = np.stack([side * np.cos(heading), np.sin(heading)], axis=1) * (reach / t.size)
    points = hilum + np.cumsum(step, axis=0)
    taper = 1.0 - 0.75 * t
    return np.column_stack([points, np.full(t.size, radius_class), taper])


def _draw_nipples(rng: np.random.Generator) -> tuple[tuple[float, float, float], ...]:
    if rng.uniform() > 0.35:
        return ()
    y, contrast = rng.uniform(0.20, 0.42), rng.uniform(0.04, 0.10)
    x = rng.uniform(0.42, 0.58)
    sides = (-1, 1) if rng.uniform() < 0.6 else (int(rng.choice([-1, 1])),)
    return tuple((side * x + rng.normal(0, 0.02), y + rng.normal(0, 0.02), contrast) for side in sides)


def _draw_granulomas(
    rng: np.random.Generator, lungs: tuple[Lung, Lung]
) -> tuple[tuple[float, float, float], ...]:
    found = []
    for _ in range(rng.poisson(0.5)):
        lung = lungs[int(rng.integers(2))]
        x = lung.centre[0] + rng.uniform(-0.6, 0.6) * lung.half_width
        y = lung.centre[1] + rng.uniform(-0.6, 0.3) * lung.half_height
        found.append((float(x), float(y), float(rng.uniform(2.0, 4.0) * MM)))
    return tuple(found)
