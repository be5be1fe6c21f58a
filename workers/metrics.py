"""Measures of a classifier against reader-labelled cases, each with a 95 % interval (pure numpy).

Two films of one patient are not two observations: every interval counts patients, and where all cases of a class are
one patient's there is a value without an interval. Nothing is printed for a finding with fewer patients with a positive
(or a negative) case than a set number: only how many there are. A truth that the readers left soft, between 0 and 1,
says of no case whether the model was right: it is counted, and left out of every measure.
"""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.stats import rankdata

from labelhub.consensus.agreement.intervals import wilson

Z95 = 1.959963984540054

Floats = NDArray[np.floating[Any]]
Interval = dict[str, float | None]  # value, low, high; low and high are None where there is no interval


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
    to speak of: its interval is that of Clopper and Pearson for as many pairs as the rarer class has patients. No
    interval where the positive, or the negative, cases are one patient's.
    """
    positive = labels == 1
    area = auroc(labels, scores)
    fewest = min(n_distinct(patients[positive]), n_distinct(patients[~positive]))
    if fewest < 2:
        return {"value": area, "low": None, "high": None}
    variance = _clustered_variance(positive, scores, patients, area)
    if area in (0.0, 1.0) or variance <= 0:
        reach = 1 - 0.025 ** (1 / fewest)
        return {"value": area, "low": max(0.0, area - reach), "high": min(1.0, area + reach)}
    logit = np.log(area / (1 - area))
    half = Z95 * np.sqrt(variance) / (area * (1 - area))
    low, high = 1 / (1 + np.exp(-(logit - half))), 1 / (1 + np.exp(-(logit + half)))
    return {"value": area, "low": float(low), "high": float(high)}


def n_distinct(patients: NDArray[Any]) -> int:
    return len(np.unique(patients))


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
    with_positives, with_negatives = n_distinct(cluster[positive]), n_distinct(cluster[~positive])
    s10 = with_positives / ((with_positives - 1) * n_positive) * (from_positives**2).sum()
    s01 = with_negatives / ((with_negatives - 1) * n_negative) * (from_negatives**2).sum()
    s11 = n_clusters / (n_clusters - 1) * (from_positives * from_negatives).sum()
    return float(s10 / n_positive + s01 / n_negative + 2 * s11 / (n_positive * n_negative))


def proportion(hits: NDArray[np.bool_], patients: NDArray[Any]) -> Interval:
    """Return the share of hits with Wilson's 95 % interval (JASA 1927;22:209-212), patients being clusters.

    hits, patients: (n,). With one case a patient the number of cases is n. Else it is the effective one: n over the
    design effect of Rao and Scott, Biometrics 1992;48:577-585 (at least 1), shrunk by (z / t)^2 with as many degrees of
    freedom as patients less one, after Korn and Graubard, Survey Methodology 1998;24:193-201. Where all cases are hits,
    or none, that effect cannot be seen, and a patient counts as one case. No interval for one patient's cases.
    """
    share = float(hits.mean())
    n_patients = n_distinct(patients)
    if n_patients < 2:
        return {"value": share, "low": None, "high": None}
    n_effective = float(len(hits))
    if n_patients < len(hits):
        freedom = float(stats.t.ppf(0.975, n_patients - 1))
        n_effective *= (Z95 / freedom) ** 2 / max(1.0, design_effect(hits, patients))
    low, high = wilson(share, n_effective)
    return {"value": share, "low": low, "high": high}


def design_effect(hits: NDArray[np.bool_], patients: NDArray[Any]) -> float:
    """Return the factor by which clusters enlarge the variance of a share: Rao and Scott (1992), section 2."""
    n, share = len(hits), hits.mean()
    _, cluster = np.unique(patients, return_inverse=True)
    n_patients = int(cluster.max()) + 1
    if share in (0.0, 1.0):
        return n / n_patients
    residuals = np.bincount(cluster, hits - share, n_patients)
    variance = n_patients / (n_patients - 1) * (residuals**2).sum() / n**2
    return float(variance / (share * (1 - share) / n))


def youden_threshold(labels: Floats, scores: Floats) -> float:
    """Return the score at or above which sensitivity + specificity is largest; the highest such score in a tie."""
    candidates = np.unique(scores)[::-1]
    positive, negative = np.sort(scores[labels == 1]), np.sort(scores[labels == 0])
    sensitivity = 1 - np.searchsorted(positive, candidates, side="left") / len(positive)
    specificity = np.searchsorted(negative, candidates, side="left") / len(negative)
    return float(candidates[np.argmax(sensitivity + specificity)])


def is_hard(labels: Floats) -> NDArray[np.bool_]:
    """Say of each label whether it is 1 or 0: neither missing (NaN) nor a share."""
    return (labels == 1) | (labels == 0)


def finding_metrics(
    labels: Floats, scores: Floats, patients: NDArray[Any], *, threshold: float, min_positives: int
) -> dict[str, Any]:
    """Return one finding's measures. labels: 1, 0, a share or NaN per case; scores: probabilities."""
    n_soft = int((~np.isnan(labels) & ~is_hard(labels)).sum())
    hard = is_hard(labels)
    labels, scores, patients = labels[hard], scores[hard], patients[hard]
    positive = labels == 1
    counts = {
        "n": int(hard.sum()),
        "n_soft": n_soft,
        "n_positive": int(positive.sum()),
        "n_negative": int((~positive).sum()),
        "n_positive_patients": n_distinct(patients[positive]),
        "n_negative_patients": n_distinct(patients[~positive]),
        "threshold": threshold,
    }
    nothing = {"auroc": None, "sensitivity": None, "specificity": None}
    if counts["n_positive_patients"] < min_positives:
        return {**counts, **nothing, "reason": "too_few_positives"}
    if counts["n_negative_patients"] < min_positives:
        return {**counts, **nothing, "reason": "too_few_negatives"}
    called = scores >= threshold
    return {
        **counts,
        "auroc": auroc_interval(labels, scores, patients),
        "sensitivity": proportion(called[positive], patients[positive]),
        "specificity": proportion(~called[~positive], patients[~positive]),
        "reason": None,
    }


