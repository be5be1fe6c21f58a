"""Agreement statistics against other implementations and against definitions computed the slow way."""

import itertools

import krippendorff
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from labelhub.consensus.agreement import (
    cohen_kappa,
    gwet_ac1,
    krippendorff_alpha,
    pairwise_table,
    percent_agreement,
    tabulate,
)

cells = st.one_of(st.none(), st.integers(0, 3))


@st.composite
def reliability_tables(draw, value=cells):
    """Readers x items, some cells missing."""
    n_readers, n_items = draw(st.integers(2, 5)), draw(st.integers(2, 12))
    return [draw(st.lists(value, min_size=n_items, max_size=n_items)) for _ in range(n_readers)]


def ratings_of(table):
    triples = [(i, r, v) for r, row in enumerate(table) for i, v in enumerate(row)]
    return tabulate(*zip(*triples, strict=True))


@pytest.mark.parametrize("scale", ["nominal", "ordinal", "interval", "ratio"])
@settings(max_examples=60)
@given(table=reliability_tables())
def test_alpha_equals_the_krippendorff_package(scale, table) -> None:
    ratings = ratings_of(table)
    result = krippendorff_alpha(ratings, scale)
    assume(result.value is not None)
    matrix = np.array([[np.nan if v is None else v for v in row] for row in table], dtype=float)
    expected = krippendorff.alpha(reliability_data=matrix, level_of_measurement=scale)
    assert result.value == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("weights", ["none", "linear", "quadratic"])
@settings(max_examples=60)
@given(pairs=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=40))
def test_cohen_kappa_equals_scikit_learn(weights, pairs) -> None:
    first, second = zip(*pairs, strict=True)
    items = list(range(len(pairs)))
    ratings = tabulate(
        items * 2, [1] * len(pairs) + [2] * len(pairs), first + second, categories=[0, 1, 2, 3]
    )
    result = cohen_kappa(ratings, weights)
    assume(result.value is not None)
    expected = cohen_kappa_score(
        first, second, labels=[0, 1, 2, 3], weights=None if weights == "none" else weights
    )
    assert result.value == pytest.approx(expected, abs=1e-9)


@settings(max_examples=60)
@given(table=reliability_tables())
def test_percent_agreement_is_the_mean_share_of_equal_pairs(table) -> None:
    ratings = ratings_of(table)
    by_item = [[v for v in column if v is not None] for column in zip(*table, strict=True)]
    shares = [
        np.mean([a == b for a, b in itertools.combinations(values, 2)])
        for values in by_item
        if len(values) > 1
    ]
    assume(shares)
    assert percent_agreement(ratings).value == pytest.approx(np.mean(shares))


def delete_one_error(table, statistic) -> float:
    """Standard error by the jackknife over items."""
    columns = list(zip(*table, strict=True))
    values = []
    for left_out in range(len(columns)):
        kept = columns[:left_out] + columns[left_out + 1 :]
        values.append(statistic(ratings_of([list(row) for row in zip(*kept, strict=True)])).value)
    n = len(values)
    return float(np.sqrt((n - 1) / n * ((np.array(values) - np.mean(values)) ** 2).sum()))


@pytest.mark.parametrize("statistic", [gwet_ac1, percent_agreement, cohen_kappa], ids=lambda s: s.__name__)
def test_analytic_standard_errors_come_near_the_jackknife(statistic) -> None:
    generator = np.random.default_rng(5)
    truth = generator.integers(0, 3, 300)
    table = [
        np.where(generator.random(300) < 0.2, generator.integers(0, 3, 300), truth).tolist() for _ in "ab"
    ]
    result = statistic(ratings_of(table))
    assert result.standard_error == pytest.approx(delete_one_error(table, statistic), rel=0.05)


@pytest.mark.parametrize("scale", ["nominal", "ordinal", "interval", "ratio"])
@settings(max_examples=30)
@given(table=reliability_tables())
def test_the_standard_error_of_alpha_leaves_out_one_item_at_a_time(scale, table) -> None:
    paired = [column for column in zip(*table, strict=True) if sum(v is not None for v in column) > 1]
    assume(len(paired) > 2)
    kept = [list(row) for row in zip(*paired, strict=True)]
    result = krippendorff_alpha(ratings_of(table), scale)
    assume(result.standard_error is not None)
    slow = delete_one_error(kept, lambda ratings: krippendorff_alpha(ratings, scale))
    assert result.standard_error == pytest.approx(slow, abs=1e-6)


def test_an_item_read_once_never_narrows_the_standard_error() -> None:
    table = [[0, 1, 1, 2, 0, 1], [0, 1, 2, 2, 0, 0]]
    with_single = [[*table[0], 1], [*table[1], None]]
    for statistic in (percent_agreement, gwet_ac1):
        alone, beside = statistic(ratings_of(table)), statistic(ratings_of(with_single))
        assert beside.standard_error > 0.99 * alone.standard_error


def test_pairwise_table_equals_each_pair_alone() -> None:
    generator = np.random.default_rng(7)
    table = [
        [None if generator.random() < 0.3 else int(generator.integers(0, 3)) for _ in range(50)]
        for _ in range(4)
    ]
    pairs = pairwise_table(ratings_of(table))
    assert [(pair.first, pair.second) for pair in pairs] == list(itertools.combinations(range(4), 2))
    for pair in pairs:
        alone = ratings_of([table[pair.first], table[pair.second]])
        assert pair.n_items == alone.n_pairable_items == sum(map(sum, pair.table))
        assert pair.cohen.value == pytest.approx(cohen_kappa(alone).value)
        assert pair.percent.value == pytest.approx(percent_agreement(alone).value)
