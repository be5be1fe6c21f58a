"""Real worker processes on a real Redis, started by the launcher's own commands, and ways to kill them."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection

from labelhub.core.models import Job
from labelhub.launch import commands
from labelhub.launch.process import spawn
from labelhub.launch.supervisor import Command
from labelhub.launch.undertaker import Undertaker

LEASE_S = 3
WAIT_S = 400.0


def wait_for(condition: Callable[[], bool], what: str, timeout_s: float = WAIT_S) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, f"waited {timeout_s:.0f} s in vain for {what}"
        time.sleep(0.05)


@dataclass
class Started:
    command: Command
    process: subprocess.Popen[bytes]
    log: Path


class Workers:
    """The background processes of one machine. Use as a context manager; nothing outlives it, killed or not."""

    def __init__(self, broker_url: str, folder: Path, env: dict[str, str] | None = None) -> None:
        self.folder = folder
        self.started: dict[str, Started] = {}
        self.undertaker = Undertaker(0.5)
        self.env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.workers_real.worker_settings",
            "LABELHUB_WORKER_DATABASE": str(connection.settings_dict["NAME"]),
            "LABELHUB_TEST_DIR": str(settings.TEST_DIR),
            "LABELHUB_BROKER_URL": broker_url,
            "LABELHUB_JOB_LEASE_S": str(LEASE_S),
            "PYTHONPATH": str(settings.ROOT),
            **(env or {}),
        }

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *exc: object) -> None:
        for started in self.started.values():
            kill_tree(started.process.pid)
            started.process.wait()
        self.undertaker.dismiss()

    def start_all(self) -> None:
        self.start(commands.clock_worker())
        self.start(commands.interactive_worker())
        self.start(commands.learning_worker(niceness=0))
        self.start(commands.beat())

    def start(self, command: Command) -> Started:
        """Start, or start again after a kill, as the supervisor would."""
        log = self.folder / f"{command.name}.log"
        with log.open("ab") as output:
            process = spawn(
                commands.here(command).argv,
                # One thread, so that two runs from one seed end with the same weights.
                env={**self.env, **dict(command.env), "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"},
                cwd=settings.ROOT,
                stdout=output,
            )
        self.undertaker.watch(process.pid)
        self.started[command.name] = Started(command, process, log)
        return self.started[command.name]

    def kill(self, name: str) -> None:
        """SIGKILL the parent process alone, as the kernel's memory guard would."""
        started = self.started.pop(name)
        os.kill(started.process.pid, signal.SIGKILL)
        started.process.wait()

    def logs(self) -> str:
        return "\n".join(
            path.read_text(errors="replace")[-4000:] for path in sorted(self.folder.glob("*.log"))
        )


def train_step(job_id: object) -> int:
    """Optimiser steps taken so far, 0 while images are loaded."""
    progress = Job.objects.values_list("progress", flat=True).get(id=job_id)
    return int(progress["step"]) if progress.get("stage") == "train" else 0


def trainer_pids(job_id: object) -> list[int]:
    """Processes that train for this job, found by their command line."""
    return [pid for pid, words in _processes() if "workers.training" in words and str(job_id) in words]


def parent_of(pid: int) -> int:
    """Parent's process id; 0 when the process is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return int(fields[1])


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def kill_tree(pid: int) -> None:
    children = [child for child, _ in _processes() if parent_of(child) == pid]
    for child in children:
        kill_tree(child)
    if is_alive(pid):
        os.kill(pid, signal.SIGKILL)


def _processes() -> list[tuple[int, str]]:
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            found.append((int(folder.name), words))
    return found
