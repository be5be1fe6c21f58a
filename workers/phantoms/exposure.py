"""Turn a film into detector values: gain, tone, uneven field, noise and the side marker of one of two sites."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workers.phantoms.render import Film, smooth_field

MAX_VALUE = 4095
REFERENCE_PX = 512  # the noise below is that of a film of this size; smaller films average it away

GLYPHS = {
    "A": ("####.", "#...#", "#...#", "####.", "#.#..", "#..#.", "#...#"),  # "R" on the patient's right
    "B": ("#....", "#....", "#....", "#....", "#....", "#....", "#####"),  # "L" on the patient's left
}


@dataclass(frozen=True)
class Exposure:
    """How one film was exposed and processed."""

    site: str
    gain: float
    tone: float  # exponent of the tone curve
    field: float  # standard deviation of the slow, uneven brightness
    noise: float  # standard deviation at REFERENCE_PX
    offset: float  # detector value of air
    scale: float  # detector values from air to bone
    is_monochrome1: bool
    marker_y: float


def draw_exposure(rng: np.random.Generator, site: str) -> Exposure:
    """Draw the exposure of one film. Site B is darker, noisier, and sends some films as MONOCHROME1."""
    is_b = site == "B"
    return Exposure(
        site=site,
        gain=float(rng.normal(0.86 if is_b else 1.0, 0.07)),
        tone=float(rng.uniform(0.78, 1.05) if is_b else rng.uniform(0.92, 1.25)),
        field=float(rng.uniform(0.04, 0.09)),
        noise=float(rng.uniform(0.030, 0.050) if is_b else rng.uniform(0.014, 0.030)),
        offset=150.0 if is_b else 320.0,
        scale=3500.0 if is_b else 2800.0,
        is_monochrome1=bool(is_b and rng.uniform() < 0.4),
        marker_y=float(rng.uniform(0.05, 0.14)),
    )


def expose(film: Film, exposure: Exposure, rng: np.random.Generator) -> NDArray[np.uint16]:
    """Return 12-bit detector values, bone bright."""
    size = film.shape[0]
    uneven = film + np.float32(exposure.field) * smooth_field(rng, 4, size)
    toned = np.power(np.clip(np.float32(exposure.gain) * uneven, 0.002, 1.6), np.float32(exposure.tone))
    noise = exposure.noise * min(size / REFERENCE_PX, 1.0)
    toned += np.float32(noise) * rng.standard_normal(film.shape, dtype=np.float32)
    _stamp_marker(toned, exposure)
    values = np.rint(exposure.offset + exposure.scale * toned)
    return np.clip(values, 0, MAX_VALUE).astype(np.uint16)


def _stamp_marker(film: Film, exposure: Exposure) -> None:
    size = film.shape[0]
    cell = max(size // 110, 1)
    glyph = (
        np.array([[c == "#" for c in row] for row in GLYPHS[exposure.site]]).repeat(cell, 0).repeat(cell, 1)
    )
    top = int(exposure.marker_y * size)
    left = int(0.05 * size) if exposure.site == "A" else int(0.95 * size) - glyph.shape[1]
    film[top : top + glyph.shape[0], left : left + glyph.shape[1]][glyph] = 1.05
