"""Render a drawn phantom to a noise-free film: float32 (rows, columns), about 0 (air) to 1 (bone), bone bright.

Brightness stands for the logarithm of attenuation, as in a processed DX image, so overlapping structures add up.
"""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from scipy.sparse import csr_array

from workers.phantoms.anatomy import MM, Anatomy, Lung, Ribs
from workers.phantoms.findings import Effusion, Nodule, Opacity, Planted, angle_y

Film = NDArray[np.floating[Any]]

DETAIL_PX = 256  # vessels are drawn at this size and then resized to the film's
VESSEL_SIGMA = (0.006, 0.010, 0.016)  # film units, thin to thick


@lru_cache(maxsize=4)
def grid(size: int) -> tuple[Film, Film]:
    """Return x as (1, size) and y as (size, 1): film units of the pixel centres."""
    line = ((np.arange(size, dtype=np.float32) + 0.5) / size * 2 - 1).astype(np.float32)
    return line[None, :], line[:, None]


@lru_cache(maxsize=16)
def _resize_matrix(n_out: int, n_in: int) -> csr_array:
    """Return the (n_out, n_in) matrix of linear interpolation, or of area averaging when it makes smaller."""
    step = n_in / n_out
    centre = (np.arange(n_out) + 0.5) * step - 0.5
    reach = max(step, 1.0)  # a triangle as wide as the larger of the two pixels
    weights = np.clip(1 - np.abs(np.arange(n_in)[None, :] - centre[:, None]) / reach, 0, None)
    return csr_array((weights / weights.sum(axis=1, keepdims=True)).astype(np.float32))


@lru_cache(maxsize=16)
def _spline_matrix(size: int, n: int) -> csr_array:
    """Return the (size, n + 3) matrix of uniform cubic B-splines over n intervals."""
    position = (np.arange(size) + 0.5) / size * n
    distance = np.abs(position[:, None] - (np.arange(n + 3) - 1)[None, :])
    near = 2 / 3 - distance**2 + distance**3 / 2
    far = np.clip(2 - distance, 0, None) ** 3 / 6
    return csr_array(np.where(distance < 1, near, far).astype(np.float32))


def _apply(matrix: csr_array, film: Film) -> Film:
    """Apply a matrix to rows and columns. Sparse, because a threaded dense product wastes the other cores."""
    return np.ascontiguousarray((matrix @ (matrix @ film).T).T)


def resize(film: Film, size: int) -> Film:
    """Resize a square film."""
    return _apply(_resize_matrix(size, film.shape[0]), film)


def smooth_field(rng: np.random.Generator, n: int, size: int) -> Film:
    """Return a random field of about unit variance whose features are about 1/n of the film wide."""
    knots = rng.standard_normal((n + 3, n + 3), dtype=np.float32)
    return _apply(_spline_matrix(size, n), knots) * np.float32(1.5)


def _step(distance: Film, soft: float) -> Film:
    """Return a ramp from 0 to 1 over a width of `soft` film units round distance 0."""
    return np.clip(distance * np.float32(1 / soft) + np.float32(0.5), 0, 1)


def render_frontal(anatomy: Anatomy, planted: Planted, rng: np.random.Generator, size: int) -> Film:
    """Render a PA or AP film. `rng` draws what differs from film to film: texture and irregularity."""
    x, y = grid(size)
    upright = x - np.float32(anatomy.midline) - np.float32(anatomy.tilt) * y
    air = _air(anatomy, planted, x, y, rng, size)
    half_width = np.float32(anatomy.body_half_width) * np.clip((y + 1.06) / 0.32, 0.34, 1)
    body = _step(half_width - np.abs(upright), 0.05)

    film = 0.10 + body * (0.50 + 0.10 * _step(y - 0.55, 0.5)) - np.float32(anatomy.lung_depth) * air
    film += _spine(upright, y)
    film += _bones(anatomy.ribs, upright, y + 0.012 * smooth_field(rng, 6, size), air)
    film += air * _vessels(anatomy, size)
    film += 0.030 * smooth_field(rng, 34, size) * air
    _add_local(film, air, anatomy, planted)
    if anatomy.breasts:
        film += _breasts(anatomy, x, y)
    return film


def _air(anatomy: Anatomy, planted: Planted, x: Film, y: Film, rng: np.random.Generator, size: int) -> Film:
    """Return how much aerated lung each ray crosses, 0 to about 1."""
    air = np.zeros((size, size), dtype=np.float32)
    half = size // 2 + size // 16  # the lungs overlap the midline a little
    for lung, columns in zip(anatomy.lungs, (slice(0, half), slice(size - half, size)), strict=True):
        air[:, columns] += _lung(lung, planted.effusions, x[:, columns], y)
    cx, cy, a, b = anatomy.heart
    radius = np.sqrt(((x - cx) / a) ** 2 + ((y - cy) / b) ** 2)
    heart = _step(1 - radius, 0.16)
    knob = _step(1 - np.hypot((x - anatomy.midline - 0.10) / 0.085, (y + 0.36) / 0.10), 0.3)
    width = anatomy.mediastinum_half_width * (1 + 0.25 * np.cos(3.1 * y))
    mediastinum = _step(width - np.abs(x - anatomy.midline), 0.05)
    keep = (1 - 0.88 * heart) * (1 - 0.92 * mediastinum) * (1 - 10 * anatomy.aortic_knob * knob)
    return air * keep


