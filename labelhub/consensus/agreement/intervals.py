"""95 % intervals: Wilson's score, Student's t on linearised items, and a bootstrap over clusters.

Every statistic here is a function of sums over items ("features"). Items with equal features are
interchangeable, so resampling clusters with replacement is one multinomial draw over the distinct clusters:
exact, and fast because categorical ratings have few distinct patterns.
"""

import math
from collections.abc import Callable

import numpy as np
from scipy import stats

from labelhub.consensus.agreement.ratings import FloatArray, IntArray
from labelhub.consensus.agreement.result import Undefined

Interval = tuple[float, float]

BOOTSTRAP_DRAWS = 1000
BOOTSTRAP_SEED = 1971
BOOTSTRAP_METHOD = f"bootstrap over patients ({BOOTSTRAP_DRAWS} draws, seed {BOOTSTRAP_SEED})"
_CHUNK_CELLS = 2_000_000  # draws x distinct patterns held at once
_LEAST_DEFINED = 0.95  # share of draws in which the statistic must exist
_Z = float(stats.norm.ppf(0.975))


def clipped(centre: float, half_width: float) -> Interval:
    """Return the interval round a coefficient, cut to [-1, 1] but never to exclude the coefficient."""
    return max(min(-1.0, centre), centre - half_width), min(1.0, centre + half_width)


def normal(value: float, standard_error: float) -> Interval:
    """Large-sample interval of a coefficient."""
    return clipped(value, _Z * standard_error)


def student(value: float, standard_error: float, n_items: int) -> Interval:
    """Interval with n - 1 degrees of freedom, as Gwet (2008) uses for linearised variances."""
    return clipped(value, float(stats.t.ppf(0.975, n_items - 1)) * standard_error)


def wilson(share: float, n_effective: float) -> Interval:
    """Wilson (1927) score interval of a share; `n_effective` need not be whole."""
    shrink = 1 + _Z**2 / n_effective
    centre = (share + _Z**2 / (2 * n_effective)) / shrink
    half = _Z / shrink * math.sqrt(share * (1 - share) / n_effective + _Z**2 / (4 * n_effective**2))
    return max(0.0, centre - half), min(1.0, centre + half)


def cluster_sums(features: FloatArray, cluster: IntArray) -> FloatArray:
    """Add the features (items x features) of each cluster's items."""
    codes, code = np.unique(cluster, return_inverse=True)
    columns = [np.bincount(code, weights=column, minlength=len(codes)) for column in features.T]
    return np.stack(columns, axis=1) if columns else np.zeros((len(codes), 0))


def distinct_rows(rows: FloatArray) -> tuple[FloatArray, IntArray]:
    """Return the different rows, sorted, and how often each occurs."""
    # Sums over a cluster may differ in the last bit with the order of its items.
    patterns, times = np.unique(np.round(rows, 9), axis=0, return_counts=True)
    return patterns, times.astype(np.int64)


def total(features: FloatArray) -> FloatArray:
    """Sum the items' features; the result does not depend on their order, not even in its last bit."""
    patterns, times = np.unique(features, axis=0, return_counts=True)
    return np.asarray(times @ patterns, dtype=np.float64)


def jackknife_error(
    features: FloatArray, cluster: IntArray, statistic: Callable[[FloatArray], FloatArray]
) -> float | None:
    """Standard error from leaving out one cluster at a time; None when a statistic does not exist without one.

    Clusters without any feature (no item with two ratings) say nothing and are not counted.
    """
    patterns, times = distinct_rows(cluster_sums(features, cluster))
    is_told = patterns.any(axis=1)
    patterns, times = patterns[is_told], times[is_told]
    n = int(times.sum())
    if n < 2:
        return None
    values = statistic(times @ patterns - patterns)
    if not np.isfinite(values).all():
        return None
    mean = float(times @ values) / n
    return math.sqrt((n - 1) / n * float(times @ (values - mean) ** 2))


def bootstrap(
    features: FloatArray, cluster: IntArray, statistic: Callable[[FloatArray], FloatArray]
) -> Interval | Undefined | None:
    """Percentile interval from resampling clusters; None when the draws do not vary, or there is one cluster alone.

    `too_few_items`: so few clusters that more than 5 % of the draws leave the statistic undefined.

    `statistic` maps sums of features (draws x features) to values, NaN where a draw leaves it undefined.
    """
    patterns, times = distinct_rows(cluster_sums(features, cluster))
    n_clusters = int(times.sum())
    if n_clusters < 2 or len(patterns) < 2:
        return None
    generator = np.random.default_rng(BOOTSTRAP_SEED)
    chunk = max(1, _CHUNK_CELLS // len(patterns))
    values = []
    for begin in range(0, BOOTSTRAP_DRAWS, chunk):
        size = min(chunk, BOOTSTRAP_DRAWS - begin)
        weights = generator.multinomial(n_clusters, times / n_clusters, size=size)
        values.append(statistic(weights @ patterns))
    drawn = np.concatenate(values)
    defined = drawn[np.isfinite(drawn)]
    if len(np.unique(defined)) == 1:
        return None
    if len(defined) < _LEAST_DEFINED * BOOTSTRAP_DRAWS:
        return Undefined.TOO_FEW_ITEMS
    low, high = np.quantile(defined, [0.025, 0.975])
    return float(low), float(high)
