"""Standardise and augment image batches on whatever device they live.

No flips: the heart is on the left, and a mirrored film is a finding of its own.
"""

import math

import torch
import torch.nn.functional as functional
from torch import Tensor


def standardise(images: Tensor) -> Tensor:
    """Turn uint8 (N, S, S) into float32 (N, 1, S, S) of zero mean and unit variance per image."""
    x = images.unsqueeze(1).float()
    mean = x.mean(dim=(2, 3), keepdim=True)
    deviation = x.std(dim=(2, 3), keepdim=True).clamp_min(1.0)
    return (x - mean) / deviation


def augment(x: Tensor, rng: torch.Generator, strength: float) -> Tensor:
    """Shift, scale, rotate, change intensity and add noise. x: (N, 1, S, S). All random numbers come from `rng` (CPU).

    At strength 1: +-6 degrees, +-10 % scale, +-6 % shift, +-15 % contrast, +-0.15 brightness, noise 0.05 (one
    standard deviation = 1).
    """
    if strength == 0:
        return x
    n = x.shape[0]
    draw = (torch.rand((n, 6), generator=rng) * 2 - 1) * strength
    angle, scale = draw[:, 0] * math.radians(6), 1 + 0.10 * draw[:, 1]
    cos, sin = torch.cos(angle) * scale, torch.sin(angle) * scale
    rows = torch.stack([cos, -sin, 0.12 * draw[:, 2], sin, cos, 0.12 * draw[:, 3]], dim=1)
    grid = functional.affine_grid(rows.view(n, 2, 3).to(x.device), list(x.shape), align_corners=False)
    x = functional.grid_sample(x, grid, padding_mode="border", align_corners=False)
    contrast, brightness = 1 + 0.15 * draw[:, 4], 0.15 * draw[:, 5]
    noise = 0.05 * strength * torch.randn(x.shape, generator=rng)
    column = (n, 1, 1, 1)
    return x * contrast.view(column).to(x.device) + brightness.view(column).to(x.device) + noise.to(x.device)
