"""A long table of ratings (item, reader, value) coded as integers, the input of every agreement statistic."""

import dataclasses
import functools
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

MAX_CATEGORIES = 32  # the coincidence matrix of every cluster is held at once: clusters x categories^2


class RatingsError(ValueError):
    """The table cannot be analysed; `code` is stable, the message says what to change."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclasses.dataclass(frozen=True)
class Ratings:
    """Ratings in order of item, then reader; at most one by each reader of each item.

    `item`, `reader` and `value` are codes of equal length; `value` indexes `categories`, `reader` indexes
    `readers`. `cluster` has one code per item: items of one cluster (a patient) are resampled together.
    """

    item: IntArray
    reader: IntArray
    value: IntArray
    cluster: IntArray
    readers: tuple[Hashable, ...]
    categories: tuple[Hashable, ...]
    ordered: bool

    @functools.cached_property
    def counts(self) -> IntArray:
        """Ratings per item (row) and category (column)."""
        k = len(self.categories)
        flat = np.bincount(self.item * k + self.value, minlength=len(self.cluster) * k)
        return flat.reshape(len(self.cluster), k).astype(np.int64)

    @functools.cached_property
    def n_pairable_items(self) -> int:
        """Count the items with at least two ratings."""
        return int((self.counts.sum(axis=1) >= 2).sum())

    @functools.cached_property
    def n_pairable_ratings(self) -> int:
        """Count the ratings of items with at least two."""
        per_item = self.counts.sum(axis=1)
        return int(per_item[per_item >= 2].sum())

    @functools.cached_property
    def is_clustered(self) -> bool:
        """Say whether some cluster holds more than one item, so that items are not independent."""
        return len(np.unique(self.cluster)) < len(self.cluster)

    def one_against_rest(self, category: Hashable) -> "Ratings":
        """Merge all categories but one: the ratings from which a category's own kappa is computed."""
        if category not in self.categories:
            raise RatingsError(
                "unknown_category", f"{category!r} is not among the categories of these ratings."
            )
        is_other = (self.value != self.categories.index(category)).astype(np.int64)
        return dataclasses.replace(self, value=is_other, categories=(category, "rest"), ordered=False)


def tabulate(
    item: ArrayLike,
    reader: ArrayLike,
    value: ArrayLike,
    cluster: ArrayLike | None = None,
    *,
    categories: Sequence[Hashable] | None = None,
) -> Ratings:
    """Code a long table; rows whose value is None or NaN are missing and left out.

    `categories` gives the scale, in order where it has one; without it the scale is the values seen, and it
    is ordered only when they are numbers. Without `cluster` every item is its own cluster.

    Raises RatingsError: lengths_differ, repeated_rating, unknown_category, too_many_categories, split_item.
    """
    columns = [_column(item), _column(reader), _column(value)]
    if cluster is not None:
        columns.append(_column(cluster))
    if len({len(column) for column in columns}) > 1:
        raise RatingsError(
            "lengths_differ", "Item, reader, value and cluster must have one entry per rating each."
        )
    kept = ~_is_missing(columns[2])
    columns = [_tightened(column[kept]) for column in columns]

    items, item_code = np.unique(columns[0], return_inverse=True)
    readers, reader_code = np.unique(columns[1], return_inverse=True)
    scale, value_code, ordered = _coded_values(columns[2], categories)
    order = np.lexsort((reader_code, item_code))
    item_code, reader_code, value_code = item_code[order], reader_code[order], value_code[order]
    if np.any((np.diff(item_code) == 0) & (np.diff(reader_code) == 0)):
        raise RatingsError("repeated_rating", "A reader rated an item twice; pass one version of each read.")
    cluster_code = np.arange(len(items))
    if cluster is not None:
        cluster_code = _cluster_per_item(columns[3][order], item_code, len(items))
    return Ratings(item_code, reader_code, value_code, cluster_code, tuple(readers.tolist()), scale, ordered)


