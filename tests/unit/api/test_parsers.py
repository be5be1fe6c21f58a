"""What the JSON parser refuses with 400, before any view sees it."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.exceptions import ParseError

from labelhub.api.http.parsers import MAX_BYTES, MAX_DEPTH, StrictJSONParser


def parse(raw: bytes | str) -> Any:
    return StrictJSONParser().parse(io.BytesIO(raw.encode() if isinstance(raw, str) else raw))


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "{",
        '{"a": 1, "a": 2}',
        '{"a": {"b": 1, "b": 1}}',
        "NaN",
        "[Infinity]",
        "-Infinity",
        "1e400",
        '{"x": -1e999}',
        "1" * 5000,
        '"\\u0000"',
        '{"\\u0000": 1}',
        '["\\ud800"]',
        '{"a": "\\udc00\\ud800"}',
        b'"\xff"',
        b"\xef\xbb\xbf{}",
        "[" * 5000 + "]" * 5000,
    ],
    ids=lambda value: repr(value)[:40],
)
def test_what_is_refused(raw: bytes | str) -> None:
    with pytest.raises(ParseError):
        parse(raw)


def test_depth_and_size_are_allowed_up_to_the_limit() -> None:
    parse("[" * MAX_DEPTH + "]" * MAX_DEPTH)
    with pytest.raises(ParseError):
        parse("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1))
    parse(json.dumps("x" * (MAX_BYTES - 2)))
    with pytest.raises(ParseError):
        parse(json.dumps("x" * (MAX_BYTES - 1)))


@pytest.mark.parametrize(
    "raw", ['"\\ud83e\\udec1"', '"\\\\u0000"', '"caf\\u00e9"', "123456789012345678901234567890"]
)
def test_whole_characters_and_long_whole_numbers_are_kept(raw: str) -> None:
    assert parse(raw) == json.loads(raw)


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(),
        lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
        max_leaves=20,
    )
)
def test_every_other_value_comes_back_as_it_was(value: Any) -> None:
    raw = json.dumps(value)
    if "\\u0000" in raw:
        return
    assert parse(raw) == value
