"""What a table says of cases that are here: how many labels of each kind, with the first of each. Pure."""

from __future__ import annotations

from typing import Any

NEW, EQUAL, DIFFERENT = "new", "equal", "different"
UNCERTAIN = "uncertain"
"""Of labels: no truth, so that it becomes none."""
NOTHING = "nothing"
"""A case of which the table says nothing."""
READ_BEFORE, NO_OPEN_SLOT, REFUSED = "read_before", "no_open_slot", "refused"
"""Of reads. Whether an earlier read says the same is not told: that would be a look at it."""
NO_CASE, TWO_CASES, UNREADABLE = "no_case", "two_cases", "unreadable"
KINDS = (
    *(NEW, EQUAL, DIFFERENT, READ_BEFORE, NO_OPEN_SLOT, REFUSED),
    *(UNCERTAIN, NOTHING, NO_CASE, TWO_CASES, UNREADABLE),
)
SHOWN = 20


class Report:
    """Counts kinds, and keeps the first of each."""

    def __init__(self, stored: dict[str, Any] | None = None) -> None:
        self.groups: dict[str, dict[str, Any]] = {
            group["kind"]: group for group in (stored or {}).get("groups", ())
        }
        self.about = {key: value for key, value in (stored or {}).items() if key != "groups"}

    def tell(
        self,
        kind: str,
        *,
        line: int,
        name: str = "",
        number: int | None = None,
        finding: str = "",
        says: str = "",
        has: str = "",
        message: str = "",
    ) -> None:
        group = self.groups.setdefault(kind, {"kind": kind, "n": 0, "first": []})
        group["n"] += 1
        if len(group["first"]) < SHOWN:
            group["first"].append(
                {
                    "line": line,
                    "name": name,
                    "number": number,
                    "finding": finding,
                    "says": says,
                    "has": has,
                    "message": message,
                }
            )

    def n(self, kind: str) -> int:
        group = self.groups.get(kind)
        return int(group["n"]) if group else 0

    def as_json(self) -> dict[str, Any]:
        return {**self.about, "groups": [self.groups[kind] for kind in KINDS if kind in self.groups]}
