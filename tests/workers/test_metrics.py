"""AUROC, its interval, thresholds and proportions: by hand, by property, and against scikit-learn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from workers.metrics import (
    auroc,
    auroc_interval,
    design_effect,
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


@given(st.integers(1, 6), st.integers(2, 6), st.booleans(), st.integers(0, 100))
def test_an_area_of_one_patients_positives_or_negatives_has_no_interval(
    n_ones: int, n_others: int, turned: bool, seed: int
) -> None:
    labels = np.repeat([1.0, 0.0], [n_ones, n_others])
    patients = np.array(["one"] * n_ones + [f"p{i}" for i in range(n_others)])
    scores = np.random.default_rng(seed).uniform(size=len(labels))
    found = auroc_interval(1 - labels if turned else labels, scores, patients)
    assert 0 <= found["value"] <= 1
    assert (found["low"], found["high"]) == (None, None)


def test_a_perfect_area_counts_patients_and_not_their_films() -> None:
    labels, scores = np.repeat([1.0, 0.0], [6, 6]), np.repeat([0.9, 0.1], [6, 6])
    patients = np.array([0, 0, 0, 1, 1, 1, *range(2, 8)])
    assert auroc_interval(labels, scores, patients)["low"] == pytest.approx(0.025 ** (1 / 2))


def test_a_perfect_area_keeps_an_honest_lower_bound() -> None:
    found = auroc_interval(np.array([1, 1, 1, 0, 0, 0, 0]), np.array([7, 6, 5, 4, 3, 2, 1]), np.arange(7))
    assert found["value"] == 1
    assert found["high"] == 1
    assert found["low"] == pytest.approx(0.025 ** (1 / 3))


def hits_of(n_hits: int, n: int) -> np.ndarray:
    return np.arange(n) < n_hits


def test_proportion_of_one_case_a_patient_equals_wilsons_published_form() -> None:
    found = proportion(hits_of(8, 10), np.arange(10))
    assert (found["low"], found["high"]) == (pytest.approx(0.4902, abs=1e-4), pytest.approx(0.9433, abs=1e-4))


# Weil (1970): pups alive after 21 days in each litter; design effects of Rao and Scott, Biometrics 1992;48:577.
WEIL_CONTROL = (
    [13, 12, 9, 9, 8, 8, 13, 12, 10, 10, 9, 13, 5, 7, 10, 10],
    [13, 12, 9, 9, 8, 8, 12, 11, 9, 9, 8, 11, 4, 5, 7, 7],
)
WEIL_TREATED = (
    [12, 11, 10, 9, 11, 10, 10, 9, 9, 5, 9, 7, 10, 6, 10, 7],
    [12, 11, 10, 9, 10, 9, 9, 8, 8, 4, 7, 4, 5, 3, 3, 0],
)


@pytest.mark.parametrize(("litters", "effect"), [(WEIL_CONTROL, 1.232), (WEIL_TREATED, 3.953)])
def test_design_effect_of_the_litters(litters: tuple[list[int], list[int]], effect: float) -> None:
    sizes, alive = litters
    hits = np.concatenate([hits_of(n_alive, size) for size, n_alive in zip(sizes, alive, strict=True)])
    assert design_effect(hits, np.repeat(np.arange(16), sizes)) == pytest.approx(effect, abs=0.001)


@given(st.lists(st.booleans(), min_size=2, max_size=30))
def test_a_case_shown_twice_is_no_second_case(hits: list[bool]) -> None:
    once = proportion(np.array(hits), np.arange(len(hits)))
    twice = proportion(np.repeat(hits, 2), np.repeat(np.arange(len(hits)), 2))
    assert twice["value"] == once["value"]
    assert twice["low"] is not None and once["low"] is not None and twice["low"] <= once["low"] + 1e-9
    assert twice["high"] is not None and once["high"] is not None and twice["high"] >= once["high"] - 1e-9


def test_a_share_of_one_patients_cases_has_no_interval() -> None:
    assert proportion(hits_of(2, 3), np.zeros(3)) == {
        "value": pytest.approx(2 / 3),
        "low": None,
        "high": None,
    }


def test_a_share_covers_its_truth_in_about_95_of_100_samples_of_clustered_cases() -> None:
    rng = np.random.default_rng(11)
    hits_truth = 0
    for _ in range(600):
        sizes = rng.integers(1, 6, 25)
        patients = np.repeat(np.arange(25), sizes)
        hits = rng.uniform(size=len(patients)) < np.repeat(
            rng.beta(1.6, 0.4, 25), sizes
        )  # mean 0.8, correlation 1/3
        found = proportion(hits, patients)
        assert found["low"] is not None and found["high"] is not None
        hits_truth += found["low"] <= 0.8 <= found["high"]
    assert 0.925 <= hits_truth / 600 <= 0.985


def test_youden_threshold_separates_what_can_be_separated() -> None:
    assert youden_threshold(np.array([0, 0, 1, 1]), np.array([0.1, 0.3, 0.6, 0.9])) == 0.6


def test_no_metric_below_the_set_number_of_positives_but_the_counts() -> None:
    labels = np.array([1, 1, 0, 0, 0, np.nan])
    found = finding_metrics(labels, np.linspace(1, 0, 6), np.arange(6), threshold=0.5, min_positives=3)
    assert found["auroc"] is None
    assert found["sensitivity"] is None
    assert (found["n"], found["n_positive"], found["n_negative"]) == (5, 2, 3)
    assert found["reason"] == "too_few_positives"


def test_the_least_number_of_positives_counts_patients() -> None:
    labels, scores = np.repeat([1.0, 0.0], [6, 6]), np.linspace(1, 0, 12)
    one_patient = np.array(["same"] * 6 + [f"p{i}" for i in range(6)])
    found = finding_metrics(labels, scores, one_patient, threshold=0.5, min_positives=2)
    assert (found["reason"], found["n_positive"], found["n_positive_patients"]) == ("too_few_positives", 6, 1)
    assert mean_auroc(labels[:, None], scores[:, None], one_patient, min_positives=2) is None
    found = finding_metrics(1 - labels, scores, one_patient, threshold=0.5, min_positives=2)
    assert (found["reason"], found["n_negative_patients"]) == ("too_few_negatives", 1)


def test_a_soft_truth_is_counted_and_measures_nothing() -> None:
    labels, scores = np.array([1, 1, 0, 0, 0.5, 0.7]), np.array([0.9, 0.8, 0.2, 0.1, 0.0, 0.0])
    found = finding_metrics(labels, scores, np.arange(6), threshold=0.5, min_positives=2)
    assert (found["n"], found["n_soft"]) == (4, 2)
    assert found["auroc"]["value"] == found["sensitivity"]["value"] == 1.0


def measured(labels: list[list[float]], cases: list[str]) -> dict[str, Any]:
    return model_metrics(
        np.array(labels),
        np.full((len(labels), 2), 0.5),
        np.array(cases),
        cases=cases,
        findings=("nodule", "opacity"),
        thresholds={"nodule": 0.5, "opacity": 0.5},
        n_test_cases=9,
        min_positives=1,
    )


def test_a_mean_names_its_findings_and_the_test_cases_behind_them() -> None:
    nan = float("nan")
    first = measured([[1, nan], [0, nan]], ["a", "b"])
    assert first["mean_findings"] == ["nodule"]
    in_other_order = measured([[0, nan], [1, nan]], ["b", "a"])
    assert first["mean_cases_sha256"] == in_other_order["mean_cases_sha256"]
    other_case = measured([[1, nan], [0, nan]], ["a", "c"])
    one_more_finding = measured([[1, 0], [0, 1]], ["a", "b"])
    assert one_more_finding["mean_findings"] == ["nodule", "opacity"]
    hashes = {found["mean_cases_sha256"] for found in (first, other_case, one_more_finding)}
    assert len(hashes) == 3


def test_mean_auroc_leaves_out_findings_of_one_class_only() -> None:
    labels = np.array([[1, 1, np.nan], [0, 1, np.nan]])
    scores = np.array([[0.8, 0.1, 0.5], [0.2, 0.9, 0.5]])
    assert mean_auroc(labels, scores, np.arange(2)) == 1.0
    assert mean_auroc(labels[:, 1:], scores[:, 1:], np.arange(2)) is None


def test_model_metrics_say_how_many_test_cases_are_complete() -> None:
    labels = np.array([[1, 0], [0, np.nan], [np.nan, np.nan], [1, 1]])
    found = model_metrics(
        labels,
        np.full((4, 2), 0.5),
        np.arange(4),
        cases=["a", "b", "c", "d"],
        findings=("nodule", "opacity"),
        thresholds={"nodule": 0.5, "opacity": 0.5},
        n_test_cases=9,
        min_positives=1,
    )
    assert (found["n_test_cases"], found["n_labelled"], found["n_complete"]) == (9, 3, 2)
    assert found["findings"]["nodule"]["sensitivity"]["value"] == 1.0
