"""Cohen's kappa, plain and weighted, and the table of every pair of readers."""

import dataclasses
import math
from collections.abc import Hashable
from typing import Literal

import numpy as np

from labelhub.consensus.agreement import intervals
from labelhub.consensus.agreement.many_readers import gwet_ac1, percent_agreement
from labelhub.consensus.agreement.ratings import FloatArray, IntArray, Ratings, RatingsError
from labelhub.consensus.agreement.result import Agreement, Undefined, defined, undefined

Weights = Literal["none", "linear", "quadratic"]


@dataclasses.dataclass(frozen=True, slots=True)
class PairAgreement:
    """Two readers on the items both rated; `table` counts by first (row) and second (column) reader."""

    first: Hashable
    second: Hashable
    n_items: int
    table: tuple[tuple[int, ...], ...]
    percent: Agreement
    cohen: Agreement
    ac1: Agreement


def cohen_kappa(ratings: Ratings, weights: Weights = "none") -> Agreement:
    """Cohen's kappa of exactly two readers, over the items both rated.

    Cohen (1960), Educ Psychol Meas 20:37; weighted: Cohen (1968), Psychol Bull 70:213, on the order of the
    categories. Interval: large-sample variance of Fleiss, Cohen and Everitt (1969), Psychol Bull 72:323;
    bootstrap when patients hold several items. Raises RatingsError `unordered_categories` when weights need
    an order that is not given.
    """
    if weights != "none" and not ratings.ordered:
        raise RatingsError("unordered_categories", "Weighted kappa needs `categories` in order, or numbers.")
    name = "Cohen kappa" if weights == "none" else f"Cohen kappa, {weights} weights"
    if len(ratings.readers) != 2:
        return undefined(ratings, name, Undefined.NOT_TWO_READERS)
    first, second, item = _paired_values(ratings)
    if not len(item):
        return undefined(ratings, name, Undefined.NO_OVERLAP)
    k = len(ratings.categories)
    weight = _agreement_weights(k, weights)
    cell = first * k + second
    table = np.bincount(cell, minlength=k * k).astype(np.float64)
    value = float(_kappa(table, weight))
    if not math.isfinite(value):
        return undefined(ratings, name, Undefined.ONE_CATEGORY)
    if ratings.is_clustered:
        cluster = ratings.cluster[item]
        one_hot = _whoever_is_first(first, second, cluster, k)
        interval = intervals.bootstrap(one_hot, cluster, lambda drawn: _kappa(drawn, weight))
        error = intervals.jackknife_error(one_hot, cluster, lambda left: _kappa(left, weight))
        return defined(ratings, f"{name}; {intervals.BOOTSTRAP_METHOD}", value, interval, error)
    error = _large_sample_error(table.reshape(k, k), weight, value)
    interval = intervals.normal(value, error) if error else None
    return defined(ratings, f"{name}; Fleiss, Cohen and Everitt (1969)", value, interval, error)


def pairwise_table(ratings: Ratings) -> list[PairAgreement]:
    """Compare every two readers who rated an item in common, in order of reader."""
    first_row, second_row = _pairs_of_rows(ratings)
    key = ratings.reader[first_row] * len(ratings.readers) + ratings.reader[second_row]
    order = np.argsort(key, kind="stable")
    begins = np.flatnonzero(np.diff(key[order], prepend=-1))
    groups = np.split(order, begins[1:]) if len(order) else []
    return [_compare_pair(ratings, first_row[group], second_row[group]) for group in groups]


def _compare_pair(ratings: Ratings, first_row: IntArray, second_row: IntArray) -> PairAgreement:
    n = len(first_row)
    k = len(ratings.categories)
    first, second = ratings.value[first_row], ratings.value[second_row]
    names = (ratings.readers[ratings.reader[first_row[0]]], ratings.readers[ratings.reader[second_row[0]]])
    pair = dataclasses.replace(
        ratings,
        item=np.repeat(np.arange(n), 2),
        reader=np.tile(np.arange(2), n),
        value=np.stack([first, second], axis=1).ravel(),
        cluster=ratings.cluster[ratings.item[first_row]],
        readers=names,
    )
    table = np.bincount(first * k + second, minlength=k * k).reshape(k, k)
    return PairAgreement(
        first=names[0],
        second=names[1],
        n_items=n,
        table=tuple(tuple(row) for row in table.tolist()),
        percent=percent_agreement(pair),
        cohen=cohen_kappa(pair),
        ac1=gwet_ac1(pair),
    )


def _pairs_of_rows(ratings: Ratings) -> tuple[IntArray, IntArray]:
    """Return the rows of every two ratings of one item, the lower reader first."""
    item = ratings.item
    firsts, seconds = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    most = int(ratings.counts.sum(axis=1).max(initial=0))
    for distance in range(1, most):
        rows = np.flatnonzero(item[:-distance] == item[distance:])
        firsts.append(rows)
        seconds.append(rows + distance)
    return np.concatenate(firsts), np.concatenate(seconds)


def _paired_values(ratings: Ratings) -> tuple[IntArray, IntArray, IntArray]:
    first_row, second_row = _pairs_of_rows(ratings)
    return ratings.value[first_row], ratings.value[second_row], ratings.item[first_row]


def _whoever_is_first(first: IntArray, second: IntArray, cluster: IntArray, k: int) -> FloatArray:
    """One-hot cells of the items, the readers in an order that does not depend on what they are called.

    Kappa is the same either way, but resampling goes through the patterns of the cells in their order.
    """
    ways = [np.eye(k * k)[first * k + second], np.eye(k * k)[second * k + first]]
    patterns = [intervals.distinct_rows(intervals.cluster_sums(way, cluster)) for way in ways]
    keys = [(rows.tolist(), times.tolist()) for rows, times in patterns]
    return ways[keys.index(min(keys))]


def _agreement_weights(k: int, weights: Weights) -> FloatArray:
    """Credit for each pair of categories: 1 on the diagonal, 0 for the furthest apart."""
    if weights == "none" or k < 2:
        return np.eye(k)
    distance = np.abs(np.subtract.outer(np.arange(k), np.arange(k))) / (k - 1)
    return np.asarray(1 - distance if weights == "linear" else 1 - distance**2)


def _kappa(tables: FloatArray, weight: FloatArray) -> FloatArray:
    """Compute (weighted) kappa of tables flattened in the last axis; NaN where chance is certain."""
    k = len(weight)
    n = tables.sum(axis=-1)
    shaped = tables.reshape(*tables.shape[:-1], k, k)
    rows, columns = shaped.sum(axis=-1), shaped.sum(axis=-2)
    observed = (shaped * weight).sum(axis=(-2, -1)) / n
    expected = np.einsum("...i,ij,...j->...", rows, weight, columns) / n**2
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(1 - expected > 1e-12, (observed - expected) / (1 - expected), np.nan)


def _large_sample_error(table: FloatArray, weight: FloatArray, kappa: float) -> float:
    """Standard error of (weighted) kappa after Fleiss, Cohen and Everitt (1969)."""
    n = table.sum()
    shares = table / n
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    expected = float(rows @ weight @ columns)
    mean_weights = (weight @ columns)[:, None] + (rows @ weight)[None, :]
    spread = float((shares * (weight - mean_weights * (1 - kappa)) ** 2).sum())
    variance = (spread - (kappa - expected * (1 - kappa)) ** 2) / (n * (1 - expected) ** 2)
    return math.sqrt(variance) if variance > 1e-15 else 0.0
