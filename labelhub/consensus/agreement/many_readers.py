"""Percent agreement, Fleiss' kappa, Gwet's AC1 and PABAK for any number of readers of each item.

All four take the observed agreement of an item with r >= 2 ratings as the share of its r (r - 1) ordered
pairs that are equal, and average it over those items. Fleiss' kappa and AC1 take the prevalence of a category
as the mean over items with r >= 1 ratings of its share there. With equal r this is Fleiss (1971), Psychol
Bull 76:378; for unequal r it is the generalisation of Gwet (2014), Handbook of Inter-Rater Reliability, 4th
ed., chapters 2 and 3.
"""

import dataclasses
import functools
import math
from collections.abc import Callable

import numpy as np

from labelhub.consensus.agreement import intervals
from labelhub.consensus.agreement.ratings import FloatArray, Ratings
from labelhub.consensus.agreement.result import Agreement, Undefined, defined, undefined


def percent_agreement(ratings: Ratings) -> Agreement:
    """Share of equal pairs of ratings, as a fraction of 1.

    The interval is Wilson's with the effective number of items p (1 - p) / variance of the mean, as Korn and
    Graubard (1998), Surv Methodol 24:193, do for a share in clustered data; for two readers and no clusters
    that is n.
    """
    return _observed_agreement(ratings, "percent agreement")


def pabak(ratings: Ratings) -> Agreement:
    """Prevalence- and bias-adjusted kappa (K p - 1) / (K - 1) for K categories, p being percent agreement.

    K = 2: Byrt, Bishop and Carlin (1993), J Clin Epidemiol 46:423; K > 2: Brennan and Prediger (1981), Educ
    Psychol Meas 41:687. K counts the categories of the scale, so pass `categories` to `tabulate` if one may
    go unused.
    """
    observed = _observed_agreement(ratings, "PABAK")
    k = len(ratings.categories)
    if observed.value is None:
        return observed
    if k < 2:
        return undefined(ratings, "PABAK", Undefined.ONE_CATEGORY)

    def adjust(share: float | None) -> float | None:
        return None if share is None else (k * share - 1) / (k - 1)

    value = (k * observed.value - 1) / (k - 1)
    return dataclasses.replace(
        observed,
        value=value,
        low=adjust(observed.low),
        high=adjust(observed.high),
        standard_error=None
        if observed.standard_error is None
        else math.sqrt(_variance(ratings, value, by_chance=1 / k)),
    )


def fleiss_kappa(ratings: Ratings) -> Agreement:
    """Fleiss' kappa: chance agreement is the sum of the squared prevalences of the categories.

    Interval: linearised variance, Gwet (2008), Br J Math Stat Psychol 61:29 (not Fleiss' own, which holds
    only when there is no agreement beyond chance); bootstrap when patients hold several items. In small tables
    where many items have one rating the value may fall below -1, for those items shape the prevalences only.
    """
    return _chance_corrected(ratings, "Fleiss kappa", _fleiss_chance, _fleiss_slope)


def gwet_ac1(ratings: Ratings) -> Agreement:
    """Gwet's AC1: chance agreement is sum of p (1 - p) / (K - 1), small when one category dominates.

    Gwet (2008), Br J Math Stat Psychol 61:29. K counts the categories of the scale, as for `pabak`.
    """
    k = len(ratings.categories)
    if k < 2:
        reason = Undefined.ONE_CATEGORY if ratings.n_pairable_items else Undefined.NO_OVERLAP
        return undefined(ratings, "Gwet AC1", reason)
    return _chance_corrected(
        ratings, "Gwet AC1", functools.partial(_gwet_chance, k=k), functools.partial(_gwet_slope, k=k)
    )


def _fleiss_chance(prevalence: FloatArray) -> FloatArray:
    return np.asarray((prevalence**2).sum(axis=-1))


def _fleiss_slope(prevalence: FloatArray) -> FloatArray:
    return 2 * prevalence


def _gwet_chance(prevalence: FloatArray, k: int) -> FloatArray:
    return np.asarray((prevalence * (1 - prevalence)).sum(axis=-1) / (k - 1))


def _gwet_slope(prevalence: FloatArray, k: int) -> FloatArray:
    return (1 - 2 * prevalence) / (k - 1)


def _item_features(ratings: Ratings) -> FloatArray:
    """Per item: share of equal pairs (0 when unpaired), is paired, is rated, share of each category."""
    counts = ratings.counts.astype(np.float64)
    n = counts.sum(axis=1)
    is_paired = n >= 2
    pairs = np.where(is_paired, n * (n - 1), 1.0)
    equal = np.where(is_paired, (counts * (counts - 1)).sum(axis=1) / pairs, 0.0)
    shares = counts / np.maximum(n, 1.0)[:, None]
    return np.column_stack([equal, is_paired, n >= 1, shares])


