"""Draws the split of a patient and the random place of a case: keyed hashes, so that the order of import is nothing.

Both depend on the project's seed and on the pseudonym (or the study's keyed hash) alone.
"""

from __future__ import annotations

import hashlib
import hmac

from labelhub.imaging.models import Split

EVALUATION = (Split.VALIDATION, Split.TEST)
"""Splits that models are measured on, never trained on."""

KEY_BITS = 62
"""Random keys fill [0, 2^62); cases to be read first get negative keys in [-2^62, 0)."""


def draw_split(*, seed: int, pseudonym: str, pool_share: float, validation_share: float) -> Split:
    """The split of one patient; the shares are fractions of all patients, the rest is the test split."""
    place = _draw(seed, "split", pseudonym) / 2**64
    if place < pool_share:
        return Split.POOL
    if place < pool_share + validation_share:
        return Split.VALIDATION
    return Split.TEST


def needs_ai_hidden(split: str) -> bool:
    """Consensus of such a case comes only from reads that were made with the model hidden (design invariant 6).

    The one place that says so: whether a read fills a slot, counts, or may be shown the model's output asks here.
    """
    return split == Split.TEST


def draw_random_key(*, seed: int, study_hash: str, read_first: bool) -> int:
    """The case's place in the project's seeded random order: lower is read sooner."""
    key = _draw(seed, "order", study_hash) >> (64 - KEY_BITS)
    return key - 2**KEY_BITS if read_first else key


def _draw(seed: int, purpose: str, name: str) -> int:
    """A whole number in [0, 2^64) from HMAC-SHA-256."""
    digest = hmac.new(str(seed).encode(), f"{purpose}|{name}".encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:8], "big")