def tabulate_by_finding(
    finding: ArrayLike,
    item: ArrayLike,
    reader: ArrayLike,
    value: ArrayLike,
    cluster: ArrayLike | None = None,
    *,
    categories: Mapping[str, Sequence[Hashable]] | None = None,
) -> dict[str, Ratings]:
    """Split one long table of many findings into the ratings of each, in order of finding code.

    `categories`: the scale of each finding, as `tabulate` takes it.
    """
    findings, finding_code = np.unique(_column(finding), return_inverse=True)
    # Coding long text ids once, not once per finding, is most of the time saved.
    item_id = np.unique(_column(item), return_inverse=True)[1]
    cluster_id = item_id if cluster is None else np.unique(_column(cluster), return_inverse=True)[1]
    readers, values = _column(reader), _column(value)
    if len({len(finding_code), len(item_id), len(cluster_id), len(readers), len(values)}) > 1:
        raise RatingsError("lengths_differ", "Every column must have one entry per rating.")
    rows_by_finding = np.split(
        np.argsort(finding_code, kind="stable"), np.cumsum(np.bincount(finding_code))[:-1]
    )
    return {
        str(name): tabulate(
            item_id[rows],
            readers[rows],
            values[rows],
            cluster_id[rows],
            categories=categories[str(name)] if categories else None,
        )
        for name, rows in zip(findings.tolist(), rows_by_finding, strict=True)
    }


def _column(values: ArrayLike) -> NDArray[Any]:
    column = np.asarray(values)
    if column.ndim != 1:
        raise RatingsError("lengths_differ", "Each column of the table must be a flat sequence.")
    return column


def _is_missing(values: NDArray[Any]) -> NDArray[np.bool_]:
    if values.dtype.kind == "f":
        return np.asarray(np.isnan(values))
    if values.dtype.kind == "O":
        return np.array([entry is None or entry != entry for entry in values], dtype=bool)
    return np.zeros(len(values), dtype=bool)


def _tightened(column: NDArray[Any]) -> NDArray[Any]:
    """Turn an object column into numbers or text, which sort fast; other objects (UUIDs) by their text."""
    if column.dtype.kind != "O":
        return column
    tight = np.array(column.tolist(), dtype=None if len(column) else str)
    return tight.astype(str) if tight.dtype.kind == "O" else tight


def _coded_values(
    values: NDArray[Any], categories: Sequence[Hashable] | None
) -> tuple[tuple[Hashable, ...], IntArray, bool]:
    seen, code = np.unique(values, return_inverse=True)
    is_numeric = values.dtype.kind in "iufb"
    if categories is None:
        scale: tuple[Hashable, ...] = tuple(seen.tolist())
        positions = np.arange(len(seen))
    else:
        scale = tuple(categories)
        unknown = [entry for entry in seen.tolist() if entry not in scale]
        if unknown:
            raise RatingsError("unknown_category", f"Values outside the categories given: {unknown}.")
        positions = np.array([scale.index(entry) for entry in seen.tolist()], dtype=np.int64)
    if len(scale) > MAX_CATEGORIES:
        message = (
            f"{len(scale)} values; at most {MAX_CATEGORIES}. Group them, or use a method for measurements."
        )
        raise RatingsError("too_many_categories", message)
    coded = positions[code] if len(values) else np.zeros(0, dtype=np.int64)
    return scale, coded, is_numeric or categories is not None


def _cluster_per_item(cluster: NDArray[Any], item_code: IntArray, n_items: int) -> IntArray:
    cluster_code = np.unique(cluster, return_inverse=True)[1].astype(np.int64)
    per_item = np.zeros(n_items, dtype=np.int64)
    per_item[item_code] = cluster_code
    if np.any(per_item[item_code] != cluster_code):
        raise RatingsError("split_item", "An item belongs to two clusters; give each item one patient.")
    return per_item
