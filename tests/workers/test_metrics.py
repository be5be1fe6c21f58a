"""AUROC, its interval, thresholds and proportions: by hand, by property, and against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from workers.metrics import (
    auroc,
    auroc_interval,
    finding_metrics,
    mean_auroc,
    model_metrics,
    proportion,
    youden_threshold,
)

HAND_LABELS = np.array([1, 1, 0, 0, 0])
HAND_SCORES = np.array([0.9, 0.4, 0.8, 0.4, 0.1])


def test_auroc_of_a_hand_computed_case() -> None:
    # Pairs won: 0.9 beats 3 of 3; 0.4 loses, ties (one half), wins: 1.5 of 3.
    assert auroc(HAND_LABELS, HAND_SCORES) == pytest.approx(4.5 / 6)


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 20)), min_size=4, max_size=60))
def test_auroc_equals_scikit_learn_and_turns_round_with_the_scores(rows: list[tuple[bool, int]]) -> None:
    labels, scores = np.array([r[0] for r in rows], float), np.array([r[1] for r in rows], float)
    if len(set(labels)) < 2:
        with pytest.raises(ValueError, match="positive and one negative"):
            auroc(labels, scores)
        return
    assert auroc(labels, scores) == pytest.approx(roc_auc_score(labels, scores))
    assert auroc(labels, -scores) == pytest.approx(1 - auroc(labels, scores))


def test_interval_equals_delong_computed_pair_by_pair() -> None:
    rng = np.random.default_rng(0)
    labels = np.repeat([1.0, 0.0], [15, 25])
    scores = np.round(rng.normal(labels, 1), 1)
    positive, negative = scores[:15, None], scores[None, 15:]
    wins = (positive > negative) + 0.5 * (positive == negative)
    variance = np.var(wins.mean(axis=1), ddof=1) / 15 + np.var(wins.mean(axis=0), ddof=1) / 25
    area = wins.mean()
    half = 1.959964 * np.sqrt(variance) / (area * (1 - area))
    # Patients of one case each: the cross term of the clustered variance is zero.
    found = auroc_interval(labels, scores, np.arange(40))
    logit = np.log(area / (1 - area))
    assert found["low"] == pytest.approx(1 / (1 + np.exp(-(logit - half))), abs=1e-6)
    assert found["high"] == pytest.approx(1 / (1 + np.exp(-(logit + half))), abs=1e-6)


def test_interval_covers_the_true_area_in_about_95_of_100_samples_with_two_cases_a_patient() -> None:
    rng = np.random.default_rng(7)
    true_area = 0.7602499  # of two unit normals one standard deviation apart: Phi(1 / sqrt 2)
    hits = 0
    n = 400
    for _ in range(n):
        labels = np.repeat(rng.integers(0, 2, 60), 2).astype(float)
        scores = labels + np.repeat(rng.normal(0, 0.8, 60), 2) + rng.normal(0, 0.6, 120)
        found = auroc_interval(labels, scores, np.repeat(np.arange(60), 2))
        hits += found["low"] <= true_area <= found["high"]
    assert 0.92 <= hits / n <= 0.985


def test_two_cases_of_a_patient_widen_the_interval() -> None:
    rng = np.random.default_rng(1)
    labels = np.repeat(rng.integers(0, 2, 40), 2).astype(float)
    scores = labels + np.repeat(rng.normal(0, 1, 40), 2)
    clustered = auroc_interval(labels, scores, np.repeat(np.arange(40), 2))
    alone = auroc_interval(labels, scores, np.arange(80))
    assert clustered["high"] - clustered["low"] > alone["high"] - alone["low"]


def test_a_perfect_area_keeps_an_honest_lower_bound() -> None:
    found = auroc_interval(np.array([1, 1, 1, 0, 0, 0, 0]), np.array([7, 6, 5, 4, 3, 2, 1]), np.arange(7))
    assert found["value"] == 1
    assert found["high"] == 1
    assert found["low"] == pytest.approx(0.025 ** (1 / 3))


def test_proportion_equals_wilsons_published_form() -> None:
    found = proportion(8, 10)
    assert (found["low"], found["high"]) == (pytest.approx(0.4902, abs=1e-4), pytest.approx(0.9433, abs=1e-4))


def test_youden_threshold_separates_what_can_be_separated() -> None:
    assert youden_threshold(np.array([0, 0, 1, 1]), np.array([0.1, 0.3, 0.6, 0.9])) == 0.6


def test_no_metric_below_the_set_number_of_positives_but_the_counts() -> None:
    labels = np.array([1, 1, 0, 0, 0, np.nan])
    found = finding_metrics(labels, np.linspace(1, 0, 6), np.arange(6), threshold=0.5, min_positives=3)
    assert found["auroc"] is None
    assert found["sensitivity"] is None
    assert (found["n"], found["n_positive"], found["n_negative"]) == (5, 2, 3)
    assert found["reason"] == "too_few_positives"


def test_mean_auroc_leaves_out_findings_of_one_class_only() -> None:
    labels = np.array([[1, 1, np.nan], [0, 1, np.nan]])
    scores = np.array([[0.8, 0.1, 0.5], [0.2, 0.9, 0.5]])
    assert mean_auroc(labels, scores) == 1.0
    assert mean_auroc(labels[:, 1:], scores[:, 1:]) is None


def test_model_metrics_say_how_many_test_cases_are_complete() -> None:
    labels = np.array([[1, 0], [0, np.nan], [np.nan, np.nan], [1, 1]])
    found = model_metrics(
        labels,
        np.full((4, 2), 0.5),
        np.arange(4),
        findings=("nodule", "opacity"),
        thresholds={"nodule": 0.5, "opacity": 0.5},
        n_test_cases=9,
        min_positives=1,
    )
    assert (found["n_test_cases"], found["n_labelled"], found["n_complete"]) == (9, 3, 2)
    assert found["findings"]["nodule"]["sensitivity"]["value"] == 1.0
