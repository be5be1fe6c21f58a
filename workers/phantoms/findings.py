"""What is planted in a phantom: nodules, opacities and effusions, with their boxes and their difficulty.

Difficulty runs from 0 (plain) to 1 (close to invisible): it lowers contrast and size, and simulated readers miss
difficult findings more often. Coordinates are film units (see anatomy).
"""

from dataclasses import dataclass

import numpy as np

from workers.phantoms.anatomy import MM, Anatomy, Lung

FINDINGS = ("nodule", "opacity", "effusion")
PREVALENCE = {"nodule": 0.30, "opacity": 0.30, "effusion": 0.28}


@dataclass(frozen=True)
class Nodule:
    """A rounded soft-tissue shadow with a lobulated edge."""

    x: float
    y: float
    radius: float
    contrast: float
    lobes: tuple[float, float, float]  # amplitude and phases of the edge's second and third harmonic


@dataclass(frozen=True)
class Opacity:
    """Consolidation: an ill-defined cluster of soft blobs."""

    blobs: np.ndarray  # (n, 4): x, y, standard deviation, weight
    contrast: float


@dataclass(frozen=True)
class Effusion:
    """Free pleural fluid: a level that climbs towards the side wall (the meniscus)."""

    side: int
    height: float  # how far the fluid stands above the costophrenic angle
    meniscus: float  # extra rise at the side wall


@dataclass(frozen=True)
class Planted:
    """All findings of one case."""

    nodules: tuple[Nodule, ...]
    opacities: tuple[Opacity, ...]
    effusions: tuple[Effusion, ...]
    difficulty: dict[str, float]


def draw_findings(rng: np.random.Generator, anatomy: Anatomy) -> Planted:
    """Draw which findings a case has, where they lie and how hard they are to see."""
    present = {code: bool(rng.uniform() < PREVALENCE[code]) for code in FINDINGS}
    difficulty = {code: float(np.round(rng.beta(1.6, 1.6), 3)) if present[code] else 0.0 for code in FINDINGS}
    nodules: list[Nodule] = []
    opacities: list[Opacity] = []
    effusions: list[Effusion] = []
    if present["nodule"]:
        for _ in range(1 + int(rng.uniform() < 0.25)):
            nodules.append(_draw_nodule(rng, anatomy, difficulty["nodule"]))
    if present["opacity"]:
        opacities.append(_draw_opacity(rng, anatomy, difficulty["opacity"]))
    if present["effusion"]:
        sides = (-1, 1) if rng.uniform() < 0.2 else (int(rng.choice([-1, 1])),)
        effusions = [_draw_effusion(rng, side, difficulty["effusion"]) for side in sides]
    return Planted(tuple(nodules), tuple(opacities), tuple(effusions), difficulty)


def _place(rng: np.random.Generator, lung: Lung, margin: float) -> tuple[float, float]:
    """Draw a point of the aerated lung, away from the mediastinum and above the diaphragm."""
    x = lung.centre[0] + lung.side * rng.uniform(-0.45, 0.80 - margin) * lung.half_width
    top, bottom = lung.centre[1] - 0.72 * lung.half_height, lung.diaphragm_y - 0.04
    return float(x), float(rng.uniform(top, bottom))


def _draw_nodule(rng: np.random.Generator, anatomy: Anatomy, difficulty: float) -> Nodule:
    lung = anatomy.lungs[int(rng.integers(2))]
    x, y = _place(rng, lung, 0.1)
    return Nodule(
        x=x,
        y=y,
        radius=float((rng.uniform(12.0, 17.0) - 5.0 * difficulty) * MM),
        contrast=float((0.42 - 0.38 * difficulty) * rng.uniform(0.9, 1.1)),
        lobes=(
            float(rng.uniform(0, 0.15)),
            float(rng.uniform(0, 2 * np.pi)),
            float(rng.uniform(0, 2 * np.pi)),
        ),
    )


def _draw_opacity(rng: np.random.Generator, anatomy: Anatomy, difficulty: float) -> Opacity:
    lung = anatomy.lungs[int(rng.integers(2))]
    centre = np.array(_place(rng, lung, 0.3))
    n = int(rng.integers(7, 14))
    extent = rng.uniform(16, 26) * MM
    offsets = rng.normal(0, extent * 0.55, size=(n, 2)) * [1.0, rng.uniform(0.7, 1.3)]
    spread = rng.uniform(0.22, 0.50, size=n) * extent
    weights = rng.uniform(0.4, 1.0, size=n)
    blobs = np.column_stack([centre + offsets, spread, weights]).astype(np.float32)
    return Opacity(blobs=blobs, contrast=float((0.26 - 0.17 * difficulty) * rng.uniform(0.9, 1.1)))


def _draw_effusion(rng: np.random.Generator, side: int, difficulty: float) -> Effusion:
    height = (1.0 - difficulty) * rng.uniform(0.06, 0.22) + 0.005
    return Effusion(
        side=side, height=float(height), meniscus=float(rng.uniform(0.05, 0.11) * (1.15 - difficulty))
    )


def boxes_of(planted: Planted, anatomy: Anatomy) -> list[tuple[str, float, float, float, float]]:
    """Return (finding, left, top, right, bottom) in film units for all planted findings."""
    boxes: list[tuple[str, float, float, float, float]] = []
    for nodule in planted.nodules:
        r = nodule.radius * 1.1
        boxes.append(("nodule", nodule.x - r, nodule.y - r, nodule.x + r, nodule.y + r))
    for opacity in planted.opacities:
        x, y, s = opacity.blobs[:, 0], opacity.blobs[:, 1], opacity.blobs[:, 2] * 1.3
        edges = (float((x - s).min()), float((y - s).min()), float((x + s).max()), float((y + s).max()))
        boxes.append(("opacity", *edges))
    for effusion in planted.effusions:
        lung = anatomy.lungs[0] if effusion.side < 0 else anatomy.lungs[1]
        wall = lung.centre[0] + lung.side * lung.half_width * 0.95
        inner = lung.centre[0] - lung.side * lung.half_width * 0.5
        top = angle_y(lung) - effusion.height - effusion.meniscus
        boxes.append(("effusion", min(wall, inner), top, max(wall, inner), angle_y(lung)))
    return boxes


def angle_y(lung: Lung) -> float:
    """Return the height of the costophrenic angle; the side wall bends inwards before the dome has fallen far."""
    return lung.diaphragm_y + 0.62 * lung.dome
