"""Acquisition functions: probabilities to one score per image; higher = read sooner, always (pure numpy).

probabilities: (M, N, F)  models of the ensemble, images, findings; each finding is a binary question of its own.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.training.errors import Diverged, InvalidInput

Floats = NDArray[np.floating[Any]]

ACQUISITIONS = ("entropy", "margin", "bald")
N_TOP_FINDINGS = 2


def binary_entropy(p: Floats) -> Floats:
    """Return -p log2 p - (1-p) log2 (1-p), in bits; 0 at p = 0 and p = 1."""
    q = 1 - p
    with np.errstate(divide="ignore", invalid="ignore"):
        bits = -np.where(p > 0, p * np.log2(p), 0) - np.where(q > 0, q * np.log2(q), 0)
    return np.asarray(bits)


def entropy(probabilities: Floats) -> Floats:
    """Return the entropy of the ensemble's mean, (N, F), 0..1 bits (Settles 2009, section 3.1)."""
    return binary_entropy(probabilities.mean(axis=0))


def margin(probabilities: Floats) -> Floats:
    """Return 1 - |p - (1 - p)| of the ensemble's mean, (N, F), 0..1 (Scheffer et al. 2001, turned round)."""
    return np.asarray(1 - np.abs(2 * probabilities.mean(axis=0) - 1))


def bald(probabilities: Floats) -> Floats:
    """Return the mutual information of answer and model, (N, F), bits (Houlsby et al. 2011, eq. 2).

    Raises InvalidInput for fewer than two models: one model never disagrees with itself.
    """
    if len(probabilities) < 2:
        raise InvalidInput("bald_needs_ensemble", "BALD needs at least two models: use entropy or margin.")
    information = binary_entropy(probabilities.mean(axis=0)) - binary_entropy(probabilities).mean(axis=0)
    return np.maximum(information, 0)  # rounding can make it -1e-17


def finding_weights(prevalence: Floats) -> Floats:
    """Return a weight per finding, (1 / prevalence) ** 0.5 scaled to a mean of 1: rare findings count more."""
    weights = 1 / np.sqrt(np.clip(prevalence, 1e-4, 1))
    return np.asarray(weights / weights.mean())


def combine_findings(scores: Floats, weights: Floats) -> Floats:
    """Return one score per image, (N,): the mean of its two largest weighted findings."""
    weighted = scores * weights
    n_top = min(N_TOP_FINDINGS, weighted.shape[1])
    return np.asarray(np.sort(weighted, axis=1)[:, -n_top:].mean(axis=1))


def acquisition_scores(name: str, probabilities: Floats, prevalence: Floats) -> Floats:
    """Return the score of each image, (N,). Raises Diverged when a score is not finite."""
    measure = {"entropy": entropy, "margin": margin, "bald": bald}[name]
    scores = combine_findings(measure(probabilities), finding_weights(prevalence))
    if not np.isfinite(scores).all():
        message = "The model gives scores that are not numbers: do not use it; train again."
        raise Diverged("scores_not_finite", message)
    return scores
