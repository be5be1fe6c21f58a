"""Numbers in sentences."""

from __future__ import annotations


def counted(n: int, noun: str, nouns: str = "") -> str:
    """`1 image`, `2 images`; `nouns` where the plural is not regular."""
    return f"{n:,} {noun if n == 1 else nouns or noun + 's'}"


def was(n: int) -> str:
    """`was` for one, `were` for more."""
    return "was" if n == 1 else "were"
