"""The loss: binary cross-entropy per finding, masked where a label is missing or uncertain, rare positives weighted.

A target is 1, 0, or the share of a label that the protocol left soft, which it then is in the cross-entropy too.
"""

import math

import torch
import torch.nn.functional as functional
from torch import Tensor

from workers.training.errors import Diverged


def pos_weights(targets: Tensor, cap: float) -> Tensor:
    """Return negatives per positive for each finding, between 1 and `cap`; 1 where there is no positive.

    A share counts by its parts: 0.25 is a quarter of a positive and three quarters of a negative.
    """
    positive, negative = targets.nansum(dim=0), (1 - targets).nansum(dim=0)
    return torch.where(positive > 0, negative / positive.clamp_min(1e-9), torch.ones_like(positive)).clamp(
        1.0, cap
    )


def masked_loss(logits: Tensor, targets: Tensor, pos_weight: Tensor) -> Tensor:
    """Return binary cross-entropy averaged over the labels that are known; NaN targets carry no gradient."""
    known = ~torch.isnan(targets)
    filled = torch.where(known, targets, torch.zeros_like(targets))
    losses = functional.binary_cross_entropy_with_logits(
        logits, filled, pos_weight=pos_weight, reduction="none"
    )
    return (losses * known).sum() / known.sum().clamp_min(1)


def finite(loss: Tensor) -> float:
    """Return the loss as a number. Raises Diverged when it is not one."""
    value = float(loss)
    if not math.isfinite(value):
        raise diverged()
    return value


def diverged() -> Diverged:
    """Return the error for a loss that is not a number."""
    return Diverged(
        "loss_not_finite", "The loss is no longer a number: lower learning_rate and start a new run."
    )
