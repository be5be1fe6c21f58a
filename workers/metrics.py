"""Measures of a classifier against reader-labelled cases, each with a 95 % interval (pure numpy).

Nothing is printed for a finding with fewer positives or negatives than a set number: only how many there are.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

Z95 = 1.959963984540054

Floats = NDArray[np.floating[Any]]
Interval = dict[str, float]


def auroc(labels: Floats, scores: Floats) -> float:
    """Return the area under the ROC curve: the Mann-Whitney probability, ties counting one half."""
    positive = labels == 1
    n_positive, n_negative = int(positive.sum()), int((~positive).sum())
    if not n_positive or not n_negative:
        raise ValueError("auroc needs at least one positive and one negative case")
    rank_sum = rankdata(scores)[positive].sum()
    return float((rank_sum - n_positive * (n_positive + 1) / 2) / (n_positive * n_negative))


def auroc_interval(labels: Floats, scores: Floats, patients: NDArray[Any]) -> Interval:
    """Return AUROC with a 95 % interval that allows for several cases of one patient.

    Variance of Obuchowski, Biometrics 1997;53:567-578 (with one case a patient it equals DeLong, Biometrics
    1988;44:837-845, up to the factor I/(I-1)), interval on the logit scale. An area of exactly 0 or 1 has no variance
    to speak of: its interval is that of Clopper and Pearson for as many pairs as the rarer class has cases.
    """
    positive = labels == 1
    area = auroc(labels, scores)
    fewest = int(min(positive.sum(), (~positive).sum()))
    variance = _clustered_variance(positive, scores, patients, area)
    if area in (0.0, 1.0) or variance <= 0:
        reach = 1 - 0.025 ** (1 / fewest)
        return {"value": area, "low": max(0.0, area - reach), "high": min(1.0, area + reach)}
    logit = np.log(area / (1 - area))
    half = Z95 * np.sqrt(variance) / (area * (1 - area))
    low, high = 1 / (1 + np.exp(-(logit - half))), 1 / (1 + np.exp(-(logit + half)))
    return {"value": area, "low": float(low), "high": float(high)}


def _clustered_variance(
    positive: NDArray[np.bool_], scores: Floats, patients: NDArray[Any], area: float
) -> float:
    ranks = rankdata(scores)
    n_positive, n_negative = int(positive.sum()), int((~positive).sum())
    components = np.empty(len(scores))  # Sen's structural components: V10 of positives, V01 of negatives
    components[positive] = (ranks[positive] - rankdata(scores[positive])) / n_negative
    components[~positive] = 1 - (ranks[~positive] - rankdata(scores[~positive])) / n_positive
    _, cluster = np.unique(patients, return_inverse=True)
    n_clusters = int(cluster.max()) + 1
    deviation = components - area
    from_positives = np.bincount(cluster[positive], deviation[positive], n_clusters)
    from_negatives = np.bincount(cluster[~positive], deviation[~positive], n_clusters)
    with_positives = len(np.unique(cluster[positive]))
    with_negatives = len(np.unique(cluster[~positive]))
    if with_positives < 2 or with_negatives < 2:
        return 0.0
    s10 = with_positives / ((with_positives - 1) * n_positive) * (from_positives**2).sum()
    s01 = with_negatives / ((with_negatives - 1) * n_negative) * (from_negatives**2).sum()
    s11 = n_clusters / (n_clusters - 1) * (from_positives * from_negatives).sum()
    return float(s10 / n_positive + s01 / n_negative + 2 * s11 / (n_positive * n_negative))


def proportion(n_hits: int, n: int) -> Interval:
    """Return a share with Wilson's 95 % interval (JASA 1927;22:209-212)."""
    share, z2 = n_hits / n, Z95**2
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 / (1 + z2 / n) * np.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return {"value": share, "low": float(max(0.0, centre - half)), "high": float(min(1.0, centre + half))}


def youden_threshold(labels: Floats, scores: Floats) -> float:
    """Return the score at or above which sensitivity + specificity is largest; the highest such score in a tie."""
    candidates = np.unique(scores)[::-1]
    positive, negative = np.sort(scores[labels == 1]), np.sort(scores[labels == 0])
    sensitivity = 1 - np.searchsorted(positive, candidates, side="left") / len(positive)
    specificity = np.searchsorted(negative, candidates, side="left") / len(negative)
    return float(candidates[np.argmax(sensitivity + specificity)])


def finding_metrics(
    labels: Floats, scores: Floats, patients: NDArray[Any], *, threshold: float, min_positives: int
) -> dict[str, Any]:
    """Return one finding's measures. labels: 1, 0 or NaN per case (NaN is left out); scores: probabilities."""
    known = ~np.isnan(labels)
    labels, scores, patients = labels[known], scores[known], patients[known]
    n_positive, n_negative = int((labels == 1).sum()), int((labels == 0).sum())
    counts = {
        "n": int(known.sum()),
        "n_positive": n_positive,
        "n_negative": n_negative,
        "threshold": threshold,
    }
    nothing = {"auroc": None, "sensitivity": None, "specificity": None}
    if n_positive < min_positives:
        return {**counts, **nothing, "reason": "too_few_positives"}
    if n_negative < min_positives:
        return {**counts, **nothing, "reason": "too_few_negatives"}
    called = scores >= threshold
    return {
        **counts,
        "auroc": auroc_interval(labels, scores, patients),
        "sensitivity": proportion(int(called[labels == 1].sum()), n_positive),
        "specificity": proportion(int((~called[labels == 0]).sum()), n_negative),
        "reason": None,
    }


def mean_auroc(labels: Floats, scores: Floats, min_positives: int = 1) -> float | None:
    """Return the mean AUROC of the findings that have enough positives and negatives; None when there is none."""
    areas = []
    for column in range(labels.shape[1]):
        known = ~np.isnan(labels[:, column])
        found = labels[known, column]
        if min((found == 1).sum(), (found == 0).sum()) >= min_positives:
            areas.append(auroc(found, scores[known, column]))
    return float(np.mean(areas)) if areas else None


def model_metrics(
    labels: Floats,
    scores: Floats,
    patients: NDArray[Any],
    *,
    findings: tuple[str, ...],
    thresholds: dict[str, float],
    n_test_cases: int,
    min_positives: int,
) -> dict[str, Any]:
    """Return the measures of a model on its test cases. labels, scores: (cases, findings)."""
    per_finding = {
        code: finding_metrics(
            labels[:, i], scores[:, i], patients, threshold=thresholds[code], min_positives=min_positives
        )
        for i, code in enumerate(findings)
    }
    known = ~np.isnan(labels)
    return {
        "n_test_cases": n_test_cases,
        "n_labelled": int(known.any(axis=1).sum()),
        "n_complete": int(known.all(axis=1).sum()),
        "min_positives": min_positives,
        "mean_auroc": mean_auroc(labels, scores, min_positives),
        "findings": per_finding,
    }
