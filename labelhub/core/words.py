"""Numbers in sentences."""

from __future__ import annotations


def counted(n: int, noun: str, nouns: str = "") -> str:
    """`1 image`, `2 images`; `nouns` where the plural is not regular."""
    return f"{n:,} {noun if n == 1 else nouns or noun + 's'}"


def was(n: int) -> str:
    """`was` for one, `were` for more."""
    return "was" if n == 1 else "were"


def printable(text: str) -> str:
    """The text with a replacement character for each that cannot be shown, such as a narrow no-break space."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
