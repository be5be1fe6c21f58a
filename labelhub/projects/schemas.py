"""What a label schema must be like: codes, names and keys. Pure checks that report every fault at once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from labelhub.core.errors import InvalidContent
from labelhub.marks import KINDS, box
from labelhub.questions import TYPES, presence

CODE = re.compile(r"[a-z][a-z0-9_]{0,63}")
RESERVED_CODES = ("constructor",)
"""Every object of JavaScript has a property of this name: a finding called so would never look open."""
MAX_FINDINGS = 60
MAX_NAME = 100
FINDING_FIELDS = frozenset({"code", "name", "type", "hotkey", "required", "boxes"})
DERIVED_FIELDS = frozenset({"rule"})
"""Shown beside a finding by the API, but kept in the protocol: accepted and left out."""

WORKSPACE_KEYS = frozenset("abcefghiklmnpruvwxz0[]?!+-= \\") | {"enter", "escape"}
"""Keys the reading workspace itself uses: all absent, normal, uncertain, tools, help and so on."""

DEFAULT_FINDINGS: list[dict[str, Any]] = [
    {"code": "nodule", "name": "Nodule", "type": "presence", "hotkey": "1", "required": True, "boxes": True},
    {
        "code": "opacity",
        "name": "Opacity",
        "type": "presence",
        "hotkey": "2",
        "required": True,
        "boxes": True,
    },
    {
        "code": "effusion",
        "name": "Pleural effusion",
        "type": "presence",
        "hotkey": "3",
        "required": True,
        "boxes": False,
    },
]


def checked_schema(findings: Any, region_classes: Any) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The schema in its stored form.

    Raises:
        InvalidContent: `invalid_schema`, whose details name every problem and the colliding keys.
    """
    problems: list[str] = []
    clean_findings = [
        _finding(item, f"Finding {n}", problems) for n, item in _rows(findings, "findings", problems)
    ]
    clean_classes = [
        _region_class(item, f"Region class {n}", problems)
        for n, item in _rows(region_classes, "region_classes", problems)
    ]
    if isinstance(findings, list) and not 1 <= len(findings) <= MAX_FINDINGS:
        problems.append(f"A schema has from 1 to {MAX_FINDINGS} findings.")
    problems += _repeated([row["code"] for row in clean_findings], "finding code")
    problems += _repeated([row["code"] for row in clean_classes], "region class code")
    problems += _repeated([row["name"].casefold() for row in clean_findings], "finding name")
    collisions = _collisions(clean_findings)
    problems += [f"The key {key} is given to {' and '.join(codes)}." for key, codes in collisions]
    if problems:
        raise InvalidContent(
            "The schema was not saved. Correct what the details list.",
            code="invalid_schema",
            details={
                "problems": problems,
                "colliding_keys": [{"key": key, "findings": codes} for key, codes in collisions],
            },
        )
    return clean_findings, clean_classes


def _rows(value: Any, field: str, problems: list[str]) -> Iterable[tuple[int, dict[str, Any]]]:
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        problems.append(f"{field} must be a list of objects.")
        return []
    return enumerate(value[: MAX_FINDINGS + 1], start=1)


def _finding(row: dict[str, Any], where: str, problems: list[str]) -> dict[str, Any]:
    problems += [
        f"{where}: {name} is not known." for name in sorted(set(row) - FINDING_FIELDS - DERIVED_FIELDS)
    ]
    return {
        "code": _code(row, where, problems),
        "name": _name(row, where, problems),
        "type": _type(row, where, problems),
        "hotkey": _hotkey(row, where, problems),
        "required": _flag(row, "required", True, where, problems),
        "boxes": _flag(row, "boxes", False, where, problems),
    }


def _region_class(row: dict[str, Any], where: str, problems: list[str]) -> dict[str, Any]:
    kinds = row.get("kinds", [box.NAME])
    if not isinstance(kinds, list) or not kinds or not set(map(str, kinds)) <= set(KINDS):
        problems.append(f"{where}: kinds must be a list of {', '.join(sorted(KINDS))}.")
        kinds = []
    return {"code": _code(row, where, problems), "name": _name(row, where, problems), "kinds": kinds}


def _code(row: dict[str, Any], where: str, problems: list[str]) -> str:
    code = row.get("code")
    if code in RESERVED_CODES:
        problems.append(f"{where}: the code {code} has a meaning of its own in browsers; choose another.")
        return ""
    if isinstance(code, str) and CODE.fullmatch(code):
        return code
    problems.append(
        f"{where}: the code must be a small letter, then small letters, digits or _ (at most 64)."
    )
    return ""


def _name(row: dict[str, Any], where: str, problems: list[str]) -> str:
    name = row.get("name")
    if isinstance(name, str) and name.strip() and len(name.strip()) <= MAX_NAME and name.isprintable():
        return name.strip()
    problems.append(f"{where}: the name must have from 1 to {MAX_NAME} printable characters.")
    return ""


def _type(row: dict[str, Any], where: str, problems: list[str]) -> str:
    """How it is answered; a finding that does not say is asked as present, absent or uncertain."""
    name = row.get("type", presence.NAME)
    if isinstance(name, str) and name in TYPES:
        return name
    problems.append(f"{where}: the type must be one of {', '.join(sorted(TYPES))}.")
    return ""


def _hotkey(row: dict[str, Any], where: str, problems: list[str]) -> str:
    """One key, small letter; empty means that the finding is answered by mouse."""
    key = row.get("hotkey") or ""
    if not isinstance(key, str):
        problems.append(f"{where}: the key must be a text.")
        return ""
    key = key.lower()
    if key and key in WORKSPACE_KEYS:
        problems.append(f"{where}: the key {key.strip() or 'space'} is used by the reading workspace itself.")
    elif key and not (len(key) == 1 and key.isascii() and key.isalnum()):
        problems.append(f"{where}: the key must be one digit from 1 to 9 or one letter.")
    return key


def _flag(row: dict[str, Any], name: str, default: bool, where: str, problems: list[str]) -> bool:
    value = row.get(name, default)
    if not isinstance(value, bool):
        problems.append(f"{where}: {name} must be true or false.")
        return default
    return value


def _repeated(codes: list[str], what: str) -> list[str]:
    return [f"The {what} {code} is used {n} times." for code, n in Counter(codes).items() if code and n > 1]


def _collisions(findings: list[dict[str, Any]]) -> list[tuple[str, list[str]]]:
    by_key: dict[str, list[str]] = {}
    for row in findings:
        if row["hotkey"]:
            by_key.setdefault(row["hotkey"], []).append(row["code"] or "?")
    return sorted((key, codes) for key, codes in by_key.items() if len(codes) > 1)
