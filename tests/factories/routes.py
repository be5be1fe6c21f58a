"""The API's URL table, walked: every route with its view class and arguments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

METHODS = ("get", "head", "options", "post", "put", "patch", "delete")
PREFIX = "api/v1/"


@dataclass(frozen=True)
class Route:
    name: str
    view_class: Any
    arguments: tuple[str, ...]

    def url(self, values: dict[str, Any]) -> str:
        return reverse(self.name, kwargs={name: values[name] for name in self.arguments})


def api_routes() -> list[Route]:
    """Every route below /api/v1/."""
    return [
        Route(pattern.name or "", getattr(pattern.callback, "view_class", None), tuple(arguments))
        for path, pattern, arguments in _walk(get_resolver().url_patterns, "", [])
        if path.startswith(PREFIX)
    ]


def _walk(
    patterns: list[URLPattern | URLResolver], prefix: str, arguments: list[str]
) -> Iterator[tuple[str, URLPattern, list[str]]]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        here = [*arguments, *getattr(pattern.pattern, "converters", {})]
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, path, here)
        else:
            yield path, pattern, here
