"""Krippendorff's alpha for any number of readers, missing ratings and four scales of measurement.

Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, section D and E: alpha = 1 - D_observed /
D_expected over the coincidence matrix, in which each item with m >= 2 ratings spreads its m (m - 1) ordered
pairs with weight 1 / (m - 1). Items with one rating are not pairable and have no influence.
"""

import math
from typing import Literal

import numpy as np

from labelhub.consensus.agreement import intervals
from labelhub.consensus.agreement.ratings import FloatArray, Ratings, RatingsError
from labelhub.consensus.agreement.result import Agreement, Undefined, defined, undefined

Scale = Literal["nominal", "ordinal", "interval", "ratio"]


def krippendorff_alpha(ratings: Ratings, scale: Scale = "nominal") -> Agreement:
    """Alpha with a percentile interval from resampling patients (items, where each is its own patient).

    Standard error: the jackknife that leaves out one patient at a time (Efron and Stein 1981, Ann Stat 9:586).
    Raises RatingsError: unordered_categories (ordinal without an order), not_numeric (interval or ratio of
    text).
    """
    name = f"Krippendorff alpha, {scale}"
    if not ratings.n_pairable_items:
        return undefined(ratings, name, Undefined.NO_OVERLAP)
    points = _points(ratings, scale)
    features = _item_coincidences(ratings)
    value = float(_alpha(intervals.total(features), points, scale))
    if not math.isfinite(value):
        return undefined(ratings, name, Undefined.ONE_CATEGORY)
    interval = intervals.bootstrap(features, ratings.cluster, lambda drawn: _alpha(drawn, points, scale))
    error = intervals.jackknife_error(features, ratings.cluster, lambda left: _alpha(left, points, scale))
    return defined(ratings, f"{name}; {intervals.BOOTSTRAP_METHOD}", value, interval, error)


def _points(ratings: Ratings, scale: Scale) -> FloatArray:
    """Return the position of each category on the scale of measurement."""
    k = len(ratings.categories)
    if scale == "ordinal" and not ratings.ordered:
        raise RatingsError("unordered_categories", "Ordinal alpha needs `categories` in order, or numbers.")
    if scale in ("nominal", "ordinal"):
        return np.arange(k, dtype=np.float64)
    numbers = [float(entry) for entry in ratings.categories if isinstance(entry, int | float)]
    if len(numbers) < k:
        raise RatingsError("not_numeric", f"The {scale} scale needs numbers as values.")
    if scale == "ratio" and min(numbers, default=0.0) < 0:
        raise RatingsError("not_numeric", "The ratio scale needs values of zero or more.")
    return np.array(numbers)


def _item_coincidences(ratings: Ratings) -> FloatArray:
    """Coincidence matrix of each item, flattened: items x K^2."""
    counts = ratings.counts.astype(np.float64)
    n_items, k = counts.shape
    pairs = counts[:, :, None] * counts[:, None, :]
    diagonal = np.arange(k)
    pairs[:, diagonal, diagonal] -= counts
    others = np.maximum(counts.sum(axis=1) - 1, 1.0)
    return np.asarray((pairs / others[:, None, None]).reshape(n_items, k * k))


def _alpha(flat: FloatArray, points: FloatArray, scale: Scale) -> FloatArray:
    """Compute alpha of coincidence matrices flattened in the last axis; NaN where only one value is left."""
    k = len(points)
    coincidences = flat.reshape(*flat.shape[:-1], k, k)
    marginal = coincidences.sum(axis=-1)
    n = marginal.sum(axis=-1)
    distance = _squared_distance(marginal, points, scale)
    observed = (coincidences * distance).sum(axis=(-2, -1))
    expected = np.einsum("...i,...ij,...j->...", marginal, distance, marginal)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(expected > 1e-12, 1 - (n - 1) * observed / expected, np.nan)


def _squared_distance(marginal: FloatArray, points: FloatArray, scale: Scale) -> FloatArray:
    """Difference function of the scale; the ordinal one depends on how often each value was used."""
    k = len(points)
    if scale == "nominal":
        return 1 - np.eye(k)
    if scale == "ordinal":
        # Ranks between c and k: all ratings from one to the other, counting the two ends by half.
        ranks = np.cumsum(marginal, axis=-1) - marginal / 2
        return np.asarray((ranks[..., :, None] - ranks[..., None, :]) ** 2)
    differences = np.subtract.outer(points, points) ** 2
    if scale == "interval":
        return np.asarray(differences)
    sums = np.add.outer(points, points) ** 2
    return np.asarray(np.divide(differences, sums, out=np.zeros((k, k)), where=sums > 0))