def _lung(lung: Lung, effusions: tuple[Effusion, ...], x: Film, y: Film) -> Film:
    cx, cy = lung.centre
    across = (x - cx) * np.float32(lung.side / lung.half_width)  # -1 medial .. +1 at the side wall
    up = (y - cy) / np.float32(lung.half_height)
    shape = _step(1 - (np.abs(across) ** 2.6 + np.abs(up) ** 2.6), 0.18)
    lateral = np.clip(across, 0, 1)
    fall = across**2 * np.where(across > 0, 1, 0.3) * (1 - lung.blunting * lateral**3)
    air = lung.aeration * shape * _step(lung.diaphragm_y + lung.dome * fall - y, 0.022)
    for effusion in effusions:
        if effusion.side == lung.side:
            level = angle_y(lung) - effusion.height - effusion.meniscus * lateral**3
            air = air * (1 - 0.90 * _step(y - level, 0.045))
    return air


def _spine(upright: Film, y: Film) -> Film:
    column = _step(0.065 - np.abs(upright), 0.03)
    vertebrae = 0.75 + 0.25 * np.cos(y * np.float32(2 * np.pi / 0.13))
    return 0.07 * column * vertebrae


def _bones(ribs: Ribs, upright: Film, y: Film, air: Film) -> Film:
    """Return posterior and anterior ribs and the clavicles."""
    u = np.abs(upright) * np.float32(1 / 0.80)
    posterior = _bands((y - ribs.droop * u**2) / ribs.spacing + ribs.phase, ribs.width)
    spacing = 1.18 * ribs.spacing
    anterior = _bands((y - ribs.anterior_slope * (1 - u)) / spacing + ribs.anterior_phase, 0.8 * ribs.width)
    cage = _step(1 - u, 0.08) * _step(y + 0.84, 0.1) * _step(0.62 - y, 0.2)
    bones = cage * (posterior + 0.65 * anterior * _step(u - 0.42, 0.16))
    clavicle = _step(0.022 - np.abs(y + 0.70 + 0.20 * u - 0.10 * u**2), 0.02)
    clavicle = clavicle * _step(u - 0.10, 0.05) * _step(0.86 - u, 0.1)
    return ribs.contrast * (bones * (0.45 + 0.55 * air) + 1.2 * clavicle)


def _bands(phase: Film, width: float) -> Film:
    """Return periodic bands with brighter edges, as a tube of cortical bone projects."""
    offset = (phase - np.floor(phase) - np.float32(0.5)) * np.float32(2 / width)
    t = offset * offset
    return np.clip(1 - t, 0, None) * (0.7 + t)


def _vessels(anatomy: Anatomy, size: int) -> Film:
    layer = np.zeros((DETAIL_PX, DETAIL_PX), dtype=np.float32)
    column = np.clip((anatomy.vessels[:, 0] + 1) * DETAIL_PX / 2, 0, DETAIL_PX - 1).astype(int)
    row = np.clip((anatomy.vessels[:, 1] + 1) * DETAIL_PX / 2, 0, DETAIL_PX - 1).astype(int)
    for radius_class, sigma in enumerate(VESSEL_SIGMA):
        chosen = anatomy.vessels[:, 2] == radius_class
        flat = row[chosen] * DETAIL_PX + column[chosen]
        dots = np.bincount(flat, anatomy.vessels[chosen, 3], DETAIL_PX**2).astype(np.float32)
        layer += gaussian_filter(dots.reshape(DETAIL_PX, DETAIL_PX), sigma * DETAIL_PX / 2, truncate=3)
    layer = np.float32(0.42 * anatomy.vessel_contrast) * layer
    return resize(layer / (1 + 2 * layer), size)


def _breasts(anatomy: Anatomy, x: Film, y: Film) -> Film:
    shadow = np.zeros(np.broadcast_shapes(x.shape, y.shape), dtype=np.float32)
    for side in (-1, 1):
        radius = np.hypot((x - side * 0.48) / 0.36, (y - 0.22) / 0.30)
        shadow += _step(1 - radius, 0.35)
    return anatomy.breasts * shadow


