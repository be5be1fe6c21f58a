"""Ends a supervisor's process groups when the supervisor is gone, however it went.

PR_SET_PDEATHSIG reaches only direct children; pools of grandchildren would live on after a SIGKILL of the
supervisor. This small process holds the other end of a pipe: lines `+pid` and `-pid` keep its list of groups,
and the end of the file means that the supervisor no longer exists.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time


def start(grace_s: float) -> subprocess.Popen[bytes]:
    """Start the undertaker in a session of its own, out of reach of the terminal's Ctrl-C."""
    return subprocess.Popen(
        [sys.executable, "-I", "-S", __file__, str(grace_s)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


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
    for line in sys.stdin:
        pid = int(line[1:])
        if line[0] == "+":
            groups.add(pid)
        else:
            groups.discard(pid)
    _end(groups, float(sys.argv[1]))


if __name__ == "__main__":
    main()