def measurable(labels: Floats, patients: NDArray[Any], min_positives: int) -> list[int]:
    """Return the columns (findings) in which enough patients have a positive, and enough a negative, case."""
    return [
        column
        for column, found in enumerate(labels.T)
        if min(n_distinct(patients[found == 1]), n_distinct(patients[found == 0])) >= min_positives
    ]


def mean_auroc(
    labels: Floats, scores: Floats, patients: NDArray[Any], min_positives: int = 1
) -> float | None:
    """Return the mean AUROC of the findings that can be measured; None when there is none."""
    areas = []
    for column in measurable(labels, patients, min_positives):
        hard = is_hard(labels[:, column])
        areas.append(auroc(labels[hard, column], scores[hard, column]))
    return float(np.mean(areas)) if areas else None


def model_metrics(
    labels: Floats,
    scores: Floats,
    patients: NDArray[Any],
    *,
    cases: Sequence[str],
    findings: tuple[str, ...],
    thresholds: dict[str, float],
    n_test_cases: int,
    min_positives: int,
) -> dict[str, Any]:
    """Return the measures of a model on its test cases. labels, scores: (cases, findings); cases: their ids.

    `mean_auroc` is over the findings `mean_findings`; means of two models compare where these and `mean_cases_sha256`,
    a hash of the test cases behind each of them, are equal.
    """
    per_finding = {
        code: finding_metrics(
            labels[:, i], scores[:, i], patients, threshold=thresholds[code], min_positives=min_positives
        )
        for i, code in enumerate(findings)
    }
    known = ~np.isnan(labels)
    columns = measurable(labels, patients, min_positives)
    behind = {findings[i]: sorted(np.array(cases)[is_hard(labels[:, i])].tolist()) for i in columns}
    return {
        "n_test_cases": n_test_cases,
        "n_labelled": int(known.any(axis=1).sum()),
        "n_complete": int(known.all(axis=1).sum()),
        "min_positives": min_positives,
        "mean_auroc": mean_auroc(labels, scores, patients, min_positives),
        "mean_findings": sorted(behind),
        "mean_cases_sha256": hashlib.sha256(json.dumps(behind, sort_keys=True).encode()).hexdigest(),
        "findings": per_finding,
    }