def _add_local(film: Film, air: Film, anatomy: Anatomy, planted: Planted) -> None:
    """Add what is small enough to be drawn on its own patch: planted shadows and their look-alikes."""
    for nodule in planted.nodules:
        _add_nodule(film, nodule)
    for opacity in planted.opacities:
        _add_opacity(film, air, opacity)
    for x, y, contrast in anatomy.nipples:
        _add_nodule(film, Nodule(x, y, 5 * MM, contrast, (0.0, 0.0, 0.0)))
    for x, y, radius in anatomy.granulomas:
        _add_nodule(film, Nodule(x, y, radius, 0.22, (0.1, x, y)))


def patch(size: int, x0: float, y0: float, x1: float, y1: float) -> tuple[slice, slice]:
    """Return the (rows, columns) that cover a rectangle in film units, clipped to the film."""
    low_x, high_x = (int(np.clip(np.floor((v + 1) * size / 2), 0, size)) for v in (x0, x1 + 2 / size))
    low_y, high_y = (int(np.clip(np.floor((v + 1) * size / 2), 0, size)) for v in (y0, y1 + 2 / size))
    return slice(low_y, high_y), slice(low_x, high_x)


def _add_nodule(film: Film, nodule: Nodule) -> None:
    size, r = film.shape[0], nodule.radius * 1.4
    rows, columns = patch(size, nodule.x - r, nodule.y - r, nodule.x + r, nodule.y + r)
    x, y = grid(size)
    dx, dy = x[:, columns] - nodule.x, y[rows] - nodule.y
    angle = np.arctan2(dy, dx)
    amplitude, phase2, phase3 = nodule.lobes
    edge = 1 + amplitude * (np.cos(2 * angle + phase2) + 0.7 * np.cos(3 * angle + phase3))
    t = (dx**2 + dy**2) / (nodule.radius * edge) ** 2
    film[rows, columns] += nodule.contrast * np.sqrt(np.clip(1 - t, 0, None))  # the chord of a sphere


def _add_opacity(film: Film, air: Film, opacity: Opacity) -> None:
    """Fill air spaces: little is seen of it where there is little air."""
    size = film.shape[0]
    x, y = grid(size)
    centre, spread = opacity.blobs[:, :2], opacity.blobs[:, 2:3]
    low, high = (centre - 3 * spread).min(axis=0), (centre + 3 * spread).max(axis=0)
    rows, columns = patch(size, low[0], low[1], high[0], high[1])
    shadow = np.zeros((rows.stop - rows.start, columns.stop - columns.start), dtype=np.float32)
    for bx, by, s, weight in opacity.blobs:
        across = np.exp(-0.5 * ((x[:, columns] - bx) / s) ** 2)
        down = np.exp(-0.5 * ((y[rows] - by) / s) ** 2)
        shadow += weight * down * across
    film[rows, columns] += opacity.contrast * np.tanh(1.2 * shadow) * (0.3 + 0.7 * air[rows, columns])


def render_lateral(anatomy: Anatomy, planted: Planted, rng: np.random.Generator, size: int) -> Film:
    """Render a lateral film (front on the left): the same heights, with depths drawn by `rng`."""
    x, y = grid(size)
    body = _step(0.78 - np.hypot(x, 0.55 * (y - 0.1)), 0.06)
    lung = anatomy.lungs[1]
    field = _step(
        1 - (np.abs((x - 0.02) / 0.52) ** 2.4 + np.abs((y - lung.centre[1]) / lung.half_height) ** 2.4), 0.2
    )
    level = lung.diaphragm_y + lung.dome * np.clip((x - 0.02) / 0.52, 0, 1) ** 2
    air = field * _step(level - y, 0.03)
    for effusion in planted.effusions:
        fluid = angle_y(lung) - effusion.height - effusion.meniscus * np.clip(x / 0.5, 0, 1) ** 3
        air = air * (1 - 0.6 * _step(y - fluid, 0.045))
    _, cy, a, b = anatomy.heart
    air = air * (1 - 0.8 * _step(1 - np.hypot((x + 0.22) / a, (y - cy) / b), 0.2))
    spine = _step(0.08 - np.abs(x - 0.46 - 0.1 * y**2), 0.03) * (0.75 + 0.25 * np.cos(y * 2 * np.pi / 0.13))
    bands = _bands((y - 0.5 * x) / anatomy.ribs.spacing + anatomy.ribs.phase, anatomy.ribs.width)
    film = 0.10 + 0.52 * body - np.float32(anatomy.lung_depth) * air + 0.09 * spine
    film += 0.6 * anatomy.ribs.contrast * bands * field
    film += 0.03 * smooth_field(rng, 34, size) * air
    for nodule in planted.nodules:
        moved = Nodule(float(rng.uniform(-0.3, 0.35)), nodule.y, nodule.radius, nodule.contrast, nodule.lobes)
        _add_nodule(film, moved)
    for opacity in planted.opacities:
        blobs = opacity.blobs.copy()
        blobs[:, 0] += np.float32(rng.uniform(-0.3, 0.35)) - blobs[:, 0].mean()
        _add_opacity(film, air, Opacity(blobs, opacity.contrast))
    return film
