"""Many things, some at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")


def in_pages(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Lists of at most `size` things, in their order."""
    rest = iter(items)
    while page := list(islice(rest, size)):
        yield page