def _coefficient(sums: FloatArray, chance: Callable[[FloatArray], FloatArray]) -> FloatArray:
    """Compute (observed - chance) / (1 - chance) from sums of item features; NaN where undefined."""
    with np.errstate(divide="ignore", invalid="ignore"):
        observed = sums[..., 0] / sums[..., 1]
        by_chance = chance(sums[..., 3:] / sums[..., 2:3])
        return np.where(1 - by_chance > 1e-12, (observed - by_chance) / (1 - by_chance), np.nan)


def _chance_corrected(
    ratings: Ratings,
    name: str,
    chance: Callable[[FloatArray], FloatArray],
    slope: Callable[[FloatArray], FloatArray],
) -> Agreement:
    if not ratings.n_pairable_items:
        return undefined(ratings, name, Undefined.NO_OVERLAP)
    features = _item_features(ratings)
    sums = intervals.total(features)
    value = float(_coefficient(sums, chance))
    if not math.isfinite(value):
        return undefined(ratings, name, Undefined.ONE_CATEGORY)
    if ratings.is_clustered:
        interval = intervals.bootstrap(features, ratings.cluster, lambda drawn: _coefficient(drawn, chance))
        error = intervals.jackknife_error(features, ratings.cluster, lambda left: _coefficient(left, chance))
        return defined(ratings, f"{name}; {intervals.BOOTSTRAP_METHOD}", value, interval, error)
    error = _linearised_error(features, sums, value, chance, slope)
    is_told = ratings.n_pairable_items > 1
    interval = intervals.student(value, error, len(features)) if error and is_told else None
    return defined(ratings, f"{name}; linearised variance (Gwet 2008)", value, interval, error)


def _linearised_error(
    features: FloatArray,
    sums: FloatArray,
    value: float,
    chance: Callable[[FloatArray], FloatArray],
    slope: Callable[[FloatArray], FloatArray],
) -> float | None:
    """Standard error from each item's share in the coefficient: Gwet (2008); unequal numbers: Gwet (2014).

    An item with one rating adds no agreement, yet counts among the n, and the n' others count n / n' times: so the
    variance carries the doubt about what a second rating would have said.
    """
    n = len(features)
    if n < 2:
        return None
    prevalence = sums[3:] / n
    by_chance = float(chance(prevalence))
    on_observed = (n / sums[1]) * (features[:, 0] - by_chance * features[:, 1]) / (1 - by_chance) - value
    on_chance = (features[:, 3:] - prevalence) @ slope(prevalence) / (1 - by_chance)
    influence = on_observed - (1 - value) * on_chance
    return math.sqrt(float(intervals.total(influence[:, None] ** 2)[0]) / (n * (n - 1)))


def _observed_agreement(ratings: Ratings, name: str) -> Agreement:
    if not ratings.n_pairable_items:
        return undefined(ratings, name, Undefined.NO_OVERLAP)
    features = _item_features(ratings)[:, :2]
    equal, n_items = intervals.total(features)
    share = float(equal / n_items)
    variance = _variance(ratings, share, by_chance=0.0)
    if _n_clusters(features, ratings) < 2:
        # How her cases vary says nothing of how those of others do.
        return defined(ratings, f"{name}; Wilson score", share, None)
    is_certain = variance < 1e-15 or share * (1 - share) < 1e-15
    n_effective = float(_n_clusters(features, ratings)) if is_certain else share * (1 - share) / variance
    method = f"{name}; Wilson score"
    if ratings.is_clustered:
        method += " with the effective number of items over patients"
    interval = intervals.wilson(share, n_effective)
    return defined(ratings, method, share, interval, math.sqrt(variance))


def _variance(ratings: Ratings, value: float, *, by_chance: float) -> float:
    """Variance over clusters of (observed - by_chance) / (1 - by_chance), agreement by chance being a constant.

    Items with one rating count as in `_linearised_error`. Two ratings of every item make a binomial share, whose
    variance is p (1 - p) / n, without the n - 1 of a sample.
    """
    features = _item_features(ratings)
    n = len(features)
    scaled = (
        n / features[:, 1].sum() * (features[:, :1] - by_chance * features[:, 1:2]) / (1 - by_chance) - value
    )
    residuals = intervals.cluster_sums(scaled, ratings.cluster)
    is_binomial = len(residuals) == n and bool((ratings.counts.sum(axis=1) == 2).all())
    freedom = n if is_binomial else n * (len(residuals) - 1) / len(residuals)
    return float(intervals.total(residuals**2)[0]) / (n * max(freedom, 1.0))


def _n_clusters(features: FloatArray, ratings: Ratings) -> int:
    return len(np.unique(ratings.cluster[features[:, 1] > 0]))
