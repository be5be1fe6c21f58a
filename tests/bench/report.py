"""What a bench says: one row per bar, printed as JSON lines that `tests.bench.run` collects."""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

MARK = "bench-row "


@dataclass(frozen=True)
class Row:
    """One line of the table. `passed` is None for a figure without a bar."""

    what: str
    measured: str
    bar: str = ""
    passed: bool | None = None


def at_most(what: str, value: float, bar: float, unit: str) -> Row:
    return Row(what, f"{value:.3g} {unit}".strip(), f"at most {bar:g} {unit}".strip(), value <= bar)


def exactly(what: str, value: int, bar: int = 0) -> Row:
    return Row(what, str(value), str(bar), value == bar)


def figure(what: str, value: str) -> Row:
    return Row(what, value)


def machine() -> str:
    """Cores, kind of processor and load, as they bear on the figures."""
    return (
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, "
        f"load {os.getloadavg()[0]:.1f}, {time.strftime('%Y-%m-%d')}"
    )


def say(text: str) -> None:
    """Progress, apart from the rows."""
    print(text, file=sys.stderr, flush=True)


def run(bench: Callable[[], list[Row]]) -> int:
    """Print the rows of a bench; the exit code is 1 when one misses its bar."""
    rows = bench()
    for row in rows:
        print(MARK + json.dumps(asdict(row)), flush=True)
        verdict = {True: "met", False: "MISSED", None: "-"}[row.passed]
        say(f"{verdict:7} {row.what}: {row.measured}" + (f" (bar {row.bar})" if row.bar else ""))
    return int(any(row.passed is False for row in rows))
