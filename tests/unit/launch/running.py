"""Starts supervisors as real processes and looks at what they leave behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
PATIENCE_S = 60.0


def eventually(holds: Callable[[], object], what: str) -> None:
    """Wait for something that another process does; the limit only ends a hung test."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, f"never came true: {what}"
        time.sleep(0.02)


def is_running(pid: int) -> bool:
    """Whether a process exists and is not a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


class Supervised:
    """A running `supervised.py`."""

    def __init__(self, log_dir: Path, commands: list[list[str]]) -> None:
        self.log_dir = log_dir
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "supervised.py"), str(log_dir), *map(json.dumps, commands)],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def pids(self) -> dict[str, int]:
        """The next reported set of children."""
        assert self.process.stdout is not None
        reported: dict[str, int] = json.loads(self.process.stdout.readline())
        return reported

    def pids_with(self, name: str, *, other_than: int = 0) -> dict[str, int]:
        """The first reported set in which `name` runs as a process other than the one given."""
        while (pids := self.pids()).get(name, other_than) == other_than:
            pass
        return pids

    def log(self, name: str) -> str:
        path = self.log_dir / f"{name}.log"
        return path.read_text() if path.exists() else ""

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_S)
