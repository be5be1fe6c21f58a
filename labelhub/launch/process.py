"""One child process: it leads its own group, dies with its parent, and is ended as a whole."""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from labelhub.launch.paths import ROOT

_PR_SET_PDEATHSIG = 1  # prctl(2)
_libc = ctypes.CDLL(None, use_errno=True)


def spawn(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path = ROOT,
    stdout: int | IO[bytes] | None = subprocess.DEVNULL,
    stderr: int | IO[bytes] | None = subprocess.STDOUT,
    niceness: int = 0,
    user: str | int | None = None,
    group: str | int | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start `argv` in a session of its own, with `death_signal` as soon as this process dies.

    Call from the main thread: the kernel ties the death signal to the thread that forked.
    """
    parent = os.getpid()

    def prepare() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, death_signal)
        if os.getppid() != parent:  # the parent died between fork and prctl
            os._exit(1)
        if niceness:
            os.nice(niceness)

    return subprocess.Popen(
        argv,
        env=dict(env),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
        start_new_session=True,
        preexec_fn=prepare,
        user=user,
        group=group,
        extra_groups=[] if user is not None else None,
    )


def has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether the process ended, without reaping it: its group id stays ours until `reap`."""
    if process.returncode is not None:
        return True
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None


def reap(process: subprocess.Popen[bytes]) -> int:
    """Kill what is left of the group and collect the leader's exit code."""
    if process.returncode is None:
        kill_group(process.pid, signal.SIGKILL)
    return process.wait()


def kill_group(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def end(process: subprocess.Popen[bytes], *, grace_s: float, number: signal.Signals = signal.SIGTERM) -> int:
    """Signal the leader, which ends its own children; SIGKILL to the group after `grace_s` seconds."""
    if not has_ended(process):
        process.send_signal(number)
        _wait_until_ended(process, grace_s)
    return reap(process)


def _wait_until_ended(process: subprocess.Popen[bytes], seconds: float) -> None:
    descriptor = os.pidfd_open(process.pid)
    try:
        select.select([descriptor], [], [], seconds)
    finally:
        os.close(descriptor)
