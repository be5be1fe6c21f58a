"""JSON parsing that refuses what two parsers could read differently, or what a database cannot keep.

Repeated keys, NaN and numbers beyond every float, deep nesting, NUL and halves of surrogate pairs.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

MAX_DEPTH = 32
MAX_BYTES = 10 * 1024 * 1024


class StrictJSONParser(JSONParser):
    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        raw = stream.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise ParseError("The request is larger than 10 MiB.")
        try:
            value = json.loads(
                raw.decode("utf-8"),
                parse_constant=_refuse,
                parse_float=_finite,
                object_pairs_hook=_unique,
            )
        except (ValueError, RecursionError) as error:
            raise ParseError("The request is not valid JSON: each key once, no NaN or Infinity.") from error
        if _depth(value) > MAX_DEPTH:
            raise ParseError("The request is nested too deeply.")
        # Only an escape can bring in what UTF-8 cannot hold, or a NUL.
        if b"\\u" in raw and not _is_storable(value):
            raise ParseError("The request holds a NUL or half of a surrogate pair.")
        return value


def _refuse(name: str) -> float:
    raise ValueError(name)


def _finite(number: str) -> float:
    value = float(number)
    if not math.isfinite(value):
        raise ValueError(number)
    return value


def _is_storable(value: Any) -> bool:
    return not any(
        "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text) for text in _strings(value)
    )


def _strings(value: Any) -> Iterator[str]:
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            stack += [*item, *item.values()]
        elif isinstance(item, list):
            stack += item


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("repeated key")
    return result


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while level and depth <= MAX_DEPTH:
        depth += 1
        level = [
            child
            for item in level
            if isinstance(item, dict | list)
            for child in (item.values() if isinstance(item, dict) else item)
        ]
    return depth
