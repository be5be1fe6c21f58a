"""Runs a learning child (`python -m workers.training` or `workers.ranking`) on behalf of a job.

The child knows neither Django nor Celery; it reports by JSON lines. The lease is renewed only while its step counter
moves. It dies with this process (parent-death signal and end of its stdin), and is ended when the job is cancelled,
taken over by another worker, stalled, or when this process has lost its Celery parent.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection

from labelhub.core import jobs
from labelhub.core.errors import JobCancelled, LabelHubError, LostLease, Retryable
from labelhub.core.models import Job
from workers.training.errors import ExitCode

logger = logging.getLogger(__name__)

# This module is loaded in the Celery parent before it forks its pool.
CELERY_PARENT = os.getpid()
POLL_S = 0.5
RENEW_EVERY_S = 3.0
GRACE_S = 15.0
LOG_BYTES = 20_000

FATAL = {ExitCode.INVALID_INPUT, ExitCode.DATA, ExitCode.DIVERGED}

Note = Callable[[Job, list[dict[str, Any]], str], None]


class LearningChild:
    """One run of one child. `note` is told the history (one entry per epoch) and the log after each renewal."""

    def __init__(self, job: Job, module: str, folder: Path, note: Note | None = None) -> None:
        self.job = job
        self.module = module
        self.folder = folder
        self.note = note
        self.log_path = folder / f"log-{job.attempt}.txt"
        self.progress: dict[str, Any] = {"stage": "start"}
        self.history: dict[int, dict[str, Any]] = {}
        self.done: dict[str, Any] | None = None
        self.error: dict[str, Any] | None = None
        self.moved_at = self.renewed_at = time.monotonic()

    def run(self) -> dict[str, Any]:
        """The child's `done` event. Raises LostLease, JobCancelled, Retryable or another LabelHubError."""
        with self.log_path.open("wb") as log:
            child = self._spawn(log)
            try:
                self._follow(child)
                code = child.wait(timeout=GRACE_S)
            except BaseException:
                _end(child)
                raise
            finally:
                # Not before the child has ended: at the end of its input it ends at once.
                child.stdin.close()  # type: ignore[union-attr]
        self._renew()
        return self._outcome(code)

    def _spawn(self, log: Any) -> subprocess.Popen[str]:
        arguments = ["--job", str(self.folder), "--attempt", str(self.job.attempt)]
        return subprocess.Popen(
            [sys.executable, "-m", self.module, *arguments, "--parent-pid", str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            cwd=settings.ROOT,
            env=_environment(),
        )

    def _follow(self, child: subprocess.Popen[str]) -> None:
        lines: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=_read_lines, args=(child, lines), daemon=True).start()
        while True:
            try:
                line = lines.get(timeout=POLL_S)
            except queue.Empty:
                line = ""
            if line is None:
                return
            if line:
                self._take(json.loads(line))
            if _is_orphan():
                raise Retryable("The worker process was stopped; the run resumes.", code="worker_stopped")
            if time.monotonic() - self.renewed_at >= min(RENEW_EVERY_S, settings.JOB_LEASE_S / 3):
                self._renew()

    def _take(self, event: dict[str, Any]) -> None:
        if event["event"] == "done":
            self.done = event
        elif event["event"] == "error":
            self.error = event
        elif event["event"] == "forward":  # one more batch has gone through the net
            self.moved_at = time.monotonic()
        elif event["event"] in ("start", "progress"):
            position = {
                "stage": event.get("stage", "start"),
                "step": event.get("step"),
                "total": event.get("total"),
            }
            if position != {name: self.progress.get(name) for name in position}:
                self.moved_at = time.monotonic()
            self.progress = {**self.progress, **event}
            if event.get("stage") == "train":
                # An epoch is told of several times, and only once with its validation loss.
                entry = self.history.setdefault(event["epoch"], {"validation_loss": None})
                names = ("epoch", "step", "loss", "validation_loss")
                entry.update({name: event[name] for name in names if event.get(name) is not None})

    def _renew(self) -> None:
        """Renew the lease after real progress; a child that stands still loses it (a hung call looks alive)."""
        now = time.monotonic()
        if now - self.moved_at > settings.STALL_LIMIT_S:
            raise Retryable(
                f"No progress for {settings.STALL_LIMIT_S} s: the child was ended.", code="stalled"
            )
        try:
            jobs.job_heartbeat(self.job, self.progress)
        except JobCancelled:
            self._tell()
            raise
        except OperationalError:
            connection.close_if_unusable_or_obsolete()
            if now - self.renewed_at > settings.JOB_LEASE_S:
                raise LostLease("The database was away for longer than the lease.") from None
            return
        self.renewed_at = now
        self._tell()

    def _tell(self) -> None:
        if self.note:
            self.note(self.job, [self.history[epoch] for epoch in sorted(self.history)], self._log_tail())

    def _log_tail(self) -> str:
        with self.log_path.open("rb") as log:
            log.seek(max(0, self.log_path.stat().st_size - LOG_BYTES))
            return log.read().decode(errors="replace")

    def _outcome(self, code: int) -> dict[str, Any]:
        if code == ExitCode.DONE and self.done:
            return self.done
        what = self.error or {}
        name = what.get("code") or _name_of(code)
        message = what.get("message") or f"The child ended with {_name_of(code)}; see the run's log."
        if code in FATAL:
            raise LabelHubError(message, code=name)
        if code == ExitCode.OUT_OF_MEMORY:
            raise Retryable(message, code="out_of_memory")
        raise Retryable(message, code=name)


def _environment() -> dict[str, str]:
    """Only what the child needs: it holds no secret of the server."""
    kept = ["PATH", "HOME", "LANG", "TMPDIR", "LD_LIBRARY_PATH", "OMP_NUM_THREADS", "MKL_NUM_THREADS"]
    kept += ["GOMP_SPINCOUNT", "CUDA_VISIBLE_DEVICES", "PYTHONHASHSEED"]
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    return {**environment, "PYTHONPATH": str(settings.ROOT), "PYTHONUNBUFFERED": "1"}


def _read_lines(child: subprocess.Popen[str], lines: queue.Queue[str | None]) -> None:
    assert child.stdout is not None
    for line in child.stdout:
        lines.put(line)
    lines.put(None)


def _is_orphan() -> bool:
    """The Celery parent was killed: a new one will take the job up, and this process must not go on."""
    return os.getpid() != CELERY_PARENT and os.getppid() != CELERY_PARENT


def _end(child: subprocess.Popen[str]) -> None:
    """SIGTERM (the trainer writes a checkpoint), then SIGKILL."""
    child.terminate()
    try:
        child.wait(timeout=min(GRACE_S, settings.JOB_LEASE_S / 2))  # the lease is not renewed meanwhile
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _name_of(code: int) -> str:
    try:
        return ExitCode(code).name.lower()
    except ValueError:
        return f"signal_{-code}" if code < 0 else f"exit_{code}"
