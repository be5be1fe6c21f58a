"""Ends the process groups of whoever started them, and removes her folders, when she is gone, however she went.

PR_SET_PDEATHSIG reaches only direct children; pools of grandchildren would live on after a SIGKILL of their
supervisor. This small process holds the other end of a pipe: lines `+pid` and `-pid` keep its list of groups, a line
with a path names a folder, and the end of the file means that who wrote them no longer exists.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path


class Undertaker:
    """The process, in a session of its own, out of reach of the terminal's Ctrl-C."""

    def __init__(self, grace_s: float) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__, str(grace_s)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def watch(self, group: int) -> None:
        """End this process group when the caller is gone: SIGTERM, and SIGKILL after `grace_s`."""
        self._tell(f"+{group}")

    def forget(self, group: int) -> None:
        self._tell(f"-{group}")

    def clear(self, folder: Path) -> None:
        """Remove this folder when the caller is gone, once all groups have ended."""
        self._tell(str(folder.resolve()))

    def dismiss(self) -> None:
        """End and remove now what is still on the list."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n".encode())
        self._process.stdin.flush()


@contextlib.contextmanager
def folder_of_ones_own(prefix: str) -> Iterator[Path]:
    """A temporary folder that is gone after the block, also when this process is killed within it."""
    undertaker = Undertaker(0.0)
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    undertaker.clear(folder)
    try:
        yield folder
    finally:
        undertaker.dismiss()


def _alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def _end(groups: set[int], grace_s: float) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        for group in groups:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, number)
        deadline = time.monotonic() + grace_s
        while time.monotonic() < deadline and any(map(_alive, groups)):
            time.sleep(0.05)


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    folders = []
    for line in sys.stdin:
        kind, name = line[0], line.rstrip("\n")
        if kind == "/":
            folders.append(name)
        elif kind == "+":
            groups.add(int(name[1:]))
        else:
            groups.discard(int(name[1:]))
    _end(groups, float(sys.argv[1]))
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
