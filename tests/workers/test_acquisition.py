"""Acquisition functions: by hand, and what must hold for any probabilities."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from workers.ranking.acquisition import (
    acquisition_scores,
    bald,
    binary_entropy,
    combine_findings,
    entropy,
    finding_weights,
    margin,
)
from workers.training.errors import Diverged, InvalidInput

ensembles = arrays(
    np.float64, st.tuples(st.integers(2, 4), st.integers(1, 6), st.integers(1, 4)), elements=st.floats(0, 1)
)


def test_entropy_and_margin_by_hand() -> None:
    p = np.array([[[0.5, 0.25, 0.0, 1.0]]])
    assert entropy(p)[0] == pytest.approx([1.0, 0.8112781, 0.0, 0.0])
    assert margin(p)[0] == pytest.approx([1.0, 0.5, 0.0, 0.0])


def test_bald_by_hand() -> None:
    # Two sure models that contradict one another: one bit. Two that agree on a coin toss: nothing to learn.
    assert bald(np.array([[[1.0, 0.5]], [[0.0, 0.5]]]))[0] == pytest.approx([1.0, 0.0])


def test_bald_refuses_a_single_model() -> None:
    with pytest.raises(InvalidInput, match="two models"):
        bald(np.full((1, 2, 3), 0.5))


@given(ensembles)
def test_bald_is_never_negative_nor_above_the_entropy(p: np.ndarray) -> None:
    assert (bald(p) >= 0).all()
    assert (bald(p) <= entropy(p) + 1e-9).all()


@given(arrays(np.float64, 8, elements=st.floats(0, 1)))
def test_entropy_is_symmetric_and_largest_at_one_half(p: np.ndarray) -> None:
    assert binary_entropy(p) == pytest.approx(binary_entropy(1 - p), abs=1e-9)
    assert (binary_entropy(p) <= 1 + 1e-12).all()


def test_weights_follow_the_root_of_rarity_with_mean_one() -> None:
    weights = finding_weights(np.array([0.04, 0.16]))
    assert weights[0] / weights[1] == pytest.approx(2)
    assert weights.mean() == pytest.approx(1)


def test_score_is_the_mean_of_the_two_largest_weighted_findings() -> None:
    scores = np.array([[0.2, 0.9, 0.4], [1.0, 0.0, 0.0]])
    assert combine_findings(scores, np.array([1.0, 1.0, 2.0])) == pytest.approx([0.85, 0.5])
    assert combine_findings(scores[:, :1], np.array([1.0])) == pytest.approx([0.2, 1.0])


@given(arrays(np.float64, (2, 7, 3), elements=st.floats(0, 1)), st.integers(1, 6))
def test_scores_do_not_depend_on_what_else_is_scored(p: np.ndarray, cut: int) -> None:
    prevalence = np.array([0.1, 0.2, 0.3])
    whole = acquisition_scores("entropy", p, prevalence)
    parts = [acquisition_scores("entropy", part, prevalence) for part in (p[:, :cut], p[:, cut:])]
    assert np.array_equal(whole, np.concatenate(parts))


def test_scores_that_are_not_numbers_are_refused() -> None:
    with pytest.raises(Diverged, match="not numbers"):
        acquisition_scores("margin", np.array([[[np.nan, 0.5]]]), np.array([0.5, 0.5]))
