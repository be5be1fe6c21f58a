"""Standard errors of kappa and alpha by a second hand: derivatives by small changes of the shares, not by formula."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from labelhub.consensus.agreement import Ratings, cohen_kappa, krippendorff_alpha, tabulate
from labelhub.consensus.agreement.two_readers import Weights

STEP = 1e-6
CREDIT: dict[Weights, Callable[[int, int, int], float]] = {
    "none": lambda i, j, k: float(i == j),
    "linear": lambda i, j, k: 1 - abs(i - j) / (k - 1),
    "quadratic": lambda i, j, k: 1 - (i - j) ** 2 / (k - 1) ** 2,
}


def ratings_of(table: np.ndarray) -> Ratings:
    """Ratings of two readers from their cross-table."""
    cells = [(i, j) for i, j in np.ndindex(*table.shape) for _ in range(int(table[i, j]))]
    items = [item for item in range(len(cells)) for _ in "ab"]
    values = [value for cell in cells for value in cell]
    return tabulate(items, ["a", "b"] * len(cells), values, categories=list(range(len(table))))


def plain_kappa(shares: np.ndarray, weights: Weights) -> float:
    """Weighted kappa as Cohen (1968) has it, cell by cell."""
    k = len(shares)
    rows = [sum(shares[i]) for i in range(k)]
    columns = [sum(shares[i][j] for i in range(k)) for j in range(k)]
    observed = chance = 0.0
    for i, j in itertools.product(range(k), repeat=2):
        credit = CREDIT[weights](i, j, k)
        observed += credit * shares[i][j]
        chance += credit * rows[i] * columns[j]
    return (observed - chance) / (1 - chance)


def error_by_small_changes(shares: np.ndarray, n: int, statistic: Callable[[np.ndarray], float]) -> float:
    """The large-sample error of a statistic of a multinomial's shares: the spread of its influence over the cells."""
    flat = shares.ravel()
    slopes = []
    for place in range(len(flat)):
        change = np.zeros(len(flat))
        change[place] = STEP
        up, down = (statistic((flat + sign * change).reshape(shares.shape)) for sign in (1, -1))
        slopes.append((up - down) / (2 * STEP))
    influence = np.array(slopes)
    return math.sqrt(max(0.0, float(flat @ influence**2 - (flat @ influence) ** 2) / n))


@pytest.mark.parametrize("weights", list(CREDIT))
@settings(max_examples=60)
@given(data=st.data(), k=st.integers(2, 5))
def test_the_error_of_weighted_kappa_is_that_of_its_derivatives(
    weights: Weights, data: st.DataObject, k: int
) -> None:
    counts = data.draw(st.lists(st.integers(0, 12), min_size=k * k, max_size=k * k))
    table = np.array(counts, dtype=float).reshape(k, k)
    assume(table.sum() > 3 and np.count_nonzero(table.sum(axis=0)) > 1 < np.count_nonzero(table.sum(axis=1)))
    shares = table / table.sum()
    result = cohen_kappa(ratings_of(table), weights)
    assert result.value == pytest.approx(plain_kappa(shares, weights), abs=1e-9)
    error = error_by_small_changes(shares, int(table.sum()), lambda drawn: plain_kappa(drawn, weights))
    assert result.standard_error == pytest.approx(error, abs=1e-5)


def test_the_error_of_kappa_is_the_one_that_another_program_prints() -> None:
    # Bonett's R package statpsych, documentation of ci.kappa: f00 = 31, f01 = 12, f10 = 4, f11 = 58.
    result = cohen_kappa(ratings_of(np.array([[31, 12], [4, 58]])))
    assert result.value == pytest.approx(0.6756757, abs=5e-8)
    assert result.standard_error == pytest.approx(0.07344761, abs=5e-7)


@pytest.mark.parametrize("scale", ["nominal", "interval"])
def test_the_error_of_alpha_comes_near_that_of_its_derivatives(scale: str) -> None:
    """Two readers of 400 items: alpha is a function of the shares of the cells, but for its small-sample term."""
    generator = np.random.default_rng(11)
    table = generator.multinomial(400, [0.3, 0.06, 0.02, 0.05, 0.25, 0.04, 0.01, 0.05, 0.22]).reshape(3, 3)
    distance = np.abs(np.subtract.outer(range(3), range(3))).astype(float) ** (
        2 if scale == "interval" else 0
    )
    np.fill_diagonal(distance, 0)

    def plain_alpha(shares: np.ndarray) -> float:
        both = (shares + shares.T) / 2
        used = both.sum(axis=0)
        return 1 - float((both * distance).sum() / (used @ distance @ used))

    result = krippendorff_alpha(ratings_of(table), scale)  # type: ignore[arg-type]
    assert result.value == pytest.approx(plain_alpha(table / 400), abs=2e-3)
    error = error_by_small_changes(table / 400, 400, plain_alpha)
    assert result.standard_error == pytest.approx(error, rel=0.02)
