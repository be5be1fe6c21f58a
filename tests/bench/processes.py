"""CPU time of a tree of processes, from /proc (proc(5)): the figures of ended, reaped children are kept."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

TICK_S = 1 / os.sysconf("SC_CLK_TCK")
# Positions after the closing bracket of the command's name in /proc/PID/stat: ppid, utime ... cstime.
_PARENT, _TIMES = 1, slice(11, 15)


def children_of(pid: int) -> list[int]:
    """Direct children that are alive."""
    return [child for child, fields in _all() if int(fields[_PARENT]) == pid]


def tree(root: int) -> list[int]:
    """The process and all that it started, while they live."""
    by_parent: dict[int, list[int]] = {}
    for pid, fields in _all():
        by_parent.setdefault(int(fields[_PARENT]), []).append(pid)
    found, queue = [], [root]
    while queue:
        pid = queue.pop()
        found.append(pid)
        queue += by_parent.get(pid, [])
    return found


def cpu_s(roots: Iterable[int]) -> float:
    """User and system seconds of the trees so far."""
    ticks = 0
    for root in roots:
        for pid in tree(root):
            if fields := _stat(pid):
                ticks += sum(int(value) for value in fields[_TIMES])
    return ticks * TICK_S


def _all() -> list[tuple[int, list[str]]]:
    pids = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    return [(pid, fields) for pid in pids if (fields := _stat(pid))]


def _stat(pid: int) -> list[str] | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None  # it ended meanwhile
    return text.rpartition(")")[2].split()
